"""Operands of a filter as values of the intermediate form, for one choice of a value of each field in them.

Where an operand has no value, the block of the choice is left: absence ends in the leaf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from wireproof.dissectors.schema.types import FieldType, Kind
from wireproof.engine.builder import Builder
from wireproof.engine.floats import Rising
from wireproof.engine.folding import COMPARE
from wireproof.engine.form import HAND_OVER, Extent, Operand
from wireproof.engine.numbers import GREATEST, SMALLEST, Calculator, NotLowerableError, Number
from wireproof.engine.sequences import MIRRORED, SEQUENCED, Packed, Sequenced, Sequences
from wireproof.engine.wordings import Table, Written, among
from wireproof.grammar import tree
from wireproof.grammar.patterns import compile_pattern
from wireproof.grammar.syntax import ArithmeticOperator, Operator, Range

OCTETS = (Kind.BYTES, Kind.ETHER, Kind.IPV6, Kind.PROTOCOL)
_COMPARISONS = {
    Operator.EQUAL: "eq",
    Operator.NOT_EQUAL: "ne",
    Operator.LESS: "lt",
    Operator.LESS_EQUAL: "le",
    Operator.GREATER: "gt",
    Operator.GREATER_EQUAL: "ge",
}
_ARITHMETIC = {
    ArithmeticOperator.ADD: "add",
    ArithmeticOperator.SUBTRACT: "sub",
    ArithmeticOperator.MULTIPLY: "mul",
    ArithmeticOperator.AND: "and",
}


@dataclass(frozen=True)
class Wide:
    """A number of 64 bits without a sign: its bits, and it as a `Number`, for which a frame may have to be left."""

    pattern: Operand
    number: Callable[[], Number]


Some: TypeAlias = Number | Sequenced | Table | Written | Rising | Wide | float
Lookup: TypeAlias = Callable[[tree.Operand], Some]


class Operands:
    """Evaluates operands. `lookup` gives the value of a field or of a function over all of a field's values."""

    def __init__(self, build: Builder, lookup: Lookup, absent: str) -> None:
        self.build, self.lookup, self.absent = build, lookup, absent
        self.calculate, self.sequences = Calculator(build), Sequences(build)

    def value(self, operand: tree.Operand) -> Some:
        """Return an operand's value. Raises NotLowerableError."""
        match operand:
            case tree.Literal(value):
                return value if isinstance(value, (bytes, float)) else Number.of(int(value))
            case tree.FieldOperand():
                found = self.lookup(operand)
                return found.number() if isinstance(found, Wide) else found
            case tree.Slice(inner, ranges):
                return self._slice(self.value(inner), ranges, inner.type.kind is Kind.IPV4)
            case tree.Arithmetic():
                return self._arithmetic(operand)
            case tree.Negate(inner):
                return self._bounded(self.calculate.negate(self.number(inner)), operand.type, above=False)
            case tree.Function(name) if name in ("count", "max", "min"):
                return self.lookup(operand)
            case tree.Function():
                from wireproof.engine.functions import lower_function

                return lower_function(self, operand)
            case tree.FieldReference():  # to a packet that is selected, which there is none of here
                self.build.leave(self.absent)
                return b"" if operand.type.kind in (*OCTETS, Kind.STRING) else Number.of(0)
        raise NotLowerableError(type(operand).__name__)

    def _whole(self, operand: tree.Operand) -> Some:
        """Return an operand's value, which of a field may be wide."""
        return self.lookup(operand) if isinstance(operand, tree.FieldOperand) else self.value(operand)

    def number(self, operand: tree.Operand) -> Number:
        """Return an operand's value as a number."""
        found = self.value(operand)
        if not isinstance(found, Number):
            raise NotLowerableError("octets where a number is needed")
        return found

    # Tests

    def is_there(self, operand: tree.Operand) -> Operand:
        """Return whether an operand has a value (of a slice, any octets); where that has none, the choice is left."""
        if isinstance(operand, tree.Slice):
            found_any: Operand = False
            for part in operand.ranges:
                one = tree.Slice(operand.operand, (part,), operand.span)
                found_any = self.build.either(found_any, self._unless_short(one, self._has_octets, False))
            return found_any
        found = self.value(operand)
        if isinstance(found, Table):
            self._among(found, lambda value: True)
        return True

    def _among(self, table: Table, holds: Callable[[Any], bool]) -> Operand:
        """Return whether a number has a value for which that holds; one without a value is absent."""
        build, number = self.build, table.number
        build.leave(self.absent, build.invert(among(build, number, frozenset(table.values))))
        return among(build, number, frozenset(each for each, value in table.values.items() if holds(value)))

    def truth(self, operand: tree.Operand) -> Operand:
        """Return whether a value is other than zero, or has a bit set."""
        return self._unless_short(operand, self._is_true, False)

    def _is_true(self, found: Some) -> Operand:
        if isinstance(found, Number):
            return self.calculate.truth(found)
        if isinstance(found, Wide):
            return self.build.compare("ne", found.pattern, 0)
        if isinstance(found, Table):
            return self._among(found, bool)
        if isinstance(found, Rising):
            return found.compare(self.build, "ne", 0.0)
        if not isinstance(found, SEQUENCED):
            raise NotLowerableError("the truth of a text")
        return self.build.invert(self.sequences.is_zero(found))

    def _has_octets(self, value: Some) -> Operand:
        return self.build.compare("gt", self.size_of(value), 0)

    def size_of(self, value: Some) -> Operand:
        if not isinstance(value, SEQUENCED):
            raise NotLowerableError("a slice of what is no octets")
        return self.sequences.size(value)

    # Slices beyond the ends of a value

    def _unless_short(self, operand: tree.Operand, holds: Callable[[Some], Operand], otherwise: Operand) -> Operand:
        """Return whether something holds of a value, and otherwise of one that is too short for a slice in it."""
        if not may_be_short(operand):
            return holds(self._whole(operand))
        build, answer = self.build, self.build.slot("boolean", "answer")
        build.set(answer, otherwise)
        with self.too_short():
            build.set(answer, holds(self.value(operand)))
        return build.get(answer)

    @contextmanager
    def too_short(self) -> Iterator[None]:
        """Write what is not done where a value is too short for a slice in it."""
        with self.build.block("slice") as short:
            outer, self.sequences.short = self.sequences.short, short
            yield
            self.sequences.short = outer

    def _shortened(self, operand: tree.Operand, other: tree.Operand) -> tree.Literal:
        """Return what is compared instead of an operand that is too short for a slice in it: no octets.

        Of several parts some may be there. They are fewer octets than all of them, and so less than as many.
        """
        if any(isinstance(node, tree.Slice) and len(node.ranges) > 1 for node in tree.walk(operand)):
            constant = other.value if isinstance(other, tree.Literal) else None
            size = _octets(operand)
            if not isinstance(constant, bytes) or size is None or len(constant) < size:
                raise NotLowerableError("several parts, some of which may be missing")
        return tree.Literal(b"", FieldType.BYTES)

    def compare(self, operator: Operator, left: tree.Operand, right: tree.Operand) -> Operand:
        """Return whether a comparison holds."""
        if may_be_short(left):
            nothing = self.compare(operator, self._shortened(left, right), right)
            return self._unless_short(left, lambda ours: self._compare_with(operator, left, ours, right), nothing)
        return self._compare_with(operator, left, self._whole(left), right)

    def _compare_with(self, operator: Operator, left: tree.Operand, ours: Some, right: tree.Operand) -> Operand:
        if may_be_short(right):
            nothing = self._compared(operator, left, ours, self._shortened(right, left), b"")
            compared = lambda theirs: self._compared(operator, left, ours, right, theirs)  # noqa: E731
            return self._unless_short(right, compared, nothing)
        return self._compared(operator, left, ours, right, self._whole(right))

    def _compared(
        self, operator: Operator, left: tree.Operand, ours: Some, right: tree.Operand, theirs: Some
    ) -> Operand:
        name = _COMPARISONS[operator]
        kinds = {left.type.kind, right.type.kind}
        if isinstance(ours, Number) and isinstance(theirs, Number):
            prefixes = [each.prefix for each in (left, right) if isinstance(each, tree.Literal)]
            shift = 32 - min(prefixes, default=32)
            if shift and kinds == {Kind.IPV4}:
                ours, theirs = (self.calculate.apply("rshift", each, Number.of(shift)) for each in (ours, theirs))
            return self.calculate.compare(name, ours, theirs).operand
        if isinstance(ours, Wide) or isinstance(theirs, Wide):
            return self.build.compare(name, self._turned(ours), self._turned(theirs))
        if isinstance(ours, Rising) and isinstance(theirs, float):
            return ours.compare(self.build, name, theirs)
        if isinstance(theirs, Rising) and isinstance(ours, float):
            return theirs.compare(self.build, MIRRORED.get(name, name), ours)
        if isinstance(ours, (Rising, float)) or isinstance(theirs, (Rising, float)):
            raise NotLowerableError("floating-point numbers of two values")
        if isinstance(ours, (Table, Written)):
            return self._compare_text(name, ours, theirs)
        if isinstance(theirs, (Table, Written)):
            return self._compare_text(MIRRORED.get(name, name), theirs, ours)
        if isinstance(ours, Number) or isinstance(theirs, Number):
            raise NotLowerableError("a number compared with octets")
        if kinds == {Kind.STRING} and isinstance(ours, bytes) and isinstance(theirs, bytes):
            return COMPARE[name](ours, theirs)  # type: ignore[arg-type]
        return self.sequences.compare(name, ours, theirs)

    def _turned(self, found: Some) -> Operand:
        """Return a number of 64 bits with the first one turned: without a sign it comes where this comes with one."""
        if isinstance(found, Wide):
            return self.build.binary("xor", found.pattern, SMALLEST)
        if not isinstance(found, Number) or found.low < 0 or found.high > GREATEST - SMALLEST:
            raise NotLowerableError("a number of 64 bits compared with what is none")
        if isinstance(found.operand, int):
            return int(found.operand) + SMALLEST
        return self.build.binary("xor", self.build.integer(found.operand), SMALLEST)

    def _compare_text(self, name: str, text: Table | Written, other: Some) -> Operand:
        if (
            isinstance(text, Written)
            and isinstance(other, Written)
            and text.read is other.read
            and name in ("eq", "ne")
        ):
            return self.build.compare(name, text.number.operand, other.number.operand)
        constant = other.operand if isinstance(other, Number) else other
        if not isinstance(constant, (bytes, int)):
            raise NotLowerableError("a text compared with what is no constant")
        if isinstance(text, Table):
            compare: Callable[[Any, Any], bool] = COMPARE[name]
            return self._among(text, lambda value: compare(value, constant))
        if name not in ("eq", "ne") or not isinstance(constant, bytes):
            raise NotLowerableError("the order of texts")
        number = text.read(constant)
        return name == "ne" if number is None else self.build.compare(name, text.number.operand, number)

    def contains(self, left: tree.Operand, right: tree.Operand) -> Operand:
        """Return whether a value contains another; nothing is in one without octets."""
        if may_be_short(right):
            raise NotLowerableError("contains with a slice that may be short")
        return self._unless_short(left, lambda ours: self._contains(left, ours, right), False)

    def _contains(self, left: tree.Operand, ours: Some, right: tree.Operand) -> Operand:
        part = self.value(right)
        is_bytes = left.type.kind in (Kind.BYTES, Kind.ETHER)  # which contain the empty one, texts and protocols do not
        if isinstance(ours, Table) and isinstance(part, bytes):
            return self._among(ours, lambda value: bool(part) and part in value)
        if not (isinstance(ours, SEQUENCED) and isinstance(part, SEQUENCED)):
            raise NotLowerableError("contains in a text")
        return self.sequences.contains(ours, part, empty=is_bytes)

    def matches(self, operand: tree.Operand, pattern: bytes) -> Operand:
        """Return whether a regular expression is found in a text that there are few of. Raises NotLowerableError."""
        found, search = self.value(operand), compile_pattern(pattern).found_in
        if isinstance(found, bytes):
            return search(found)
        if isinstance(found, Table):
            return self._among(found, search)
        raise NotLowerableError("a regular expression")

    def _slice(self, value: Some, ranges: tuple[Range, ...], is_ipv4: bool) -> Sequenced:
        if isinstance(value, Number) and is_ipv4:
            value = Packed(value, 4)
        if not isinstance(value, (Extent, bytes, Packed)):
            raise NotLowerableError("a slice of what is made of several parts, or of a text")
        return self.sequences.slice(value, ranges)

    # Arithmetic

    def _arithmetic(self, node: tree.Arithmetic) -> Number | Packed:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(left, SEQUENCED) and isinstance(right, SEQUENCED):
            return self.sequences.mask(left, right)
        if not (isinstance(left, Number) and isinstance(right, Number)):
            raise NotLowerableError("arithmetic of texts")
        name = _ARITHMETIC.get(node.operator)
        if name is None:
            found = self._divide(left, right, rest=node.operator is ArithmeticOperator.REMAINDER)
        else:
            is_wide = node.type.bits > 32 and not node.type.signed  # and has results that are no numbers of ours
            found = self.calculate.checked(name, left, right, HAND_OVER if is_wide else self.absent)
        return self._bounded(found, node.type)

    def _bounded(self, found: Number, type: FieldType, *, above: bool = True) -> Number:
        """Return a result, or no value where it does not fit its type."""
        bits = 64 if type.bits > 32 else 32
        lowest, highest = -(1 << bits - 1), (1 << bits - type.signed) - 1
        for name, bound in (("lt", lowest), ("gt", highest))[: 1 + above]:
            self.build.leave(self.absent, self.calculate.compare(name, found, Number.of(bound)).operand)
        return Number(found.operand, max(found.low, lowest), min(found.high, highest) if above else found.high)

    def _divide(self, left: Number, right: Number, *, rest: bool) -> Number:
        """Divide towards zero; by zero there is no result."""
        self.build.leave(self.absent, self.calculate.compare("eq", right, Number.of(0)).operand)
        if right.operand == 0:
            return Number.of(0)
        if left.low == SMALLEST and right.low < 0:
            # Divided by -1 it is the one that does not fit, and the machine faults.
            self.build.hand_over(self.calculate.compare("eq", left, Number.of(SMALLEST)).operand)
        most = max(abs(left.low), abs(left.high))
        if rest:
            most = min(most, max(abs(right.low), abs(right.high)))
        operand = self.build.binary("remainder" if rest else "quotient", left.operand, right.operand)
        low = 0 if left.low >= 0 and (rest or right.low >= 0) else -most
        return Number(operand, low, min(most, GREATEST))


def may_be_short(operand: tree.Operand) -> bool:
    """Return whether octets are taken that need not be there, without which there are none."""
    if isinstance(operand, tree.Arithmetic):
        return operand.type.kind in OCTETS and (may_be_short(operand.left) or may_be_short(operand.right))
    return isinstance(operand, tree.Slice)


def _octets(operand: tree.Operand) -> int | None:
    """Return how many octets a slice takes, None where that depends on the value."""
    return operand.size if isinstance(operand, tree.Slice) else None
