"""The function around a program: the walk over the records of a block, with what a record's head tells.

``match(buffer, length, rows, state)`` walks from ``state[POSITION]`` on. For each frame that matches it writes a row
of `ROW_WORDS` words, or, where there are columns, its values into these, and no row but the first. It returns how many
rows there are, leaves position, number and counts in the state, and says there why it stopped: at a record that is not
whole or that it leaves to the plain reader (`MORE`), because there is no room (`FULL`), or behind a frame that the
reference has to decide on (`OPEN`), whose row is written and not counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from wireproof.engine import columns
from wireproof.engine.form import Program
from wireproof.engine.llvm import FOREIGN_ORDER, Emitter
from wireproof.engine.machine import NAME

# Where to go on, the last record's number, the most octets of a record, the last number to come to, the place at which
# no further record is to begin; rows so far and at most, and why it stopped; the interfaces of pcapng.
POSITION, NUMBER, LIMIT, LAST, STOP, ROWS, ROW_LIMIT, REASON, CLOCKS, CLOCK_COUNT = range(10)
COLUMN_STATE = 10
MORE, FULL, OPEN = range(3)

# A row: where the frame begins in the buffer, lengths, time in nanoseconds, the interface's index among the reader's,
# its link type, the frame's number, and the octets of the frame check sequence at its end.
FRAME, CAPTURED, WIRE, TIME, INTERFACE, LINK, FRAME_NUMBER, FCS = range(8)
ROW_WORDS = 8
UNTIMED = -(1 << 63)
UNKNOWN_FCS = -1

# What is known of a pcapng interface. Nanoseconds are ticks // A * B + ticks % A * C // D + OFFSET, for at most
# MOST ticks; a later time is left to the plain reader.
CLOCK_LINK, CLOCK_LIMIT, CLOCK_SNAP, CLOCK_MOST, CLOCK_A, CLOCK_B, CLOCK_C, CLOCK_D, CLOCK_OFFSET = range(9)
CLOCK_INDEX, CLOCK_NUMBER, CLOCK_SECTION, CLOCK_FCS = range(9, 13)
CLOCK_WORDS = 13
_SECTION_BLOCK = 0x0A0D0D0A

_DECLARED = """\
declare i16 @llvm.bswap.i16(i16)
declare i32 @llvm.bswap.i32(i32)
declare i64 @llvm.bswap.i64(i64)
declare i32 @llvm.cttz.i32(i32, i1)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
"""


@dataclass(frozen=True)
class RecordLayout:
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


def module(program: Program, layout: RecordLayout) -> str:
    """Return the LLVM module of a program for records of that layout."""
    constants = {"link_type": layout.link_type, "fcs_length": layout.fcs_length} if layout.link_type is not None else {}
    emitter = Emitter(program, constants)
    body = emitter.body()
    head = _Head(layout)
    lines = [
        _DECLARED,
        *emitter.searches.text(),
        f"define i64 @{NAME}(ptr noalias %buffer, i64 %length, ptr noalias %rows, ptr noalias %state) nounwind {{",
        "entry:",
        *emitter.variables(),
        *_entry(),
        *columns.entry(program.columns, COLUMN_STATE),
        "  br label %record",
        *head.walked(),
        "whole:",
        *head.found(),
        *head.values(emitter.used),
        *body,
        *_tail(program, head, *emitter.result),
    ]
    return "\n".join(lines)


def _entry() -> list[str]:
    lines = []
    for name, index in {
        "position": POSITION,
        "number": NUMBER,
        "limit": LIMIT,
        "last": LAST,
        "stop.at": STOP,
        "matched": ROWS,
        "row_limit": ROW_LIMIT,
        "clock_count": CLOCK_COUNT,
    }.items():
        lines.append(f"  %{name}.p = getelementptr i64, ptr %state, i64 {index}")
        lines.append(f"  %{name}.0 = load i64, ptr %{name}.p")
    lines.append(f"  %reason.p = getelementptr i64, ptr %state, i64 {REASON}")
    lines.append(f"  %clocks.p = getelementptr i64, ptr %state, i64 {CLOCKS}")
    lines.append("  %clocks = load ptr, ptr %clocks.p")
    return lines


class _Head:
    """The instructions that walk to the next record and tell of it."""

    def __init__(self, layout: RecordLayout) -> None:
        self.layout = layout

    def word(self, name: str, offset: int, bits: int = 32, base: str = "begin") -> list[str]:
        """Read a number of a record's head into ``%name``, a word of 64 bits."""
        lines = [
            f"  %{name}.at = add i64 %{base}, {offset}",
            f"  %{name}.ptr = getelementptr i8, ptr %buffer, i64 %{name}.at",
            f"  %{name}.raw = load i{bits}, ptr %{name}.ptr, align 1",
        ]
        value = f"%{name}.raw"
        if self.layout.order == FOREIGN_ORDER:
            lines.append(f"  %{name}.swapped = call i{bits} @llvm.bswap.i{bits}(i{bits} {value})")
            value = f"%{name}.swapped"
        return [*lines, f"  %{name} = zext i{bits} {value} to i64"]

    def walked(self) -> list[str]:
        """Return the walk up to ``%whole``, with the frame's place and lengths; what it is no good at goes to exit."""
        return _pngs(self) if self.layout.is_pcapng else self._pcap()

    def _pcap(self) -> list[str]:
        return [
            "record:",
            "  %begin = phi i64 [%position.0, %entry], [%end, %next]",
            "  %before = phi i64 [%number.0, %entry], [%number, %next]",
            "  %matched = phi i64 [%matched.0, %entry], [%matched.now, %next]",
            f"  %frame = add i64 %begin, {self.layout.head_bytes}",
            "  %has.head = icmp ule i64 %frame, %length",
            "  %is.wanted = icmp ult i64 %before, %last.0",
            "  %is.before = icmp slt i64 %begin, %stop.at.0",
            "  %is.next = and i1 %is.before, %is.wanted",
            "  %is.there = and i1 %has.head, %is.next",
            "  br i1 %is.there, label %head, label %exit",
            "head:",
            *self.word("captured", 8),
            "  %end = add i64 %frame, %captured",
            "  %is.whole = icmp ule i64 %end, %length",
            "  %is.sane = icmp ule i64 %captured, %limit.0",
            "  %is.good = and i1 %is.whole, %is.sane",
            "  br i1 %is.good, label %whole, label %exit",
        ]

    def found(self) -> list[str]:
        """Return what begins the block of a whole record."""
        if not self.layout.is_pcapng:
            return [
                "  %frame_end = add i64 %end, 0",
                "  %number = add i64 %before, 1",
                *self.word("wire_length", 12),
            ]
        return [
            "  %frame = phi i64 [%p.frame, %options.end], [%s.frame, %simple.fits]",
            "  %captured = phi i64 [%p.captured, %options.end], [%s.captured, %simple.fits]",
            "  %wire_length = phi i64 [%p.wire, %options.end], [%s.wire, %simple.fits]",
            "  %ticks = phi i64 [%p.ticks, %options.end], [0, %simple.fits]",
            "  %has_time = phi i1 [true, %options.end], [false, %simple.fits]",
            "  %clock = phi ptr [%p.clock, %options.end], [%clocks, %simple.fits]",
            "  %fcs_length = phi i64 [%option.fcs, %options.end], [%s.fcs, %simple.fits]",
            "  %has_comment = phi i1 [%option.commented, %options.end], [false, %simple.fits]",
            "  %frame_end = add i64 %frame, %captured",
            "  %end = add i64 %behind, 0",
            "  %number = add i64 %before, 1",
        ]

    def values(self, used: set[str]) -> list[str]:
        """Return what tells what a program uses of a record besides."""
        lines = self.time("time") if "time" in used else []
        if not self.layout.is_pcapng:
            return [
                *lines,
                "  %interface = add i64 0, 0",
                "  %section = add i64 0, 0",
                "  %has_time = icmp eq i64 0, 0",
                "  %has_interface = icmp ne i64 0, 0",
                "  %has_comment = icmp ne i64 0, 0",
                f"  %fcs_length = add i64 0, {self.layout.fcs_length}",
            ]
        words = {"link_type": CLOCK_LINK, "interface": CLOCK_NUMBER, "section": CLOCK_SECTION}
        for name, word in words.items():
            if name in used:
                lines += _clock(name, word)
        return [*lines, "  %has_interface = icmp eq i64 0, 0"]

    def time(self, name: str) -> list[str]:
        """Return what computes the record's time in nanoseconds."""
        if not self.layout.is_pcapng:
            return [
                *self.word(f"{name}.seconds", 0),
                *self.word(f"{name}.fraction", 4),
                f"  %{name}.whole = mul i64 %{name}.seconds, 1000000000",
                f"  %{name}.rest = mul i64 %{name}.fraction, {self.layout.unit}",
                f"  %{name} = add i64 %{name}.whole, %{name}.rest",
            ]
        words = {"a": CLOCK_A, "b": CLOCK_B, "c": CLOCK_C, "d": CLOCK_D, "offset": CLOCK_OFFSET}
        return [
            *(line for part, word in words.items() for line in _clock(f"{name}.{part}", word)),
            f"  %{name}.quotient = udiv i64 %ticks, %{name}.a",
            f"  %{name}.remainder = urem i64 %ticks, %{name}.a",
            f"  %{name}.whole = mul i64 %{name}.quotient, %{name}.b",
            f"  %{name}.product = mul i64 %{name}.remainder, %{name}.c",
            f"  %{name}.rest = udiv i64 %{name}.product, %{name}.d",
            f"  %{name}.sum = add i64 %{name}.whole, %{name}.rest",
            f"  %{name} = add i64 %{name}.sum, %{name}.offset",
        ]

    def noted(self) -> list[str]:
        """Return what gives time, interface and link type of a frame that goes into a row."""
        lines = self.time("row.time.known")
        if not self.layout.is_pcapng:
            return [
                *lines,
                "  %row.time = add i64 %row.time.known, 0",
                "  %row.interface = add i64 0, 0",
                f"  %row.link = add i64 0, {self.layout.link_type}",
            ]
        return [
            *lines,
            f"  %row.time = select i1 %has_time, i64 %row.time.known, i64 {UNTIMED}",
            *_clock("row.interface", CLOCK_INDEX),
            *_clock("row.link", CLOCK_LINK),
        ]


