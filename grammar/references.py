"""References to fields of another packet, ``${tcp.port}``: put into the tree as the values that it has.

A user interface takes the packet that is selected. A leaf holds for any, or for all, of the values; where there is
none, it does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product

from wireproof.grammar import tree
from wireproof.grammar.diagnosis import DiagnosedError, Diagnosis
from wireproof.grammar.evaluate import Subject, reader
from wireproof.grammar.syntax import LogicOperator, Quantifier
from wireproof.grammar.tree import FieldReference, Operand, TypedTest

MOST = 256  # choices of values in one leaf
_ALL_OF = ("max", "min")  # functions of all values at once


def bound(test: TypedTest, packet: Subject) -> TypedTest:
    """Return a test with the values that a packet has for its references.

    Raises DiagnosedError where these are more than can be put in.
    """
    if not has_references(test):
        return test
    match test:
        case tree.Not(inner):
            return replace(test, operand=bound(inner, packet))
        case tree.Joined(_, operands):
            return replace(test, operands=tuple(bound(each, packet) for each in operands))
    return _leaf(test, packet)


def has_references(node: object) -> bool:
    """Return whether there is a reference in a test or an operand."""
    return any(isinstance(each, FieldReference) for each in tree.walk(node))


def _leaf(test: TypedTest, packet: Subject) -> TypedTest:
    """Return a leaf once for each choice of the values, joined."""
    choices = list(islice(_chosen(test, packet), MOST + 1))
    if len(choices) > MOST:
        message = f"there are more than {MOST} choices of the values that are referred to"
        raise DiagnosedError(Diagnosis(message, test.span.column, test.span.length))
    if not choices:
        return tree.Not(tree.Everything(test.span), test.span)
    if len(choices) == 1:
        return choices[0]
    is_all = getattr(test, "quantifier", Quantifier.ANY) is Quantifier.ALL and not isinstance(test, tree.Membership)
    return tree.Joined(LogicOperator.AND if is_all else LogicOperator.OR, tuple(choices), test.span)


def _chosen(test: TypedTest, packet: Subject) -> Iterator[TypedTest]:
    match test:
        case tree.Presence(operand) | tree.Truth(operand) | tree.Matches(_, operand, _):
            for one in _values(operand, packet):
                is_there = isinstance(test, tree.Presence) and isinstance(one, tree.Literal)
                yield tree.Everything(test.span) if is_there else replace(test, operand=one)
        case tree.Comparison(_, _, left, right) | tree.Contains(_, left, right):
            for ours, theirs in product(_values(left, packet), _values(right, packet)):
                yield replace(test, left=ours, right=theirs)
        case tree.Membership(_, operand, elements):
            inner = tuple(each for element in elements for each in _elements(element, packet))
            for one in _values(operand, packet):
                yield replace(test, operand=one, elements=inner)


def _elements(element: Operand | tree.Interval, packet: Subject) -> Iterator[Operand | tree.Interval]:
    if isinstance(element, tree.Interval):
        for low, high in product(_values(element.low, packet), _values(element.high, packet)):
            yield replace(element, low=low, high=high)
    else:
        yield from _values(element, packet)


def _values(operand: Operand, packet: Subject) -> list[Operand]:
    """Return an operand once for each choice of the values in it."""
    if not has_references(operand):
        return [operand]
    match operand:
        case FieldReference(field, layers, raw, span):
            found = reader(tree.FieldOperand(field, layers, raw))(packet)
            return [tree.Literal(value, operand.type, span) for value in found[: MOST + 1]]
        case tree.Slice(inner) | tree.Negate(inner):
            return [replace(operand, operand=one) for one in _values(inner, packet)]
        case tree.Arithmetic(_, left, right):
            pairs = product(_values(left, packet), _values(right, packet))
            return [replace(operand, left=ours, right=theirs) for ours, theirs in islice(pairs, MOST + 1)]
        case tree.Function(name, arguments):
            return _called(operand, name, [_values(argument, packet) for argument in arguments])
    raise AssertionError(operand)


def _called(function: tree.Function, name: str, choices: list[list[Operand]]) -> list[Operand]:
    if name not in _ALL_OF:
        return [replace(function, arguments=(one,)) for one in choices[0]]
    together = tuple(one for values in choices for one in values)
    return [replace(function, arguments=together)] if together else []
