"""Tables of machine numbers, a column each: the state of an analysis, shared by Python and machine code."""

from __future__ import annotations

from array import array
from collections.abc import MutableSequence
from typing import Annotated, get_type_hints

U8 = Annotated[MutableSequence[int], "B"]
U16 = Annotated[MutableSequence[int], "H"]
U32 = Annotated[MutableSequence[int], "I"]
I32 = Annotated[MutableSequence[int], "i"]
I64 = Annotated[MutableSequence[int], "q"]

ABSENT = -(1 << 63)
"""The number in a column of 64 bits that stands for no value."""
NONE = 0
"""The row that is none, where a column names a row of some table: rows that can be named count from 1."""


def typecodes(table: type) -> dict[str, str]:
    """Return the columns of a kind of table in their order, each with the typecode of its array."""
    hints = get_type_hints(table, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if hasattr(hint, "__metadata__")}


class Table:
    """Columns of equal length. A subclass declares them: ``stream: U32``. They are arrays, and begin as zeros."""

    def __init__(self, rows: int = 1) -> None:
        self._rows = 0
        for name, code in typecodes(type(self)).items():
            setattr(self, name, array(code))
        self.grow(rows)

    def __len__(self) -> int:
        return self._rows

    def grow(self, rows: int) -> None:
        """Add rows of zeros behind the others, up to so many. The columns may move in memory."""
        for name in typecodes(type(self)):
            column: array[int] = getattr(self, name)
            column.frombytes(bytes((rows - self._rows) * column.itemsize))
        self._rows = rows
