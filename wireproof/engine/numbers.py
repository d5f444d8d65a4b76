"""Numbers with the interval that they lie in: arithmetic that is known to fit, or refused."""

from __future__ import annotations

from dataclasses import dataclass

from wireproof.engine.builder import Builder
from wireproof.engine.form import HAND_OVER, Operand

SMALLEST, GREATEST = -(1 << 63), (1 << 63) - 1


class NotLowerableError(Exception):
    """What cannot be compiled, by name. The reference does it instead."""


@dataclass(frozen=True, slots=True)
class Number:
    """An operand with the least and the greatest value that it can have, both included."""

    operand: Operand
    low: int
    high: int

    @classmethod
    def of(cls, constant: int) -> Number:
        """Return a constant."""
        return cls(constant, int(constant), int(constant))

    @classmethod
    def truth(cls, operand: Operand) -> Number:
        """Return a boolean as a number."""
        return cls(operand, 0, 1)

    @property
    def is_boolean(self) -> bool:
        """Whether it is a truth value rather than a count."""
        return isinstance(self.operand, bool) or (not isinstance(self.operand, int) and self.operand.kind == "boolean")


class Calculator:
    """Writes arithmetic as Python does it: floor division, shifts of negatives, no overflow."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder

    def apply(self, name: str, left: Number, right: Number) -> Number:
        """Return the result of an operator by Python's name for it. Raises NotLowerableError."""
        if name in _COMPARISONS:
            return self.compare(name, left, right)
        if name in ("and", "or", "xor"):
            return self._bitwise(name, left, right)
        bounds = _bounds(name, left, right)
        if min(bounds) < SMALLEST or max(bounds) > GREATEST:
            raise NotLowerableError(f"{name} may give a result of more than 64 bits")
        what = _OPERATIONS[name]
        if what == "shr" and min(left.low, right.low) >= 0 and right.high > 63:
            raise NotLowerableError("a shift by more than 63")
        return Number(self.builder.binary(what, left.operand, right.operand), min(bounds), max(bounds))

    def checked(self, name: str, left: Number, right: Number, absent: str = HAND_OVER) -> Number:
        """Return a result as `apply` does, and leave to a label where it needs more than 64 bits."""
        if name not in ("add", "sub", "mul"):
            return self.apply(name, left, right)
        bounds = _bounds(name, left, right)
        if min(bounds) >= SMALLEST and max(bounds) <= GREATEST:
            return self.apply(name, left, right)
        if name == "mul":
            operand = self._product(left, right, absent)
        else:
            self._leave_large_sum(name, left, right, absent)
            operand = self.builder.binary(name, left.operand, right.operand)
        return Number(operand, max(min(bounds), SMALLEST), min(max(bounds), GREATEST))

    def _leave_large_sum(self, name: str, left: Number, right: Number, absent: str) -> None:
        build, upwards = self.builder, name == "add"
        back = "sub" if upwards else "add"
        if right.high > 0:
            room = build.binary(back, GREATEST if upwards else SMALLEST, right.operand)
            is_beyond = build.compare("gt" if upwards else "lt", left.operand, room)
            build.leave(absent, build.both(build.compare("gt", right.operand, 0), is_beyond))
        if right.low < 0:
            room = build.binary(back, SMALLEST if upwards else GREATEST, right.operand)
            is_beyond = build.compare("lt" if upwards else "gt", left.operand, room)
            build.leave(absent, build.both(build.compare("lt", right.operand, 0), is_beyond))

    def _product(self, left: Number, right: Number, absent: str) -> Operand:
        build, factor, other = self.builder, self.absolute(left).operand, self.absolute(right).operand
        divisor = build.select(build.compare("eq", other, 0), 1, other)
        is_beyond = build.compare("gt", factor, build.binary("quotient", GREATEST, divisor))
        found = build.binary("mul", left.operand, right.operand)
        # The one product whose absolute value does not fit, though it may itself, is what it looks like then.
        build.hand_over(build.both(is_beyond, build.compare("eq", found, SMALLEST)))
        build.leave(absent, is_beyond)
        return found

    def absolute(self, number: Number) -> Number:
        """Return a number without its sign; the one for which that does not fit is left to the reference."""
        build = self.builder
        if number.low == SMALLEST:
            build.hand_over(self.compare("eq", number, Number.of(SMALLEST)).operand)
            number = Number(number.operand, SMALLEST + 1, number.high)
        if number.low >= 0:
            return number
        negative = self.compare("lt", number, Number.of(0)).operand
        operand = build.select(negative, self.negate(number).operand, number.operand)
        return Number(operand, 0, max(abs(number.low), abs(number.high)))

    def _bitwise(self, name: str, left: Number, right: Number) -> Number:
        build = self.builder
        if left.is_boolean and right.is_boolean and name != "xor":
            join = build.both if name == "and" else build.either
            return Number.truth(join(left.operand, right.operand))
        operand = build.binary(name, left.operand, right.operand)
        if name == "and" and max(left.low, right.low) >= 0:
            # A mask that is not negative bounds the result, whatever the other side.
            return Number(operand, 0, min(side.high for side in (left, right) if side.low >= 0))
        bits = max(number.bit_length() for side in (left, right) for number in (side.low, side.high))
        low = 0 if min(left.low, right.low) >= 0 else -(1 << bits)
        return Number(operand, low, (1 << bits) - 1)

    def compare(self, name: str, left: Number, right: Number) -> Number:
        """Return a comparison: eq, ne, lt, le, gt or ge."""
        certain = _certain(name, left, right)
        if certain is not None:
            return Number.truth(certain)
        return Number.truth(self.builder.compare(name, left.operand, right.operand))

    def negate(self, number: Number) -> Number:
        """Return the negative."""
        return self.checked("sub", Number.of(0), number)

    def truth(self, number: Number) -> Operand:
        """Return whether a number is other than zero."""
        if number.low > 0 or number.high < 0:
            return True
        return self.builder.boolean(number.operand)


_COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
_OPERATIONS = {
    "add": "add",
    "sub": "sub",
    "mul": "mul",
    "floordiv": "floordiv",
    "mod": "floormod",
    "lshift": "shl",
    "rshift": "shr",
}


def _certain(name: str, left: Number, right: Number) -> bool | None:
    """Return what the intervals alone say of a comparison."""
    if name in ("gt", "ge"):
        return _certain("lt" if name == "gt" else "le", right, left)
    if name == "lt":
        return True if left.high < right.low else False if left.low >= right.high else None
    if name == "le":
        return True if left.high <= right.low else False if left.low > right.high else None
    apart = left.high < right.low or left.low > right.high
    return (name == "ne") if apart else None


def _bounds(name: str, left: Number, right: Number) -> tuple[int, ...]:
    """Return numbers of which the least and the greatest bound the result."""
    ends = [(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    if name == "add":
        return tuple(a + b for a, b in ends)
    if name == "sub":
        return tuple(a - b for a, b in ends)
    if name == "mul":
        return tuple(a * b for a, b in ends)
    if name in ("lshift", "rshift"):
        if right.low < 0 or right.high > 63:
            raise NotLowerableError("a shift by less than 0 or more than 63")
        return tuple(a << b if name == "lshift" else a >> b for a, b in ends)
    if name in ("floordiv", "mod"):
        if not isinstance(right.operand, int) or right.operand <= 0:
            raise NotLowerableError("a division by what is no positive constant")
        return tuple(a // b for a, b in ends) if name == "floordiv" else (0, right.high - 1)
    raise NotLowerableError(f"the operator {name}")
