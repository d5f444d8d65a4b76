"""Frames that pass, as machine code leaves them: rows of numbers, made into records for whoever wants these."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from wireproof.capture import PacketOptions, Record
from wireproof.capture.pcapng import ENHANCED, TIMED_HEAD, told_of
from wireproof.engine.state import ROW_WORDS, UNKNOWN_FCS, UNTIMED

LATEST = 1 << 61  # nanoseconds that the machine code counts to; a time beyond is the reference's


@dataclass(frozen=True)
class Batch:
    """Frames that pass: a row of numbers for each, and the octets that the rows speak of.

    `base` is where in the capture the octets begin, and `order` the byte order of pcapng's blocks. A batch is valid
    until the next one is asked for.
    """

    rows: ctypes.Array[ctypes.c_int64]
    count: int
    octets: bytearray
    base: int
    first: int = 0
    alone: Record | None = None  # a single frame that the plain reader has read
    order: str | None = None

    @property
    def address(self) -> int:
        """Where the rows are."""
        return ctypes.addressof(self.rows)

    def record(self, index: int) -> Record:
        """Return one of the frames as the plain reader does."""
        return next(Batch(self.rows, 1, self.octets, self.base, self.first + index, order=self.order).records())

    def records(self) -> Iterator[Record]:
        """Yield the frames as the plain reader does."""
        if self.alone is not None:
            yield self.alone
            return
        new = tuple.__new__  # Record(...) takes twice as long to build
        view = memoryview(self.octets)
        first = self.first * ROW_WORDS
        words = iter(self.rows[first : first + self.count * ROW_WORDS])
        for frame, captured, wire, time, interface, link, number, fcs in zip(*[words] * ROW_WORDS, strict=True):
            data = bytes(view[frame : frame + captured])
            when = None if time == UNTIMED else time
            check = None if fcs == UNKNOWN_FCS else fcs
            told = _NOTHING if self.order is None or when is None else _told(view, frame, captured, self.order)
            yield new(Record, (number, data, wire, when, link, interface, self.base + frame, told[0], check, told[1]))


_NOTHING: tuple[tuple[str, ...], None] = (), None


def _told(view: memoryview, frame: int, captured: int, order: str) -> tuple[tuple[str, ...], PacketOptions | None]:
    """Return comments and options of a packet block that is no simple one, which machine code has found whole."""
    begin = frame - TIMED_HEAD
    kind, total = struct.unpack_from(order + "II", view, begin)
    size = total + (-total & 3)
    if kind == ENHANCED and size <= TIMED_HEAD + captured + (-captured & 3) + 4:
        return _NOTHING
    return told_of(bytes(view[begin : begin + size]), order)


def batch_of(record: Record) -> Batch:
    """Return a frame that the plain reader has read."""
    time = UNTIMED if record.time is None else record.time if abs(record.time) < LATEST else -1
    fcs = UNKNOWN_FCS if record.fcs_length is None else record.fcs_length
    row = (0, len(record.data), record.wire_length, time, record.interface, record.link_type, record.number, fcs)
    rows = (ctypes.c_int64 * ROW_WORDS)(*row)
    return Batch(rows, 1, bytearray(record.data), record.file_offset, alone=record)
