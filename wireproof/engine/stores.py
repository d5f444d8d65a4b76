"""The memory of columns: what machine code writes into, and what the reference adds for the frames it decides on."""

from __future__ import annotations

import ctypes
import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wireproof.engine.memory import address_of
from wireproof.engine.state import COLUMN_WORDS, COUNT, DATA, DATA_COUNT, DATA_ROOM, ENDS, ROOM, VALUES, Column

if TYPE_CHECKING:
    from wireproof.dissectors.schema import FieldInfo
    from wireproof.packet import Packet

_INITIAL_DATA = 1 << 20
_BEYOND = 1 << 63
_MOST = (1 << 31) - 1


class TooMuchError(Exception):
    """One table cannot hold so much."""


@dataclass(frozen=True)
class Filled:
    """The values of one field in some frames, in memory that nobody writes any more.

    A value takes `width` octets of `values`; with a width of 0 they are octets, of which value j is
    ``data[values[j]:values[j + 1]]``, by 32-bit numbers. Of a single column, value i is frame i's, if bit i of
    `marks` is set. Of the others, frame i has the values from ``marks[i]`` up to ``marks[i + 1]``, 32-bit numbers.
    """

    name: str
    width: int
    single: bool
    marks: memoryview
    values: memoryview
    data: memoryview


