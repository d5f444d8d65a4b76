"""Byte ranges of one capture file, walked over at the same time.

Machine code and reading leave Python's lock alone, so ranges are shared out to threads. Where the first record of a
range begins is guessed, from what looks like a chain of records, and the range before has to end there: since a
capture may carry captures in its payloads, a range that began elsewhere is walked over once more. What comes out is in
the order of the file, and so is damage.
"""

from __future__ import annotations

import os
import re
import struct
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from wireproof.capture import CaptureError, Interface, Reader
from wireproof.capture.pcap import PcapHeader
from wireproof.capture.pcapng import Blocks
from wireproof.capture.record import record_limit
from wireproof.capture.source import Source
from wireproof.engine.query import Query
from wireproof.engine.reading import Memory, Walk
from wireproof.engine.stores import Store

T = TypeVar("T")

RANGE_BYTES = 48 << 20
"""Octets of the ranges that are under work or wait to be taken out, all together: what comes out may be as much."""
LEAST_BYTES = 4 << 20
_LOOKED_AT = 96 << 10  # octets in which the first record of a range is looked for
_CHAIN = 12  # records that have to follow one another
# The two lengths of a record, both below 1 MiB: nearly all places can be told apart from one without a look at more.
_LENGTHS = {
    "<": re.compile(rb"(?=..[\0-\x0f]\0..[\0-\x0f]\0)", re.DOTALL),
    ">": re.compile(rb"(?=\0[\0-\x0f]..\0[\0-\x0f])", re.DOTALL),
}
_PACKET_KINDS = (2, 3, 6)
_KINDS = frozenset({*_PACKET_KINDS, 1, 4, 5, 10})
_DAY = 86400


class _File:
    """A file read from a place on, without moving what others read of it."""

    def __init__(self, descriptor: int, offset: int) -> None:
        self._descriptor, self._offset = descriptor, offset

    def readinto(self, view: memoryview) -> int:
        """Fill a buffer as far as the file goes."""
        count = os.preadv(self._descriptor, [view], self._offset)
        self._offset += count
        return count

    def read(self, size: int) -> bytes:
        """Return the next octets; none at the end."""
        found = os.pread(self._descriptor, size, self._offset)
        self._offset += len(found)
        return found

    def fileno(self) -> int:
        """Return the file's descriptor."""
        return self._descriptor


@dataclass
class _Part:
    """A reader's view of a file from a place on, as a walk takes it over."""

    header: PcapHeader | None
    blocks: Blocks | None
    interfaces: list[Interface]
    format: Literal["pcap", "pcapng"]
    source: Source


@dataclass
class _Done(Generic[T]):
    """A range that was walked over: where it began and ended, what came out, and what went wrong.

    It has so many `records`, counted from `before` on, which is 0 where that was not known yet. `blocks` is set where
    a section or an interface began in the range, of which the ranges behind know nothing.
    """

    begin: int
    end: int
    records: int
    before: int = 0
    found: list[T] = field(default_factory=list)
    damage: CaptureError | None = None
    blocks: Blocks | None = None


