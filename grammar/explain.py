"""A filter in words: its tests, the types of their values, what constants were turned into, and the rule for several
values; and of one packet, value by value, why it passes or does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any

from wireproof.dissectors.schema.types import Kind
from wireproof.grammar import tree
from wireproof.grammar.compiled import TypedFilter
from wireproof.grammar.evaluate import Subject, evaluator, reader
from wireproof.grammar.printer import print_element, print_operand, print_test
from wireproof.grammar.syntax import LogicOperator, Operator, Quantifier
from wireproof.grammar.tree import Operand, TypedTest

_SHOWN = 8  # values of a field in one line
_TRIED = 1000  # pairs of values of which one is looked for that decides
_LONGEST = 24  # octets of a value that are shown
_LOGIC = {
    LogicOperator.AND: "all of these hold",
    LogicOperator.OR: "at least one of these holds",
    LogicOperator.XOR: "an odd number of these holds",
}
_RELATION = {
    Operator.EQUAL: "is equal to",
    Operator.NOT_EQUAL: "differs from",
    Operator.LESS: "is less than",
    Operator.LESS_EQUAL: "is at most",
    Operator.GREATER: "is greater than",
    Operator.GREATER_EQUAL: "is at least",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A test of a filter: its text as written, what it asks in words, remarks, and the tests that it is made of.

    Of a packet, `holds` says whether it does, and `because` why.
    """

    text: str
    words: str
    remarks: tuple[str, ...] = ()
    parts: tuple[Explanation, ...] = ()
    holds: bool | None = None
    because: str = ""

    def lines(self, level: int = 0) -> Iterator[str]:
        """Yield the explanation as lines, the parts below what they are parts of."""
        indent = "  " * level
        mark = "" if self.holds is None else "true: " if self.holds else "false: "
        yield f"{indent}{mark}{self.text if not self.parts else self.words}"
        if not self.parts:
            yield f"{indent}    {self.words}"
        for remark in self.remarks if self.holds is None else filter(None, [self.because]):
            yield f"{indent}    {remark}"
        for part in self.parts:
            yield from part.lines(level + 1)

    def as_object(self) -> dict[str, Any]:
        """Return the explanation as JSON has it."""
        told = {} if self.holds is None else {"holds": self.holds, "because": self.because}
        parts = [part.as_object() for part in self.parts]
        return {"text": self.text, "words": self.words, "remarks": list(self.remarks), **told, "parts": parts}


def explain(chosen: TypedFilter, subject: Subject | None = None) -> Explanation:
    """Return what a filter asks, and of a packet (or anything else that has values by name) why it passes or not."""
    return _explain(chosen.tree, chosen.expanded, subject)


def _explain(test: TypedTest, text: str, subject: Subject | None) -> Explanation:
    here = text[test.span.column : test.span.column + test.span.length] or print_test(test)
    holds = None if subject is None else evaluator(test)(subject)
    match test:
        case tree.Joined(how, operands):
            parts = tuple(_explain(each, text, subject) for each in operands)
            return Explanation(here, _LOGIC[how], parts=parts, holds=holds)
        case tree.Not(operand):
            parts = (_explain(operand, text, subject),)
            return Explanation(here, "this does not hold", parts=parts, holds=holds)
    because = "" if subject is None else _because(test, subject, bool(holds))
    return Explanation(here, _words(test), tuple(_remarks(test, text)), holds=holds, because=because)


def _words(test: TypedTest) -> str:
    """Return what a leaf asks."""
    match test:
        case tree.Everything():
            return "every packet passes"
        case tree.Presence(operand):
            return f"{_named(operand)} is there, whatever its value"
        case tree.Truth(operand):
            return f"some value of {_named(operand)} is other than zero"
        case tree.Comparison(operator, quantifier, left, right):
            return f"{_rule(quantifier, left)} {_RELATION[operator]} {_other(right, quantifier)}"
        case tree.Membership(quantifier, operand, elements):
            return f"{_rule(quantifier, operand)} is one of {', '.join(map(print_element, elements))}"
        case tree.Contains(quantifier, left, right):
            return f"{_rule(quantifier, left)} contains {_other(right, quantifier)}"
        case tree.Matches(quantifier, operand, _):
            return f"in {_rule(quantifier, operand)} the regular expression is found, in capital or small letters"
    raise AssertionError(test)


