"""Filters that are filters and can hardly mean what was meant: what never holds, always holds, or is misread.

Nothing here changes a filter. What is not certain for every packet is not said, but for the notes, which are about what
a reader may think.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from wireproof.dissectors.schema.types import Kind
from wireproof.grammar import tree
from wireproof.grammar.diagnosis import Diagnosis, quote
from wireproof.grammar.ranges import Values, holding, values_of
from wireproof.grammar.syntax import LogicOperator, Operator, Quantifier, Span
from wireproof.grammar.tree import FieldOperand, Joined, Operand, TypedTest

ENOUGH = 20
# Hexadecimal words that Wireshark has protocols of, and takes for these.
_PROTOCOLS = frozenset(["aaf", "acf", "adb", "bfd", "dc", "dcc", "fc", "ff"])
_SEVERAL = frozenset({"addr", "port", "host"})
"""How the fields are called that have a value for the source and one for the destination."""


def warnings_of(test: TypedTest, text: str) -> list[Diagnosis]:
    """Return what is odd in a filter; `text` is what the places in its tree count in."""
    found: list[Diagnosis] = []
    for node in tree.walk(test):
        found.extend(_in_node(node, text))
        if len(found) >= ENOUGH:
            break
    return list(dict.fromkeys(found))[:ENOUGH]


def _in_node(node: object, text: str) -> Iterator[Diagnosis]:
    match node:
        case tree.Presence(FieldOperand() as operand):
            yield from _flag(operand, node.span)
        case tree.Comparison():
            yield from _never_or_always(node, text)
            yield from _octets(node.left, node.right, node.operator, text)
            yield from _octets(node.right, node.left, node.operator, text)
            yield from _not_equal(node, text)
            yield from _protocol(node.right, node.left, text)
        case tree.Membership(operand=operand, elements=elements):
            for element in elements:
                if isinstance(element, tree.Interval):
                    yield from _reversed(element, text)
                else:
                    yield from _octets(operand, element, Operator.EQUAL, text)
                    yield from _protocol(element, operand, text)
                yield from _outside(operand, element, text)
        case tree.Contains(left=left, right=right):
            yield from _protocol(right, left, text)
        case Joined(LogicOperator.AND, operands):
            yield from _contradictions(operands)
        case Joined(LogicOperator.OR, operands):
            yield from _tautologies(operands)


def _warn(
    message: str,
    span: Span,
    suggestion: str | None = None,
    severity: Literal["warning", "note"] = "warning",
) -> Diagnosis:
    return Diagnosis(message, span.column, max(span.length, 1), suggestion, severity=severity)


def _written(span: Span, text: str) -> str:
    return text[span.column : span.column + span.length]


def _name(operand: Operand, text: str) -> str:
    return _written(operand.span, text) or "the value"


def _flag(operand: FieldOperand, span: Span) -> Iterator[Diagnosis]:
    """A bit of a header, which is there whether it is set or not."""
    field = operand.field
    if field.type.kind is Kind.BOOLEAN and field.bounds is not None and field.bounds[0] == 0 and not operand.raw:
        message = f"{field.name} by itself asks whether the bit is there, which it is, set or not"
        yield _warn(message, span, f"{field.name} == 1")


def _never_or_always(node: tree.Comparison, text: str) -> Iterator[Diagnosis]:
    """A comparison with a constant that no value, or every value, of the other side meets."""
    sides = values_of(node)
    if sides is None:
        return
    operand, possible, wanted, constant = sides
    here = _written(constant.span, text)
    if possible.isdisjoint(wanted):
        message = f"{_name(operand, text)} is {_extent(possible)}, so this never holds"
        yield _warn(_signed(message, here, operand), constant.span)
    elif possible.issubset(wanted) and not possible.is_single:
        message = f"{_name(operand, text)} is {_extent(possible)}, so this holds wherever there is one"
        yield _warn(_signed(message, here, operand), constant.span, _name(operand, text))


def _signed(message: str, written: str, operand: Operand) -> str:
    is_negative = written.startswith("-") and not operand.type.signed
    return f"{message}; it has no sign, and negative numbers count as very large ones" if is_negative else message


def _extent(possible: Values) -> str:
    low, high = possible.low, possible.high
    if low == high:
        return f"always {low} where it is there"
    return f"from {low} to {high}"


def _outside(operand: Operand, element: Operand | tree.Interval, text: str) -> Iterator[Diagnosis]:
    """An element of a set that no value can be."""
    possible, wanted = holding(operand), _element(element)
    if possible is None or wanted is None or wanted.is_empty or not possible.isdisjoint(wanted):
        return
    yield _warn(f"{_name(operand, text)} is {_extent(possible)}, and never in this part of the set", element.span)


def _element(element: Operand | tree.Interval) -> Values | None:
    low, high = (element.low, element.high) if isinstance(element, tree.Interval) else (element, element)
    if not (isinstance(low, tree.Literal) and isinstance(high, tree.Literal)):
        return None
    is_plain = isinstance(low.value, int) and isinstance(high.value, int) and low.prefix == high.prefix == 32
    return Values(int(low.value), int(high.value)) if is_plain else None


def _reversed(element: tree.Interval, text: str) -> Iterator[Diagnosis]:
    low, high = element.low, element.high
    if not (isinstance(low, tree.Literal) and isinstance(high, tree.Literal)):
        return
    ends: tuple[Any, Any] = (low.value, high.value)
    if isinstance(low.value, bytes) and low.type.kind is not Kind.STRING:
        ends = ((len(ends[0]), ends[0]), (len(ends[1]), ends[1]))
    if ends[0] > ends[1]:
        first, last = _written(low.span, text), _written(high.span, text)
        yield _warn("this range is empty: its end stands before its beginning", element.span, f"{last} .. {first}")


def _octets(operand: Operand, constant: Operand, operator: Operator, text: str) -> Iterator[Diagnosis]:
    """Digits that are read as hexadecimal ones, and bytes of another number than what they are compared with."""
    if not isinstance(constant, tree.Literal) or not isinstance(constant.value, bytes):
        return
    if operand.type.kind not in (Kind.BYTES, Kind.PROTOCOL) or isinstance(operand, tree.Literal):
        return
    here = _written(constant.span, text)
    size = _size(operand)
    if size is not None and size != len(constant.value) and operator in (Operator.EQUAL, Operator.NOT_EQUAL):
        what = "never equal" if operator is Operator.EQUAL else "never equal, so this holds wherever there is one"
        octets = f"{constant.value.hex(':')}, " if here.isalnum() and len(constant.value) < 9 else ""
        message = f"{quote(here)} is {octets}{_count(len(constant.value))} long, {_name(operand, text)} {size}: {what}"
        yield _warn(message, constant.span, _as_hexadecimal(here, size))
    elif here.isdecimal() and len(here) == 2 and here[0] != "0":
        message = f"{here} is read as hexadecimal: it is {int(here, 16)}"
        yield _warn(message, constant.span, None, "note")
    elif here.lower() in _PROTOCOLS:
        message = f"Wireshark takes {here} for the protocol of that name, and finds nothing; here it is the byte"
        yield _warn(message, constant.span, f":{here}", "note")


def _as_hexadecimal(text: str, size: int) -> str | None:
    """Return the bytes that a decimal number was meant as."""
    if not text.isdecimal() or len(text) > 20 or int(text) >> 8 * size:
        return None
    octets = int(text).to_bytes(size, "big")
    return f"0x{octets.hex()}" if size == 1 else octets.hex(":")


def _count(size: int) -> str:
    return "1 byte" if size == 1 else f"{size} bytes"


def _size(operand: Operand) -> int | None:
    """Return how many bytes an operand's values have, where they all have the same number."""
    return operand.size if isinstance(operand, tree.Slice) else None


