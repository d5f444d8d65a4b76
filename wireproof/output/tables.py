"""Columns of values: what some fields have in the frames that pass a filter, in typed arrays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from wireproof.dissectors.schema import FieldInfo, Kind
from wireproof.packet import public_value

if TYPE_CHECKING:
    import pyarrow as pa

    from wireproof.engine.stores import Filled

_UNSIGNED: dict[int, Literal["B", "H", "I", "Q"]] = {1: "B", 2: "H", 4: "I", 8: "Q"}
_SIGNED: dict[int, Literal["b", "h", "i", "q"]] = {1: "b", 2: "h", 4: "i", 8: "q"}

FIXED = {Kind.ETHER: 6, Kind.IPV6: 16}
"""How many octets a value has, by its kind."""


@dataclass(frozen=True, eq=False)
class Column:
    """The values of one field, frame by frame: ``column[i]`` is frame i's.

    `values` are numbers (IPv4 addresses of 32 bits, times in nanoseconds, booleans 0 and 1), or the octets of one
    value behind the other: 6 of an Ethernet address, 16 of one of IPv6, else from ``ends[j]`` to ``ends[j + 1]``.
    Where a frame can have several values, frame i has those from ``offsets[i]`` up to ``offsets[i + 1]``; where it has
    one at most, `offsets` is None, value i is frame i's, and bit i of `present` says whether it is one.

    All arrays are memoryviews, which NumPy and Arrow wrap without copying.
    """

    field: FieldInfo
    rows: int
    values: memoryview
    ends: memoryview | None
    offsets: memoryview | None
    present: memoryview | None

    def __len__(self) -> int:
        return self.rows

    def __getitem__(self, row: int) -> Any:
        """Return the value of a frame, None for none; where there may be several, a list.

        Values are what they are on a packet. Raises IndexError.
        """
        if not -self.rows <= row < self.rows:
            raise IndexError(f"row {row} of {self.rows}")
        row %= self.rows
        if self.offsets is not None:
            return [self._value(place) for place in range(self.offsets[row], self.offsets[row + 1])]
        assert self.present is not None
        return self._value(row) if self.present[row >> 3] >> (row & 7) & 1 else None

    def __iter__(self) -> Iterator[Any]:
        return (self[row] for row in range(self.rows))

    def _value(self, place: int) -> Any:
        kind = self.field.type.kind
        if self.ends is not None:
            octets = bytes(self.values[self.ends[place] : self.ends[place + 1]])
            return octets.decode("utf-8", "surrogateescape") if kind is Kind.STRING else octets
        if kind in FIXED:
            size = FIXED[kind]
            return public_value(self.field, bytes(self.values[size * place : size * (place + 1)]))
        value = self.values[place]
        return public_value(self.field, bool(value) if kind in (Kind.BOOLEAN, Kind.LABEL) else value)

    def __repr__(self) -> str:
        return f"<Column {self.field.name}: {self.rows} frames>"


class Table(Mapping[str, Column]):
    """Columns of the same frames, by the names that they were asked for with."""

    def __init__(self, columns: Mapping[str, Column], rows: int) -> None:
        self._columns, self.rows = dict(columns), rows

    def __getitem__(self, name: str) -> Column:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def to_arrow(self, *, readable: bool = False) -> pa.RecordBatch:
        """Return an Arrow record batch, which shares the memory of the columns; of booleans alone it copies.

        Fields that may have several values are lists. With `readable`, addresses are text, for whoever
        knows no packet formats. Raises ImportError without pyarrow.
        """
        from wireproof.output.arrow import record_batch

        return record_batch(self, readable=readable)

    def __repr__(self) -> str:
        return f"<Table of {self.rows} frames: {', '.join(self)}>"


def column_of(filled: Filled, info: FieldInfo, rows: int) -> Column:
    """Return a column of what the engine has filled."""
    codes = _SIGNED if info.type.signed else _UNSIGNED
    values = filled.values.cast(codes[filled.width]) if filled.width in codes else filled.values
    ends = None if filled.width else filled.values.cast("i")
    return Column(
        info,
        rows,
        filled.data if ends is not None else values,
        ends,
        None if filled.single else filled.marks.cast("i"),
        filled.marks if filled.single else None,
    )