def _named(operand: Operand) -> str:
    if isinstance(operand, tree.Literal):
        return print_operand(operand)
    if isinstance(operand, tree.FieldOperand | tree.FieldReference) and not operand.raw:
        return f"{print_operand(operand)} ({operand.field.type.words})"
    return f"{print_operand(operand)} ({operand.type.words})"


def _rule(quantifier: Quantifier, operand: Operand) -> str:
    if isinstance(operand, tree.Literal):
        return print_operand(operand)
    return f"{'every' if quantifier is Quantifier.ALL else 'some'} value of {_named(operand)}"


def _other(operand: Operand, quantifier: Quantifier) -> str:
    if isinstance(operand, tree.Literal):
        return print_operand(operand)
    return f"{'every' if quantifier is Quantifier.ALL else 'some'} value of {_named(operand)}"


def _remarks(test: TypedTest, text: str) -> Iterator[str]:
    """Yield what a reader of a leaf may not know."""
    for node in tree.walk(test):
        if isinstance(node, tree.Literal):
            written = text[node.span.column : node.span.column + node.span.length]
            printed = print_operand(node)
            if written and written not in (printed, f"+{printed}") and _says_more(node, written, printed):
                yield f"{written} is read as {printed} ({node.type.words})"
            if node.prefix < 32:
                yield f"of both addresses the first {node.prefix} bits count"
        elif isinstance(node, tree.FieldOperand):
            if node.layers is not None:
                yield f"only in those layers of {node.field.name.split('.')[0]} that are chosen, counted from 1"
            if node.field.type.kind is Kind.PROTOCOL and isinstance(test, tree.Contains | tree.Matches):
                yield f"{node.field.name} is searched from its header to the end of the data"
            elif node.field.type.kind is Kind.PROTOCOL and not isinstance(test, tree.Presence):
                yield f"{node.field.name} is the bytes of its header"
        elif isinstance(node, tree.FieldReference):
            yield "no packet is selected here, so the reference has no value"
    if isinstance(test, tree.Comparison | tree.Membership | tree.Contains | tree.Matches):
        yield "false where there is no value"


def _says_more(node: tree.Literal, written: str, printed: str) -> bool:
    """Return whether it is worth saying what a constant was read as: not where it is only written otherwise."""
    kind = node.type.kind
    if kind in (Kind.BYTES, Kind.PROTOCOL, Kind.ETHER, Kind.IPV6):
        return written.strip(":").lower() != printed.strip(":")
    return kind not in (Kind.RELATIVE_TIME, Kind.FLOAT, Kind.STRING)


def _because(test: TypedTest, subject: Subject, holds: bool) -> str:
    """Return why a leaf holds of a subject, or does not, value by value."""
    match test:
        case tree.Everything():
            return ""
        case tree.Presence(operand):
            values = reader(operand)(subject)
            return f"there is {_listed(values, operand)}" if values else f"there is no {print_operand(operand)}"
        case tree.Truth(operand):
            return _valued(operand, reader(operand)(subject))
        case tree.Comparison(left=left, right=right):
            return _pairs(test, left, right, subject, reach=False)
        case tree.Contains(left=left, right=right):
            return _pairs(test, left, right, subject, reach=True)
        case tree.Membership(quantifier, operand, elements):
            values = reader(operand)(subject)
            if not values:
                return _valued(operand, values)
            found = [
                evaluator(tree.Membership(Quantifier.ANY, _constant(value, operand), elements))(subject)
                for value in values
            ]
            return _told(quantifier, operand, values, found, holds, "in the set")
        case tree.Matches(quantifier, operand, pattern):
            values = reader(operand, True)(subject)
            if not values:
                return _valued(operand, values)
            found = [
                evaluator(tree.Matches(Quantifier.ANY, _constant(value, operand), pattern))(subject) for value in values
            ]
            return _told(quantifier, operand, values, found, holds, "a match")
    raise AssertionError(test)


