"""What may have been meant by a constant that is none where it stands."""

from __future__ import annotations

from dataclasses import replace

from wireproof.grammar import syntax
from wireproof.grammar.diagnosis import DiagnosedError, Diagnosis
from wireproof.grammar.literals import Expected, read
from wireproof.grammar.syntax import LogicOperator, Node, Operator


def compared_as(compared: syntax.Comparing, constant: Node, found: Diagnosis) -> Diagnosis:
    """Return the fault of a constant by itself with what is meant by it: ``a == 1 or 2`` is ``a == 1 or a == 2``."""
    field, written = compared.operands[0], _written(constant)
    if found.suggestion is not None or not isinstance(field, syntax.Word) or written is None:
        return found
    return replace(found, suggestion=f"{field.text} {compared.operators[0].value} {written}")


def as_set(compared: syntax.Comparing) -> str | None:
    """Return what is meant by a comparison with several values: ``a == (1 or 2)`` is ``a in {1, 2}``."""
    field, other = compared.operands[0], compared.operands[-1]
    if not isinstance(field, syntax.Word) or not isinstance(other, syntax.Logic) or len(compared.operands) != 2:
        return None
    values = [written for each in other.operands if (written := _written(each)) is not None]
    if len(values) < len(other.operands) or compared.operators[0] is not Operator.EQUAL:
        return None
    return f"{field.text} in {{{', '.join(values)}}}" if other.operator is LogicOperator.OR else None


def _written(constant: Node) -> str | None:
    match constant:
        case syntax.Quoted(text, raw):
            return f'{"r" if raw else ""}"{text}"'
        case syntax.Word(text):
            return text
    return None


def as_range(node: Node, expected: Expected | None, found: Diagnosis) -> Diagnosis:
    """Return the fault of a member of a set; where a hyphen stands between two values, a range is meant."""
    first, hyphen, last = node.text.partition("-") if isinstance(node, syntax.Word) else ("", "", "")
    if not hyphen or expected is None:
        return found
    try:
        for text in (first, last):
            read(syntax.Word(text, node.span), expected)
    except DiagnosedError:
        return found
    return replace(found, suggestion=f"{first} .. {last}")
