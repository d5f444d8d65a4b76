"""The protocols of a frame as one text, which is never put together: every constant it is compared with is followed.

A small machine for each constant takes a step with every layer that is entered. Its states are how many octets of the
constant have been met so far.
"""

from __future__ import annotations

from collections import defaultdict
from functools import reduce
from typing import NamedTuple

from wireproof.engine.builder import Builder
from wireproof.engine.form import Operand
from wireproof.engine.numbers import Number
from wireproof.engine.wordings import among
from wireproof.grammar import tree
from wireproof.grammar.syntax import Operator
from wireproof.grammar.tree import TypedTest

FIELD = "frame.protocols"
LONGEST = 128  # of the constants that are followed, in octets


class Question(NamedTuple):
    """What a leaf asks of the text: if it is one of the constants (`whole`), or contains one; or that it is not."""

    constants: tuple[bytes, ...]
    whole: bool
    inverted: bool = False


def question(test: TypedTest) -> Question | None:
    """Return what a leaf asks of the text, if that is all it asks."""
    found = _asked(test)
    return None if found is None or any(len(constant) > LONGEST for constant in found.constants) else found


def _asked(test: TypedTest) -> Question | None:
    match test:
        case tree.Contains(_, operand, tree.Literal(bytes(constant))) if _is_path(operand):
            return Question((constant,) if constant else (), False)  # the empty text is in none
        case tree.Comparison(operator, _, left, right) if operator in (Operator.EQUAL, Operator.NOT_EQUAL):
            for operand, other in ((left, right), (right, left)):
                if _is_path(operand) and isinstance(other, tree.Literal) and isinstance(other.value, bytes):
                    return Question((other.value,), True, operator is Operator.NOT_EQUAL)
        case tree.Membership(_, operand, elements) if _is_path(operand):
            constants = [each.value for each in elements if isinstance(each, tree.Literal)]
            if len(constants) == len(elements):
                return Question(tuple(each for each in constants if isinstance(each, bytes)), True)
    return None


def _is_path(operand: tree.Operand) -> bool:
    is_field = isinstance(operand, tree.FieldOperand) and operand.layers is None and not operand.raw
    return is_field and operand.field.name == FIELD  # type: ignore[union-attr]


class Path:
    """Whether the text is a constant (`whole`), or contains it."""

    def __init__(self, build: Builder, constant: bytes, *, whole: bool) -> None:
        self.build, self.constant, self.whole = build, constant, whole
        self._lost = len(constant) + 1  # the state from which nothing leads back
        self._slot = build.slot("integer", FIELD)
        self._sources: dict[bytes, dict[int, set[int]]] = {}

    def step(self, text: bytes) -> None:
        """Write how more of the text changes the state."""
        build, state, sources = self.build, Number(self.build.get(self._slot), 0, self._lost), self._behind(text)
        usual = max(sources, key=lambda target: len(sources[target]))
        found: Operand = usual
        for target, states in sources.items():
            if target != usual:
                found = build.select(among(build, state, frozenset(states)), target, found)
        build.set(self._slot, found)

    def _behind(self, text: bytes) -> dict[int, set[int]]:
        """Return the states that a text leads to, each with those that it leads there from."""
        if text not in self._sources:
            found: dict[int, set[int]] = defaultdict(set)
            for state in range(self._lost + 1):
                found[reduce(self._next, text, state)].add(state)
            self._sources[text] = found
        return self._sources[text]

    def _next(self, state: int, octet: int) -> int:
        constant, size = self.constant, len(self.constant)
        if self.whole:
            return state + 1 if state < size and constant[state] == octet else self._lost
        if state >= size:
            return state
        met = constant[:state] + bytes([octet])
        return next(count for count in range(state + 1, -1, -1) if met.endswith(constant[:count]))

    def holds(self) -> Operand:
        """Return, at the end, whether it is so."""
        return self.build.compare("eq", self.build.get(self._slot), len(self.constant))
