"""Values that are kept while the layers are walked, for leaves that look at several of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from wireproof.engine.builder import Builder
from wireproof.engine.form import Extent, Operand
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.operands import Some
from wireproof.engine.wordings import Table, Written
from wireproof.grammar.syntax import Range

# Values of a field that are kept; a frame with more is left to the reference. A power of two.
MOST = 16


def from_last(ranges: Sequence[Range] | None) -> bool:
    """Whether layers are counted from the last that has the field, which is known at the end."""
    return any(each.first < 0 or (each.last or 0) < 0 for each in ranges or ())


def in_layers(build: Builder, ranges: Sequence[Range], layer: Operand, last: Operand = 0) -> Operand:
    """Return whether a layer is one of those that are asked for."""

    def counted(place: int) -> Operand:
        return place if place >= 0 else build.binary("add", last, place + 1)

    found: Operand = False
    for each in ranges:
        first = counted(each.first)
        inside = build.compare("le", first, layer)
        if each.length is not None:
            inside = build.both(inside, build.compare("lt", layer, build.binary("add", first, each.length)))
        elif each.last is not None:
            inside = build.both(inside, build.compare("le", layer, counted(each.last)))
        found = build.either(found, inside)
    return found


class Kept:
    """The values of one field, numbers, texts or places in the frame, and with `ranges` only those of some layers.

    The layers are chosen at the end, since they may be counted from the last.
    """

    def __init__(self, build: Builder, name: str, octets: bool, ranges: Sequence[Range] = ()) -> None:
        self.build, self.octets, self.ranges = build, octets, ranges
        self.count = build.slot("integer", f"count of {name}")
        self.array = build.array("extent" if octets else "integer", MOST, name)
        self.layers = build.array("integer", MOST, f"layers of {name}") if ranges else None
        self.last = build.slot("integer", f"last layer of {name}")
        self.numbers: list[Number] = []
        self.wording: Table | Written | None = None

    def add(self, value: Some, layer: Callable[[], Operand]) -> None:
        """Keep one more, of the layer of that number."""
        build, count = self.build, self.build.get(self.count)
        build.hand_over(build.compare("ge", count, MOST))
        if isinstance(value, (Table, Written)):
            if self.wording is not None and not self.wording.is_like(value):
                raise NotLowerableError("several texts of different kinds")
            self.wording, value = value, value.number
        if isinstance(value, Number):
            self.numbers.append(value)
            build.put(self.array, count, value.operand)
        elif isinstance(value, Extent):
            build.put(self.array, count, value)
        else:
            raise NotLowerableError("several values that lie nowhere in the frame")
        if self.layers is not None:
            number, last = layer(), build.get(self.last)
            build.put(self.layers, count, number)
            build.set(self.last, build.select(build.compare("gt", number, last), number, last))
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
            with build.when(self._is_chosen(at)):
                yield lambda: self._value(at)
            build.set(place, build.binary("add", at, 1))

    def _is_chosen(self, at: Operand) -> Operand:
        if self.layers is None:
            return True
        (layer,) = self.build.fetch(self.layers, at)
        return in_layers(self.build, self.ranges, layer, self.build.get(self.last))

    def _value(self, at: Operand) -> Some:
        found = self.build.fetch(self.array, at)
        if self.octets:
            return Extent(*found)
        if not self.numbers:
            return Number.of(0)
        number = Number(found[0], min(n.low for n in self.numbers), max(n.high for n in self.numbers))
        return number if self.wording is None else replace(self.wording, number=number)


class Running:
    """The count, the greatest or the least of the values so far. Octets are ordered by their number first."""

    def __init__(self, build: Builder, name: str, octets: bool) -> None:
        self.build, self.name, self.octets = build, name, octets
        self.count = build.slot("integer", name)
        self.best = build.slot("extent" if octets else "integer", f"{name} so far")
        self.numbers: list[Number] = []
        self.constants: list[int] = []

    def add(self, make: Callable[[], Some]) -> None:
        """Take one more value in."""
        build, count = self.build, self.build.get(self.count)
        if self.name != "count":
            value = make()
            if self.octets and isinstance(value, Extent):
                self._take(value, self._is_better(build.search("order", value, build.extent(self.best)), 0))
            elif not self.octets and isinstance(value, Number):
                self.numbers.append(value)
                self._take(value.operand, self._is_better(value.operand, build.get(self.best)))
            else:
                raise NotLowerableError(f"{self.name}() of what lies nowhere in the frame")
        build.set(self.count, build.binary("add", count, 1))

    def _is_better(self, left: Operand, right: Operand) -> Operand:
        return self.build.compare("gt" if self.name == "max" else "lt", left, right)

    def _take(self, value: Operand | Extent, better: Operand) -> None:
        build = self.build
        with build.when(build.either(build.compare("eq", build.get(self.count), 0), better)):
            build.set(self.best, value)

    def value(self, absent: str) -> Some:
        """Return what it came to; there is none without any value."""
        build, count = self.build, self.build.get(self.count)
        if self.octets or self.name == "count" or not self.constants:
            build.leave(absent, build.compare("eq", count, 0))
        if self.name == "count":
            return Number(count, 0, 1 << 32)
        if self.octets:
            return build.extent(self.best)
        found: Operand = build.get(self.best)
        low = min([*(n.low for n in self.numbers), *self.constants], default=0)
        high = max([*(n.high for n in self.numbers), *self.constants], default=0)
        for place, constant in enumerate(self.constants):
            nothing_yet = build.compare("eq", count, 0) if not place else False
            found = build.select(build.either(nothing_yet, self._is_better(constant, found)), constant, found)
        return Number(found, low, high)
