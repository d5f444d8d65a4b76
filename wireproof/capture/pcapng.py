"""Files of pcapng: sections of blocks (draft-ietf-opsawg-pcapng).

A block is a type, its total length, a body and the length again; a section starts with a block
that gives the byte order. Section and interface headers and the three kinds of packet blocks
are read with the options that say something of packets; all else is passed over.
"""

import struct
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, overload

from .record import MAX_RECORD_BYTES, CaptureError, Interface, PacketOptions, Record, record_limit
from .source import Source

MAGIC = b"\x0a\x0d\x0d\x0a"
"""The first four bytes of a pcapng file: a block type that reads the same in both orders."""

_SECTION, _INTERFACE, _OBSOLETE, _SIMPLE, ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
_LEAST = {_SECTION: 28, _INTERFACE: 20, _OBSOLETE: 32, _SIMPLE: 16, ENHANCED: 32}
_LEAST_OF_ANY = 12
_BYTE_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_OPTION_ROOM = 1024 * 1024  # beside the packet; a block is held whole while it is read

_END_OF_OPTIONS, _COMMENT = 0, 1
_NAME, _DESCRIPTION, _SPEED, _RESOLUTION, _FCS_LENGTH, _OFFSET, _HARDWARE = 2, 3, 8, 9, 13, 14, 15
_FLAGS, _DROPPED, _PACKET_ID, _QUEUE, _VERDICT = 2, 4, 5, 6, 7
_UNKNOWN_DROPS = 0xFFFF
_BY_HARDWARE, _BY_EBPF = b"\0", (b"\1", b"\2")
_FCS_SHIFT, _FCS_MASK = 5, 0xF  # where the flags have the length of a frame check sequence, 0 for not known
_SECOND = 1_000_000_000


class _Layout:
    """The fixed parts of the blocks in one byte order."""

    __slots__ = (
        "block",
        "captured",
        "described",
        "drops",
        "number",
        "offset",
        "option",
        "order",
        "plain",
        "section",
        "simple",
        "word",
    )

    def __init__(self, order: str) -> None:
        self.order = order
        self.block = struct.Struct(order + "II")
        self.word = struct.Struct(order + "I")
        self.section = struct.Struct(order + "12xHH")
        self.described = struct.Struct(order + "8xH2xI")
        self.captured = {
            ENHANCED: struct.Struct(order + "8xIIIII"),
            _OBSOLETE: struct.Struct(order + "8xH2xIIII"),
        }
        self.drops = struct.Struct(order + "10xH")
        self.plain = struct.Struct(order + "7I")  # a whole head of the commonest block
        self.simple = struct.Struct(order + "8xI")
        self.option = struct.Struct(order + "HH")
        self.offset = struct.Struct(order + "q")
        self.number = struct.Struct(order + "Q")


_LAYOUTS = {order: _Layout(order) for order in "<>"}


@dataclass(frozen=True, slots=True)
class Clock:
    """What a packet block needs of its interface; ns = ticks * factor // divisor + offset."""

    index: int
    link_type: int
    snap_length: int
    limit: int
    factor: int
    divisor: int
    offset: int
    fcs_length: int | None = None


@dataclass(slots=True)
class Section:
    """A section: its number from 1, its byte order, its interfaces, and the octets that a packet's block may have."""

    number: int
    layout: _Layout
    clocks: list[Clock] = field(default_factory=list)
    limit: int = MAX_RECORD_BYTES + _OPTION_ROOM

    @property
    def order(self) -> str:
        """The byte order in struct's notation."""
        return self.layout.order


class _Block(NamedTuple):
    """A block in the source's buffer: ``start`` at its type, ``stop`` at its second length."""

    kind: int
    buffer: bytes
    start: int
    stop: int
    offset: int