def _clock(name: str, word: int, clock: str = "%clock") -> list[str]:
    return [
        f"  %{name}.p = getelementptr i64, ptr {clock}, i64 {word}",
        f"  %{name} = load i64, ptr %{name}.p",
    ]


def _pngs(head: _Head) -> list[str]:
    """Return the walk over pcapng blocks: packets of all three kinds; what says nothing of packets is passed over.

    Whatever is odd about a block leaves it to the plain reader: where a section or an interface begins, and damage.
    """
    word = head.word
    other = "%skip" if head.layout.leaves_aside else "%exit"
    return [
        "record:",
        "  %begin = phi i64 [%position.0, %entry], [%behind, %skip], [%end, %next]",
        "  %before = phi i64 [%number.0, %entry], [%before, %skip], [%number, %next]",
        "  %matched = phi i64 [%matched.0, %entry], [%matched, %skip], [%matched.now, %next]",
        "  %least.end = add i64 %begin, 12",
        "  %has.head = icmp ule i64 %least.end, %length",
        "  %is.wanted = icmp ult i64 %before, %last.0",
        "  %is.before = icmp slt i64 %begin, %stop.at.0",
        "  %is.next = and i1 %is.before, %is.wanted",
        "  %is.there = and i1 %has.head, %is.next",
        "  br i1 %is.there, label %head, label %exit",
        "head:",
        *word("kind", 0),
        *word("total", 4),
        "  %total.up = add i64 %total, 3",
        "  %size = and i64 %total.up, -4",
        "  %behind = add i64 %begin, %size",
        "  %is.whole = icmp ule i64 %behind, %length",
        "  %is.least = icmp uge i64 %total, 12",
        "  %is.good = and i1 %is.whole, %is.least",
        "  br i1 %is.good, label %second, label %exit",
        "second:",
        "  %stop = sub i64 %behind, 4",
        *word("again", 0, base="stop"),
        "  %agrees = icmp eq i64 %again, %total",
        "  br i1 %agrees, label %kinds, label %exit",
        "kinds:",
        f"  switch i64 %kind, label {other} [i64 {_SECTION_BLOCK}, label %exit i64 1, label %exit "
        "i64 2, label %packet i64 3, label %simple i64 6, label %packet]",
        "skip:",
        "  br label %record",
        # The enhanced and the obsolete block differ in the width of the interface's number alone.
        "packet:",
        "  %p.large = icmp uge i64 %total, 32",
        "  %p.bounded = icmp ule i64 %size, %limit.0",
        "  %p.least = and i1 %p.large, %p.bounded",
        "  br i1 %p.least, label %packet.head, label %exit",
        "packet.head:",
        *word("p.long", 8),
        *word("p.brief", 8, 16),
        "  %p.old = icmp eq i64 %kind, 2",
        "  %p.index = select i1 %p.old, i64 %p.brief, i64 %p.long",
        *word("p.high", 12),
        *word("p.low", 16),
        *word("p.captured", 20),
        *word("p.wire", 24),
        "  %p.known = icmp ult i64 %p.index, %clock_count.0",
        "  br i1 %p.known, label %packet.clock, label %exit",
        "packet.clock:",
        f"  %p.place = mul i64 %p.index, {CLOCK_WORDS}",
        "  %p.clock = getelementptr i64, ptr %clocks, i64 %p.place",
        *_clock("p.limit", CLOCK_LIMIT, "%p.clock"),
        *_clock("p.most", CLOCK_MOST, "%p.clock"),
        "  %p.shifted = shl i64 %p.high, 32",
        "  %p.ticks = or i64 %p.shifted, %p.low",
        "  %p.frame = add i64 %begin, 28",
        "  %p.end = add i64 %p.frame, %p.captured",
        "  %p.sane = icmp ule i64 %p.captured, %p.limit",
        "  %p.early = icmp ule i64 %p.ticks, %p.most",
        "  %p.fits = icmp ule i64 %p.end, %stop",
        "  %p.good.0 = and i1 %p.sane, %p.early",
        "  %p.good = and i1 %p.good.0, %p.fits",
        *_clock("p.fcs", CLOCK_FCS, "%p.clock"),
        "  %p.end.up = add i64 %p.captured, 31",
        "  %p.rest = and i64 %p.end.up, -4",
        "  %options.begin = add i64 %begin, %p.rest",
        "  br i1 %p.good, label %options, label %exit",
        "options:",
        "  %option = phi i64 [%options.begin, %packet.clock], [%option.next, %option.fits]",
        "  %option.fcs = phi i64 [%p.fcs, %packet.clock], [%option.fcs.now, %option.fits]",
        "  %option.flagged = phi i1 [false, %packet.clock], [%option.flagged.now, %option.fits]",
        "  %option.commented = phi i1 [false, %packet.clock], [%option.commented.now, %option.fits]",
        "  %option.is = icmp ult i64 %option, %stop",
        "  br i1 %option.is, label %option.head, label %options.end",
        "option.head:",
        *word("option.code", 0, 16, "option"),
        *word("option.size", 2, 16, "option"),
        "  %option.body = add i64 %option, 4",
        "  %option.room = sub i64 %stop, %option.body",
        "  %option.last = icmp eq i64 %option.code, 0",
        "  br i1 %option.last, label %options.end, label %option.sized",
        "option.sized:",
        "  %option.good = icmp ule i64 %option.size, %option.room",
        "  br i1 %option.good, label %option.fits, label %exit",
        "option.fits:",
        *_noted_options(head),
        "  %option.up = add i64 %option.size, 3",
        "  %option.padded = and i64 %option.up, -4",
        "  %option.next = add i64 %option.body, %option.padded",
        "  br label %options",
        "options.end:",
        "  br label %whole",
        # How much a simple block has captured follows from the first interface's snap length.
        "simple:",
        "  %s.least = icmp uge i64 %total, 16",
        "  %s.known = icmp ne i64 %clock_count.0, 0",
        "  %s.bounded = icmp ule i64 %size, %limit.0",
        "  %s.sized = and i1 %s.least, %s.bounded",
        "  %s.there = and i1 %s.sized, %s.known",
        "  br i1 %s.there, label %simple.head, label %exit",
        "simple.head:",
        *word("s.wire", 8),
        *_clock("s.snap", CLOCK_SNAP, "%clocks"),
        *_clock("s.limit", CLOCK_LIMIT, "%clocks"),
        *_clock("s.fcs", CLOCK_FCS, "%clocks"),
        "  %s.all = icmp eq i64 %s.snap, 0",
        "  %s.bound = select i1 %s.all, i64 %s.wire, i64 %s.snap",
        "  %s.less = icmp ult i64 %s.wire, %s.bound",
        "  %s.captured = select i1 %s.less, i64 %s.wire, i64 %s.bound",
        "  %s.frame = add i64 %begin, 12",
        "  %s.end = add i64 %s.frame, %s.captured",
        "  %s.fits = icmp ule i64 %s.end, %stop",
        "  %s.sane = icmp ule i64 %s.captured, %s.limit",
        "  %s.good = and i1 %s.fits, %s.sane",
        "  br i1 %s.good, label %simple.fits, label %exit",
        "simple.fits:",
        "  br label %whole",
    ]


