"""Values that are kept while the layers are walked, for leaves that look at several of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from wireproof.engine.builder import Builder
from wireproof.engine.form import Extent, Operand
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.operands import Some

# Values of a field that are kept; a frame with more is left to the reference. A power of two.
MOST = 16


class Kept:
    """The values of one field, numbers or places in the frame."""

    def __init__(self, build: Builder, name: str, octets: bool) -> None:
        self.build, self.octets = build, octets
        self.count = build.slot("integer", f"count of {name}")
        self.array = build.array("extent" if octets else "integer", MOST, name)
        self.numbers: list[Number] = []

    def add(self, value: Some) -> None:
        """Keep one more."""
        build, count = self.build, self.build.get(self.count)
        build.hand_over(build.compare("ge", count, MOST))
        if isinstance(value, Number):
            self.numbers.append(value)
            build.put(self.array, count, value.operand)
        elif isinstance(value, Extent):
            build.put(self.array, count, value)
        else:
            raise NotLowerableError("octets that lie nowhere in the frame")
        build.set(self.count, build.binary("add", count, 1))

    @contextmanager
    def each(self) -> Iterator[Callable[[], Some]]:
        """Write what is done for each value; yields what gives the value."""
        build = self.build
        place = build.slot("integer", "place")
        build.set(place, 0)
        with build.block("values") as done, build.block("value", loops=True):
            at = build.get(place)
            build.leave(done, build.compare("ge", at, build.get(self.count)))
            yield lambda: self._value(at)
            build.set(place, build.binary("add", at, 1))

    def _value(self, at: Operand) -> Some:
        found = self.build.fetch(self.array, at)
        if self.octets:
            return Extent(*found)
        if not self.numbers:
            return Number.of(0)
        return Number(found[0], min(n.low for n in self.numbers), max(n.high for n in self.numbers))


class Running:
    """The count, the greatest or the least of the values so far."""

    def __init__(self, build: Builder, name: str) -> None:
        self.build, self.name = build, name
        self.count, self.best = build.slot("integer", name), build.slot("integer", f"{name} so far")
        self.numbers: list[Number] = []
        self.constants: list[int] = []

    def add(self, make: Callable[[], Number]) -> None:
        """Take one more value in."""
        build, count = self.build, self.build.get(self.count)
        if self.name != "count":
            number, best = make(), build.get(self.best)
            self.numbers.append(number)
            better = build.compare("gt" if self.name == "max" else "lt", number.operand, best)
            build.set(
                self.best, build.select(build.either(build.compare("eq", count, 0), better), number.operand, best)
            )
        build.set(self.count, build.binary("add", count, 1))

    def value(self, absent: str) -> Number:
        """Return what it came to; there is none without any value."""
        build, count = self.build, self.build.get(self.count)
        if self.name == "count":
            build.leave(absent, build.compare("eq", count, 0))
            return Number(count, 0, 1 << 32)
        if not self.constants:
            build.leave(absent, build.compare("eq", count, 0))
        found: Operand = build.get(self.best)
        low = min([*(n.low for n in self.numbers), *self.constants], default=0)
        high = max([*(n.high for n in self.numbers), *self.constants], default=0)
        for place, constant in enumerate(self.constants):
            better = build.compare("gt" if self.name == "max" else "lt", constant, found)
            nothing_yet = build.compare("eq", count, 0) if not place else False
            found = build.select(build.either(nothing_yet, better), constant, found)
        return Number(found, low, high)
