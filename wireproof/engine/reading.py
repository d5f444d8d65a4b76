"""Captures through a compiled query: blocks of about 1 MiB through one buffer, and what the reference decides between.

A pcap file is read as it is. Every other capture is read by the plain reader, whose records are laid out for the same
machine code. At damage, and at the end, the plain reader says what there is to say.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple

from wireproof.capture import CaptureError, Reader, Record, pcap
from wireproof.capture.record import record_limit
from wireproof.capture.source import Source as Bytes
from wireproof.engine.kernel import (
    LAID_OUT,
    LAID_OUT_BYTES,
    LIMIT,
    NUMBER,
    OWN,
    POSITION,
    STATE_WORDS,
    RecordLayout,
)
from wireproof.engine.machine import Code
from wireproof.engine.query import Query
from wireproof.packet import Source

BLOCK_BYTES = 1 << 20
LONG_BYTES = 1 << 30  # from here on the better code is worth the time that it takes to make
LATEST = 1 << 62  # nanoseconds that the machine code counts to; a time beyond is the reference's
_SOURCES = (str, os.PathLike)


class Match(NamedTuple):
    """A frame that passes: its number, and where in the file its octets begin."""

    number: int
    offset: int


class Block:
    """The buffer and what the machine code writes about it."""

    def __init__(self, code: Code, limit: int, head_bytes: int) -> None:
        self._code, self._head_bytes = code, head_bytes
        self._state = (ctypes.c_int64 * STATE_WORDS)()
        self._state[LIMIT] = limit
        self.held = 0
        self.octets = bytearray()
        self.view = memoryview(self.octets)
        self._resize(BLOCK_BYTES)

    def _resize(self, size: int) -> None:
        kept = bytes(self.view[: self.held]) if self.held else b""
        self.octets = bytearray(size)
        self.octets[: len(kept)] = kept
        self.view = memoryview(self.octets)
        self._address = ctypes.addressof(ctypes.c_char.from_buffer(self.octets))
        # No record is shorter than its head, so this is room for all that a buffer can hold.
        self._matches = (ctypes.c_int64 * (2 * (size // self._head_bytes + 1)))()
        self._found = memoryview(self._matches).cast("B").cast("q")

    @property
    def position(self) -> int:
        """Where the next record begins."""
        return self._state[POSITION]

    @property
    def number(self) -> int:
        """The number of the last record that was walked over."""
        return self._state[NUMBER]

    @number.setter
    def number(self, value: int) -> None:
        self._state[NUMBER] = value

    def walk(self) -> Iterator[tuple[int, int]]:
        """Walk over the whole records that are held; return those that match or may match.

        Of each, where it begins, and twice its number, plus one where the reference has to decide.
        """
        addresses = ctypes.addressof(self._matches), ctypes.addressof(self._state)
        found = iter(self._found[: 2 * self._code(self._address, self.held, *addresses)].tolist())
        return zip(found, found, strict=True)

    def drop(self) -> int:
        """Forget the records that were walked over; return how many octets those were."""
        done = self.position
        self.view[: self.held - done] = self.view[done : self.held]
        self.held -= done
        self._state[POSITION] = 0
        return done

    def make_room(self, count: int) -> None:
        """Have room for a record of that many octets."""
        if count > len(self.octets):
            self._resize(count + BLOCK_BYTES)

    def fill(self, stream: BinaryIO, offset: int) -> bool:
        """Read on; False at the end of the stream."""
        try:
            # readinto1 hands over what a pipe has, where readinto would wait for a full block.
            read = getattr(stream, "readinto1", None) or stream.readinto  # type: ignore[attr-defined]
            count: int = read(self.view[self.held :])
        except OSError as error:
            raise CaptureError(f"cannot read on: {error.strerror or error}", offset + self.held) from error
        self.held += count or 0
        return bool(count)


def match_records(query: Query, source: str | os.PathLike[str] | BinaryIO) -> Iterator[Match]:
    """Yield the frames of a capture that pass, in order. Raises CaptureError as the plain reader does."""
    with _opened(source) as stream:
        head = Bytes(stream)
        if head.peek(4) in pcap.MAGICS and hasattr(stream, "readinto"):
            yield from _match_pcap(query, stream, head)
        else:
            yield from _match_others(query, stream, head)


@contextmanager
def _opened(source: str | os.PathLike[str] | BinaryIO) -> Iterator[BinaryIO]:
    if source == "-" or not isinstance(source, _SOURCES):
        with _reader_stream(source) as stream:
            yield stream
        return
    try:
        opened = open(source, "rb", buffering=0)  # noqa: SIM115 (closed below)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CaptureError(f"cannot open {os.fspath(source)!r}: {reason}") from error
    with opened:
        yield opened


@contextmanager
def _reader_stream(source: object) -> Iterator[BinaryIO]:
    import sys

    yield sys.stdin.buffer if source == "-" else source  # type: ignore[misc]


def _is_long(stream: BinaryIO) -> bool:
    """Whether a capture has some millions of records, or how many cannot be told."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, AttributeError):
        return False
    return not stat.S_ISREG(found.st_mode) or found.st_size >= LONG_BYTES


