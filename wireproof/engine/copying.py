"""Rows to the records of a pcap file, in machine code: what matched is gathered, so that a block is one write.

``gather(buffer, count, rows, job)`` lays out the records of rows one after the other and returns of how many; it stops
before one that a pcap file of this kind does not hold.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from wireproof.engine.batches import Batch
from wireproof.engine.machine import Code, code_of
from wireproof.engine.memory import address_of
from wireproof.engine.state import CAPTURED, FOREIGN_ORDER, FRAME, LINK, ROW_WORDS, TIME, UNTIMED, WIRE, loaded

NAME = "gather"
# The words of a job: where the records go, the first row, what a record is to be (link type, most octets, whether
# times are in nanoseconds), and how many octets were written.
OUT, FIRST, OF_LINK, MOST, NANOSECONDS, WRITTEN = range(6)
JOB_WORDS = 6
HEAD_BYTES = 16


Buffers = list[bytearray]
"""Memory that is not in use: new memory would cost as much as what is done with it."""


@dataclass(frozen=True)
class Gathered:
    """Records as a pcap file has them: the first `size` octets of a buffer, which may then be used again."""

    buffer: bytearray
    size: int

    @property
    def octets(self) -> memoryview:
        """The records."""
        return memoryview(self.buffer)[: self.size]


class Gather:
    """Lays out frames as the records of a pcap file with one link type and records of up to `most` octets.

    What is laid out is handed over when no further batch may have room behind it; `rest` hands over the last of it.
    """

    def __init__(self, link_type: int, most: int, *, nanoseconds: bool, buffers: Buffers | None = None) -> None:
        self._code = _code()
        self._buffers: Buffers = [] if buffers is None else buffers
        self._job = (ctypes.c_int64 * JOB_WORDS)()
        self._out, self._used = bytearray(), 0
        self._job[OF_LINK], self._job[MOST], self._job[NANOSECONDS] = link_type, most, nanoseconds

    def pieces(self, batch: Batch) -> Iterator[Gathered | int]:
        """Yield records to be written, and the index of each frame that a pcap file of this kind does not hold."""
        octets, rows = address_of(batch.octets), batch.address
        # A record takes no more here than it took where it came from, but for one that stands alone.
        needed = len(batch.octets) + HEAD_BYTES
        self._job[FIRST] = 0
        while True:
            if len(self._out) - self._used < needed:
                yield from self.rest()
                self._out = self._room(2 * needed)
            self._job[OUT] = address_of(self._out) + self._used
            self._job[FIRST] += self._code(octets, batch.count, rows, ctypes.addressof(self._job))
            self._used += self._job[WRITTEN]
            if self._job[FIRST] >= batch.count:
                return
            yield from self.rest()
            yield self._job[FIRST]
            self._job[FIRST] += 1

    def rest(self) -> Iterator[Gathered]:
        """Yield the records that have been laid out and not been handed over, if there are any."""
        if self._used:
            yield Gathered(self._out, self._used)
            self._out, self._used = bytearray(), 0

    def _room(self, size: int) -> bytearray:
        with suppress(IndexError):  # another thread may have been faster
            buffer = self._buffers.pop()
            if len(buffer) >= size:
                return buffer
        return bytearray(size)


@cache
def _code() -> Code:
    return code_of(module, NAME)


def module() -> str:
    """Return the LLVM module of the function."""
    words = {"first": FIRST, "link": OF_LINK, "most": MOST, "fine": NANOSECONDS}
    row = {"frame": FRAME, "captured": CAPTURED, "wire": WIRE, "time": TIME, "its.link": LINK}
    lines = [
        "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)",
        "declare i32 @llvm.bswap.i32(i32)",
        f"define i64 @{NAME}(ptr noalias %buffer, i64 %count, ptr noalias %rows, ptr noalias %job) nounwind {{",
        "entry:",
        "  %out.0 = load ptr, ptr %job",
    ]
    lines += [line for name, word in words.items() for line in loaded(name, "%job", word)]
    lines += [
        "  %is.fine = icmp ne i64 %fine, 0",
        "  br label %loop",
        "loop:",
        "  %i = phi i64 [%first, %entry], [%i.next, %put]",
        "  %at = phi i64 [0, %entry], [%at.next, %put]",
        "  %more = icmp ult i64 %i, %count",
        "  br i1 %more, label %look, label %done",
        "look:",
        f"  %index = mul i64 %i, {ROW_WORDS}",
        "  %row = getelementptr i64, ptr %rows, i64 %index",
    ]
    lines += [line for name, word in row.items() for line in loaded(name, "%row", word)]
    lines += [
        f"  %untimed = icmp eq i64 %time, {UNTIMED}",
        "  %moment = select i1 %untimed, i64 0, i64 %time",
        f"  %in.range = icmp ult i64 %moment, {1_000_000_000 << 32}",
        "  %of.kind = icmp eq i64 %its.link, %link",
        "  %not.long = icmp ule i64 %captured, %most",
        "  %both = and i1 %of.kind, %not.long",
        "  %good = and i1 %both, %in.range",
        "  br i1 %good, label %put, label %done",
        "put:",
        "  %seconds = udiv i64 %moment, 1000000000",
        "  %rest = urem i64 %moment, 1000000000",
        "  %micro = udiv i64 %rest, 1000",
        "  %fraction = select i1 %is.fine, i64 %rest, i64 %micro",
        "  %to = getelementptr i8, ptr %out.0, i64 %at",
        *(line for n, name in enumerate(("seconds", "fraction", "captured", "wire")) for line in _stored(name, n * 4)),
        f"  %body = getelementptr i8, ptr %to, i64 {HEAD_BYTES}",
        "  %from = getelementptr i8, ptr %buffer, i64 %frame",
        "  call void @llvm.memcpy.p0.p0.i64(ptr %body, ptr %from, i64 %captured, i1 false)",
        f"  %size = add i64 %captured, {HEAD_BYTES}",
        "  %at.next = add i64 %at, %size",
        "  %i.next = add i64 %i, 1",
        "  br label %loop",
        "done:",
        f"  %written = getelementptr i64, ptr %job, i64 {WRITTEN}",
        "  store i64 %at, ptr %written",
        "  %copied = sub i64 %i, %first",
        "  ret i64 %copied",
        "}",
    ]
    return "\n".join(lines)


def _stored(name: str, offset: int) -> list[str]:
    """Write a word of 32 bits, little-endian."""
    lines = [
        f"  %{name}.to = getelementptr i8, ptr %to, i64 {offset}",
        f"  %{name}.word = trunc i64 %{name} to i32",
    ]
    word = f"%{name}.word"
    if FOREIGN_ORDER == "<":
        lines.append(f"  %{name}.swapped = call i32 @llvm.bswap.i32(i32 {word})")
        word = f"%{name}.swapped"
    return [*lines, f"  store i32 {word}, ptr %{name}.to, align 1"]
