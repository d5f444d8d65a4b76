"""What the operations of the intermediate form make of constants."""

from __future__ import annotations

import operator
from collections.abc import Callable


def _toward_zero(left: int, right: int) -> tuple[int, int]:
    quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    return quotient, left - quotient * right


FOLD: dict[str, Callable[[int, int], int]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    "shl": operator.lshift,
    "shr": operator.rshift,
    "floordiv": operator.floordiv,
    "floormod": operator.mod,
    "quotient": lambda left, right: _toward_zero(left, right)[0],
    "remainder": lambda left, right: _toward_zero(left, right)[1],
}
COMPARE: dict[str, Callable[[int, int], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
NEUTRAL_RIGHT = {"add": 0, "sub": 0, "or": 0, "xor": 0, "shl": 0, "shr": 0, "mul": 1, "floordiv": 1}
NEUTRAL_LEFT = {"add": 0, "or": 0, "xor": 0, "mul": 1}