def _noted_options(head: _Head) -> list[str]:
    """Return what notes a comment, and the length of the check sequence that the first flags word may tell.

    An option begins at a multiple of 4 of its block, so four octets behind its head are the block's, if it has any or
    not.
    """
    return [
        "  %option.is.comment = icmp eq i64 %option.code, 1",
        "  %option.commented.now = or i1 %option.commented, %option.is.comment",
        *head.word("option.word", 0, base="option.body"),
        "  %option.is.flags = icmp eq i64 %option.code, 2",
        "  %option.is.new = xor i1 %option.flagged, true",
        "  %option.is.first = and i1 %option.is.flags, %option.is.new",
        "  %option.flagged.now = or i1 %option.flagged, %option.is.flags",
        "  %option.is.word = icmp eq i64 %option.size, 4",
        "  %option.fcs.moved = lshr i64 %option.word, 5",
        "  %option.fcs.told = and i64 %option.fcs.moved, 15",
        "  %option.is.told = icmp ne i64 %option.fcs.told, 0",
        "  %option.is.sized = and i1 %option.is.first, %option.is.word",
        "  %option.is.used = and i1 %option.is.sized, %option.is.told",
        "  %option.fcs.now = select i1 %option.is.used, i64 %option.fcs.told, i64 %option.fcs",
    ]


