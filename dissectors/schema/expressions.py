"""Expressions made ready: what construct evaluates node by node, as functions of a context that call each other.

Only what construct's own ``this`` expressions are made of is taken apart, by public names. Any other callable is what
it is, and anything else a constant.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

from construct.expr import BinExpr, Path, UniExpr


class _Names(tuple[Any, ...]):
    """A context that only notes under which names it is asked, one within the other."""

    __slots__ = ()

    def __getitem__(self, name: Any) -> _Names:
        return _Names((*self, name))


def ready(expression: Any) -> Callable[[Any], Any]:
    """Return the function of a context that an expression is. It raises what the expression does."""
    kind = type(expression)
    if kind is BinExpr:
        return _binary(expression.op, expression.lhs, expression.rhs)
    if kind is UniExpr:
        apply, of = expression.op, ready(expression.operand)
        return lambda context: apply(of(context))
    if kind is Path:
        return _path(expression)
    if callable(expression):
        return expression  # type: ignore[no-any-return]
    return lambda context: expression


def ready_if(expression: Any) -> Callable[[Any], Any] | None:
    """Return the function that an expression is, None where there is none."""
    return None if expression is None else ready(expression)


def _binary(apply: Callable[[Any, Any], Any], left: Any, right: Any) -> Callable[[Any], Any]:
    first, second = ready(left), ready(right)
    if not callable(right):
        return lambda context: apply(first(context), right)
    return lambda context: apply(first(context), second(context))


def _path(path: Any) -> Callable[[Any], Any]:
    names = tuple(path(_Names()))
    if len(names) == 1:
        return itemgetter(names[0])
    if len(names) == 2:
        outer, inner = names
        return lambda context: context[outer][inner]
    return path  # type: ignore[no-any-return]