class Store:
    """The columns of some fields, for up to `rows` frames; `attach` tells the machine code where it is.

    With `keeps`, there is always more room; otherwise somebody has to take out what there is. A time that takes more
    than 64 bits is the nearest that does not, if the store `clips`.
    """

    def __init__(self, columns: Sequence[Column], rows: int, *, keeps: bool = False, clips: bool = True) -> None:
        self.columns, self.rows, self.keeps, self.clips = columns, rows, keeps, clips
        self._rooms = [rows] * len(columns)
        self._data_rooms = [0 if column.width else _INITIAL_DATA for column in columns]
        self._memory: list[tuple[bytearray, bytearray, bytearray]] = []

    def attach(self, state: memoryview) -> None:
        """Have the columns begin anew, described in words of a state."""
        self._state = state
        if not self._memory:
            self._memory = [self._new(index) for index in range(len(self.columns))]
        self.clear()
        self._describe()

    def _new(self, index: int) -> tuple[bytearray, bytearray, bytearray]:
        column, room = self.columns[index], self._rooms[index]
        values = bytearray(room * column.width if column.width else 4 * (room + 1))
        marks = bytearray((self.rows >> 3) + 1 if column.single else 4 * (self.rows + 1))
        return values, marks, bytearray(self._data_rooms[index])

    def _describe(self) -> None:
        for index, (values, marks, data) in enumerate(self._memory):
            words = {VALUES: address_of(values), ENDS: address_of(marks), DATA: address_of(data)}
            words |= {ROOM: self._rooms[index], DATA_ROOM: self._data_rooms[index]}
            for word, value in words.items():
                self._state[index * COLUMN_WORDS + word] = value

    @property
    def address(self) -> int:
        """Where the words are that describe the columns."""
        return ctypes.addressof(ctypes.c_int64.from_buffer(self._state))

    def clear(self) -> None:
        """Forget all values; the memory is used again."""
        for index, column in enumerate(self.columns):
            self._state[index * COLUMN_WORDS + COUNT] = self._state[index * COLUMN_WORDS + DATA_COUNT] = 0
            if column.single:
                marks = self._memory[index][1]
                marks[:] = bytes(len(marks))

    def grow(self) -> None:
        """Have twice the room, with what there is; for twice the frames too if they are all to be kept.

        Raises TooMuchError where 32 bits do not number the values any more, or their octets.
        """
        if max((*self._rooms, *self._data_rooms)) > _MOST // 2:
            raise TooMuchError("more values in one table than 32 bits number: take tables of fewer frames")
        before = self._memory
        self.rows *= 2 if self.keeps else 1
        self._rooms = [room * 2 for room in self._rooms]
        self._data_rooms = [room * 2 for room in self._data_rooms]
        self._memory = [self._new(index) for index in range(len(self.columns))]
        for old, new in zip(before, self._memory, strict=True):
            for source, target in zip(old, new, strict=True):
                target[: len(source)] = source
        self._describe()

    def add(self, packet: Packet, row: int) -> bool:
        """Add the values of a frame as the reference tells them; False where there is no room for them.

        Raises OverflowError where one takes more than 64 bits, unless the store clips.
        """
        found = [[self._plain(value.value) for value, _ in packet.values(column.name)] for column in self.columns]
        if not all(map(self._fits, range(len(self.columns)), found)):
            return False
        for index, values in enumerate(found):
            self._add(index, values, row)
        return True

    def _plain(self, value: object) -> object:
        if isinstance(value, str):
            return value.encode("utf-8", "surrogateescape")
        if isinstance(value, int) and not -_BEYOND <= value < 2 * _BEYOND:
            if not self.clips:
                raise OverflowError
            return _BEYOND - 1 if value > 0 else -_BEYOND
        return value

    def _fits(self, index: int, values: list[object]) -> bool:
        base = index * COLUMN_WORDS
        if self._state[base + COUNT] + len(values) > self._rooms[index]:
            return False
        if self.columns[index].width:
            return True
        size = sum(len(value) for value in values if isinstance(value, bytes))
        return self._state[base + DATA_COUNT] + size <= self._data_rooms[index]

    def _add(self, index: int, values: list[object], row: int) -> None:
        column, base = self.columns[index], index * COLUMN_WORDS
        marks = self._memory[index][1]
        count = self._state[base + COUNT]
        for value in values:
            self._put(index, count, value)
            count += 1
        if not column.single:
            marks[4 * row + 4 : 4 * row + 8] = count.to_bytes(4, sys.byteorder)
        elif values:
            marks[row >> 3] |= 1 << (row & 7)
        elif column.width:
            count += 1
        else:
            self._put(index, count, b"")
            count += 1
        self._state[base + COUNT] = count

    def _put(self, index: int, place: int, value: object) -> None:
        width, base = self.columns[index].width, index * COLUMN_WORDS
        values, _, data = self._memory[index]
        if width:
            values[place * width : (place + 1) * width] = _octets(value, width)
            return
        assert isinstance(value, bytes)
        begin = self._state[base + DATA_COUNT]
        data[begin : begin + len(value)] = value
        self._state[base + DATA_COUNT] = end = begin + len(value)
        values[4 * place + 4 : 4 * place + 8] = end.to_bytes(4, sys.byteorder)

    def dates(self, rows: int) -> list[int | None]:
        """Return the first date of each of so many frames; none if no column is of dates."""
        for index, column in enumerate(self.columns):
            if column.dated:
                values, marks, _ = self._memory[index]
                ends = memoryview(marks).cast("i")[: rows + 1].tolist()
                times = memoryview(values).cast("q")
                return [times[first] if first < end else None for first, end in itertools.pairwise(ends)]
        return []

    def take(self, rows: int) -> list[Filled]:
        """Return what has been filled, of so many frames, and begin anew in other memory."""
        found = []
        for index, column in enumerate(self.columns):
            values, marks, data = (memoryview(octets) for octets in self._memory[index])
            count, octets = (self._state[index * COLUMN_WORDS + word] for word in (COUNT, DATA_COUNT))
            used = count * column.width if column.width else 4 * (count + 1)
            marked = (rows + 7) >> 3 if column.single else 4 * (rows + 1)
            found.append(Filled(column.name, column.width, column.single, marks[:marked], values[:used], data[:octets]))
        self._memory = []
        self.attach(self._state)
        return found


def store_for(infos: Sequence[FieldInfo], rows: int) -> Store:
    """Return a store that packets alone are put into: texts as UTF-8, what else no column holds as its octets."""
    from wireproof.dissectors.schema import Kind, catalogue
    from wireproof.engine.lowering import shape
    from wireproof.engine.relevance import occurs_once

    columns = []
    for index, info in enumerate(dict.fromkeys(infos)):
        width, octets = (0, True) if info.type.kind in (Kind.STRING, Kind.PROTOCOL) else shape(info)
        columns.append(Column(index, info.name, width, octets, occurs_once(catalogue(), info.name)))
    store = Store(columns, rows, keeps=True)
    store.attach(memoryview(bytearray(8 * COLUMN_WORDS * max(len(columns), 1))).cast("q"))
    return store


def _octets(value: object, width: int) -> bytes:
    if isinstance(value, bytes):
        return value
    assert isinstance(value, int)
    return (value & (1 << 8 * width) - 1).to_bytes(width, sys.byteorder)
