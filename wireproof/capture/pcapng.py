"""Files of pcapng: sections of blocks (draft-ietf-opsawg-pcapng).

A block is a type, its total length, a body and the length again; a section starts with a block
that gives the byte order. Section and interface headers and the three kinds of packet blocks
are read with the options that say something of packets; all else is passed over.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field

from .pcapng_blocks import (
    BYTE_ORDERS,
    ENHANCED,
    INTERFACE,
    LAYOUTS,
    LEAST,
    LEAST_OF_ANY,
    MAGIC,
    OBSOLETE,
    PACKETS,
    SECTION,
    SIMPLE,
    SIMPLE_HEAD,
    TIMED_HEAD,
    Block,
    Layout,
    byte_order,
    next_block,
)
from .pcapng_options import UNKNOWN_DROPS, interface_of, options, packet_options
from .record import MAX_RECORD_BYTES, CaptureError, Interface, PacketOptions, Record, record_limit
from .source import Source

_ASIDE_BYTES = 16 * 1024 * 1024  # of a block that is not read: the largest that Wireshark reads
_OPTION_ROOM = 1024 * 1024  # beside the packet; a block is held whole while it is read
_FCS_SHIFT, _FCS_MASK = 5, 0xF  # where the flags have the length of a frame check sequence, 0 for not known
_SECOND = 1_000_000_000

_INTERFACE_ROOM = 32 * 1024 * 1024
"""How much of memory the interfaces of a file may take; that is room for 56,000 of which nothing is told."""
_INTERFACE_BYTES, _TEXT_BYTES = 512, 4  # of each, and of each octet that describes it


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
    layout: Layout
    clocks: list[Clock] = field(default_factory=list)
    limit: int = MAX_RECORD_BYTES + _OPTION_ROOM

    @property
    def order(self) -> str:
        """The byte order in struct's notation."""
        return self.layout.order


class Blocks:
    """The blocks of a file, as they are read: the section that they are in, and the number of the last record.

    Every interface is appended to ``interfaces`` before the first record that refers to it. ``aside`` is given each
    block that holds no packet, up to 16 MiB of it, with the byte order of its section, between the records that it
    stands between.
    """

    def __init__(self, source: Source, interfaces: list[Interface]) -> None:
        self.source, self.interfaces = source, interfaces
        self.section = Section(0, LAYOUTS["<"])
        self.number = 0
        self.aside: Callable[[bytes, str], None] | None = None
        self._interface_bytes = 0

    def copy(self, source: Source) -> "Blocks":
        """Return the same state for another place of the file."""
        other = Blocks(source, list(self.interfaces))
        section = self.section
        other.section = Section(section.number, section.layout, list(section.clocks), section.limit)
        other.number = self.number
        other._interface_bytes = self._interface_bytes
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
            self.section = Section(self.section.number + 1, byte_order(self.source))
        section = self.section
        block = next_block(self.source, section.layout, section.limit, self._most_aside)
        if block is None:
            return None
        if block.kind in PACKETS:
            self.number += 1
            return _read_packet(block, section, self.number)
        if block.kind == SECTION:
            _check_section(block, section.layout)
        elif block.kind == INTERFACE:
            self._add_interface(block)
        if self.aside is not None:
            self.aside(block.buffer[block.start : block.stop + 4], section.order)
        return None

    def size_at(self, head: bytes) -> int | None:
        """Return how many octets a block with that head of 12 takes; None where `step` has to look at it by itself.

        That is at a kind that nobody wants, and at a size that none of its kind has.
        """
        layout = self.section.layout
        if head[:4] == MAGIC:
            order = BYTE_ORDERS.get(head[8:12])
            if order is None:
                return None
            layout = LAYOUTS[order]
        kind, total = layout.block.unpack_from(head)
        least, most = LEAST.get(kind, LEAST_OF_ANY), self.section.limit if kind in LEAST else self._most_aside
        if not least <= total <= most:
            return None
        return int(total + (-total & 3))

    @property
    def _most_aside(self) -> int:
        """The octets of a block that is held though it is not read."""
        return 0 if self.aside is None else _ASIDE_BYTES

    def _add_interface(self, block: Block) -> None:
        section, layout, interfaces = self.section, self.section.layout, self.interfaces
        self._interface_bytes += _INTERFACE_BYTES + _TEXT_BYTES * (block.stop - block.start)
        if self._interface_bytes > _INTERFACE_ROOM:
            raise CaptureError(
                f"what describes {len(interfaces) + 1} interfaces takes {self._interface_bytes} bytes of memory, "
                f"expected at most {_INTERFACE_ROOM}",
                block.offset,
            )
        link_type, snap_length = layout.described.unpack_from(block.buffer, block.start)
        found = interface_of(
            Interface(link_type, snap_length, section=section.number, number=len(section.clocks)),
            block.options(block.start + 16, layout),
            layout.options,
        )
        limit = record_limit(link_type)
        section.limit = max(section.limit, limit + _OPTION_ROOM)
        section.clocks.append(
            Clock(
                *(len(interfaces), link_type, snap_length, limit, *_factors(found.ticks)),
                offset=found.time_offset * _SECOND,
                fcs_length=found.fcs_length,
            )
        )
        interfaces.append(found)


