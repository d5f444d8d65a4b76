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

REUSED_PORTS = 1 << 0
RETRANSMISSION, FAST_RETRANSMISSION, SPURIOUS_RETRANSMISSION, OUT_OF_ORDER = 1 << 1, 1 << 2, 1 << 3, 1 << 4
LOST_SEGMENT, ACK_LOST_SEGMENT, WINDOW_UPDATE, WINDOW_FULL = 1 << 5, 1 << 6, 1 << 7, 1 << 8
KEEP_ALIVE, KEEP_ALIVE_ACK, DUPLICATE_ACK = 1 << 9, 1 << 10, 1 << 11
ZERO_WINDOW_PROBE, ZERO_WINDOW, ZERO_WINDOW_PROBE_ACK = 1 << 12, 1 << 13, 1 << 14
"""What is remarkable of a segment, in the order in which it is told."""
LOOKED_AT = 1 << 15
"""Not told itself: Wireshark shows its analysis of the segment, although there is nothing remarkable."""
UNKNOWN_STATE, LISTEN, SYN_SENT, SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2 = 0, 1, 2, 3, 4, 5, 6
CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT, CLOSED = 7, 8, 9, 10, 11
"""The states of a side (RFC 9293, section 3.3.2)."""
NO_FAST_OPEN, ACCEPTED, IGNORED = 0, 1, 2
NO_WINDOW = MODULUS - 1
"""The window of a side that has not sent any yet."""


class Segments(Table):
    """What conversations look at in a segment, beside its ends.

    `length` is the payload's, or ABSENT where it is not known or the header only a quote: such a segment tells nothing
    about the sequence. `valid` means that the data offset is not too small, `complete` that the options were read;
    `shift` is the window scale option's, or ABSENT. The edges are the sums of those of all selective acknowledgments,
    and `cookie` is whether there is one of TCP Fast Open.
    """

    seq: U32
    ack: U32
    flags: U16
    window: U16
    length: I64
    valid: U8
    complete: U8
    shift: I64
    left_edges: I64
    right_edges: I64
    cookie: U8


class Readings(Table):
    """A segment as its conversation sees it: numbers relative, the window scaled, unless nothing can be told.

    `next` is ABSENT where the length is not known; `scale` is the factor, UNKNOWN or NO_SCALING, and ABSENT on a SYN,
    which is never scaled. `edges_from` is what the edges of selective acknowledgments count from. `closes` is whether a
    FIN begins to close the conversation, and ABSENT of what is none; `counter` is what three of the flags count where
    both sides agreed to that, or ABSENT. `fast_open` is what a SYN,ACK says of data in the SYN (RFC 7413), NO_FAST_OPEN
    where there is nothing to say. `source_state` and `destination_state` are what the sides come into.
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
    fast_open: U8
    source_state: U8
    destination_state: U8


class Remarks(Table):
    """What the sequence of segments says of one: what is remarkable, as a sum of the above, and times in nanoseconds.

    Frames, octets and numbers that are 0 are not told, but for the frame of a duplicate acknowledgment; a time that is
    not told is ABSENT.
    """

    kinds: U32
    acks_frame: I64
    ack_rtt: I64
    initial_rtt: I64
    bytes_in_flight: U32
    push_bytes_sent: U32
    rto: I64
    rto_frame: I64
    duplicate_number: U32
    duplicate_frame: I64


class Streams(Table):
    """A conversation. The first segment of one that takes over the ports of another does not make it `new`.

    `asks` and `agrees` are whether the last SYN and the last SYN,ACK were for Accurate ECN, and `offers` whether a SYN
    had data with a cookie of TCP Fast Open. `syn_time` is that of the
    last SYN, and `initial_rtt` from there to the first acknowledgment, or ABSENT.
    """

    new: U8
    completeness: U8
    asks: U8
    agrees: U8
    offers: U8
    syn_time: I64
    initial_rtt: I64


class Endings(Table):
    """What a conversation has come to at its end, by its number: completeness, and the initial round-trip time."""

    completeness: U8
    initial_rtt: I64


class Sides(Table):
    """A side of a conversation, of which each has two.

    Whether a number counts as 0, and which; its shift, UNKNOWN or NO_SCALING; whether it closed first. Then what it
    sent so far: the next sequence number, with frame and time of the segment that was the first to get there; the end
    of what it sent without a gap; the last acknowledgment, when it came, whether with a SYN, and the first frame with
    it, repetitions since, and whether it was acknowledged beyond its end since; the last window; what was remarkable of
    the last segment. Then its segments that wait for an acknowledgment: whether one was acknowledged since any were
    lost, the list, octets since the last push; and the octets that its last segment acknowledged out of order. At last
    its state, whether it asked for the connection, whether it sent a FIN, and the sequence number behind that.
    """

    based: U8
    base: U32
    shift: I32
    closed_first: U8
    next: U32
    next_frame: I64
    next_time: I64
    gapless: U32
    last_ack: U32
    last_ack_time: I64
    last_was_syn: U8
    first_ack_frame: I64
    repetitions: U32
    overtaken: U8
    window: U32
    last_kinds: U32
    acknowledged: U8
    waiting: U32
    waiting_count: U32
    pushed: U32
    push_was_last: U8
    sacked: U32
    state: U8
    asked: U8
    finished: U8
    fin_end: U32
