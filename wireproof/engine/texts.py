"""Columns to lines of text, by machine code (see `line_code`): what ``-T fields`` prints."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator, Sequence
from functools import lru_cache

from wireproof.engine.lines import Lines
from wireproof.engine.machine import Code
from wireproof.engine.memory import address_of
from wireproof.engine.query import Query
from wireproof.engine.state import IPV6_OCTETS
from wireproof.engine.stores import Store

NAME = "lines"
# The words of a job: where the text goes and where its room ends, the first frame, how many octets were written; of
# the time zone, seconds east of Greenwich, and its name; and what is added to the numbers of frames.
OUT, OUT_END, FIRST, WRITTEN, EAST, ZONE, ZONE_SIZE, BEFORE = range(8)
JOB_WORDS = 8
_LONGEST_ZONE = 32
_UNIT = 900 * 1_000_000_000  # nanoseconds; clocks are changed at quarters of an hour
ROOM = 1 << 20
MOST_ROWS = 1 << 16
STORE_BYTES = 8 << 20


class Printer:
    """Prints columns that are in a store, one line a frame, by the code for these columns."""

    def __init__(self, code: Code, store: Store) -> None:
        self.store = store
        self._code = code
        self._job = (ctypes.c_int64 * JOB_WORDS)()
        self._out = bytearray()
        self._have_room(ROOM)

    def _have_room(self, size: int) -> None:
        self._out = bytearray(size)
        self._job[OUT] = address_of(self._out)
        self._job[OUT_END] = self._job[OUT] + size

    def lines(self, count: int, before: int = 0) -> Iterator[bytes]:
        """Yield the text of so many frames in the store, of which the first counts as number 1 + `before`."""
        self._job[FIRST], self._job[BEFORE] = 0, before
        for end, east, zone in self._zones(count):
            self._zone = bytearray(zone)
            self._job[EAST], self._job[ZONE], self._job[ZONE_SIZE] = east, address_of(self._zone), len(zone)
            yield from self._until(end)

    def _until(self, end: int) -> Iterator[bytes]:
        while self._job[FIRST] < end:
            done = self._code(0, end, self.store.address, ctypes.addressof(self._job))
            if not done:
                self._have_room(2 * len(self._out))
                continue
            self._job[FIRST] += done
            yield bytes(memoryview(self._out)[: self._job[WRITTEN]])

    def _zones(self, count: int) -> Iterator[tuple[int, int, bytes]]:
        """Yield up to which frame which offset and name of the time zone hold, in which dates are shown."""
        moments = self.store.dates(count)
        zones = {unit: _zone_at(unit) for unit in {moment // _UNIT for moment in moments if moment is not None}}
        if len(set(zones.values())) > 1:
            current = None
            for row, moment in enumerate(moments):
                zone = current if moment is None else zones[moment // _UNIT]
                if current is not None and zone is not None and zone != current:
                    yield row, *current
                current = zone
            assert current is not None
            yield count, *current
        else:
            yield count, *next(iter(zones.values()), (0, b""))


@lru_cache(1 << 12)
def _zone_at(unit: int) -> tuple[int, bytes]:
    """Return offset and name of the local time zone in a quarter of an hour since 1970, within which it stays."""
    moment = time.localtime(unit * (_UNIT // 1_000_000_000))
    return moment.tm_gmtoff, moment.tm_zone.encode("utf-8", "surrogateescape")[:_LONGEST_ZONE]


def code_for(query: Query, names: Sequence[str], style: Lines) -> Code | None:
    """Return what prints fields of a query in that order; None where a date or an address cannot be printed so."""
    half_years = [time.localtime(time.time() + half * 15_768_000).tm_zone for half in (0, 1)]
    if any(column.width == IPV6_OCTETS for column in query.columns):
        return None  # how these are shortened is written in Python alone
    if any(len(name.encode("utf-8", "surrogateescape")) > _LONGEST_ZONE for name in half_years):
        return None  # so long a name has no room

    def text() -> str:
        from wireproof.engine.line_code import module

        by_name = {column.name: column for column in query.columns}
        infos = [query.protocols.field(name) for name in names]
        return module([(by_name[info.name], info) for info in infos], style)

    return query.code_for([NAME, repr(list(names)), repr(style)], text, 1, NAME)


def new_store(query: Query) -> Store:
    """Return room for the columns of a query, to be printed."""
    each = sum(column.width + 4 for column in query.columns)
    return Store(query.columns, min(MOST_ROWS, max(STORE_BYTES // each, 1)), clips=False)