class Blocks:
    """The blocks of a file, as they are read: the section that they are in, and the number of the last record.

    Every interface is appended to ``interfaces`` before the first record that refers to it.
    """

    def __init__(self, source: Source, interfaces: list[Interface]) -> None:
        self.source, self.interfaces = source, interfaces
        self.section = Section(0, _LAYOUTS["<"])
        self.number = 0

    def copy(self, source: Source) -> "Blocks":
        """Return the same state for another place of the file."""
        other = Blocks(source, list(self.interfaces))
        section = self.section
        other.section = Section(section.number, section.layout, list(section.clocks), section.limit)
        other.number = self.number
        return other

    def is_same(self, other: "Blocks") -> bool:
        """Whether sections and interfaces are the same in both states."""
        return self.section == other.section and len(self.interfaces) == len(other.interfaces)

    def records(self) -> Iterator[Record]:
        """Yield the records of all sections, and raise CaptureError at damage."""
        while True:
            self.number = yield from _plain_records(self.source, self.section, self.number)
            if not self.source.have(8):
                return
            record = self.step()
            if record is not None:
                yield record

    def step(self) -> Record | None:
        """Read one block; return its record, None where it has none. Raises CaptureError at damage."""
        if self.source.peek(4) == MAGIC:
            self.section = Section(self.section.number + 1, _read_byte_order(self.source))
        section = self.section
        block = _next_block(self.source, section)
        if block is None:
            return None
        if block.kind == _SECTION:
            _check_section(block, section.layout)
        elif block.kind == _INTERFACE:
            _add_interface(block, section, self.interfaces)
        else:
            self.number += 1
            return _read_packet(block, section, self.number)
        return None

    def size_at(self, head: bytes) -> int | None:
        """Return how many octets a block with that head of 12 takes; None where `step` has to look at it by itself.

        That is at a kind that nobody reads, and at a size that none of its kind has.
        """
        layout = self.section.layout
        if head[:4] == MAGIC:
            order = _BYTE_ORDERS.get(head[8:12])
            if order is None:
                return None
            layout = _LAYOUTS[order]
        kind, total = layout.block.unpack_from(head)
        if kind not in _LEAST or not _LEAST[kind] <= total <= self.section.limit:
            return None
        return int(total + (-total & 3))


def _plain_records(source: Source, section: Section, number: int) -> Generator[Record, None, int]:
    """Yield the Enhanced Packet Blocks without options that are at hand; the last number.

    This is for speed alone: the first block with anything else about it, damage included, is
    left to the general way.
    """
    unpack, second_length = section.layout.plain.unpack_from, section.layout.word.unpack_from
    clocks = section.clocks
    described = len(clocks)
    new = tuple.__new__  # Record(...) takes twice as long to build
    buffer, base, position = source.buffer, source.base, source.position
    end = len(buffer)
    while position + 32 <= end:
        kind, total, index, high, low, captured, wire = unpack(buffer, position)
        stop = position + total
        if kind != ENHANCED or total != 32 + captured + (-captured & 3) or stop > end:
            break
        if index >= described or second_length(buffer, stop - 4)[0] != total:
            break
        clock = clocks[index]
        if captured > clock.limit:
            break
        number += 1
        time = ((high << 32) | low) * clock.factor // clock.divisor + clock.offset
        start = position + 28
        data = buffer[start : start + captured]
        source.position = position = stop
        yield new(
            Record, (number, data, wire, time, clock.link_type, clock.index, base + start, (), clock.fcs_length, None)
        )
    return number


def _read_byte_order(source: Source) -> _Layout:
    found = source.peek(12)
    if len(found) < 12:
        raise _cut("section header block", _LEAST[_SECTION], len(found), source.offset)
    order = _BYTE_ORDERS.get(found[8:])
    if order is None:
        raise CaptureError(f"byte-order magic {found[8:].hex()}, expected 1a2b3c4d or 4d3c2b1a", source.offset + 8)
    return _LAYOUTS[order]


def _next_block(source: Source, section: Section) -> _Block | None:
    """Wait for the next block and step over it; None for one of a kind that is not read."""
    offset = source.offset
    if (held := source.have(8)) < 8:
        raise _cut("block", _LEAST_OF_ANY, held, offset)
    kind, total = section.layout.block.unpack_from(source.buffer, source.position)
    least = _LEAST.get(kind, _LEAST_OF_ANY)
    if total < least:
        raise CaptureError(f"block of type {kind:#x} says {total} bytes, expected at least {least}", offset)
    # A length must be a multiple of 4; some write it without the padding, which is there.
    size = total + (-total & 3)
    if kind not in _LEAST:
        _pass_over(source, section.layout, kind, total, size)
        return None
    if size > section.limit:
        raise CaptureError(f"block of type {kind:#x} says {total} bytes, expected at most {section.limit}", offset)
    if (held := source.have(size)) < size:
        raise _cut(f"block of type {kind:#x}", size, held, offset)
    start = source.position
    source.position += size
    stop = source.position - 4
    _check_second_length(section.layout, source.buffer, stop, total, offset + size - 4)
    return _Block(kind, source.buffer, start, stop, offset)


