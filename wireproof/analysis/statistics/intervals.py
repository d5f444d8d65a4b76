"""Frames and octets, or what a function makes of a field, in each interval of a capture; several side by side."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from wireproof.packet import Packet

SECOND, MICRO = 10**9, 10**3
MOST = 1_000_000
"""Intervals that are counted apart; what is behind them counts as the last one."""
OF_FRAMES = ("FRAMES", "BYTES")
OF_NUMBERS = ("SUM", "MIN", "MAX", "AVG")
FUNCTIONS = (*OF_FRAMES, "COUNT", *OF_NUMBERS, "LOAD")

Passes = Callable[[Packet], bool]


class Column(NamedTuple):
    """What is counted of the frames that pass: frames and octets, or what a function makes of them or of a field."""

    text: str
    passes: Passes
    function: str = ""
    field: str = ""
    is_time: bool = False
    filter: str = ""


@dataclass(slots=True)
class Cell:
    """What there is of a column in an interval: frames and octets, and the number, sum and bounds of values."""

    frames: int = 0
    octets: int = 0
    count: int = 0
    total: int = 0
    least: int | None = None
    most: int | None = None

    def take(self, values: Iterable[int]) -> None:
        """Count values in."""
        for value in values:
            self.count += 1
            self.total += value
            self.least = value if self.least is None else min(self.least, value)
            self.most = value if self.most is None else max(self.most, value)

    def join(self, other: Cell) -> None:
        """Take in what another interval has."""
        self.frames += other.frames
        self.octets += other.octets
        count, total = self.count + other.count, self.total + other.total
        self.take(value for value in (other.least, other.most) if value is not None)
        self.count, self.total = count, total


class Intervals:
    """Counts in intervals of so many nanoseconds from the first packet on; 0 is one interval for the whole capture."""

    def __init__(self, interval: int, digits: int, columns: Sequence[Column]) -> None:
        self.interval, self.digits, self.columns = interval, digits, columns
        self.duration = 0
        self._begun: int | None = None
        self._cells: list[dict[int, Cell]] = [{} for _ in columns]
        self._spans: list[Counter[int]] = [Counter() for _ in columns]  # how many whole intervals more from one on

    def see(self, packet: Packet, chosen: bool = True) -> None:
        """Take a packet in. One without a time, or before the first one, counts in the first interval."""
        if self._begun is None:
            self._begun = packet.time
        since = max(packet.time - (self._begun or 0), 0) if packet.time is not None else 0
        self.pass_time(since)
        for at, column in enumerate(self.columns):
            if column.passes(packet):
                self.add(at, since, packet.wire_length, _values(packet, column.field))

    def pass_time(self, since: int) -> None:
        """Note a frame so many nanoseconds after the first one."""
        self.duration = max(self.duration, since)

    def add(self, at: int, since: int, octets: int, values: Sequence[int]) -> None:
        """Count a frame in the column of that number, and the values that its field has."""
        number = min(since // self.interval, MOST) if self.interval else 0
        cell = self._cell(at, number)
        cell.frames += 1
        cell.octets += octets
        function = self.columns[at].function
        if function == "COUNT":
            cell.count += len(values)
        elif function == "LOAD" and self.interval:
            for value in values:
                self._load(at, number, value)
        elif values:
            cell.take(values)

    def _cell(self, at: int, number: int) -> Cell:
        found = self._cells[at].get(number)
        if found is None:
            found = self._cells[at][number] = Cell()
        return found

    def _load(self, at: int, number: int, value: int) -> None:
        """Spread a time over the intervals before: as many whole ones as it takes, and the rest here, as Wireshark."""
        whole, rest = divmod(max(value, 0), self.interval)
        self._cell(at, number).take((rest,))
        if whole and number:
            self._spans[at][max(number - whole, 0)] += 1
            self._spans[at][number] -= 1

    @property
    def is_whole(self) -> bool:
        """Whether the capture is not longer than one interval."""
        return not self.interval or self.interval > self.duration

    def rows(self) -> list[tuple[int, int, list[tuple[int, ...]]]]:
        """Return begin and end of each interval, and of each column frames and octets, or what its function makes.

        A packet at the very end of the last interval is counted in it.
        """
        interval = self.duration if self.is_whole else self.interval
        if not interval:
            return []
        total = min(-(-self.duration // interval), MOST + 1)
        sums = [[Cell() for _ in self.columns] for _ in range(total)]
        for at, cells in enumerate(self._cells):
            for number, cell in cells.items():
                sums[min(number if not self.is_whole else 0, total - 1)][at].join(cell)
            spread = itertools.accumulate(self._spans[at][number] for number in range(total) if self._spans[at])
            for each, times in zip(sums, spread, strict=False):
                each[at].total += times * self.interval
        rows = []
        for number, each in enumerate(sums):
            begin, end = number * interval, min((number + 1) * interval, self.duration)
            told = [_told(column, cell, end - begin) for column, cell in zip(self.columns, each, strict=True)]
            rows.append((begin, end, told))
        return rows

    def totals(self) -> list[tuple[int, int]]:
        """Return the frames and octets of each column."""
        return [
            (sum(cell.frames for cell in cells.values()), sum(cell.octets for cell in cells.values()))
            for cells in self._cells
        ]


def _values(packet: Packet, name: str) -> list[int]:
    """Return the values of a field; of a protocol, a number for each of its layers."""
    if name in packet.catalogue.protocols:
        return [layer.number for layer in packet.layers if layer.protocol.name == name]
    return [value.value for value, _ in packet.values(name)] if name else []


def _told(column: Column, cell: Cell, length: int) -> tuple[int, ...]:
    """Return what a column tells of an interval of so many nanoseconds; 0 where it has no values.

    LOAD is a share of the interval in 10^-9, made of whole microseconds as in Wireshark.
    """
    told: dict[str, tuple[int, ...]] = {
        "": (cell.frames, cell.octets),
        "FRAMES": (cell.frames,),
        "BYTES": (cell.octets,),
        "COUNT": (cell.count,),
        "SUM": (cell.total,),
        "MIN": (cell.least or 0,),
        "MAX": (cell.most or 0,),
        "AVG": (cell.total // cell.count if cell.count else 0,),
        "LOAD": (cell.total // MICRO * 10**6 // (length // MICRO) * MICRO if length >= MICRO else 0,),
    }
    return told[column.function]
