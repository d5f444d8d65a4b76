"""Arithmetic of the filter language: which types take part, and what comes out."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from wireproof.dissectors.schema.types import FieldType, Kind
from wireproof.grammar.syntax import ArithmeticOperator
from wireproof.grammar.tree import Arithmetic, Negate

_SUM = (ArithmeticOperator.ADD, ArithmeticOperator.SUBTRACT)
_SCALE = (ArithmeticOperator.MULTIPLY, ArithmeticOperator.DIVIDE)
_OCTETS = (Kind.BYTES, Kind.ETHER, Kind.IPV6)


def result_type(sign: ArithmeticOperator, left: FieldType, right: FieldType) -> FieldType | None:
    """Return the type of a result, or None where there is no such arithmetic."""
    match left.kind, right.kind:
        case Kind.INTEGER, Kind.INTEGER:
            return left
        case (Kind.FLOAT, (Kind.FLOAT | Kind.INTEGER)) if sign in (*_SUM, *_SCALE):
            return left
        case Kind.INTEGER, Kind.FLOAT if sign in (*_SUM, *_SCALE):
            return right
        case (Kind.IPV4, Kind.IPV4) | (Kind.IPV6, Kind.IPV6) if sign is ArithmeticOperator.AND:
            return left
        case ((Kind.BYTES | Kind.ETHER), (Kind.BYTES | Kind.ETHER)) if sign is ArithmeticOperator.AND:
            return left
        case Kind.RELATIVE_TIME, Kind.RELATIVE_TIME if sign in _SUM:
            return left
        case Kind.RELATIVE_TIME, (Kind.INTEGER | Kind.FLOAT) if sign in _SCALE:
            return left
        case ((Kind.INTEGER | Kind.FLOAT), Kind.RELATIVE_TIME) if sign is ArithmeticOperator.MULTIPLY:
            return right
        case Kind.ABSOLUTE_TIME, Kind.RELATIVE_TIME if sign in _SUM:
            return left
        case Kind.ABSOLUTE_TIME, Kind.ABSOLUTE_TIME if sign is ArithmeticOperator.SUBTRACT:
            return FieldType.RELATIVE_TIME
    return None


def constant_type(sign: ArithmeticOperator, other: FieldType) -> FieldType:
    """Return the type that a constant beside a value of another type is read as."""
    if other.kind is Kind.ABSOLUTE_TIME:
        return FieldType.RELATIVE_TIME
    if other.kind is Kind.RELATIVE_TIME and sign in _SCALE:
        return FieldType.INT64
    return other


def negate(node: Negate) -> Callable[[Any], Any]:
    """Return the function that gives the negative of a number or a time, and None where it does not fit."""
    if node.type.kind is Kind.FLOAT:
        return operator.neg
    lowest, _ = _bounds(node.type)
    return lambda value: -value if -value >= lowest else None


def compute(node: Arithmetic) -> Callable[[Any, Any], Any]:
    """Return the function of two values, which gives None where there is no result.

    There is none for a division by zero, and for numbers that do not fit (see `_bounds`).
    """
    if node.type.kind in _OCTETS:
        return _mask
    if Kind.FLOAT in (node.left.type.kind, node.right.type.kind):
        return _of_floats(node)
    apply = _OPERATIONS[node.operator]
    lowest, highest = _bounds(node.type)

    def checked(left: Any, right: Any) -> Any:
        result = apply(left, right)
        return result if result is not None and lowest <= result <= highest else None

    return checked


def _of_floats(node: Arithmetic) -> Callable[[Any, Any], Any]:
    """Return `compute` where one of the values is a floating-point number; a time is cut to whole nanoseconds."""
    apply = _FLOATING[node.operator]
    is_time = node.type.kind is Kind.RELATIVE_TIME
    lowest, highest = _bounds(node.type)

    def checked(left: Any, right: Any) -> Any:
        try:
            result = apply(left, right)
        except (ZeroDivisionError, OverflowError):
            return None
        if not math.isfinite(result):
            return None
        if not is_time:
            return result
        return int(result) if lowest <= result <= highest else None

    return checked


def _bounds(type: FieldType) -> tuple[int, int]:
    """Return the least and the greatest number that arithmetic gives: those of 32 bits, or of 64 for wide types.

    A difference of unsigned numbers may be negative.
    """
    bits = 64 if type.bits > 32 else 32
    return -(1 << bits - 1), (1 << bits - type.signed) - 1


def _mask(left: bytes, right: bytes) -> bytes:
    """Return the common bits of two byte strings, as far as the shorter one goes."""
    return bytes(a & b for a, b in zip(left, right, strict=False))


def _divide(left: int, right: int) -> int | None:
    """Return the quotient towards zero."""
    if right == 0:
        return None
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _remainder(left: int, right: int) -> int | None:
    """Return what a division towards zero leaves, which has the dividend's sign."""
    if right == 0:
        return None
    remainder = abs(left) % abs(right)
    return -remainder if left < 0 else remainder


_FLOATING: dict[ArithmeticOperator, Callable[[Any, Any], Any]] = {
    ArithmeticOperator.ADD: operator.add,
    ArithmeticOperator.SUBTRACT: operator.sub,
    ArithmeticOperator.MULTIPLY: operator.mul,
    ArithmeticOperator.DIVIDE: operator.truediv,
}
_OPERATIONS: dict[ArithmeticOperator, Callable[[Any, Any], Any]] = {
    ArithmeticOperator.ADD: lambda left, right: left + right,
    ArithmeticOperator.SUBTRACT: lambda left, right: left - right,
    ArithmeticOperator.MULTIPLY: lambda left, right: left * right,
    ArithmeticOperator.DIVIDE: _divide,
    ArithmeticOperator.REMAINDER: _remainder,
    ArithmeticOperator.AND: lambda left, right: left & right,
}
