"""The rules of a TCP conversation: segments in, numbers out. It follows Wireshark, which says what users expect."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag
from typing import NamedTuple

from wireproof.analysis.conversation import Clock, Times

MODULUS = 1 << 32
"""Sequence numbers wrap around here (RFC 9293, section 3.4)."""
LARGEST_SHIFT = 14
"""A greater window scale is used as this one (RFC 7323, section 2.3)."""
UNKNOWN, NO_SCALING = -1, -2


class Flags(IntFlag):
    """The control bits that a conversation looks at (RFC 9293, section 3.1)."""

    FIN = 0x01
    SYN = 0x02
    RST = 0x04
    ACK = 0x10
    COUNTER = 0x1C0


ONE = 0x040
"""The lowest bit of the counter that three flags are with Accurate ECN (draft-ietf-tcpm-accurate-ecn section 3.1)."""
ACCEPTING = frozenset(count * ONE for count in (2, 3, 4, 6))
"""What a SYN,ACK has there that agrees to count."""


class Completeness(IntFlag):
    """What was seen of a conversation."""

    SYN = 1
    SYN_ACK = 2
    ACK = 4
    DATA = 8
    FIN = 16
    RST = 32


class Segment(NamedTuple):
    """What a conversation looks at in a segment.

    `length` is the payload's, or None where it is not known or the header only a quote: such a segment tells nothing
    about the sequence. `valid` means that the data offset is not too small, `complete` that the options were read;
    `shift` is the window scale option's.
    """

    seq: int
    ack: int
    flags: int
    window: int
    length: int | None
    valid: bool = True
    complete: bool = True
    shift: int | None = None

    @property
    def opens(self) -> bool:
        """Whether it is the first segment of a handshake."""
        return self.flags & (Flags.SYN | Flags.ACK) == Flags.SYN

    @property
    def accepts(self) -> bool:
        """Whether it is the second segment of a handshake."""
        return self.flags & (Flags.SYN | Flags.ACK) == Flags.SYN | Flags.ACK


class Reading(NamedTuple):
    """A segment as its conversation sees it: numbers relative, the window scaled, unless nothing can be told.

    `next` is None where the length is not known; `scale` is the factor, UNKNOWN or NO_SCALING, and None on a SYN,
    which is never scaled. `edges_from` is what the edges of selective acknowledgments count from. `closes` is whether a
    FIN begins to close the conversation, and None of what is none; `counter` is what three of the flags count where
    both sides agreed to that.
    """

    stream: int
    completeness: int
    seq: int
    ack: int
    next: int | None
    window: int
    scale: int | None
    edges_from: int
    times: Times | None
    closes: bool | None = None
    counter: int | None = None


@dataclass(slots=True)
class Side:
    """One side: the sequence number that counts as 0, its shift, UNKNOWN or NO_SCALING, whether it closed first."""

    base: int | None = None
    shift: int = UNKNOWN
    closed_first: bool = False


@dataclass(slots=True)
class TcpConversation:
    """A conversation and its two sides. One that takes over the ports of another is not `new`.

    `asks` and `agrees` are whether the last SYN and the last SYN,ACK were for Accurate ECN.
    """

    stream: int
    clock: Clock
    new: bool = True
    completeness: int = 0
    asks: bool = False
    agrees: bool = False
    sides: tuple[Side, Side] = field(default_factory=lambda: (Side(), Side()))

    def is_replaced_by(self, segment: Segment, sender: int) -> bool:
        """Whether a segment begins another conversation between the same ports."""
        return segment.opens and self.sides[sender].base not in (None, segment.seq)

    def take(self, segment: Segment, sender: int, now: int | None) -> Reading:
        """Take a segment in that the side of that number sent, and tell how it reads."""
        mine, others = self.sides[sender], self.sides[1 - sender]
        _set_bases(segment, mine, others)
        self._negotiate(segment.flags)
        if segment.flags & Flags.FIN and not others.closed_first:
            mine.closed_first = True
        reading = self._read(segment, mine, others, self.clock.tick(now))
        self._complete(segment)
        _set_shifts(segment, mine, others)
        return reading

    def _read(self, segment: Segment, mine: Side, others: Side, times: Times | None) -> Reading:
        seq, ack, window, following = segment.seq, segment.ack, segment.window, None
        is_syn = bool(segment.flags & Flags.SYN)
        if segment.length is not None:
            seq = (seq - (mine.base or 0)) % MODULUS
            following = (seq + segment.length + bool(segment.flags & (Flags.SYN | Flags.FIN))) % MODULUS
            if segment.flags & Flags.ACK:
                ack = (ack - (others.base or 0)) % MODULUS
            if not is_syn and mine.shift > 0:
                window <<= mine.shift
        scale = 1 << mine.shift if mine.shift >= 0 else mine.shift
        return Reading(
            stream=self.stream,
            completeness=self.completeness,
            seq=seq,
            ack=ack,
            next=following,
            window=window,
            scale=None if is_syn else scale,
            edges_from=others.base or 0,
            times=times,
            closes=mine.closed_first if segment.flags & Flags.FIN else None,
            counter=(segment.flags & Flags.COUNTER) // ONE if self.asks and self.agrees and not is_syn else None,
        )

    def _negotiate(self, flags: int) -> None:
        """Note what a SYN and its answer say of Accurate ECN."""
        if flags & Flags.SYN and flags & Flags.ACK:
            self.agrees = flags & Flags.COUNTER in ACCEPTING
        elif flags & Flags.SYN:
            self.asks = flags & Flags.COUNTER == Flags.COUNTER

    def _complete(self, segment: Segment) -> None:
        """Note what the segment adds. Of the first one, only a SYN and its data count."""
        new, self.new = self.new, False
        if not segment.valid:
            return
        if new:
            if segment.opens:
                self.completeness = Completeness.SYN | (Completeness.DATA if segment.length else 0)
            return
        flags = segment.flags
        if segment.accepts:
            self.completeness |= Completeness.SYN_ACK
        elif flags & Flags.ACK:
            self.completeness |= Completeness.DATA if segment.length else Completeness.ACK
        if flags & Flags.FIN and flags & Flags.ACK:
            self.completeness |= Completeness.FIN
        if flags & Flags.RST:
            self.completeness |= Completeness.RST


def _set_bases(segment: Segment, mine: Side, others: Side) -> None:
    """Fix where each side counts from: its SYN; failing that, so that the first number seen is 1."""
    if segment.accepts and mine.base is not None:
        mine.base = segment.seq
    if segment.length is None:
        return
    if mine.base is None:
        mine.base = segment.seq if segment.flags & Flags.SYN else (segment.seq - 1) % MODULUS
    if others.base is None and segment.flags & Flags.ACK:
        others.base = (segment.ack - 1) % MODULUS


def _set_shifts(segment: Segment, mine: Side, others: Side) -> None:
    """Note the sender's shift. Windows are scaled only if both SYNs say so (RFC 7323, section 2.2)."""
    if segment.shift is not None:
        mine.shift = min(segment.shift, LARGEST_SHIFT)
    if segment.flags & Flags.SYN and segment.complete:
        refused = segment.accepts and NO_SCALING in (mine.shift, others.shift)
        if refused or mine.shift == UNKNOWN:
            mine.shift = others.shift = NO_SCALING