def _factors(ticks: int) -> tuple[int, int]:
    """Return factor and divisor that make nanoseconds of so many ticks a second."""
    if _SECOND % ticks == 0:
        return _SECOND // ticks, 1
    return (1, ticks // _SECOND) if ticks % _SECOND == 0 else (_SECOND, ticks)


def _plain_records(source: Source, section: Section, number: int) -> Generator[Record, None, int]:
    """Yield the Enhanced Packet Blocks that are at hand; the last number.

    This is for speed alone: the first block with anything else about it, damage included, is
    left to the general way.
    """
    layout, clocks, limit = section.layout, section.clocks, section.limit
    unpack, second_length = layout.plain.unpack_from, layout.word.unpack_from
    described = len(clocks)
    new = tuple.__new__  # Record(...) takes twice as long to build
    buffer, base, position = source.buffer, source.base, source.position
    end = len(buffer)
    while position + 32 <= end:
        kind, total, index, high, low, captured, wire = unpack(buffer, position)
        stop = position + total
        room = total - 32 - captured - (-captured & 3)
        if kind != ENHANCED or room < 0 or stop > end:
            break
        if index >= described or second_length(buffer, stop - 4)[0] != total:
            break
        clock = clocks[index]
        if captured > clock.limit:
            break
        comments, told, fcs_length = (), None, clock.fcs_length  # type: tuple[str, ...], PacketOptions | None, int | None
        if room:
            if total & 3 or total > limit:
                break
            found = options(buffer, stop - 4 - room, stop - 4, layout.options, base)
            comments, told = packet_options(found, layout.options)
            fcs_length = _fcs_length(told, clock)
        number += 1
        time = ((high << 32) | low) * clock.factor // clock.divisor + clock.offset
        start = position + TIMED_HEAD
        data = buffer[start : start + captured]
        source.position = position = stop
        yield new(
            Record, (number, data, wire, time, clock.link_type, clock.index, base + start, comments, fcs_length, told)
        )
    return number


def _check_section(block: Block, layout: Layout) -> None:
    major, minor = layout.section.unpack_from(block.buffer, block.start)
    # 1.2 was written by mistake and is the same as 1.0; no other version is defined.
    if (major, minor) not in ((1, 0), (1, 2)):
        raise CaptureError(f"pcapng version {major}.{minor} is not supported, expected 1.0", block.offset + 12)
    for _ in block.options(block.start + 24, layout):
        pass


def _read_packet(block: Block, section: Section, number: int) -> Record:
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
    told, fcs_length = None, clock.fcs_length
    if block.kind != SIMPLE:
        comments, told = _packet_options(block, stop + (-captured & 3), section.layout)
        fcs_length = _fcs_length(told, clock)
    data = block.buffer[start:stop]
    file_offset = block.offset + start - block.start
    return Record(number, data, wire, time, clock.link_type, clock.index, file_offset, comments, fcs_length, told)


def _fcs_length(told: PacketOptions | None, clock: Clock) -> int | None:
    """Return how long the check sequence of a packet is: what its flags say, or else its interface."""
    if told is None or told.flags is None:
        return clock.fcs_length
    return told.flags >> _FCS_SHIFT & _FCS_MASK or clock.fcs_length


def _packet_options(block: Block, position: int, layout: Layout) -> tuple[tuple[str, ...], PacketOptions | None]:
    drops = layout.drops.unpack_from(block.buffer, block.start)[0] if block.kind == OBSOLETE else UNKNOWN_DROPS
    return packet_options(block.options(position, layout), layout.options, drops)


def told_of(buffer: bytes, order: str) -> tuple[tuple[str, ...], PacketOptions | None]:
    """Return comments and options of the packet block that is all of a buffer, and known to be whole.

    A Simple Packet Block has neither.
    """
    layout = LAYOUTS[order]
    kind, _ = layout.block.unpack_from(buffer)
    captured = layout.captured[kind].unpack_from(buffer)[3]
    block = Block(kind, buffer, 0, len(buffer) - 4, 0)
    return _packet_options(block, TIMED_HEAD + captured + (-captured & 3), layout)


def _packet_head(block: Block, section: Section, number: int) -> tuple[Clock, int | None, int, int, int]:
    """Interface, time, captured and wire length, and where in the buffer the data begins."""
    layout = section.layout
    if block.kind == SIMPLE:
        (wire,) = layout.simple.unpack_from(block.buffer, block.start)
        clock = _clock(block, section, 0, number)
        # The block does not tell how much was captured: all, as far as the snap length goes.
        captured = min(wire, clock.snap_length or wire)
        return clock, None, captured, wire, block.start + SIMPLE_HEAD
    index, high, low, captured, wire = layout.captured[block.kind].unpack_from(block.buffer, block.start)
    clock = _clock(block, section, index, number)
    time = ((high << 32) | low) * clock.factor // clock.divisor + clock.offset
    return clock, time, captured, wire, block.start + TIMED_HEAD


def _clock(block: Block, section: Section, index: int, number: int) -> Clock:
    if index >= len(section.clocks):
        raise CaptureError(
            f"record {number} is of interface {index}, its section has described {len(section.clocks)}",
            block.offset,
        )
    return section.clocks[index]


__all__ = [
    "ENHANCED",
    "INTERFACE",
    "MAGIC",
    "OBSOLETE",
    "PACKETS",
    "SECTION",
    "SIMPLE",
    "SIMPLE_HEAD",
    "TIMED_HEAD",
    "Blocks",
    "Clock",
    "Section",
    "told_of",
]
