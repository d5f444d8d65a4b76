"""The segments of TCP one below the other, with an arrow from end to end: who said what to whom, and when."""

from __future__ import annotations

from typing import NamedTuple

from wireproof.analysis.statistics.conversations import KINDS, End, talks
from wireproof.packet import Layer, Packet

MOST = 1 << 20
"""Segments that are kept; further ones are counted as dropped."""
FLAGS = 0xFFF


class Step(NamedTuple):
    """A segment: its time is nanoseconds since the first frame, `ack` None without the flag, `length` in octets."""

    frame: int
    time: int | None
    conversation: int
    source: End
    destination: End
    flags: int
    counter: int | None
    length: int
    seq: int
    ack: int | None


class Flow:
    """The segments of a capture, in its order."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.digits = 6
        self.dropped = 0
        self._begun: int | None = None

    def see(self, packet: Packet, chosen: bool = True) -> None:
        """Take a packet in; one that is not chosen only begins the clock."""
        if self._begun is None:
            self._begun, self.digits = packet.time, packet.time_digits
        for talk in talks(packet, KINDS["tcp"]) if chosen else ():
            if talk.stream is not None:
                time = None if packet.time is None else packet.time - (self._begun or 0)
                self.add(Step(packet.number, time, talk.stream, talk.source, talk.destination, *_read(talk.layer)))

    def add(self, step: Step) -> None:
        """Take a segment in."""
        if len(self.steps) >= MOST:
            self.dropped += 1
        else:
            self.steps.append(step)


def _read(layer: Layer) -> tuple[int, int | None, int, int, int | None]:
    """Return flags, their count with Accurate ECN, length, sequence and acknowledgment number."""

    def first(*names: str) -> int | None:
        return next((value for name in names for value in layer[name]), None)

    flags = (first("tcp.flags") or 0) & FLAGS
    ack = first("tcp.ack", "tcp.ack_raw") or 0 if flags & 0x10 else None
    return flags, first("tcp.flags.ace"), first("tcp.len") or 0, first("tcp.seq", "tcp.seq_raw") or 0, ack