class Ranges(Generic[T]):
    """Walks over a capture in ranges. `work` makes of a walk what is to come out; it runs in several threads."""

    def __init__(
        self,
        query: Query,
        reader: Reader,
        work: Callable[[Walk], Iterator[T]],
        new_store: Callable[[], Store] | None = None,
    ) -> None:
        self.query, self.reader, self.work, self.new_store = query, reader, work, new_store
        self.advanced: Callable[[int, int], None] = lambda octets, records: None
        assert reader.size is not None
        self._size = reader.size
        self._memory: list[Memory] = []
        self._descriptor = reader.source.stream.fileno()

    def results(self, jobs: int) -> Iterator[tuple[int, T]]:
        """Yield what comes out, in order, each with what is to be added to the numbers of its records.

        Raises CaptureError as a single walk does.
        """
        begin, records = self.reader.source.offset, 0
        size = max(RANGE_BYTES // (jobs + 1), min(LEAST_BYTES, RANGE_BYTES))
        bounds = [*range(begin, self._size, size), self._size]
        with ThreadPoolExecutor(jobs) as pool:
            for stop, guessed in self._submitted(pool, bounds, jobs + 1):
                done = self._verified(guessed, begin, stop, records)
                yield from ((records - done.before, each) for each in done.found)
                if done.damage is not None:
                    raise done.damage
                begin, records = done.end, records + done.records
                self.advanced(begin, records)
                if done.blocks is not None:
                    self.reader.interfaces[:] = done.blocks.interfaces
                    break
        if done.blocks is not None:
            rest = self._walked(done.blocks, begin, None, records)
            yield from ((0, each) for each in rest.found)
            if rest.damage is not None:
                raise rest.damage

    def _submitted(
        self, pool: ThreadPoolExecutor, bounds: list[int], most: int
    ) -> Iterator[tuple[int | None, Future[_Done[T]]]]:
        """Yield the ranges in order, each with its stop, which the last has not, and a few of them under work."""
        waiting: deque[tuple[int | None, Future[_Done[T]]]] = deque()
        stops: list[int | None] = [*bounds[1:-1], None]
        try:
            for place, stop in enumerate(stops):
                waiting.append((stop, pool.submit(self._guessed, bounds[place], stop, place == 0)))
                if len(waiting) >= most:
                    yield waiting.popleft()
            while waiting:
                yield waiting.popleft()
        finally:
            for _, future in waiting:
                future.cancel()

    def _verified(self, future: Future[_Done[T]], begin: int, stop: int | None, records: int) -> _Done[T]:
        """Return what a range gives that begins there, behind so many records."""
        done = future.result()
        if stop is not None and begin >= stop:  # a record reaches over the whole range
            return _Done(begin, begin, 0)
        if done.begin != begin or done.damage is not None:
            return self._walked(self.reader.blocks, begin, stop, records)
        return done

    def _guessed(self, bound: int, stop: int | None, is_first: bool) -> _Done[T]:
        """Walk over a range from where its first record seems to begin; from -1, if nothing looks like one."""
        begin: int | None = bound
        if not is_first:
            octets = os.pread(self._descriptor, _LOOKED_AT, bound)
            blocks, header = self.reader.blocks, self.reader.header
            place = _first_block(octets, blocks) if blocks is not None else _first_record(octets, header)
            begin = None if place is None else bound + place
        if begin is None or (stop is not None and begin >= stop):
            return _Done(-1, -1, 0)
        return self._walked(self.reader.blocks, begin, stop, 0)

    def _walked(self, blocks: Blocks | None, begin: int, stop: int | None, records: int) -> _Done[T]:
        source = Source(_File(self._descriptor, begin))  # type: ignore[arg-type]
        source.base = begin
        interfaces = self.reader.interfaces if blocks is None else blocks.interfaces
        own = None if blocks is None else blocks.copy(source)
        part = _Part(self.reader.header, own, interfaces if own is None else own.interfaces, self.reader.format, source)
        store = self.new_store() if self.new_store is not None else None
        memory = self._memory.pop() if self._memory else Memory()
        walk = Walk(self.query, part, store=store, stop=stop, number=records, memory=memory)
        done: _Done[T] = _Done(begin, begin, 0, records)
        try:
            done.found.extend(self.work(walk))
        except CaptureError as error:
            done.damage = error
        finally:
            self._memory.append(memory)
        done.end, done.records = walk.offset, walk.number - records
        if own is not None and blocks is not None and not own.is_same(blocks):
            done.blocks = own
        return done


def pass_beginning(blocks: Blocks) -> None:
    """Read the blocks in front of the first packet, as far as these are whole."""
    source = blocks.source
    while source.have(8) >= 8:
        kind = int.from_bytes(source.peek(4), "little" if blocks.section.order == "<" else "big")
        if kind in _PACKET_KINDS and blocks.section.number:
            return
        blocks.step()


def _first_record(octets: bytes, header: PcapHeader | None) -> int | None:
    """Return where the first record seems to begin in octets of a pcap file."""
    assert header is not None
    entry = struct.Struct(header.order + ("IIII8x" if header.modified else "IIII"))
    second = 1_000_000_000 if header.nanoseconds else 1_000_000
    limit = record_limit(header.link_type)

    def follows(place: int, near: int | None) -> tuple[int, int] | None:
        seconds, fraction, captured, wire = entry.unpack_from(octets, place)
        if fraction >= second or captured > limit or captured > wire or wire > limit:
            return None
        if near is not None and abs(seconds - near) > _DAY:
            return None
        return place + entry.size + captured, seconds

    last = len(octets) - entry.size
    likely = (place - 8 for place in _matches(_LENGTHS[header.order], octets) if 8 <= place <= last + 8)
    return next((place for place in likely if _is_chain(place, last, follows)), None)


def _matches(pattern: re.Pattern[bytes], octets: bytes) -> Iterator[int]:
    """Yield all places at which a pattern matches, those within another match as well."""
    place = -1
    while found := pattern.search(octets, place + 1):
        place = found.start()
        yield place


def _first_block(octets: bytes, blocks: Blocks) -> int | None:
    """Return where the first block seems to begin in octets of a pcapng file."""
    order = blocks.section.order
    head, word = struct.Struct(order + "II"), struct.Struct(order + "I")

    def follows(place: int, near: int | None) -> tuple[int, int] | None:
        kind, total = head.unpack_from(octets, place)
        end = place + total + (-total & 3)
        if kind not in _KINDS or not 12 <= total <= blocks.section.limit:
            return None
        if end <= len(octets) and word.unpack_from(octets, end - 4)[0] != total:
            return None
        return end, 0

    for begin in range(0, len(octets) - head.size + 1, 4):
        if _is_chain(begin, len(octets) - head.size, follows):
            return begin
    return None


def _is_chain(place: int, last: int, follows: Callable[[int, int | None], tuple[int, int] | None]) -> bool:
    """Whether records seem to follow one another from a place on, as far as one can see."""
    near: int | None = None
    for _ in range(_CHAIN):
        if place > last:
            return True
        found = follows(place, near)
        if found is None:
            return False
        place, near = found
    return True