def _not_equal(node: tree.Comparison, text: str) -> Iterator[Diagnosis]:
    """``!=`` on a field of two values, which once meant that one of them differs."""
    field = node.left
    if node.operator is not Operator.NOT_EQUAL or node.quantifier is not Quantifier.ALL:
        return
    if not isinstance(field, FieldOperand) or not isinstance(node.right, tree.Literal):
        return
    sign = text[field.span.column + field.span.length : node.right.span.column].strip()
    is_prefixed = text[: field.span.column].rstrip().lower().endswith("all")
    if sign.lower() in ("!=", "ne") and not is_prefixed and field.field.name.split(".")[-1] in _SEVERAL:
        name = field.field.name
        message = (
            f"{name} has several values, and != means that all of them differ; "
            f"before Wireshark 3.6, and in old books, that one does"
        )
        yield _warn(message, node.span, f"any {_written(node.span, text)}", "note")


def _protocol(word: Operand, beside: Operand, text: str) -> Iterator[Diagnosis]:
    """A bare word that is the name of a protocol, where a text or bytes may have been meant."""
    if not isinstance(word, FieldOperand) or word.field.type.kind is not Kind.PROTOCOL or word.raw or word.layers:
        return
    here = _written(word.span, text)
    if beside.type.kind in (Kind.BYTES, Kind.PROTOCOL, Kind.STRING) and here and not here.startswith("."):
        message = f"{here} is the protocol here, and so the bytes of its header, and no text"
        yield _warn(message, word.span, f'"{here}"')


