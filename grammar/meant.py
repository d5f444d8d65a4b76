"""What may have been meant by a constant that is none where it stands."""

from __future__ import annotations

from dataclasses import replace

from wireproof.grammar import syntax
from wireproof.grammar.diagnosis import DiagnosedError, Diagnosis
from wireproof.grammar.literals import Expected, read
from wireproof.grammar.syntax import Node


def compared_as(compared: syntax.Comparing, constant: Node, found: Diagnosis) -> Diagnosis:
    """Return the fault of a constant by itself with what is meant by it: ``a == 1 or 2`` is ``a == 1 or a == 2``."""
    field = compared.operands[0]
    if found.suggestion is not None or not isinstance(field, syntax.Word):
        return found
    match constant:
        case syntax.Quoted(text, raw):
            written = f'{"r" if raw else ""}"{text}"'
        case syntax.Word(text):
            written = text
        case _:
            return found
    return replace(found, suggestion=f"{field.text} {compared.operators[0].value} {written}")


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
