"""The words that machine code and what calls it have in common: the state of a walk, rows, and clocks of pcapng.

``match(buffer, length, rows, state)`` walks from ``state[POSITION]`` on. For each frame that matches it writes a row
of `ROW_WORDS` words, or, where there are columns, its values into these, and no row but the first. It returns how many
rows there are, leaves position, number and counts in the state, and says there why it stopped: at a record that is not
whole or that it leaves to the plain reader (`MORE`), because there is no room (`FULL`), behind a frame that the
reference has to decide on (`OPEN`), whose row is written and not counted, or before one with a fragment, where
fragments cannot be gathered (`MET`).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import NamedTuple

# Where to go on, the last record's number, the most octets of a record, the last number to come to, the place at which
# no further record is to begin; rows so far and at most, and why it stopped; the interfaces of pcapng; what is called
# where a leaf is asked of the reference, and where the values go that it is given; where the addresses are of rules
# over several packets and of their tables; what is called where a fragment comes; what is known of a frame that
# the reference is to read; a frame's own lengths where its record was made of several, or -1.
POSITION, NUMBER, LIMIT, LAST, STOP, ROWS, ROW_LIMIT, REASON, CLOCKS, CLOCK_COUNT, ASKED, GATHERED, ACROSS = range(13)
PIECES, VERDICT, OWN_LENGTH, OWN_CAPTURED = range(13, 17)
COLUMN_STATE = 17
MORE, FULL, OPEN, MET = range(4)
# What the function that is called for a frame with a fragment answers: that it makes nothing whole, that it does and
# is for the reference, or that the walk has to end before it.
NOTHING, COMPLETES, ENDS = range(3)

# What is known of a frame that is to be read: whether it passes is not, or it does.
UNDECIDED, PASSES = range(2)

# A row: where the frame begins in the buffer, lengths, time in nanoseconds, the interface's index among the reader's,
# its link type, the frame's number, and the octets of the frame check sequence at its end.
FRAME, CAPTURED, WIRE, TIME, INTERFACE, LINK, FRAME_NUMBER, FCS = range(8)
ROW_WORDS = 8
# What is gathered of a frame: a value's source, its layer, and a number, or place and size of octets.
GATHERED_WORDS = 4
GATHERED_MOST = 128  # values; a frame with more is left to the reference

UNTIMED = -(1 << 63)
UNKNOWN_FCS = -1

# What is known of a pcapng interface. Nanoseconds are ticks // A * B + ticks % A * C // D + OFFSET, for at most
# MOST ticks; a later time is left to the plain reader.
CLOCK_LINK, CLOCK_LIMIT, CLOCK_SNAP, CLOCK_MOST, CLOCK_A, CLOCK_B, CLOCK_C, CLOCK_D, CLOCK_OFFSET = range(9)
CLOCK_INDEX, CLOCK_NUMBER, CLOCK_SECTION, CLOCK_FCS, CLOCK_DESCRIBED = range(9, 14)
CLOCK_WORDS = 14

# In the state, behind COLUMN_STATE, as many words for each column: addresses of the values and of each frame's end,
# what there is room for, how many are kept, and the same of a column's octets.
VALUES, ROOM, COUNT, ENDS, DATA, DATA_ROOM, DATA_COUNT = range(7)
COLUMN_WORDS = 7

ETHER_OCTETS, IPV6_OCTETS = 6, 16  # of the values of a column
FOREIGN_ORDER = ">" if sys.byteorder == "little" else "<"
"""The byte order that this processor does not have."""


@dataclass(frozen=True, slots=True)
class Column:
    """Where the values of a field go, for the frames that match: one after the other, with the end of each frame's.

    A value takes `width` octets; with a width of 0, as many as it has. It is a number, or `octets` of the frame. A
    `single` column has one place for each frame, and a bit that tells whether there is a value. `dated` are times
    since 1970.
    """

    index: int
    name: str
    width: int
    octets: bool
    single: bool = False
    dated: bool = False

    def __str__(self) -> str:
        return f"column {self.index}:{self.name}"


class RecordLayout(NamedTuple):
    """How records are laid out: in which byte order and, of pcap, with which `unit` (nanoseconds), head, link type.

    A pcap file has one link type and one length of check sequences; what stands on others is then left out of the
    machine code. ``leaves_aside`` says whether the walk goes on over blocks of pcapng that say nothing of packets.
    """

    order: str = "<"
    unit: int = 1000
    head_bytes: int = 16
    link_type: int | None = 1
    fcs_length: int = UNKNOWN_FCS
    leaves_aside: bool = True

    @property
    def is_pcapng(self) -> bool:
        """Whether these are blocks, each of an interface of its own."""
        return self.link_type is None


def pcapng_layout(order: str, *, leaves_aside: bool = True) -> RecordLayout:
    """Return how a pcapng section is laid out; no record is shorter than a Simple Packet Block."""
    return RecordLayout(order, 1, 16, None, leaves_aside=leaves_aside)


def loaded(name: str, base: str, word: int, kind: str = "i64") -> list[str]:
    """Return what reads a word behind an address into ``%name``, and its place into ``%name.p``."""
    return [f"  %{name}.p = getelementptr i64, ptr {base}, i64 {word}", f"  %{name} = load {kind}, ptr %{name}.p"]