def _contradictions(operands: tuple[TypedTest, ...]) -> Iterator[Diagnosis]:
    """Tests of one field of which no value meets all, and a test beside its complement."""
    known: dict[Operand, Values] = {}
    for operand in _flattened(operands, LogicOperator.AND):
        sides = values_of(operand) if isinstance(operand, tree.Comparison) else None
        if sides is None:
            continue
        field, possible, wanted, _ = sides
        if field.field.name.split(".")[-1] in _SEVERAL or possible.isdisjoint(wanted):
            continue
        before = known.get(field, possible)
        known[field] = both = before.common(wanted)
        if both.is_empty and not before.is_empty:
            where = f"a frame with several values of {field.field.name}"
            yield _warn(f"this and what stands before it hold together only in {where}", operand.span)
    yield from _complements(operands, LogicOperator.AND, "never holds")


def _tautologies(operands: tuple[TypedTest, ...]) -> Iterator[Diagnosis]:
    """Two values that a field may not have, one of which it never has."""
    seen: dict[Operand, object] = {}
    for operand in _flattened(operands, LogicOperator.OR):
        if not isinstance(operand, tree.Comparison) or operand.operator is not Operator.NOT_EQUAL:
            continue
        if not isinstance(operand.left, FieldOperand) or not isinstance(operand.right, tree.Literal):
            continue
        if seen.setdefault(operand.left, operand.right) != operand.right:
            name = operand.left.field.name
            message = f"{name} always differs from one of two values, so this holds wherever there is one"
            yield _warn(f'{message}; "and" may be meant', operand.span)
    yield from _complements(operands, LogicOperator.OR, "always holds")


def _complements(operands: tuple[TypedTest, ...], how: LogicOperator, what: str) -> Iterator[Diagnosis]:
    flat = list(_flattened(operands, how))
    there = set(flat)
    for operand in flat:
        if isinstance(operand, tree.Not) and operand.operand in there:
            yield _warn(f"beside its complement, this {what}", operand.span)


def _flattened(operands: tuple[TypedTest, ...], how: LogicOperator) -> Iterator[TypedTest]:
    waiting = list(reversed(operands))
    while waiting:
        current = waiting.pop()
        if isinstance(current, Joined) and current.operator is how:
            waiting.extend(reversed(current.operands))
        else:
            yield current
