"""The typed tree: a filter whose names are resolved and whose values have the type they are compared as.

A *test* is true or false of a packet; an *operand* yields a list of values from it, of the one type that it states:

========================  =================================================================================
kind                      a value is
========================  =================================================================================
INTEGER                   an int (booleans count as 0 and 1)
FLOAT                     a float
BOOLEAN                   a bool
IPV4                      an int of 32 bits
BYTES, ETHER, PROTOCOL    bytes; a protocol is its header alone, except for contains and matches, which search
                          from the header to the end of the data
STRING                    bytes, the text's UTF-8
times                     int nanoseconds
LABEL                     True
========================  =================================================================================

A comparison holds for *any* or for *all* pairs of values of its two sides, and is false where a side has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field as attribute
from dataclasses import fields
from typing import TypeAlias

from wireproof._frozen import frozen
from wireproof.dissectors.schema.info import FieldInfo
from wireproof.dissectors.schema.types import FieldType
from wireproof.grammar.syntax import (
    ArithmeticOperator,
    LogicOperator,
    Operator,
    Quantifier,
    Range,
    Span,
)

_NOWHERE = Span(0, 0)


@frozen
class FieldOperand:
    """A field's values, of all layers or of some, and instead of the values the bytes if `raw`."""

    field: FieldInfo
    layers: tuple[Range, ...] | None = None
    raw: bool = False
    span: Span = attribute(default=_NOWHERE, compare=False)

    @property
    def type(self) -> FieldType:
        """The type of its values."""
        return FieldType.BYTES if self.raw else self.field.type


@frozen
class Literal:
    """One constant value. Of an IPv4 address the first `prefix` bits count, on both sides of a comparison.

    An IPv6 address with fewer than all of its bits stands for its network; none is left in a checked filter.
    """

    value: int | float | bool | bytes
    type: FieldType
    span: Span = attribute(default=_NOWHERE, compare=False)
    prefix: int = 32


@frozen
class Slice:
    """Some bytes of each value: the ranges one after another, but for those that go beyond the value's ends."""

    operand: Operand
    ranges: tuple[Range, ...]
    span: Span = attribute(default=_NOWHERE, compare=False)
    type: FieldType = FieldType.BYTES

    @property
    def size(self) -> int | None:
        """How many bytes are taken of a value that has them, None where that depends on the value."""
        total = 0
        for part in self.ranges:
            if part.length is not None:
                total += part.length
            elif part.last is not None and (part.first < 0) is (part.last < 0):
                total += part.last - part.first + 1
            else:
                return None
        return total


@frozen
class Arithmetic:
    """Arithmetic of each pair of values; none where it is undefined or too big (arithmetic.compute)."""

    operator: ArithmeticOperator
    left: Operand
    right: Operand
    type: FieldType
    span: Span = attribute(default=_NOWHERE, compare=False)


@frozen
class Negate:
    """The negative of each value."""

    operand: Operand
    type: FieldType
    span: Span = attribute(default=_NOWHERE, compare=False)


@frozen
class Function:
    """A function of its arguments' values, by its name in functions.FUNCTIONS."""

    name: str
    arguments: tuple[Operand, ...]
    type: FieldType
    span: Span = attribute(default=_NOWHERE, compare=False)


@frozen
class FieldReference:
    """A field of the packet that is selected in a user interface: without one, no value."""

    field: FieldInfo
    layers: tuple[Range, ...] | None = None
    raw: bool = False
    span: Span = attribute(default=_NOWHERE, compare=False)

    @property
    def type(self) -> FieldType:
        """The type of its values."""
        return FieldType.BYTES if self.raw else self.field.type


@frozen
class Everything:
    """True of every packet: the empty filter."""

    span: Span = attribute(default=_NOWHERE, compare=False)


@frozen
class Presence:
    """Whether the operand has any value, and of a slice, whether one has any bytes."""

    operand: Operand
    span: Span = attribute(default=_NOWHERE, compare=False)


@frozen
class Truth:
    """Whether any value of the operand is other than zero (or, of bytes, has a bit set)."""

    operand: Operand
    span: Span = attribute(default=_NOWHERE, compare=False)


@frozen
class Comparison:
    """`operator` is one of ==, !=, <, <=, >, >=, and means the pair of values; `quantifier` says how many pairs.

    Sequences of bytes are ordered by their length first, as in Wireshark 4.0; strings as in a dictionary.
    """

    operator: Operator
    quantifier: Quantifier
    left: Operand
    right: Operand
    span: Span = attribute(default=_NOWHERE, compare=False)


@frozen
class Interval:
    """From a value to another, both included. With several values as ends, any pair of them."""

    low: Operand
    high: Operand
    span: Span = attribute(default=_NOWHERE, compare=False)


@frozen
class Membership:
    """Whether any, or all, of the operand's values are in the set."""

    quantifier: Quantifier
    operand: Operand
    elements: tuple[Operand | Interval, ...]
    span: Span = attribute(default=_NOWHERE, compare=False)


@frozen
class Contains:
    """Whether values of the left operand contain the right one's as a part. The empty part is in bytes alone."""

    quantifier: Quantifier
    left: Operand
    right: Operand
    span: Span = attribute(default=_NOWHERE, compare=False)


@frozen
class Matches:
    """Whether a regular expression is found in the operand's values; letters match in either case."""

    quantifier: Quantifier
    operand: Operand
    pattern: bytes
    span: Span = attribute(default=_NOWHERE, compare=False)


@frozen
class Not:
    """The complement of a test."""

    operand: TypedTest
    span: Span = attribute(default=_NOWHERE, compare=False)


@frozen
class Joined:
    """Two or more tests joined by and, or, or xor (an odd number of them is true)."""

    operator: LogicOperator
    operands: tuple[TypedTest, ...]
    span: Span = attribute(default=_NOWHERE, compare=False)


Operand: TypeAlias = FieldOperand | Literal | Slice | Arithmetic | Negate | Function | FieldReference
TypedTest: TypeAlias = Everything | Presence | Truth | Comparison | Membership | Contains | Matches | Not | Joined


def walk(node: object) -> Iterator[object]:
    """Yield a node of the typed tree and all below it."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        for member in fields(current):  # type: ignore[arg-type]
            value = getattr(current, member.name)
            items = value if isinstance(value, tuple) else (value,)
            waiting.extend(item for item in items if isinstance(item, (Interval, Operand, TypedTest)))