def _match_pcap(query: Query, stream: BinaryIO, head: Bytes) -> Iterator[Match]:
    header = pcap.read_header(head)
    layout = RecordLayout(
        header.order,
        unit=1 if header.nanoseconds else 1000,
        head_bytes=24 if header.modified else 16,
        link_type=header.link_type,
    )
    limit = record_limit(header.link_type)
    block = Block(query.code(layout, thorough=_is_long(stream)), limit, layout.head_bytes)
    rest = head.buffer[head.position :]
    block.make_room(len(rest))
    block.view[: len(rest)] = rest
    block.held = len(rest)
    entry = struct.Struct(layout.order + "IIII")
    new = tuple.__new__  # Match(...) takes twice as long to build
    offset = head.offset
    more = True
    while True:
        for position, noted in block.walk():
            begin = position + layout.head_bytes
            if noted & 1:
                seconds, fraction, captured, wire = entry.unpack_from(block.octets, position)
                time = seconds * 1_000_000_000 + fraction * layout.unit
                data = bytes(block.view[begin : begin + captured])
                if not query.decide(data, Source(noted >> 1, wire, time, header.link_type)):
                    continue
            yield new(Match, (noted >> 1, offset + begin))
        offset += block.drop()
        if block.held >= layout.head_bytes:
            captured = entry.unpack_from(block.octets, 0)[2]
            if captured > limit:
                break
            block.make_room(layout.head_bytes + captured)
        if not more:
            break
        more = block.fill(stream, offset)
    _finish(stream, block, header, offset)


def _finish(stream: BinaryIO, block: Block, header: pcap.PcapHeader, offset: int) -> None:
    """Let the plain reader look at what is left: nothing, or damage, which it raises."""
    rest = Bytes(stream)
    rest.buffer, rest.base = bytes(block.view[: block.held]), offset
    entry = struct.Struct(header.order + ("IIII8x" if header.modified else "IIII"))
    pcap.next_is_whole(rest, entry, record_limit(header.link_type), block.number + 1)


class _Again:
    """A stream from its beginning, of which the first octets have been read."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head, self._stream = head, stream
        self.name = getattr(stream, "name", None)

    def read(self, size: int) -> bytes:
        """Return some octets; none at the end."""
        if self._head:
            found, self._head = self._head[:size], self._head[size:]
            return found
        return getattr(self._stream, "read1", self._stream.read)(size)


def _match_others(query: Query, stream: BinaryIO, head: Bytes) -> Iterator[Match]:
    """Match the records that the plain reader gives."""
    reader = Reader(_Again(head.buffer, stream), "", owned=False)  # type: ignore[arg-type]
    block = Block(query.code(OWN), 1 << 32, LAID_OUT_BYTES)
    waiting: list[Record] = []
    try:
        for record in reader:
            size = LAID_OUT_BYTES + len(record.data)
            is_odd = record.time is not None and abs(record.time) >= LATEST
            if is_odd or block.held + size > len(block.octets):
                yield from _decided(query, block, waiting, reader)
                block.make_room(size)
            if is_odd:
                block.number += 1
                if query.decide(record.data, _source(record, reader)):
                    yield Match(record.number, record.file_offset)
                continue
            _lay_out(block, record, _source(record, reader))
            waiting.append(record)
    except CaptureError:
        yield from _decided(query, block, waiting, reader)
        raise
    yield from _decided(query, block, waiting, reader)


def _lay_out(block: Block, record: Record, source: Source) -> None:
    lengths = len(record.data), record.wire_length
    origin = record.link_type, source.interface or 0, source.section or 0
    there = source.time is not None, source.interface is not None
    struct.pack_into(LAID_OUT, block.octets, block.held, *lengths, source.time or 0, *origin, *there)
    begin = block.held + LAID_OUT_BYTES
    block.view[begin : begin + len(record.data)] = record.data
    block.held = begin + len(record.data)


def _source(record: Record, reader: Reader) -> Source:
    known = reader.interfaces[record.interface]
    what = record.number, record.wire_length, record.time, record.link_type
    if reader.format == "pcap":  # which says nothing of interfaces
        return Source(*what, time_digits=known.time_digits)
    return Source(*what, known.number, known.time_digits, known.name or "unknown", known.section)


def _decided(query: Query, block: Block, waiting: list[Record], reader: Reader) -> Iterator[Match]:
    before = block.number
    for _, noted in block.walk():
        record = waiting[(noted >> 1) - before - 1]
        if not noted & 1 or query.decide(record.data, _source(record, reader)):
            yield Match(record.number, record.file_offset)
    block.drop()
    waiting.clear()


__all__ = ["Match", "match_records"]
