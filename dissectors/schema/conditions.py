"""Conditions that construct's ``this`` expressions cannot say, and that may stand among them."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from wireproof._frozen import frozen

Expression = Callable[[Any], Any]
"""A ``this`` expression, or one of these."""


@frozen
class AllZero:
    """The expression that is true where every octet of a member is zero, also where it has none.

    It may stand on the right of ``&`` and ``|`` in a ``this`` expression.
    """

    member: str

    def __call__(self, context: Any) -> bool:
        return not any(context[self.member])


@frozen
class AnySet:
    """The expression that is true where some octet of a member is not zero.

    It may stand on the right of ``&`` and ``|`` in a ``this`` expression.
    """

    member: str

    def __call__(self, context: Any) -> bool:
        return any(context[self.member])


@frozen
class OneOf:
    """The expression that is true where a member is one of some numbers.

    It may stand on the right of ``&`` and ``|`` in a ``this`` expression.
    """

    member: str
    numbers: frozenset[int]

    def __call__(self, context: Any) -> bool:
        return context[self.member] in self.numbers


@frozen
class InTable:
    """The expression that is true where a table has a protocol under the value of a member.

    It may stand on the right of ``&`` and ``|`` in a ``this`` expression.
    """

    table: str
    member: str

    def __call__(self, context: Any) -> bool:
        return context[self.member] in context.tables.get(self.table, ())


@frozen
class Crc32:
    """The expression that is the frame check sequence over a member of octets, as the number that it is in a frame.

    That is the CRC of IEEE 802.3 clause 3.2.9, whose octets are sent from the lowest on.
    """

    member: str

    def __call__(self, context: Any) -> int:
        return int.from_bytes(zlib.crc32(context[self.member]).to_bytes(4, "little"), "big")


def always(context: Any) -> bool:
    """The condition of what is always carried."""
    return True


def never(context: Any) -> bool:
    """The condition of a rule that is broken wherever it is asked."""
    return False