def _pass_over(source: Source, layout: _Layout, kind: int, total: int, size: int) -> None:
    offset = source.offset
    passed = source.skip(size - 4)
    held = source.have(4)
    if held < 4:
        raise _cut(f"block of type {kind:#x}", size, passed + held, offset)
    _check_second_length(layout, source.buffer, source.position, total, source.offset)
    source.position += 4


def _check_second_length(layout: _Layout, buffer: bytes, position: int, total: int, offset: int) -> None:
    (second,) = layout.word.unpack_from(buffer, position)
    if second != total:
        raise CaptureError(
            f"second total length of the block is {second}, expected {total} as at its start",
            offset,
        )


def _check_section(block: _Block, layout: _Layout) -> None:
    major, minor = layout.section.unpack_from(block.buffer, block.start)
    # 1.2 was written by mistake and is the same as 1.0; no other version is defined.
    if (major, minor) not in ((1, 0), (1, 2)):
        raise CaptureError(f"pcapng version {major}.{minor} is not supported, expected 1.0", block.offset + 12)
    for _ in _options(block, block.start + 24, layout):
        pass


def _add_interface(block: _Block, section: Section, interfaces: list[Interface]) -> None:
    layout = section.layout
    link_type, snap_length = layout.described.unpack_from(block.buffer, block.start)
    options: dict[int, bytes] = {}
    for code, value in _options(block, block.start + 16, layout):
        options.setdefault(code, value)
    factor, divisor = _resolution(options.get(_RESOLUTION, b""))
    shift = options.get(_OFFSET, b"")
    offset = layout.offset.unpack(shift)[0] * _SECOND if len(shift) == 8 else 0
    limit = record_limit(link_type)
    section.limit = max(section.limit, limit + _OPTION_ROOM)
    number = len(section.clocks)
    fcs = options.get(_FCS_LENGTH, b"")
    fcs_length = fcs[0] if len(fcs) == 1 else None
    section.clocks.append(Clock(len(interfaces), link_type, snap_length, limit, factor, divisor, offset, fcs_length))
    ticks = _SECOND * divisor // factor
    interfaces.append(
        Interface(
            link_type,
            snap_length,
            name=_text(options.get(_NAME)),
            description=_text(options.get(_DESCRIPTION)),
            section=section.number,
            number=number,
            time_digits=min(9, len(str(ticks - 1))) if ticks > 1 else 0,
            fcs_length=fcs_length,
            speed=_number(options.get(_SPEED, b""), layout.number),
            hardware=_text(options.get(_HARDWARE)),
        )
    )


def _resolution(option: bytes) -> tuple[int, int]:
    """Factor and divisor from ticks to nanoseconds; microseconds if the option is not usable."""
    exponent = option[0] if len(option) == 1 else 6
    if exponent & 0x80:
        return _SECOND, 1 << (exponent & 0x7F)
    return (10 ** (9 - exponent), 1) if exponent <= 9 else (1, 10 ** (exponent - 9))


def _read_packet(block: _Block, section: Section, number: int) -> Record:
    clock, time, captured, wire, start = _packet_head(block, section, number)
    if captured > clock.limit:
        raise CaptureError(
            f"record {number} says that it holds {captured} bytes, expected at most {clock.limit}",
            block.offset,
        )
    stop = start + captured
    if stop > block.stop:
        raise CaptureError(
            f"record {number} says that it holds {captured} bytes, its block has room for {block.stop - start}",
            block.offset,
        )
    comments: tuple[str, ...] = ()
    options, fcs_length = None, clock.fcs_length
    if block.kind != _SIMPLE:
        comments, options = _packet_options(block, stop + (-captured & 3), section.layout)
        if options is not None and options.flags is not None:
            fcs_length = options.flags >> _FCS_SHIFT & _FCS_MASK or fcs_length
    data = block.buffer[start:stop]
    file_offset = block.offset + start - block.start
    return Record(number, data, wire, time, clock.link_type, clock.index, file_offset, comments, fcs_length, options)


