"""Floating-point numbers, which no field has: a filter makes them of whole ones, and these are what is compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wireproof.engine.builder import Builder
from wireproof.engine.form import Operand
from wireproof.engine.numbers import Number


@dataclass(frozen=True, eq=False)
class Rising:
    """A floating-point number that rises with a whole one, or stays: compared by where it passes a constant."""

    number: Number
    convert: Callable[[int], float]

    def compare(self, build: Builder, name: str, constant: float) -> Operand:
        """Return whether a comparison with a constant holds."""
        reached = self._first(lambda value: value >= constant)
        passed = self._first(lambda value: value > constant)
        number = self.number.operand
        if name in ("eq", "ne"):
            same = build.both(build.compare("ge", number, reached), build.compare("lt", number, passed))
            return same if name == "eq" else build.invert(same)
        place = reached if name in ("lt", "ge") else passed
        return build.compare("lt" if name in ("lt", "le") else "ge", number, place)

    def _first(self, holds: Callable[[float], bool]) -> int:
        """Return the least number for which that holds, or one beyond the greatest."""
        low, high = self.number.low, self.number.high + 1
        while low < high:
            middle = (low + high) // 2
            if holds(self.convert(middle)):
                high = middle
            else:
                low = middle + 1
        return low
