"""The value of a member that is made in one of two regions."""

from __future__ import annotations

from collections.abc import Callable

from wireproof.engine.builder import Builder
from wireproof.engine.form import HAND_OVER, Operand
from wireproof.engine.numbers import Number
from wireproof.engine.trace import Integer, Member, NotLowerableError, Octets, Unusable, always_there


class Join:
    """The value of a member that two regions give."""

    def __init__(self, build: Builder) -> None:
        self.build = build
        self.values: list[Member | None] = []
        self.numbers: list[Number] = []
        self.slots = (build.slot("integer", "value"), build.slot("extent", "value"))

    def put(self, value: Member | None) -> None:
        """Keep the value of the region that is being written."""
        try:
            if isinstance(value, Integer):
                self.numbers.append(value.make())
                self.build.set(self.slots[0], self.build.integer(self.numbers[-1].operand))
            elif isinstance(value, Octets):
                self.build.set(self.slots[1], value.make())
            if isinstance(value, Integer) and value.extent is not None:
                self.build.set(self.slots[1], value.extent())
        except NotLowerableError as refused:
            value = Unusable(str(refused))
        self.values.append(value)

    def value(self, condition: Callable[[], Operand]) -> Member:
        """Return the value; where a region has none, it is there under the condition that takes the other."""
        build, slots = self.build, self.slots
        given = [value for value in self.values if value is not None]
        present: Callable[[], Operand] = always_there
        if len(given) == 1:
            present = condition if self.values[0] is not None else lambda: build.invert(condition())
        if given and all(isinstance(value, Integer) for value in given):
            low, high = min(n.low for n in self.numbers), max(n.high for n in self.numbers)
            orders = {value.little for value in given if isinstance(value, Integer) and value.extent}
            lies = len(orders) == 1 and all(isinstance(value, Integer) and value.extent for value in given)
            extent = (lambda: build.extent(slots[1])) if lies else None
            return Integer(lambda: Number(build.get(slots[0]), low, high), extent, present, True in orders)
        if given and all(isinstance(value, Octets) for value in given):
            sizes = {value.size for value in given if isinstance(value, Octets)}
            size = sizes.pop() if len(sizes) == 1 else None
            if size is None:
                return Octets(lambda: build.extent(slots[1]), None, present)
            constant = size
            return Octets(lambda: build.within(build.extent(slots[1]), 0, constant, HAND_OVER), size, present)
        return Unusable("the value of a condition")
