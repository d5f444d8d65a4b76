"""The tables of TCP: what a segment says, what its conversation tells of it, and what is kept of conversations."""

from __future__ import annotations

from wireproof.engine.tables import I32, I64, U8, U16, U32, Table

FIN, SYN, RST, PSH, ACK, COUNTER = 0x001, 0x002, 0x004, 0x008, 0x010, 0x1C0
"""The control bits that a conversation looks at (RFC 9293, section 3.1). Three count, with Accurate ECN."""
ONE = 0x040
"""The lowest bit of that counter (draft-ietf-tcpm-accurate-ecn section 3.1)."""
MODULUS = 1 << 32
"""Sequence numbers wrap around here (RFC 9293, section 3.4)."""
LARGEST_SHIFT = 14
"""A greater window scale is used as this one (RFC 7323, section 2.3)."""
UNKNOWN, NO_SCALING = -1, -2

SEEN_SYN, SEEN_SYN_ACK, SEEN_ACK, SEEN_DATA, SEEN_FIN, SEEN_RST = 1, 2, 4, 8, 16, 32
"""What completeness is the sum of."""


class Segments(Table):
    """What conversations look at in a segment, beside its ends.

    `length` is the payload's, or ABSENT where it is not known or the header only a quote: such a segment tells nothing
    about the sequence. `valid` means that the data offset is not too small, `complete` that the options were read;
    `shift` is the window scale option's, or ABSENT.
    """

    seq: U32
    ack: U32
    flags: U16
    window: U16
    length: I64
    valid: U8
    complete: U8
    shift: I64


class Readings(Table):
    """A segment as its conversation sees it: numbers relative, the window scaled, unless nothing can be told.

    `next` is ABSENT where the length is not known; `scale` is the factor, UNKNOWN or NO_SCALING, and ABSENT on a SYN,
    which is never scaled. `edges_from` is what the edges of selective acknowledgments count from. `closes` is whether a
    FIN begins to close the conversation, and ABSENT of what is none; `counter` is what three of the flags count where
    both sides agreed to that, or ABSENT.
    """

    completeness: U8
    seq: I64
    ack: I64
    next: I64
    window: I64
    scale: I64
    edges_from: U32
    closes: I64
    counter: I64


class Streams(Table):
    """A conversation. The first segment of one that takes over the ports of another does not make it `new`.

    `asks` and `agrees` are whether the last SYN and the last SYN,ACK were for Accurate ECN.
    """

    new: U8
    completeness: U8
    asks: U8
    agrees: U8


class Sides(Table):
    """A side of a conversation, of which each has two: whether a number counts as 0, and which; its shift, UNKNOWN or
    NO_SCALING; whether it closed first."""

    based: U8
    base: U32
    shift: I32
    closed_first: U8
