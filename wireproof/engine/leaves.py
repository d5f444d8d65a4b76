"""The leaves of a filter, as they are lowered: each by itself, and told of once however often it stands there."""

from __future__ import annotations

from dataclasses import dataclass, field

from wireproof.grammar import tree
from wireproof.grammar.syntax import LogicOperator, Quantifier
from wireproof.grammar.tree import FieldOperand, TypedTest


@dataclass
class Leaves:
    """What became of the leaves of a filter: those that are lowered, and the others, each with the reason.

    For those that are asked, the reference is given the values of their fields, for those that are refused the frame.
    """

    lowered: list[TypedTest] = field(default_factory=list)
    asked: dict[TypedTest, str] = field(default_factory=dict)
    refused: dict[TypedTest, str] = field(default_factory=dict)


def split(test: TypedTest) -> TypedTest:
    """Return a test in which each leaf is as small as it can be."""
    match test:
        case tree.Not(inner):
            return tree.Not(split(inner), test.span)
        case tree.Joined(how, operands):
            return tree.Joined(how, tuple(map(split, operands)), test.span)
        case tree.Membership() if len(pieces := _pieces(test)) > 1:
            return tree.Joined(LogicOperator.OR, pieces, test.span)
    return test


def leaves_of(test: TypedTest) -> list[TypedTest]:
    """Return the different leaves of a test that was split, in the order in which they stand there."""
    match test:
        case tree.Everything():
            return []
        case tree.Not(inner):
            return leaves_of(inner)
        case tree.Joined(_, operands):
            return list(dict.fromkeys(leaf for operand in operands for leaf in leaves_of(operand)))
    return [test]


def is_constant(element: object) -> bool:
    """Return whether an operand, or a part of a set, is the same for every packet."""
    return not any(isinstance(node, (FieldOperand, tree.Function, tree.FieldReference)) for node in tree.walk(element))


def _pieces(test: tree.Membership) -> tuple[TypedTest, ...]:
    """Return the memberships that one is the union of: one of its constants, and one for each other element.

    Whether *all* values are in a set is no union.
    """
    constants = tuple(element for element in test.elements if is_constant(element))
    others = [element for element in test.elements if not is_constant(element)]
    if test.quantifier is Quantifier.ALL or not others or (not constants and len(others) == 1):
        return (test,)
    groups = [constants, *((other,) for other in others)] if constants else [(other,) for other in others]
    return tuple(tree.Membership(test.quantifier, test.operand, group, test.span) for group in groups)
