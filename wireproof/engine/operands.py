"""Operands of a filter as values of the intermediate form, for one choice of a value of each field in them.

Where an operand has no value, the block of the choice is left: absence ends in the leaf.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from wireproof.dissectors.schema.types import FieldType, Kind
from wireproof.engine.builder import Builder
from wireproof.engine.form import Extent, Operand
from wireproof.engine.numbers import GREATEST, SMALLEST, Calculator, NotLowerableError, Number
from wireproof.grammar import tree
from wireproof.grammar.syntax import ArithmeticOperator, Operator, Range

OCTETS = (Kind.BYTES, Kind.ETHER, Kind.PROTOCOL)
_NETWORKS = {
    "ip_linklocal": ((0xA9FE0000, 16),),
    "ip_multicast": ((0xE0000000, 4),),
    "ip_rfc1918": ((0x0A000000, 8), (0xAC100000, 12), (0xC0A80000, 16)),
}
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
_MOST = 7  # octets that fit into a number whose sign is no part of it


class Packed(NamedTuple):
    """Up to seven octets as a number."""

    number: Number
    width: int


Some: TypeAlias = Number | Extent | bytes | Packed
Lookup: TypeAlias = Callable[[tree.Operand], Some]


class Operands:
    """Evaluates operands. `lookup` gives the value of a field or of a function over all of a field's values."""

    def __init__(self, build: Builder, lookup: Lookup, absent: str) -> None:
        self.build, self.lookup, self.absent = build, lookup, absent
        self.calculate = Calculator(build)

    def value(self, operand: tree.Operand) -> Some:
        """Return an operand's value. Raises NotLowerableError."""
        match operand:
            case tree.Literal(value):
                return value if isinstance(value, bytes) else Number.of(int(value))
            case tree.FieldOperand():
                return self.lookup(operand)
            case tree.Slice(inner, ranges):
                return self._slice(self.value(inner), ranges, inner.type.kind is Kind.IPV4)
            case tree.Arithmetic():
                return self._arithmetic(operand)
            case tree.Negate(inner):
                return self._bounded(self.calculate.negate(self.number(inner)), operand.type)
            case tree.Function(name) if name in ("count", "max", "min"):
                return self.lookup(operand)
            case tree.Function():
                return self._function(operand)
        raise NotLowerableError(type(operand).__name__)

    def number(self, operand: tree.Operand) -> Number:
        """Return an operand's value as a number."""
        found = self.value(operand)
        if not isinstance(found, Number):
            raise NotLowerableError("octets where a number is needed")
        return found

    # Tests

    def truth(self, operand: tree.Operand) -> Operand:
        """Return whether a value is other than zero, or has a bit set."""
        found = self.value(operand)
        if isinstance(found, Extent):
            return self.build.invert(self.build.search("zeros", found, None))
        if isinstance(found, bytes):
            return any(found)
        return self.calculate.truth(found.number if isinstance(found, Packed) else found)

    def compare(self, operator: Operator, left: tree.Operand, right: tree.Operand) -> Operand:
        """Return whether a comparison holds."""
        ours, theirs = self.value(left), self.value(right)
        name = _COMPARISONS[operator]
        kinds = {left.type.kind, right.type.kind}
        if isinstance(ours, Number) and isinstance(theirs, Number):
            prefixes = [each.prefix for each in (left, right) if isinstance(each, tree.Literal)]
            shift = 32 - min(prefixes, default=32)
            if shift and kinds == {Kind.IPV4}:
                ours, theirs = (self.calculate.apply("rshift", each, Number.of(shift)) for each in (ours, theirs))
            return self.calculate.compare(name, ours, theirs).operand
        if isinstance(ours, Number) or isinstance(theirs, Number):
            raise NotLowerableError("a number compared with octets")
        return self._compare_octets(name, ours, theirs)

    def _compare_octets(self, name: str, left: Extent | bytes | Packed, right: Extent | bytes | Packed) -> Operand:
        sizes = [_constant_size(each) for each in (left, right)]
        if None not in sizes and sizes[0] != sizes[1] and name in ("eq", "ne"):
            return name == "ne"
        if None not in sizes and sizes[0] == sizes[1] and int(sizes[0] or 0) <= _MOST:
            numbers = [self._packed(each).number for each in (left, right)]
            return self.calculate.compare(name, *numbers).operand
        if isinstance(left, bytes) and isinstance(right, Extent):
            left, right = right, left
            name = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}.get(name, name)
        if not isinstance(left, Extent) or isinstance(right, Packed):
            raise NotLowerableError("masked octets compared with others")
        if name in ("eq", "ne"):
            equal = self.build.search("equal", left, right)
            return equal if name == "eq" else self.build.invert(equal)
        return self.build.compare(name, self.build.search("order", left, right), 0)

    def contains(self, left: tree.Operand, right: tree.Operand) -> Operand:
        """Return whether a value contains a constant."""
        ours, part = self.value(left), self.value(right)
        if not isinstance(part, bytes):
            raise NotLowerableError("contains with what is no constant")
        if not part:  # bytes contain the empty one, texts and protocols do not
            return left.type.kind in (Kind.BYTES, Kind.ETHER)
        if isinstance(ours, bytes):
            return part in ours
        if not isinstance(ours, Extent):
            raise NotLowerableError("contains in what does not lie in the frame")
        return self.build.search("find", ours, part)

    # Octets

    def _packed(self, value: Extent | bytes | Packed) -> Packed:
        if isinstance(value, Packed):
            return value
        size = _constant_size(value)
        if size is None or size > _MOST:
            raise NotLowerableError("octets whose number varies, or too many, as a number")
        if isinstance(value, bytes):
            return Packed(Number.of(int.from_bytes(value, "big")), size)
        if not size:
            return Packed(Number.of(0), 0)
        return Packed(Number(self.build.load(value, 0, size), 0, (1 << size * 8) - 1), size)

    def _slice(self, value: Some, ranges: tuple[Range, ...], is_ipv4: bool) -> Extent | Packed:
        if isinstance(value, Number) and is_ipv4:
            raise NotLowerableError("a slice of an address that lies nowhere")
        if not isinstance(value, Extent):
            raise NotLowerableError("a slice of what does not lie in the frame")
        parts = [self._part(value, part) for part in ranges]
        if len(parts) == 1:
            return parts[0]
        joined, width = Number.of(0), 0
        for packed in map(self._packed, parts):
            width += packed.width
            if width > _MOST:
                raise NotLowerableError("a list of slices of more than 7 octets")
            moved = self.calculate.apply("lshift", joined, Number.of(packed.width * 8))
            joined = self.calculate.apply("or", moved, packed.number)
        return Packed(joined, width)

    def _part(self, whole: Extent, part: Range) -> Extent:
        build, size = self.build, whole.size
        if part.first == 0 and part.length is None and part.last is None:
            build.leave(self.absent, build.compare("le", size, 0))
            return whole
        first = part.first if part.first >= 0 else build.binary("add", size, part.first)
        if part.length is not None:
            return build.within(whole, first, part.length, self.absent)
        last = part.last
        end = size if last is None else last + 1 if last >= 0 else build.binary("add", size, last + 1)
        count = build.binary("sub", end, first)
        build.leave(self.absent, build.compare("le", count, 0))
        return build.within(whole, first, count, self.absent)

    # Arithmetic

    def _arithmetic(self, node: tree.Arithmetic) -> Number | Packed:
        left, right = self.value(node.left), self.value(node.right)
        if node.type.kind in OCTETS:
            return self._mask(left, right)
        if not (isinstance(left, Number) and isinstance(right, Number)):
            raise NotLowerableError("arithmetic of octets")
        name = _ARITHMETIC.get(node.operator)
        if name is None:
            found = self._divide(left, right, rest=node.operator is ArithmeticOperator.REMAINDER)
        else:
            found = self.calculate.apply(name, left, right)
        return self._bounded(found, node.type)

    def _bounded(self, found: Number, type: FieldType) -> Number:
        """Return a result, or no value where it does not fit its type."""
        bits = 64 if type.bits > 32 else 32
        lowest, highest = -(1 << bits - 1), (1 << bits - type.signed) - 1
        for name, bound in (("lt", lowest), ("gt", highest)):
            self.build.leave(self.absent, self.calculate.compare(name, found, Number.of(bound)).operand)
        return Number(found.operand, max(found.low, lowest), min(found.high, highest))

    def _divide(self, left: Number, right: Number, *, rest: bool) -> Number:
        """Divide towards zero; by zero there is no result."""
        self.build.leave(self.absent, self.calculate.compare("eq", right, Number.of(0)).operand)
        if right.operand == 0:
            return Number.of(0)
        if left.low == SMALLEST or right.low == SMALLEST:
            raise NotLowerableError("a division of numbers of 64 bits")
        most = max(abs(left.low), abs(left.high))
        if rest:
            most = min(most, max(abs(right.low), abs(right.high)))
        operand = self.build.binary("remainder" if rest else "quotient", left.operand, right.operand)
        low = 0 if left.low >= 0 and (rest or right.low >= 0) else -most
        return Number(operand, low, min(most, GREATEST))

    def _mask(self, left: Some, right: Some) -> Packed:
        """Return the common bits, as far as the shorter side goes."""
        sides = [each for each in (left, right) if not isinstance(each, Number)]
        sizes = [size for size in map(_constant_size, sides) if size is not None]
        if len(sizes) < 2:
            raise NotLowerableError("a mask of octets whose number varies")
        width = min(sizes)
        shorter = []
        for packed in map(self._packed, sides):
            spare = Number.of((packed.width - width) * 8)
            shorter.append(self.calculate.apply("rshift", packed.number, spare))
        return Packed(self.calculate.apply("and", *shorter), width)

    # Functions

    def _function(self, function: tree.Function) -> Number:
        name, argument = function.name, function.arguments[0]
        build = self.build
        if name == "len":
            return self._length(argument)
        if name == "abs":
            number = self.number(argument)
            negative = self.calculate.compare("lt", number, Number.of(0)).operand
            opposite = self.calculate.negate(number)
            operand = build.select(negative, opposite.operand, number.operand)
            return Number(operand, 0, max(abs(number.low), abs(number.high)))
        if name in _NETWORKS:
            address, found = self.number(argument), False  # type: tuple[Number, Operand]
            for network, bits in _NETWORKS[name]:
                prefix = self.calculate.apply("rshift", address, Number.of(32 - bits))
                same = self.calculate.compare("eq", prefix, Number.of(network >> 32 - bits)).operand
                found = build.either(found, same)
            return Number.truth(found)
        raise NotLowerableError(f"{name}()")

    def _length(self, argument: tree.Operand) -> Number:
        kind = argument.type.kind
        if kind is Kind.STRING:
            raise NotLowerableError("the length of a text")
        found = self.value(argument)
        if kind not in OCTETS:
            return Number.of(argument.type.bits // 8 if kind in (Kind.INTEGER, Kind.IPV4) else 0)
        if isinstance(found, Extent):
            return Number(found.size, 0, 1 << 33)
        return Number.of(len(found) if isinstance(found, bytes) else found.width if isinstance(found, Packed) else 0)


def _constant_size(value: Extent | bytes | Packed) -> int | None:
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, Packed):
        return value.width
    return value.size if isinstance(value.size, int) else None
