"""Networks of IPv6: a comparison with one is one with its first and its last address, which needs no prefix."""

from __future__ import annotations

from dataclasses import replace

from wireproof.dissectors.schema.types import Kind
from wireproof.grammar import tree
from wireproof.grammar.syntax import LogicOperator, Operator, Quantifier, Span
from wireproof.grammar.tree import Operand, TypedTest

BITS = 128
_MIRRORED = {
    Operator.GREATER: Operator.LESS,
    Operator.GREATER_EQUAL: Operator.LESS_EQUAL,
    Operator.LESS: Operator.GREATER,
    Operator.LESS_EQUAL: Operator.GREATER_EQUAL,
}


def is_network(operand: Operand) -> bool:
    """Whether an operand is written as a network."""
    return isinstance(operand, tree.Literal) and operand.type.kind is Kind.IPV6 and operand.prefix < BITS


def of(left: Operand, right: Operand) -> bool:
    """Whether one side of a comparison is a network."""
    return is_network(left) or is_network(right)


def element(operand: Operand) -> Operand | tree.Interval:
    """Return the element of a set that an operand is: of a network, all of its addresses."""
    return tree.Interval(*_ends(operand), operand.span) if is_network(operand) else operand


def comparison(operator: Operator, quantifier: Quantifier, left: Operand, right: Operand, span: Span) -> TypedTest:
    """Return a comparison with a network as one with its addresses."""
    if is_network(left):
        left, right, operator = right, left, _MIRRORED.get(operator, operator)
    first, last = _ends(right)
    if operator is Operator.EQUAL:
        return tree.Membership(quantifier, left, (tree.Interval(first, last, right.span),), span)
    if operator is Operator.NOT_EQUAL:
        other = Quantifier.ALL if quantifier is Quantifier.ANY else Quantifier.ANY
        within = tree.Membership(other, left, (tree.Interval(first, last, right.span),), span)
        return tree.Joined(LogicOperator.AND, (tree.Presence(left, span), tree.Not(within, span)), span)
    end = last if operator in (Operator.GREATER, Operator.LESS_EQUAL) else first
    return tree.Comparison(operator, quantifier, left, end, span)


def _ends(network: Operand) -> tuple[tree.Literal, tree.Literal]:
    """Return the first and the last address of a network, or of an address that is one of its own."""
    assert isinstance(network, tree.Literal)
    assert isinstance(network.value, bytes)
    last = int.from_bytes(network.value, "big") | (1 << BITS - network.prefix) - 1
    first = replace(network, prefix=BITS)
    return first, replace(first, value=last.to_bytes(BITS // 8, "big"))
