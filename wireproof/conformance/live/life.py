"""Whether the stack lives: a positive control before and after each scenario. Silence between two of them counts."""

from __future__ import annotations

import struct
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from wireproof.conformance.live.lane import ARP_REPLY, Peer, answer_to, request_of
from wireproof.conformance.live.settings import Stack
from wireproof.conformance.live.wire import Arrival, Wire
from wireproof.packet.checksum import internet_checksum

Checking = Generator[float, None, bool]
TRIES = 3
_TEST_TYPE = 0x88B5  # for experiments within an organisation (RFC 7042 section B.2)


CONTROLS = ("echo", "tcp", "udp")
"""What a stack may answer beside requests for its address: echoes, and a connection to its service."""
_DATA = b"is there anybody"


@dataclass(slots=True)
class Pulse:
    """An address of the tester that asks nothing but whether the stack is there.

    `controls` are those that the stack has answered when the run began: it lives as long as it answers them all.
    """

    wire: Wire
    stack: Stack
    peer: Peer
    controls: tuple[str, ...] = ()
    stack_mac: bytes = b""
    moment: float = 0.0
    number: int = 0
    heard: list[Arrival] = field(default_factory=list)

    def concerns(self, frame: bytes) -> bool:
        """Whether a frame is of this control."""
        return self.peer.mac in frame or (self.peer.ip_octets in frame and frame[12:14] in (b"\x08\x06", b"\x08\x00"))

    def take(self, arrival: Arrival) -> None:
        """Note a frame that came, and answer a request for the address."""
        self.heard.append(arrival)
        reply = answer_to(arrival.data, self.peer)
        if reply is not None:
            self.wire.send(arrival.port, reply)

    def check(self, seconds: float) -> Checking:
        """Ask up to some times; return whether the stack answered."""
        for _ in range(TRIES):
            if (yield from self._once(seconds)):
                return True
        return False

    def find_controls(self, seconds: float) -> Generator[float, None, tuple[str, ...]]:
        """Return the controls, of those that the stack offers, that it answers."""
        found = []
        for name in CONTROLS:
            if name in self.stack.offers and self.stack.address is not None and (yield from self._asks(name, seconds)):
                found.append(name)
        return tuple(found)

    def _once(self, seconds: float) -> Checking:
        if self.stack.address is None:
            return (yield from self._through(seconds))
        self.heard.clear()
        self.wire.send(1, request_of(self.peer, str(self.stack.address.ip)))
        if not (yield from self._hears(self._is_reply, seconds)):
            return False
        for name in self.controls:
            if not (yield from self._asks(name, seconds)):
                return False
        return True

    def _asks(self, name: str, seconds: float) -> Checking:
        self.number = self.number % 20_000 + 1
        self.wire.send(1, self._datagram(name))
        is_it = {"echo": self._is_echo, "tcp": self._is_open, "udp": self._is_datagram}[name]
        found = yield from self._hears(is_it, seconds)
        if name == "tcp":
            self.wire.send(1, self._datagram("reset"))
        return found

    def _through(self, seconds: float) -> Checking:
        """Send a broadcast through a switch: it has to come out of the second port."""
        self.heard.clear()
        frame = b"\xff" * 6 + self.peer.mac + _TEST_TYPE.to_bytes(2, "big") + b"wireproof".ljust(46, b"\0")
        self.wire.send(1, frame)
        return (yield from self._hears(lambda seen: seen == frame, seconds))

    def _hears(self, is_it: Callable[[bytes], bool], seconds: float) -> Checking:
        end = self.wire.clock() + seconds
        place = 0
        while True:
            while place < len(self.heard):
                if is_it(self.heard[place].data):
                    return True
                place += 1
            if self.moment >= end:
                return False
            yield end

    def _is_reply(self, frame: bytes) -> bool:
        if (
            frame[12:22] == ARP_REPLY
            and self.stack.address is not None
            and frame[28:32] == self.stack.address.ip.packed
        ):
            self.stack_mac = frame[22:28]
            return True
        return False

    def _is_echo(self, frame: bytes) -> bool:
        return _protocol(frame) == 1 and frame[34:35] == b"\0" and frame[40:42] == self.number.to_bytes(2, "big")

    def _is_open(self, frame: bytes) -> bool:
        return _protocol(frame) == 6 and frame[36:38] == self._port and frame[47] & 0x12 == 0x12

    def _is_datagram(self, frame: bytes) -> bool:
        return _protocol(frame) == 17 and frame[36:38] == self._port

    @property
    def _port(self) -> bytes:
        return (40_000 + self.number).to_bytes(2, "big")

    def _datagram(self, name: str) -> bytes:
        """Return what a control sends. Put together by hand: there are thousands of them in a run."""
        assert self.stack.address is not None
        addresses = self.peer.ip_octets + self.stack.address.ip.packed
        protocol, place, body = {
            "echo": (1, 2, struct.pack("!BBHHH", 8, 0, 0, 1, self.number)),
            "tcp": (6, 16, self._port + struct.pack("!HIIBBHHH", self.stack.tcp, 7, 0, 0x50, 2, 1024, 0, 0)),
            "reset": (6, 16, self._port + struct.pack("!HIIBBHHH", self.stack.tcp, 8, 0, 0x50, 4, 0, 0, 0)),
            "udp": (17, 6, self._port + struct.pack("!HHH", self.stack.udp, 8 + len(_DATA), 0)),
        }[name]
        body += b"" if protocol == 6 else _DATA
        head = b"" if name == "echo" else addresses + struct.pack("!HH", protocol, len(body))
        total = internet_checksum(head + body, never_zero=name == "udp")
        header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 1, 0, 64, protocol, 0) + addresses
        header = header[:10] + internet_checksum(header).to_bytes(2, "big") + header[12:]
        body = body[:place] + total.to_bytes(2, "big") + body[place + 2 :]
        return self.stack_mac + self.peer.mac + b"\x08\0" + header + body


def _protocol(frame: bytes) -> int:
    """Return the protocol in a datagram without options; 0 where a frame has none."""
    return frame[23] if frame[12:15] == b"\x08\0\x45" and len(frame) >= 48 else 0
