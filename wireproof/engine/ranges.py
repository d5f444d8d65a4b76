"""Byte ranges of one capture file, walked over at the same time.

Machine code and reading leave Python's lock alone, so ranges are shared out to threads. Where the first record of a
range begins is guessed, and the range before has to end there: since a capture may carry captures in its payloads, a
range that began elsewhere is walked over once more. What comes out is in the order of the file, and so is damage.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from queue import Queue
from typing import Generic, Literal, TypeVar

from wireproof.capture import CaptureError, Interface, Reader
from wireproof.capture.pcap import PcapHeader
from wireproof.capture.pcapng import Blocks
from wireproof.capture.pcapng_blocks import PACKETS
from wireproof.capture.source import Source
from wireproof.engine.guessing import LOOKED_AT, first_block, first_record
from wireproof.engine.query import Query, compile_query, kept_query
from wireproof.engine.reading import Memory, Walk
from wireproof.engine.stores import Store
from wireproof.engine.underway import End, Place, Range
from wireproof.packet.reassembly import Reassembler

T = TypeVar("T")

RANGE_BYTES = 96 << 20
"""Octets of the ranges that are under work or wait to be taken out, all together, unless that makes them too small."""
LEAST_BYTES = 2 << 20
SHARES = 16
"""Ranges for each thread, at least where they are not too small then, so that none is at work long after the others."""
PIECES = 16
"""What comes out of them and waits, all together, in pieces of a megabyte or two."""


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


_Passed = Generator[tuple[int, T], None, tuple[Place, Blocks | None]]
"""Returns where the next record begins, and what is known of a file in which a section or an interface has begun."""


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
        # Numbers that are only printed are told when the text is made, by when the ranges before are walked over.
        self._is_offset = query.has_numbers and not query.is_numbered
        self._size, self._descriptor = reader.size, reader.source.stream.fileno()
        self._blocks, self._begin = self._beginning()
        self.memory: list[Memory] = []
        self.fragments = Reassembler()
        self.places: dict[int, Place] = {}

    def _beginning(self) -> tuple[Blocks | None, int]:
        """Return the state in front of the first packet, and where that begins.

        At damage before it, that is where the file's first block begins: whoever walks from there meets it.
        """
        begin = self.reader.source.offset
        if self.reader.blocks is None:
            return None, begin
        source = self._source(begin)
        blocks = self.reader.blocks.copy(source)
        with suppress(CaptureError):
            while source.have(8) >= 8:
                kind = int.from_bytes(source.peek(4), "little" if blocks.section.order == "<" else "big")
                if kind in PACKETS and blocks.section.number:
                    self.reader.interfaces[:] = blocks.interfaces
                    return blocks, source.offset
                blocks.step()
        return self.reader.blocks, begin

    def results(self, jobs: int) -> Generator[tuple[int, T], None, None]:
        """Yield what comes out, in order, each with what is to be added to the numbers of its records.

        Where the filter asks for numbers, the records are counted first. Raises CaptureError as a single walk does.
        """
        known = self._counted(jobs) if self.query.is_numbered else {}
        place, blocks = yield from self._shared(jobs, known)
        if blocks is not None:
            self.reader.interfaces[:] = blocks.interfaces
            _, blocks = yield from self._again(place, None, blocks)
        if blocks is not None:
            self.reader.interfaces[:] = blocks.interfaces

    def _shared(self, jobs: int, known: dict[int, Place]) -> _Passed[T]:
        """Yield what comes out of the ranges, up to one in which a section or an interface begins.

        The beginnings of the ranges that turn out to be right are noted, by where the ranges before them end.
        """
        place, changed = Place(self._begin, 0), None
        with closing(self._submitted(jobs, known)) as submitted:
            for task in submitted:
                if task.stop is not None and place.begin >= task.stop:  # a record reaches over the whole range
                    task.lead(place)
                    task.drop()
                    self.places[task.stop] = place
                    continue
                begun = task.begun.result()
                if begun.begin != place.begin or (self.query.is_numbered and begun.records != place.records):
                    task.drop()
                    place, changed = yield from self._again(place, task.stop)
                    task.lead(place)
                else:
                    yield from ((place.records - begun.records, piece) for piece in task.taken())
                    self._check(task, begun, place)
                    place, changed = Place(task.end, place.records + task.records), task.blocks
                    if task.met:
                        place, changed = yield from self._in_order(place, task.stop, task.own)
                        task.lead(place)
                self.advanced(place.begin, place.records)
                if changed is not None:
                    break
                if task.stop is not None:
                    self.places[task.stop] = place
        return place, changed

    def _check(self, task: Range[T], begun: Place, place: Place) -> None:
        """Raise what went wrong in a range, which at damage names a record by its number."""
        if isinstance(task.failure, CaptureError) and begun.records != place.records:
            for _ in self.work(self._walk(self._blocks, place, task.stop)[0]):
                pass
        if task.failure is not None:
            raise task.failure

    def _again(self, place: Place, stop: int | None, blocks: Blocks | None = None) -> _Passed[T]:
        """Yield what comes out of a range whose beginning is known."""
        walk, own = self._walk(blocks or self._blocks, place, stop)
        walk.advanced = self.advanced
        for piece in self.work(walk):
            yield 0, piece
        if walk.met:
            return (yield from self._in_order(Place(walk.offset, walk.number), stop, own))
        return Place(walk.offset, walk.number), self._changed(own)

    def _in_order(self, place: Place, stop: int | None, blocks: Blocks | None) -> _Passed[T]:
        """Yield what comes out of the rest of a range, in which there are fragments: what these make whole has to be
        known before whatever is behind them is looked at. Ranges without any neither need nor change what waits."""
        walk, own = self._walk(blocks or self._blocks, place, stop, fragments=self.fragments)
        walk.advanced = self.advanced
        for piece in self.work(walk):
            yield 0, piece
        return Place(walk.offset, walk.number), self._changed(own)

    def _counted(self, jobs: int) -> dict[int, Place]:
        """Count the records of the ranges, as far as there is no damage, section or interface in them."""
        counting: Ranges[int] = Ranges(_every(self.reader.link_type), self.reader, lengths)
        counting.memory = self.memory
        with closing(counting._shared(jobs, {})) as counted, suppress(CaptureError):
            for _ in counted:
                pass
        return counting.places

    def _submitted(self, jobs: int, known: dict[int, Place]) -> Generator[Range[T], None, None]:
        """Yield the ranges in order, the last without a stop, a few of them under work."""
        size = min(RANGE_BYTES // (jobs + 1), self._size // (jobs * SHARES))
        size = max(size, min(LEAST_BYTES, RANGE_BYTES)) & ~3  # blocks begin at multiples of four
        bounds = [*range(self._begin, self._size, size)] or [self._begin]
        waiting: deque[Range[T]] = deque()
        before: Future[Place] = Future()
        before.set_result(Place(self._begin, 0))
        with ThreadPoolExecutor(jobs) as pool:
            try:
                for bound, stop in zip(bounds, [*bounds[1:], None], strict=True):
                    task: Range[T] = Range(stop, Queue(1), max(PIECES // (jobs + 1) // 2, 1), before)
                    before = task.after
                    place = Place(self._begin, 0) if bound == self._begin else known.get(bound)
                    waiting.append(task)
                    pool.submit(self._run, task, bound, place)
                    if len(waiting) > jobs:
                        yield waiting[0]
                        waiting.popleft()
                while waiting:
                    yield waiting[0]
                    waiting.popleft()
            finally:
                for task in waiting:
                    task.unwanted.set()
                    task.after.cancel()
                for task in waiting:
                    task.drop()

    def _run(self, task: Range[T], bound: int, place: Place | None) -> None:
        """Do the work of a range, in a thread of its own."""
        try:
            place = place or self._guessed(bound)
            task.begun.set_result(place)
            if task.unwanted.is_set() or place.begin < 0 or (task.stop is not None and place.begin >= task.stop):
                return
            walk, own = self._walk(self._blocks, place, task.stop)
            if self._is_offset:
                walk.before = task.records_before
                # One that met a fragment does not end there: who goes on from there tells where the next begins.
                walk.ended = lambda: None if walk.met else task.ended(Place(walk.offset, walk.number - place.records))
            # In bunches, since handing over takes as long as walking over some thousand frames.
            bunch: list[T] = []
            try:
                for piece in self.work(walk):
                    bunch.append(piece)
                    if len(bunch) == task.most:
                        task.pieces.put(bunch)
                        bunch = []
                    if task.unwanted.is_set():
                        return
                if self._is_offset:
                    task.records_before()
            finally:
                task.pieces.put(bunch)  # what came before damage as well
                task.end, task.records = walk.offset, walk.number - place.records
                task.met, task.own = walk.met, own
                task.blocks = self._changed(own)
                self.memory.append(walk.memory)
        except BaseException as error:
            task.failure = error
            if not task.begun.done():
                task.begun.set_exception(error)
        finally:
            task.pieces.put(End())

    def _guessed(self, bound: int) -> Place:
        """Return where the first record of a range seems to begin; -1 if nothing looks like one."""
        octets = os.pread(self._descriptor, LOOKED_AT, bound)
        if self._blocks is not None:
            guess = first_block(octets, self._blocks)
        else:
            assert self.reader.header is not None
            guess = first_record(octets, self.reader.header)
        return Place(-1 if guess is None else bound + guess, 0)

    def _walk(
        self, blocks: Blocks | None, place: Place, stop: int | None, *, fragments: Reassembler | None = None
    ) -> tuple[Walk, Blocks | None]:
        source = self._source(place.begin)
        own = None if blocks is None else blocks.copy(source)
        interfaces = self.reader.interfaces if own is None else own.interfaces
        part = _Part(self.reader.header, own, interfaces, self.reader.format, source)
        try:
            memory = self.memory.pop()
        except IndexError:  # another thread may have been faster
            memory = Memory()
        if self.new_store is not None and memory.store is None:
            memory.store = self.new_store()
        store = memory.store if self.new_store is not None else None
        walk = Walk(
            self.query,
            part,
            store=store,
            stop=stop,
            number=place.records,
            memory=memory,
            fragments=fragments,
            gathers=fragments is not None,
        )
        return walk, own

    def _source(self, begin: int) -> Source:
        source = Source(_File(self._descriptor, begin))  # type: ignore[arg-type]
        source.base = begin
        return source

    def _changed(self, own: Blocks | None) -> Blocks | None:
        """Return the state behind a walk where it is another than before."""
        if own is None or self._blocks is None or own.is_same(self._blocks):
            return None
        return own


def _every(link_type: int | None) -> Query:
    kept = kept_query("", link_type=link_type)
    if kept is not None:
        return kept
    from wireproof.dissectors.schema import catalogue
    from wireproof.grammar import compile_filter

    return compile_query(compile_filter("", catalogue()), link_type=link_type, keep=True)


def lengths(walk: Walk) -> Iterator[int]:
    """Walk to the end; yield how many frames pass."""
    total, damage = 0, None
    try:
        for batch in walk.batches():
            total += batch.count
    except CaptureError as error:
        damage = error
    yield total
    if damage is not None:
        raise damage
