"""A typed tree as the text of a filter: names in full, labels as numbers, and brackets around what is grouped.

The text of a tree, read again, is the same tree.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from wireproof.dissectors.schema.render import colon_groups
from wireproof.dissectors.schema.types import Kind
from wireproof.grammar import tree
from wireproof.grammar.syntax import LogicOperator, Operator, Quantifier, Range
from wireproof.grammar.times import NANOSECONDS
from wireproof.grammar.tree import Operand, TypedTest


def print_test(test: TypedTest) -> str:
    """Return the text of a test. It recurses as deep as the filter is nested, which parse.DEPTH bounds."""
    match test:
        case tree.Everything():
            return ""
        case tree.Presence(operand) | tree.Truth(operand):
            return print_operand(operand)
        case tree.Comparison():
            return _chain((test,))
        case tree.Membership(quantifier, operand, elements):
            inner = ", ".join(map(print_element, elements))
            return f"{_prefix(quantifier)}{print_operand(operand)} in {{{inner}}}"
        case tree.Contains(quantifier, left, right):
            return f"{_prefix(quantifier)}{print_operand(left)} contains {print_operand(right)}"
        case tree.Matches(quantifier, operand, pattern):
            return f"{_prefix(quantifier)}{print_operand(operand)} matches {_quoted(pattern)}"
        case tree.Not(operand):
            return f"not ({print_test(operand)})"
        case tree.Joined(how, operands):
            chain = tuple(each for each in operands if isinstance(each, tree.Comparison))
            if how is LogicOperator.AND and len(chain) == len(operands) and _is_chain(chain):
                return _chain(chain)
            return f" {how.value} ".join(map(_part, operands))


def _is_chain(tests: tuple[tree.Comparison, ...]) -> bool:
    """Return whether comparisons are those of a row: ``a < b < c``, where b may be a constant."""
    is_linked = all(one.right == other.left for one, other in pairwise(tests))
    return is_linked and (all(map(_is_usual, tests)) or len({test.quantifier for test in tests}) == 1)


def _is_usual(test: tree.Comparison) -> bool:
    return test.quantifier is (Quantifier.ALL if test.operator is Operator.NOT_EQUAL else Quantifier.ANY)


def _chain(tests: tuple[tree.Comparison, ...]) -> str:
    prefix = "" if all(map(_is_usual, tests)) else f"{tests[0].quantifier.value} "
    behind = (f" {test.operator.value} {print_operand(test.right)}" for test in tests)
    return f"{prefix}{print_operand(tests[0].left)}{''.join(behind)}"


def print_operand(operand: Operand) -> str:
    """Return the text of a value."""
    match operand:
        case tree.FieldOperand(field, layers, raw):
            return _source(field.name, layers, raw)
        case tree.FieldReference(field, layers, raw):
            return f"${{{_source(field.name, layers, raw)}}}"
        case tree.Literal():
            return _literal(operand)
        case tree.Slice(inner, ranges):
            return f"{_grouped(inner)}[{_ranges(ranges)}]"
        case tree.Arithmetic(operator, left, right):
            return f"{_grouped(left)} {operator.value} {_grouped(right)}"
        case tree.Negate(inner):
            return f"-{_grouped(inner)}"
        case tree.Function(name, arguments):
            return f"{name}({', '.join(map(print_operand, arguments))})"


def print_element(element: Operand | tree.Interval) -> str:
    """Return the text of an element of a set."""
    if isinstance(element, tree.Interval):
        return f"{print_operand(element.low)} .. {print_operand(element.high)}"
    return print_operand(element)


def _prefix(quantifier: Quantifier) -> str:
    return "all " if quantifier is Quantifier.ALL else ""


def _part(test: TypedTest) -> str:
    return f"({print_test(test)})" if isinstance(test, tree.Joined) else print_test(test)


def _grouped(operand: Operand) -> str:
    text = print_operand(operand)
    return f"{{{text}}}" if isinstance(operand, tree.Arithmetic | tree.Negate) else text


def _source(name: str, layers: tuple[Range, ...] | None, raw: bool) -> str:
    behind = "" if layers is None else f"#[{_ranges(layers)}]"
    return f"{'@' if raw else ''}{name}{behind}"


def _ranges(ranges: tuple[Range, ...]) -> str:
    return ",".join(map(_range, ranges))


def _range(part: Range) -> str:
    if part.last is not None:
        return f"{part.first}-{part.last}"
    if part.length == 1:
        return str(part.first)
    return f"{part.first}:{'' if part.length is None else part.length}"


def _literal(literal: tree.Literal) -> str:
    value, kind = literal.value, literal.type.kind
    if isinstance(value, bytes):
        if kind is Kind.STRING or not value:
            return _quoted(value)
        if kind is Kind.IPV6:
            return colon_groups(value)
        # The colon tells one byte from a number and from a name.
        return value.hex(":") if len(value) > 1 else f":{value.hex()}"
    if kind is Kind.ABSOLUTE_TIME:
        return _date(int(value))
    if kind is Kind.RELATIVE_TIME:
        seconds = Decimal(int(value)).scaleb(-9).normalize()
        return f"{seconds:f}"
    if kind is Kind.IPV4:
        quad = ".".join(map(str, int(value).to_bytes(4, "big")))
        return quad if literal.prefix == 32 else f"{quad}/{literal.prefix}"
    if kind is Kind.FLOAT:
        text = f"{Decimal(repr(float(value))):f}"
        return text if "." in text else f"{text}.0"
    return str(_as_written(int(value), literal))


def _as_written(value: int, literal: tree.Literal) -> int:
    """Return a number as it stood in the filter: a negative one may have become the unsigned one of the same bits."""
    bits, signed = literal.type.bits, literal.type.signed
    if value < 1 << bits - signed:
        return value
    return value - (1 << (64 if bits > 32 else 32))


def _date(nanoseconds: int) -> str:
    seconds, fraction = divmod(nanoseconds, NANOSECONDS)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return f'"{moment:%Y-%m-%d %H:%M:%S}.{fraction:09d}Z"'


def _quoted(value: bytes) -> str:
    text = value.decode("latin-1").replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[^ -~]", lambda octet: f"\\x{ord(octet[0]):02x}", text) + '"'