def _tail(program: Program, head: _Head, must: str, may: str) -> list[str]:
    """Return what comes behind the program: the row, the columns' ends, the next record, and the function's end."""
    words = {
        FRAME: "%frame",
        CAPTURED: "%captured",
        WIRE: "%wire_length",
        TIME: "%row.time",
        INTERFACE: "%row.interface",
        LINK: "%row.link",
        FRAME_NUMBER: "%number",
        FCS: "%fcs_length",
    }
    stored = []
    for word, value in words.items():
        stored.append(f"  %row.{word} = getelementptr i64, ptr %row, i64 {word}")
        stored.append(f"  store i64 {value}, ptr %row.{word}")
    return [
        "  br label %finish.end",
        "finish.end:",
        f"  br i1 {may}, label %hit, label %next",
        "hit:",
        *head.noted(),
        f"  %row.index = mul i64 {'0' if program.columns else '%matched'}, {ROW_WORDS}",
        "  %row = getelementptr i64, ptr %rows, i64 %row.index",
        *stored,
        f"  br i1 {must}, label %keep, label %open",
        "keep:",
        *(line for column in program.columns for line in columns.kept(column, "%matched")),
        "  %matched.more = add i64 %matched, 1",
        "  %has.room = icmp ult i64 %matched.more, %row_limit.0",
        "  br i1 %has.room, label %next, label %no.room",
        "next:",
        "  %matched.now = phi i64 [%matched, %finish.end], [%matched.more, %keep]",
        "  br label %record",
        "exit:",
        "  br label %leave",
        "full:",
        "  br label %leave",
        "no.room:",
        "  br label %leave",
        "open:",
        "  br label %leave",
        "leave:",
        f"  %reason = phi i64 [{MORE}, %exit], [{FULL}, %full], [{FULL}, %no.room], [{OPEN}, %open]",
        "  %position.last = phi i64 [%begin, %exit], [%begin, %full], [%end, %no.room], [%end, %open]",
        "  %number.last = phi i64 [%before, %exit], [%before, %full], [%number, %no.room], [%number, %open]",
        "  %matched.last = phi i64 [%matched, %exit], [%matched, %full], [%matched.more, %no.room], [%matched, %open]",
        *(line for column in program.columns for line in columns.left(column)),
        "  store i64 %reason, ptr %reason.p",
        "  store i64 %position.last, ptr %position.p",
        "  store i64 %number.last, ptr %number.p",
        "  store i64 %matched.last, ptr %matched.p",
        "  ret i64 %matched.last",
        "}",
    ]