def _pairs(
    test: tree.Comparison | tree.Contains, left: Operand, right: Operand, subject: Subject, *, reach: bool
) -> str:
    ours, theirs = reader(left, reach)(subject), reader(right, reach)(subject)
    for values, operand in ((ours, left), (theirs, right)):
        if not values:
            return f"there is no {print_operand(operand)}"
    sides = [(operand, values) for operand, values in ((left, ours), (right, theirs)) if not _is_constant(operand)]
    said = list(dict.fromkeys(_valued(operand, values) for operand, values in sides))
    if len(ours) * len(theirs) > 1 and (pair := _decisive(test, ours, theirs)) is not None:
        shown = [
            _shown(value, operand)
            for value, operand in zip(pair, (left, right), strict=True)
            if not _is_constant(operand)
        ]
        said.append(f"{' and '.join(shown)} {'decides' if len(shown) == 1 else 'decide'}")
    return "; ".join(said)


def _decisive(test: tree.Comparison | tree.Contains, ours: Any, theirs: Any) -> tuple[Any, Any] | None:
    """Return the first pair that holds where one is enough, or that does not where all have to; None: there is none."""
    is_any = test.quantifier is Quantifier.ANY
    nowhere = _Nothing()
    for pair in islice(product(ours, theirs), _TRIED):
        left, right = (
            side if isinstance(side, tree.Literal) else _constant(value, side)
            for side, value in zip((test.left, test.right), pair, strict=True)
        )
        if evaluator(replace(test, left=left, right=right))(nowhere) is is_any:
            return pair
    return None


class _Nothing:
    """A subject without a value; what is compared is in the test."""

    def occurrences(self, name: str) -> tuple[()]:
        return ()


def _is_constant(operand: Operand) -> bool:
    return isinstance(operand, tree.Literal)


def _told(quantifier: Quantifier, operand: Operand, values: Any, found: list[bool], holds: bool, what: str) -> str:
    """Return which values decide: the first that is one where one is enough or one is too many, or that none is."""
    decisive = [value for value, each in zip(values, found, strict=True) if each is (quantifier is Quantifier.ANY)]
    said = _valued(operand, values)
    if len(values) == 1 or not decisive:
        return said
    shown = _shown(decisive[0], operand)
    return f"{said}; {shown} is {'' if quantifier is Quantifier.ANY else 'not '}{what}"


def _valued(operand: Operand, values: Any) -> str:
    if not values:
        return f"there is no {print_operand(operand)}"
    return f"{print_operand(operand)} is {_listed(values, operand)}"


def _listed(values: Any, operand: Operand) -> str:
    shown = ", ".join(_shown(value, operand) for value in values[:_SHOWN])
    return f"{shown}, … ({len(values)} values)" if len(values) > _SHOWN else shown


def _shown(value: Any, operand: Operand) -> str:
    if operand.type.kind is Kind.LABEL:
        return print_operand(operand)
    if isinstance(value, bytes) and len(value) > _LONGEST:
        return f"{_shown(value[:_LONGEST], operand)}… ({len(value)} bytes)"
    text = print_operand(_constant(value, operand))
    label = operand.field.label(value) if isinstance(operand, tree.FieldOperand) and not operand.raw else None
    return f"{text} ({label})" if label else text


def _constant(value: Any, operand: Operand) -> tree.Literal:
    return tree.Literal(value, operand.type)
