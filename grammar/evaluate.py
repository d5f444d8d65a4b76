"""The typed tree applied to a packet, or to anything else that yields values by field name."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

from wireproof.dissectors.schema.types import Kind
from wireproof.grammar import tree
from wireproof.grammar.arithmetic import compute, negate
from wireproof.grammar.escapes import encode
from wireproof.grammar.functions import FUNCTIONS, SEQUENCES, by_length
from wireproof.grammar.octets import size_of
from wireproof.grammar.patterns import compile_pattern
from wireproof.grammar.syntax import LogicOperator, Operator, Quantifier, Range
from wireproof.grammar.tree import FieldOperand, Interval, Operand, TypedTest

RESULTS = 4096  # different results of one arithmetic operation that are looked at


class Occurrence(Protocol):
    """One value of a field in a packet.

    `value` is of the type that the field's Kind documents. The field's protocol is the packet's `layer`-th of that
    name, from 1. `raw` are the field's bytes in the frame. Of a protocol, `value` is its header, and `reach` the bytes
    from there to the end of what was added for it, which is what is searched.
    """

    @property
    def value(self) -> Any: ...
    @property
    def layer(self) -> int: ...
    @property
    def raw(self) -> bytes: ...
    @property
    def reach(self) -> bytes: ...


class Subject(Protocol):
    """What a filter is applied to."""

    def occurrences(self, name: str, /) -> Sequence[Occurrence]:
        """Return the field's values in the order of the packet; empty where it is absent."""


Evaluate: TypeAlias = Callable[[Subject], bool]
Read: TypeAlias = Callable[[Subject], Sequence[Any]]

_COMPARE: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQUAL: operator.eq,
    Operator.NOT_EQUAL: operator.ne,
    Operator.LESS: operator.lt,
    Operator.LESS_EQUAL: operator.le,
    Operator.GREATER: operator.gt,
    Operator.GREATER_EQUAL: operator.ge,
}
_QUANTIFY = {Quantifier.ANY: any, Quantifier.ALL: all}


def evaluator(test: TypedTest) -> Evaluate:
    """Return the function that says of a subject whether a test holds."""
    match test:
        case tree.Everything():
            return lambda subject: True
        case tree.Presence(operand):
            present = reader(operand)
            if isinstance(operand, tree.Slice):
                return lambda subject: any(present(subject))
            return lambda subject: bool(present(subject))
        case tree.Truth(operand):
            values = reader(operand)
            return lambda subject: any(_is_true(value) for value in values(subject))
        case tree.Comparison():
            return _comparison(test)
        case tree.Membership():
            return _membership(test)
        case tree.Contains(quantifier, left, right):
            holds = _contains if left.type.kind in (Kind.BYTES, Kind.ETHER) else _contains_some
            return _pairs(quantifier, reader(left, reach=True), reader(right, reach=True), holds)
        case tree.Matches(quantifier, operand, pattern):
            search, quantify = compile_pattern(pattern).found_in, _QUANTIFY[quantifier]
            values = reader(operand, reach=True)
            is_slice = isinstance(operand, tree.Slice)

            def matches(subject: Subject) -> bool:
                found = values(subject)
                if is_slice and not all(found):  # no expression is found where there are no bytes
                    return quantify is any and any(search(value) for value in found if value)
                return bool(found) and quantify(search(value) for value in found)

            return matches
        case tree.Not(operand):
            inner = evaluator(operand)
            return lambda subject: not inner(subject)
        case tree.Joined(how, operands):
            parts = [evaluator(part) for part in operands]
            if how is LogicOperator.AND:
                return lambda subject: all(part(subject) for part in parts)
            if how is LogicOperator.OR:
                return lambda subject: any(part(subject) for part in parts)
            return lambda subject: sum(part(subject) for part in parts) % 2 == 1


def _is_true(value: Any) -> bool:
    return any(value) if isinstance(value, bytes) else bool(value)


def _contains(value: bytes, part: bytes) -> bool:
    return bool(value) and part in value


def _contains_some(value: bytes, part: bytes) -> bool:
    """Return whether a text or a protocol contains a part; unlike bytes, they do not contain the empty one."""
    return bool(part) and part in value


def _pairs(quantifier: Quantifier, left: Read, right: Read, holds: Callable[[Any, Any], bool]) -> Evaluate:
    """Return the test whether any, or all, pairs of the two sides' values hold; false where a side has none."""
    quantify = _QUANTIFY[quantifier]

    def test(subject: Subject) -> bool:
        ours = left(subject)
        theirs = right(subject) if ours else ()
        return bool(theirs) and quantify(holds(a, b) for a in ours for b in theirs)

    return test


def _comparison(test: tree.Comparison) -> Evaluate:
    key = _key(test.left, test.right)
    left, right = _keyed(test.left, key), _keyed(test.right, key)
    return _pairs(test.quantifier, left, right, _COMPARE[test.operator])


def _key(*operands: Operand) -> Callable[[Any], Any] | None:
    """Return what values are compared by, where it is not themselves.

    Of addresses the bits of the shortest prefix count. Sequences of bytes are ordered by their length first.
    """
    kinds = {operand.type.kind for operand in operands}
    if kinds <= SEQUENCES:
        return by_length
    shift = 32 - min((operand.prefix for operand in operands if isinstance(operand, tree.Literal)), default=32)
    return (lambda value: value >> shift) if shift and kinds == {Kind.IPV4} else None


