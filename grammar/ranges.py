"""Which numbers an operand can be, and which a comparison asks for."""

from __future__ import annotations

from typing import Any, NamedTuple

from wireproof.dissectors.schema.types import Kind
from wireproof.grammar import tree
from wireproof.grammar.syntax import Operator
from wireproof.grammar.tree import FieldOperand, Operand

INFINITE = 1 << 80  # beyond every number that a field can be
_COUNTED = (Kind.INTEGER, Kind.IPV4, Kind.BOOLEAN, Kind.RELATIVE_TIME, Kind.ABSOLUTE_TIME)
_MIRRORED = {
    Operator.LESS: Operator.GREATER,
    Operator.LESS_EQUAL: Operator.GREATER_EQUAL,
    Operator.GREATER: Operator.LESS,
    Operator.GREATER_EQUAL: Operator.LESS_EQUAL,
}


class Values(NamedTuple):
    """The numbers from `low` to `high`, but for the one that is left out, if any."""

    low: int
    high: int
    without: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is no such number."""
        return self.low > self.high or (self.low == self.high == self.without)

    @property
    def is_single(self) -> bool:
        """Whether there is one such number."""
        return self.low == self.high

    def common(self, other: Values) -> Values:
        """Return the numbers of both; of those that are left out at least one is."""
        without = self.without if self.without is not None else other.without
        return Values(max(self.low, other.low), min(self.high, other.high), without)

    def isdisjoint(self, other: Values) -> bool:
        """Whether there is no number of both."""
        return self.common(other).is_empty

    def issubset(self, other: Values) -> bool:
        """Whether all of these are among the others."""
        is_within = other.low <= self.low and self.high <= other.high
        return is_within and (other.without is None or not self.low <= other.without <= self.high)


def holding(operand: Operand) -> Values | None:
    """Return the numbers that a field can be; None for what is none, or is computed."""
    if not isinstance(operand, FieldOperand) or operand.raw or operand.type.kind not in _COUNTED:
        return None
    kind, bits = operand.type.kind, operand.type.bits
    if operand.field.bounds is not None:
        return Values(*operand.field.bounds)
    if kind is Kind.BOOLEAN:
        return Values(0, 1)
    if operand.type.signed:
        return Values(-(1 << bits - 1), (1 << bits - 1) - 1)
    return Values(0, (1 << bits) - 1)


def values_of(test: tree.Comparison) -> tuple[FieldOperand, Values, Values, tree.Literal] | None:
    """Return a field that is compared with a number, what it can be, what is asked of it, and the number."""
    operator, operand, constant = test.operator, test.left, test.right
    if isinstance(operand, tree.Literal):
        operator, operand, constant = _MIRRORED.get(operator, operator), constant, operand
    possible = holding(operand)
    if not isinstance(operand, FieldOperand) or possible is None:
        return None
    if not isinstance(constant, tree.Literal) or isinstance(constant.value, (bytes, float)):
        return None
    if constant.prefix != 32:
        return None
    return operand, possible, _wanted(operator, int(constant.value)), constant


def _wanted(operator: Operator, value: int) -> Values:
    wanted: dict[Operator, Any] = {
        Operator.EQUAL: (value, value),
        Operator.NOT_EQUAL: (-INFINITE, INFINITE, value),
        Operator.LESS: (-INFINITE, value - 1),
        Operator.LESS_EQUAL: (-INFINITE, value),
        Operator.GREATER: (value + 1, INFINITE),
        Operator.GREATER_EQUAL: (value, INFINITE),
    }
    return Values(*wanted[operator])