def _packet_options(block: _Block, position: int, layout: _Layout) -> tuple[tuple[str, ...], PacketOptions | None]:
    """The comments of a packet, and what else is told of it; the first counts of what may be there once."""
    comments: list[str] = []
    verdicts: list[tuple[int, int | bytes]] = []
    told: dict[int, bytes] = {}
    for code, value in _options(block, position, layout):
        if code == _COMMENT:
            comments.append(_text(value))
        elif code == _VERDICT and value[:1] == _BY_HARDWARE:
            verdicts.append((0, value[1:]))
        elif code == _VERDICT and value[:1] in _BY_EBPF and len(value) == 9:
            verdicts.append((value[0], layout.offset.unpack(value[1:])[0]))
        else:
            told.setdefault(code, value)
    dropped = _number(told.get(_DROPPED, b""), layout.number)
    if block.kind == _OBSOLETE:
        (drops,) = layout.drops.unpack_from(block.buffer, block.start)
        dropped = drops if drops != _UNKNOWN_DROPS else dropped
    options = PacketOptions(
        _number(told.get(_FLAGS, b""), layout.word),
        dropped,
        _number(told.get(_PACKET_ID, b""), layout.number),
        _number(told.get(_QUEUE, b""), layout.word),
        tuple(verdicts),
    )
    return tuple(comments), None if options == _NOTHING_TOLD else options


_NOTHING_TOLD = PacketOptions()


def _number(value: bytes, layout: struct.Struct) -> int | None:
    """The number of an option; None for one of another length, which is not used."""
    return int(layout.unpack(value)[0]) if len(value) == layout.size else None


def told_of(buffer: bytes, order: str) -> tuple[tuple[str, ...], PacketOptions | None]:
    """Return comments and options of the packet block that is all of a buffer, and known to be whole.

    A Simple Packet Block has neither.
    """
    layout = _LAYOUTS[order]
    kind, _ = layout.block.unpack_from(buffer)
    captured = layout.captured[kind].unpack_from(buffer)[3]
    block = _Block(kind, buffer, 0, len(buffer) - 4, 0)
    return _packet_options(block, 28 + captured + (-captured & 3), layout)


def _packet_head(block: _Block, section: Section, number: int) -> tuple[Clock, int | None, int, int, int]:
    """Interface, time, captured and wire length, and where in the buffer the data begins."""
    layout = section.layout
    if block.kind == _SIMPLE:
        (wire,) = layout.simple.unpack_from(block.buffer, block.start)
        clock = _clock(block, section, 0, number)
        # The block does not tell how much was captured: all, as far as the snap length goes.
        captured = min(wire, clock.snap_length or wire)
        return clock, None, captured, wire, block.start + 12
    index, high, low, captured, wire = layout.captured[block.kind].unpack_from(block.buffer, block.start)
    clock = _clock(block, section, index, number)
    time = ((high << 32) | low) * clock.factor // clock.divisor + clock.offset
    return clock, time, captured, wire, block.start + 28


def _clock(block: _Block, section: Section, index: int, number: int) -> Clock:
    if index >= len(section.clocks):
        raise CaptureError(
            f"record {number} is of interface {index}, its section has described {len(section.clocks)}",
            block.offset,
        )
    return section.clocks[index]


def _options(block: _Block, position: int, layout: _Layout) -> Iterator[tuple[int, bytes]]:
    """Code and value of each option up to the end mark, or to the end of the block.

    All begin at multiples of 4 in a block whose size is one, so there is room for every head.
    """
    while position < block.stop:
        offset = block.offset + position - block.start
        room = block.stop - position - 4
        code, length = layout.option.unpack_from(block.buffer, position)
        if code == _END_OF_OPTIONS:
            return
        if length > room:
            raise CaptureError(f"option {code} says {length} bytes, its block has {room} left", offset)
        position += 4
        yield code, block.buffer[position : position + length]
        position += length + (-length & 3)


@overload
def _text(value: bytes) -> str: ...
@overload
def _text(value: bytes | None) -> str | None: ...
def _text(value: bytes | None) -> str | None:
    """UTF-8 without a terminator; what some end with a zero anyway ends there."""
    if value is None:
        return None
    return value.partition(b"\0")[0].decode("utf-8", "replace")


def _cut(what: str, expected: int, found: int, offset: int) -> CaptureError:
    return CaptureError(f"{what} is cut: {found} bytes, then the file ends, expected {expected}", offset)