def _keyed(operand: Operand, key: Callable[[Any], Any] | None) -> Read:
    read = reader(operand)
    if key is None:
        return read
    if isinstance(operand, tree.Literal):
        constant = (key(operand.value),)
        return lambda subject: constant
    return lambda subject: [key(value) for value in read(subject)]


def _membership(test: tree.Membership) -> Evaluate:
    values, quantify = reader(test.operand), _QUANTIFY[test.quantifier]
    plain, others = set(), []
    for element in test.elements:
        if isinstance(element, tree.Literal) and element.prefix >= 32:
            plain.add(element.value)
        else:
            others.append(_element(test.operand, element))

    def test_membership(subject: Subject) -> bool:
        found = values(subject)
        if not found:
            return False
        choices = [choice(subject) for choice in others]
        return quantify(value in plain or any(choice(value) for choice in choices) for value in found)

    return test_membership


def _element(operand: Operand, element: Operand | Interval) -> Callable[[Subject], Callable[[Any], bool]]:
    """Return what makes of a subject the test whether a value is that element of a set."""
    if not isinstance(element, Interval):
        key = _key(operand, element) or _itself
        read = _keyed(element, key)

        def one(subject: Subject) -> Callable[[Any], bool]:
            choices = read(subject)
            return lambda value: key(value) in choices

        return one
    low_key, high_key = _key(operand, element.low) or _itself, _key(operand, element.high) or _itself
    low, high = _keyed(element.low, low_key), _keyed(element.high, high_key)

    def interval(subject: Subject) -> Callable[[Any], bool]:
        lows, highs = low(subject), high(subject)
        return lambda value: (
            any(bound <= low_key(value) for bound in lows) and any(high_key(value) <= bound for bound in highs)
        )

    return interval


def _itself(value: Any) -> Any:
    return value


def reader(operand: Operand, reach: bool = False) -> Read:
    """Return the function that reads an operand's values; `reach` takes of a protocol all to the end of the data."""
    match operand:
        case FieldOperand():
            return _field(operand, reach)
        case tree.Literal(value):
            constant = (value,)
            return lambda subject: constant
        case tree.Slice(inner, ranges):
            return _slice(reader(inner), ranges, inner.type.kind is Kind.IPV4)
        case tree.Arithmetic():
            left, right, work = reader(operand.left), reader(operand.right), compute(operand)
            return lambda subject: _combined(left(subject), right(subject), work)
        case tree.Negate(inner):
            values, negative = reader(inner), negate(operand)
            return lambda subject: [result for a in values(subject) if (result := negative(a)) is not None]
        case tree.Function(name, arguments):
            readers = [reader(argument) for argument in arguments]
            call = FUNCTIONS[name].make(operand)
            return lambda subject: call([read(subject) for read in readers])
        case tree.FieldReference():
            return lambda subject: ()


def _combined(left: Sequence[Any], right: Sequence[Any], work: Callable[[Any, Any], Any]) -> list[Any]:
    """Return the results of an operation on every pair, each once: nothing asks how often one came out.

    A sum of n fields of k values has k to the n pairs, so no more than RESULTS different results are followed up.
    """
    found: dict[Any, None] = {}
    for a in left:
        for b in right:
            result = work(a, b)
            if result is not None:
                found[result] = None
                if len(found) == RESULTS:
                    return list(found)
    return list(found)


def _field(operand: FieldOperand, reach: bool) -> Read:
    name, kind, ranges = operand.field.name, operand.field.type.kind, operand.layers
    value: Callable[[Occurrence], Any]
    if operand.raw:
        value = operator.attrgetter("raw")
    elif kind is Kind.PROTOCOL and reach:
        value = operator.attrgetter("reach")
    elif kind is Kind.STRING:
        value = _text
    else:
        value = operator.attrgetter("value")
    if ranges is None:
        return lambda subject: [value(occurrence) for occurrence in subject.occurrences(name)]

    def read(subject: Subject) -> list[Any]:
        found = subject.occurrences(name)
        last = max((occurrence.layer for occurrence in found), default=0)
        return [value(each) for each in found if any(_in_layer(chosen, each.layer, last) for chosen in ranges)]

    return read


def _text(occurrence: Occurrence) -> bytes:
    return encode(occurrence.value)


def _in_layer(chosen: Range, layer: int, last: int) -> bool:
    """Return whether a layer is in a range of layers; the last one that has the field is also -1."""
    first = chosen.first if chosen.first >= 0 else last + 1 + chosen.first
    if chosen.length is not None:
        return first <= layer < first + chosen.length
    if chosen.last is None:
        return first <= layer
    return first <= layer <= (chosen.last if chosen.last >= 0 else last + 1 + chosen.last)


def _slice(values: Read, ranges: tuple[Range, ...], is_ipv4: bool) -> Read:
    def read(subject: Subject) -> list[bytes]:
        found = []
        for value in values(subject):
            whole = value.to_bytes(4, "big") if is_ipv4 else value
            found.append(b"".join(_part(whole, part) for part in ranges))
        return found

    return read


def _part(value: bytes, part: Range) -> bytes:
    """Return a part of a value; nothing where any of it, or its first place, is beyond the value's ends."""
    size = size_of(value)
    first = part.first if part.first >= 0 else size + part.first
    if part.length is not None:
        end = first + part.length
    elif part.last is not None:
        end = (part.last if part.last >= 0 else size + part.last) + 1
    else:
        end = size
    return bytes(value[first:end]) if 0 <= first < end <= min(size, len(value)) else b""
