"""Whether the stack lives: a positive control before and after each scenario. Silence between two of them counts."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from wireproof.conformance.live.lane import ARP_REPLY, Peer, answer_to, frame_of, request_of
from wireproof.conformance.live.settings import Stack
from wireproof.conformance.live.wire import Arrival, Wire

TRIES = 3
_TEST_TYPE = 0x88B5  # for experiments within an organisation (RFC 7042 section B.2)


@dataclass(slots=True)
class Pulse:
    """An address of the tester that asks nothing but whether the stack is there."""

    wire: Wire
    stack: Stack
    peer: Peer
    number: int = 0
    heard: list[Arrival] = field(default_factory=list)
    stack_mac: bytes = b""

    def concerns(self, frame: bytes) -> bool:
        """Whether a frame is of this control."""
        return self.peer.mac in frame or (self.peer.ip_octets in frame and frame[12:14] in (b"\x08\x06", b"\x08\x00"))

    def take(self, arrival: Arrival) -> None:
        """Note a frame that came, and answer a request for the address."""
        self.heard.append(arrival)
        reply = answer_to(arrival.data, self.peer)
        if reply is not None:
            self.wire.send(arrival.port, reply)

    def check(self, seconds: float) -> Generator[float, None, bool]:
        """Ask up to some times; return whether the stack answered."""
        for _ in range(TRIES):
            if (yield from self._once(seconds)):
                return True
        return False

    def _once(self, seconds: float) -> Generator[float, None, bool]:
        if self.stack.address is None:
            return (yield from self._through(seconds))
        self.heard.clear()
        self.wire.send(1, request_of(self.peer, str(self.stack.address.ip)))
        if not (yield from self._hears(self._is_reply, seconds)):
            return False
        if "echo" not in self.stack.offers:
            return True
        self.number += 1
        self.wire.send(1, self._echo())
        return (yield from self._hears(self._is_echo, seconds))

    def _through(self, seconds: float) -> Generator[float, None, bool]:
        """Send a broadcast through a switch: it has to come out of the second port."""
        self.heard.clear()
        frame = b"\xff" * 6 + self.peer.mac + _TEST_TYPE.to_bytes(2, "big") + b"wireproof".ljust(46, b"\0")
        self.wire.send(1, frame)
        return (yield from self._hears(lambda seen: seen == frame, seconds))

    def _hears(self, is_it: Callable[[bytes], bool], seconds: float) -> Generator[float, None, bool]:
        end = self.wire.clock() + seconds
        place = 0
        while True:
            while place < len(self.heard):
                if is_it(self.heard[place].data):
                    return True
                place += 1
            if self.wire.clock() >= end:
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
        return frame[12:14] == b"\x08\x00" and frame[34:36] == b"\0\0" and frame[40:42] == self._sequence

    @property
    def _sequence(self) -> bytes:
        return (self.number & 0xFFFF).to_bytes(2, "big")

    def _echo(self) -> bytes:
        assert self.stack.address is not None
        return frame_of(
            (
                ("eth", (("eth.dst", self.stack_mac.hex(":")), ("eth.src", self.peer.mac.hex(":")))),
                ("ip", (("ip.src", self.peer.ip), ("ip.dst", str(self.stack.address.ip)), ("ip.ttl", 64))),
                ("icmp", (("icmp.type", 8), ("icmp.code", 0), ("icmp.ident", 1), ("icmp.seq", self.number & 0xFFFF))),
                b"is there anybody",
            )
        )
