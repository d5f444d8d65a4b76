"""One scenario under way: its addresses and values, what has come for it, and what has been sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from wireproof.conformance.live.values import Kept
from wireproof.conformance.live.verdicts import Event
from wireproof.conformance.live.wire import Arrival, Wire
from wireproof.interface import Filter
from wireproof.packet import Packet, Preferences, Source, build, dissect
from wireproof.vectors import Scenario

MOST_FRAMES = 20_000
"""Frames that a scenario takes before it is ended as one that is flooded."""
CHECKSUMS = Preferences(frozenset({"ip.check_checksum", "tcp.check_checksum", "udp.check_checksum"}))
PEERS = ("tester", "other", "third")
ARP_REQUEST = bytes.fromhex("0806 0001 0800 06 04 0001")
ARP_REPLY = bytes.fromhex("0806 0001 0800 06 04 0002")


class FloodError(Exception):
    """More came than anybody could look through."""


@dataclass(frozen=True, slots=True)
class Peer:
    """An address of the tester."""

    ip: str
    mac: bytes

    @property
    def ip_octets(self) -> bytes:
        """The address as four octets."""
        return bytes(map(int, self.ip.split(".")))


@lru_cache(8192)
def read(frame: bytes) -> Packet:
    """Return a frame dissected; equal ones are as good as one."""
    return dissect(frame, Source(), CHECKSUMS)


Named = tuple[str, tuple[tuple[str, Kept], ...]]


@lru_cache(8192)
def frame_of(layers: tuple[Named | bytes, ...]) -> bytes:
    """Return the frame that layers make. Raises BuildError."""
    return build([each if isinstance(each, bytes) else (each[0], dict(each[1])) for each in layers])


@lru_cache(8192)
def filter_of(text: str) -> Filter:
    """Return a filter. Raises FilterError."""
    return Filter(text)


@dataclass(slots=True)
class Lane:
    """A scenario under way. All that came up to the `moment` has been taken; the clock may be ahead of it."""

    scenario: Scenario
    wire: Wire
    peers: Mapping[str, Peer]
    values: dict[str, Kept]
    profiles: frozenset[str]
    began: float
    moment: float = 0.0
    inbox: list[Arrival] = field(default_factory=list)
    times: dict[str, float] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    mark: int = 0
    """The place in the inbox of what came since the last sending began."""
    is_sending: bool = False
    is_flooded: bool = False
    has_observed: bool = False
    _marks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        self._marks = tuple(octets for peer in self.peers.values() for octets in (peer.mac, peer.ip_octets))

    def concerns(self, frame: bytes) -> bool:
        """Whether a frame is of this scenario: any of its addresses stands in it."""
        return self.scenario.alone or any(octets in frame for octets in self._marks)

    def take(self, arrival: Arrival) -> None:
        """Note a frame that came, and answer a request for an own address."""
        if len(self.inbox) >= MOST_FRAMES:
            self.is_flooded = True
            return
        self.inbox.append(arrival)
        self.events.append(Event(arrival.time - self.began, "received", arrival.port, arrival.data))
        for name in self.scenario.answers:
            peer = self.peers.get(name)
            if peer is not None and (reply := answer_to(arrival.data, peer)) is not None:
                self.events.append(Event(self.wire.clock() - self.began, "answered", arrival.port, reply))
                self.wire.send(arrival.port, reply)

    def send(self, port: int, frame: bytes, text: str) -> None:
        """Send a frame. The first one after something else sets the mark: what came before was no answer to it."""
        self.begin_sending()
        self.events.append(Event(self.wire.clock() - self.began, "sent", port, frame, text))
        self.wire.send(port, frame)

    def begin_sending(self) -> None:
        """Set the mark where the last step sent nothing."""
        if not self.is_sending:
            self.mark = len(self.inbox)
            self.is_sending = True

    def end_sending(self) -> None:
        """Look at nothing that has come up to now."""
        self.mark = len(self.inbox)
        self.is_sending = False

    def note(self, text: str, time: float | None = None) -> None:
        """Write down what a step found."""
        moment = self.wire.clock() if time is None else time
        self.events.append(Event(moment - self.began, "note", text=text))


def answer_to(frame: bytes, peer: Peer) -> bytes | None:
    """Return the reply to a request for a peer's address; None where the frame is no such request."""
    if frame[12:22] != ARP_REQUEST or frame[38:42] != peer.ip_octets or frame[28:32] == peer.ip_octets:
        return None
    asker = frame[22:32]
    return (asker[:6] + peer.mac + ARP_REPLY + peer.mac + peer.ip_octets + asker).ljust(60, b"\0")


def request_of(peer: Peer, target: str) -> bytes:
    """Return a broadcast request of a peer for an address."""
    wanted = Peer(target, bytes(6))
    return (b"\xff" * 6 + peer.mac + ARP_REQUEST + peer.mac + peer.ip_octets + wanted.mac + wanted.ip_octets).ljust(
        60, b"\0"
    )
