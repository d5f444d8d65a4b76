"""The instructions that walk to the next record of a block, and read what its head tells: pcap and pcapng."""

from __future__ import annotations

from wireproof.capture.pcapng_blocks import ENHANCED, INTERFACE, LEAST, OBSOLETE, SECTION, SIMPLE
from wireproof.capture.pcapng_options import COMMENT, FLAGS
from wireproof.engine.form import HAS_DESCRIPTION, OWN
from wireproof.engine.state import (
    CLOCK_A,
    CLOCK_B,
    CLOCK_C,
    CLOCK_D,
    CLOCK_DESCRIBED,
    CLOCK_FCS,
    CLOCK_INDEX,
    CLOCK_LIMIT,
    CLOCK_LINK,
    CLOCK_MOST,
    CLOCK_NUMBER,
    CLOCK_OFFSET,
    CLOCK_SECTION,
    CLOCK_SNAP,
    CLOCK_WORDS,
    FOREIGN_ORDER,
    OWN_CAPTURED,
    OWN_LENGTH,
    UNTIMED,
    RecordLayout,
    loaded,
)


class Head:
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
            "  %has_options = phi i1 [%option.is.any, %options.end], [false, %simple.fits]",
            "  %frame_end = add i64 %frame, %captured",
            "  %end = add i64 %behind, 0",
            "  %number = add i64 %before, 1",
        ]

    def values(self, used: set[str]) -> list[str]:
        """Return what tells what a program uses of a record besides."""
        lines = self.time("time") if "time" in used else []
        for name, word in zip(OWN, (OWN_LENGTH, OWN_CAPTURED), strict=True):
            lines += loaded(name, "%state", word) if name in used else []
        if not self.layout.is_pcapng:
            return [
                *lines,
                "  %interface = add i64 0, 0",
                "  %section = add i64 0, 0",
                "  %has_time = icmp eq i64 0, 0",
                "  %has_interface = icmp ne i64 0, 0",
                "  %has_comment = icmp ne i64 0, 0",
                "  %has_options = icmp ne i64 0, 0",
                "  %has_description = icmp ne i64 0, 0",
                f"  %fcs_length = add i64 0, {self.layout.fcs_length}",
            ]
        words = {"link_type": CLOCK_LINK, "interface": CLOCK_NUMBER, "section": CLOCK_SECTION}
        for name, word in words.items():
            if name in used:
                lines += loaded(name, "%clock", word)
        if HAS_DESCRIPTION.id in used:
            lines += loaded("described", "%clock", CLOCK_DESCRIBED)
            lines.append("  %has_description = icmp ne i64 %described, 0")
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
            *(line for part, word in words.items() for line in loaded(f"{name}.{part}", "%clock", word)),
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
            *loaded("row.interface", "%clock", CLOCK_INDEX),
            *loaded("row.link", "%clock", CLOCK_LINK),
        ]


def _pngs(head: Head) -> list[str]:
    """Return the walk over pcapng blocks: packets of all three kinds; what says nothing of packets is passed over.

    Whatever is odd about a block leaves it to the plain reader: where a section or an interface begins, and damage.
    """
    word = head.word
    other = "%skip" if head.layout.leaves_aside else "%exit"
    kinds = {SECTION: "exit", INTERFACE: "exit", OBSOLETE: "packet", SIMPLE: "simple", ENHANCED: "packet"}
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
        f"  switch i64 %kind, label {other} [{' '.join(f'i64 {kind}, label %{way}' for kind, way in kinds.items())}]",
        "skip:",
        "  br label %record",
        # The enhanced and the obsolete block differ in the width of the interface's number alone.
        "packet:",
        f"  %p.large = icmp uge i64 %total, {LEAST[ENHANCED]}",
        "  %p.bounded = icmp ule i64 %size, %limit.0",
        "  %p.least = and i1 %p.large, %p.bounded",
        "  br i1 %p.least, label %packet.head, label %exit",
        "packet.head:",
        *word("p.long", 8),
        *word("p.brief", 8, 16),
        f"  %p.old = icmp eq i64 %kind, {OBSOLETE}",
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
        *loaded("p.limit", "%p.clock", CLOCK_LIMIT),
        *loaded("p.most", "%p.clock", CLOCK_MOST),
        "  %p.shifted = shl i64 %p.high, 32",
        "  %p.ticks = or i64 %p.shifted, %p.low",
        "  %p.frame = add i64 %begin, 28",
        "  %p.end = add i64 %p.frame, %p.captured",
        "  %p.sane = icmp ule i64 %p.captured, %p.limit",
        "  %p.early = icmp ule i64 %p.ticks, %p.most",
        "  %p.fits = icmp ule i64 %p.end, %stop",
        "  %p.good.0 = and i1 %p.sane, %p.early",
        "  %p.good = and i1 %p.good.0, %p.fits",
        *loaded("p.fcs", "%p.clock", CLOCK_FCS),
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
        "  %option.was = icmp ne i64 %option, %options.begin",
        "  %option.is.any = or i1 %option.was, %p.old",  # which tells of drops in its head
        "  br label %whole",
        # How much a simple block has captured follows from the first interface's snap length.
        "simple:",
        f"  %s.least = icmp uge i64 %total, {LEAST[SIMPLE]}",
        "  %s.known = icmp ne i64 %clock_count.0, 0",
        "  %s.bounded = icmp ule i64 %size, %limit.0",
        "  %s.sized = and i1 %s.least, %s.bounded",
        "  %s.there = and i1 %s.sized, %s.known",
        "  br i1 %s.there, label %simple.head, label %exit",
        "simple.head:",
        *word("s.wire", 8),
        *loaded("s.snap", "%clocks", CLOCK_SNAP),
        *loaded("s.limit", "%clocks", CLOCK_LIMIT),
        *loaded("s.fcs", "%clocks", CLOCK_FCS),
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


def _noted_options(head: Head) -> list[str]:
    """Return what notes a comment, and the length of the check sequence that the first flags word may tell.

    An option begins at a multiple of 4 of its block, so four octets behind its head are the block's, if it has any or
    not.
    """
    return [
        f"  %option.is.comment = icmp eq i64 %option.code, {COMMENT}",
        "  %option.commented.now = or i1 %option.commented, %option.is.comment",
        *head.word("option.word", 0, base="option.body"),
        f"  %option.is.flags = icmp eq i64 %option.code, {FLAGS}",
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
