"""Blocks of pcapng (draft-ietf-opsawg-pcapng section 3.1): a type, the total length, a body and the length again."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from .pcapng_options import OPTION_LAYOUTS, options
from .record import CaptureError
from .source import Source

MAGIC = b"\x0a\x0d\x0d\x0a"
"""The first four bytes of a pcapng file: a block type that reads the same in both orders."""

SECTION, INTERFACE, OBSOLETE, SIMPLE, NAMES, STATISTICS, ENHANCED, SECRETS = 0x0A0D0D0A, 1, 2, 3, 4, 5, 6, 10
CUSTOM_NOT_COPIED = 0x40000BAD  # what holds only as long as nobody changes the file
PACKETS = (OBSOLETE, SIMPLE, ENHANCED)
"""The kinds of blocks that hold a packet."""
TIMED_HEAD, SIMPLE_HEAD = 28, 12
"""Where in its block a packet begins: one that has a time, and a simple one."""
SECTION_LENGTH = slice(16, 24)
"""Where in its block a section header tells how long the section is."""

LEAST = {SECTION: 28, INTERFACE: 20, OBSOLETE: 32, SIMPLE: 16, ENHANCED: 32}
"""The octets that a block has at least, of the kinds that are read."""
LEAST_OF_ANY = 12
BYTE_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}


class Layout:
    """The fixed parts of the blocks in one byte order."""

    __slots__ = ("block", "captured", "described", "drops", "options", "order", "plain", "section", "simple", "word")

    def __init__(self, order: str) -> None:
        self.order = order
        self.options = OPTION_LAYOUTS[order]
        self.block = struct.Struct(order + "II")
        self.word = struct.Struct(order + "I")
        self.section = struct.Struct(order + "12xHH")
        self.described = struct.Struct(order + "8xH2xI")
        self.captured = {
            ENHANCED: struct.Struct(order + "8xIIIII"),
            OBSOLETE: struct.Struct(order + "8xH2xIIII"),
        }
        self.drops = struct.Struct(order + "10xH")
        self.plain = struct.Struct(order + "7I")  # a whole head of the commonest block
        self.simple = struct.Struct(order + "8xI")


LAYOUTS = {order: Layout(order) for order in "<>"}


class Block(NamedTuple):
    """A block in the source's buffer: ``start`` at its type, ``stop`` at its second length."""

    kind: int
    buffer: bytes
    start: int
    stop: int
    offset: int

    def options(self, position: int, layout: Layout) -> Iterator[tuple[int, bytes]]:
        """Return its options, which begin at a position of the buffer. Raises CaptureError at a damaged one."""
        return options(self.buffer, position, self.stop, layout.options, self.offset - self.start)


def byte_order(source: Source) -> Layout:
    """Return the layout of the section whose header comes next. Raises CaptureError."""
    found = source.peek(12)
    if len(found) < 12:
        raise _cut("section header block", LEAST[SECTION], len(found), source.offset)
    order = BYTE_ORDERS.get(found[8:])
    if order is None:
        raise CaptureError(f"byte-order magic {found[8:].hex()}, expected 1a2b3c4d or 4d3c2b1a", source.offset + 8)
    return LAYOUTS[order]


def next_block(source: Source, layout: Layout, limit: int, most: int) -> Block | None:
    """Wait for the next block and step over it; None for one that is not read, of more than `most` octets.

    ``limit`` is for those that are read. Raises CaptureError at damage.
    """
    offset = source.offset
    if (held := source.have(8)) < 8:
        raise _cut("block", LEAST_OF_ANY, held, offset)
    kind, total = layout.block.unpack_from(source.buffer, source.position)
    least = LEAST.get(kind, LEAST_OF_ANY)
    if total < least:
        raise CaptureError(f"block of type {kind:#x} says {total} bytes, expected at least {least}", offset)
    # A length must be a multiple of 4; some write it without the padding, which is there.
    size = total + (-total & 3)
    if kind not in LEAST and size > most:
        _pass_over(source, layout, kind, total, size)
        return None
    if kind in LEAST and size > limit:
        raise CaptureError(f"block of type {kind:#x} says {total} bytes, expected at most {limit}", offset)
    if (held := source.have(size)) < size:
        raise _cut(f"block of type {kind:#x}", size, held, offset)
    start = source.position
    source.position += size
    stop = source.position - 4
    _check_second_length(layout, source.buffer, stop, total, offset + size - 4)
    return Block(kind, source.buffer, start, stop, offset)


def _pass_over(source: Source, layout: Layout, kind: int, total: int, size: int) -> None:
    offset = source.offset
    passed = source.skip(size - 4)
    held = source.have(4)
    if held < 4:
        raise _cut(f"block of type {kind:#x}", size, passed + held, offset)
    _check_second_length(layout, source.buffer, source.position, total, source.offset)
    source.position += 4


def _check_second_length(layout: Layout, buffer: bytes, position: int, total: int, offset: int) -> None:
    (second,) = layout.word.unpack_from(buffer, position)
    if second != total:
        raise CaptureError(
            f"second total length of the block is {second}, expected {total} as at its start",
            offset,
        )


def _cut(what: str, expected: int, found: int, offset: int) -> CaptureError:
    return CaptureError(f"{what} is cut: {found} bytes, then the file ends, expected {expected}", offset)
