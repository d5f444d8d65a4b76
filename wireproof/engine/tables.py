"""Tables of integers, column by column, in memory that Python and machine code share."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Mapping, MutableSequence
from typing import Annotated, Any, ClassVar, TypeAlias

I8: TypeAlias = Annotated[MutableSequence[int], "b"]
U8: TypeAlias = Annotated[MutableSequence[int], "B"]
I16: TypeAlias = Annotated[MutableSequence[int], "h"]
U16: TypeAlias = Annotated[MutableSequence[int], "H"]
I32: TypeAlias = Annotated[MutableSequence[int], "i"]
U32: TypeAlias = Annotated[MutableSequence[int], "I"]
I64: TypeAlias = Annotated[MutableSequence[int], "q"]

WIDTHS = {
    "b": (8, True),
    "B": (8, False),
    "h": (16, True),
    "H": (16, False),
    "i": (32, True),
    "I": (32, False),
    "q": (64, True),
}
"""The bits of a column's elements by its type, and whether they have a sign."""


ABSENT = -(1 << 63)
"""The number in a column of 64 bits that stands for no value."""


class Table:
    """Rows of integers: a subclass annotates its columns, `seq: U32`, and every column has so many rows, at first 0.

    `words` is what machine code is given: the address of each column, the number of rows, and whether there ever was
    an index that is none of a row.
    """

    _columns: ClassVar[Mapping[str, str]]

    def __init__(self, rows: int) -> None:
        self.rows = 0
        for name, code in self.columns().items():
            setattr(self, name, array(code))
        self._words = (ctypes.c_int64 * (len(self.columns()) + 2))()
        self.grow(rows)

    @classmethod
    def columns(cls) -> Mapping[str, str]:
        """Return the columns' types, see `WIDTHS`, by their names."""
        found = vars(cls).get("_columns")
        if found is None:
            # `typing.get_type_hints` would take a hundredth of what a small capture takes from start to end.
            of = [vars(base).get("__annotations__", {}) for base in reversed(cls.__mro__)]
            types = {name: _type(hint) for hints in of for name, hint in hints.items()}
            found = cls._columns = {name: code for name, code in types.items() if code is not None}
        return found

    @property
    def words(self) -> int:
        """The address of what machine code is given; it stays, also when the table grows."""
        return ctypes.addressof(self._words)

    @property
    def is_sound(self) -> bool:
        """Whether machine code has not used an index that is none of a row."""
        return not self._words[-1]

    def grow(self, rows: int) -> None:
        """Have that many rows, the new ones 0; not while machine code runs."""
        for place, name in enumerate(self.columns()):
            column = getattr(self, name)
            column.frombytes(bytes(column.itemsize * (rows - self.rows)))
            self._words[place] = column.buffer_info()[0]
        self.rows = self._words[len(self.columns())] = rows


def _type(hint: Any) -> str | None:
    """Return the type of a column by its annotation, of which the name is one of those above; None of another."""
    if isinstance(hint, str):
        hint = globals().get(hint.rpartition(".")[2])
    (code,) = getattr(hint, "__metadata__", (None,))
    return code if code in WIDTHS else None
