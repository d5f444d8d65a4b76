"""The values of a program that is being written: folded, shared where they are the same, and known where they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wireproof.engine.folding import COMPARE, FOLD, NEUTRAL_LEFT, NEUTRAL_RIGHT
from wireproof.engine.form import Kind, Let, Operand, Operation, Slot, Value


class Scope:
    """Which values and facts hold in a region alone, and what slots hold, None of one that is not known.

    One that is `entered` also from elsewhere knows of no slot what was written before it.
    """

    def __init__(self, *, entered: bool = False) -> None:
        self.values: list[tuple[Any, ...]] = []
        self.facts: list[Operand] = []
        self.slots: dict[Slot, tuple[Operand, ...] | None] = {}
        self.written: set[Slot] = set()
        self.entered = entered

    def write(self, slot: Slot, values: tuple[Operand, ...] | None) -> None:
        """Note what a slot holds from here on."""
        self.slots[slot] = values
        self.written.add(slot)


class Values:
    """Writes what has no effect but a value into the region that is being written.

    A value that has been made where it still holds is not made again, and a condition that has been decided on is
    known.
    """

    def __init__(self) -> None:
        self._region: list[Operation] = []
        self._scopes = [Scope()]
        self._values: dict[tuple[Any, ...], Value] = {}  # of all scopes that there are now
        self._facts: dict[Operand, bool] = {}
        self._made = 0
        self._meaning: dict[Value, tuple[str, tuple[Any, ...]]] = {}

    def _new(self, kind: Kind) -> Value:
        self._made += 1
        return Value(self._made, kind)

    def _pure(self, kind: Kind, what: str, *operands: Any) -> Value:
        # The types are part of the key: 1 and True are equal, but not the same operand.
        key = (what, *operands, *map(type, operands))
        value = self._values.get(key)
        if value is None:
            value = self._noted(key, kind)
            self._meaning[value] = (what, operands)
            self._region.append(Let(value, what, operands))
        return value

    def _noted(self, key: tuple[Any, ...], kind: Kind) -> Value:
        """Return a new value, which is found again where the region holds that is being written."""
        value = self._values[key] = self._new(kind)
        self._scopes[-1].values.append(key)
        return value

    def integer(self, value: Operand) -> Operand:
        """Return a boolean as 0 or 1, and an integer as it is."""
        if isinstance(value, bool):
            return int(value)
        return (
            self._pure("integer", "integer", value) if isinstance(value, Value) and value.kind == "boolean" else value
        )

    def boolean(self, value: Operand) -> Operand:
        """Return whether a value is other than zero."""
        if isinstance(value, Value):
            return value if value.kind == "boolean" else self.compare("ne", value, 0)
        return bool(value)

    def binary(self, what: str, left: Operand, right: Operand) -> Operand:
        """Return arithmetic of two integers; the caller knows that the result fits into 64 bits with a sign."""
        left, right = self.integer(left), self.integer(right)
        if isinstance(left, int) and isinstance(right, int):
            return FOLD[what](left, right)
        if isinstance(right, int) and NEUTRAL_RIGHT.get(what) == right:
            return left
        if isinstance(left, int) and NEUTRAL_LEFT.get(what) == left:
            return right
        if what in ("mul", "and") and right == 0:
            return 0
        if what == "add" and isinstance(right, int) and isinstance(left, Value):
            before, operands = self._meaning.get(left, ("", ()))
            if before == "add" and isinstance(operands[1], int):
                return self.binary("add", operands[0], operands[1] + right)
        return self._pure("integer", what, left, right)

    def compare(self, what: str, left: Operand, right: Operand) -> Operand:
        """Return a comparison of two integers with a sign: eq, ne, lt, le, gt, ge."""
        left, right = self.integer(left), self.integer(right)
        if isinstance(left, int) and isinstance(right, int):
            return COMPARE[what](left, right)
        if what in ("eq", "ne") and right == 0 and isinstance(left, Value):
            before, operands = self._meaning.get(left, ("", ()))
            if before == "integer":
                return self.known(operands[0] if what == "ne" else self.invert(operands[0]))
        return self.known(self._pure("boolean", what, left, right))

    def among(self, value: Operand, numbers: Iterable[int]) -> Operand:
        """Return whether an integer is one of these numbers."""
        listed = sorted(set(numbers))
        if isinstance(value, int):
            return value in listed
        if len(listed) < 2:
            return self.compare("eq", value, listed[0]) if listed else False
        return self.known(self._pure("boolean", "among", value, *listed))

    def _listed(self, condition: Operand) -> tuple[Any, ...]:
        """Return the integer that a condition looks for among numbers, and these; nothing of another condition."""
        what, operands = self._meaning.get(condition, ("", ())) if isinstance(condition, Value) else ("", ())
        if what == "among" or (what == "eq" and isinstance(operands[1], int)):
            return operands
        return ()

    def below(self, left: Operand, right: Operand) -> Operand:
        """Return whether left <= right without a sign."""
        return self._pure("boolean", "ule", self.integer(left), self.integer(right))

    def select(self, condition: Operand, then: Operand, otherwise: Operand) -> Operand:
        """Return one of two integers."""
        condition = self.known(condition)
        if isinstance(condition, bool):
            return then if condition else otherwise
        return self._pure("integer", "select", condition, self.integer(then), self.integer(otherwise))

    def both(self, left: Operand, right: Operand) -> Operand:
        """Return whether both booleans are true."""
        left, right = self.known(left), self.known(right)
        if left is False or right is False:
            return False
        if left is True or left == right:
            return right
        return left if right is True else self._pure("boolean", "both", left, right)

    def either(self, left: Operand, right: Operand) -> Operand:
        """Return whether one of the booleans is true."""
        left, right = self.known(left), self.known(right)
        if left is True or right is True:
            return True
        if left is False or left == right:
            return right
        if right is False:
            return left
        first, second = self._listed(left), self._listed(right)
        if first and second and first[0] is second[0]:
            return self.among(first[0], (*first[1:], *second[1:]))
        return self.known(self._pure("boolean", "either", left, right))

    def invert(self, value: Operand) -> Operand:
        """Return the other boolean."""
        value = self.known(value)
        if isinstance(value, Value):
            what, operands = self._meaning.get(value, ("", ()))
            if what == "not":
                inner: Operand = operands[0]
                return inner
            return self._pure("boolean", "not", value)
        return not value

    def known(self, condition: Operand) -> Operand:
        """Return a condition, or what it is known to be here."""
        return self._facts.get(condition, condition)

    def _assume(self, condition: Operand, truth: bool) -> None:
        if not isinstance(condition, Value):
            return
        if condition not in self._facts:
            self._facts[condition] = truth
            self._scopes[-1].facts.append(condition)
        what, operands = self._meaning.get(condition, ("", ()))
        if what == "not":
            self._assume(operands[0], not truth)
        elif (what == "both" and truth) or (what == "either" and not truth):
            for operand in operands:
                self._assume(operand, truth)
