"""The syntax tree: a filter as it is written, before any name in it has been looked up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, fields
from enum import Enum
from typing import TypeAlias

from wireproof._frozen import frozen


@frozen
class Span:
    """A place in the filter's text: `length` characters from `column`, counted from 0."""

    column: int
    length: int

    def to(self, other: Span) -> Span:
        """Return the place from this one's beginning to the other's end."""
        return Span(self.column, other.column + other.length - self.column)


class Quantifier(Enum):
    """How many of a field's values a comparison asks for."""

    ANY = "any"
    ALL = "all"


class Operator(Enum):
    """A comparison as it is written."""

    EQUAL = "=="
    NOT_EQUAL = "!="
    ALL_EQUAL = "==="
    ANY_NOT_EQUAL = "!=="
    LESS = "<"
    LESS_EQUAL = "<="
    GREATER = ">"
    GREATER_EQUAL = ">="


class ArithmeticOperator(Enum):
    """Arithmetic of two values."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    REMAINDER = "%"
    AND = "&"


class LogicOperator(Enum):
    """What joins tests."""

    OR = "or"
    XOR = "xor"
    AND = "and"


class SearchOperator(Enum):
    """What is looked for in a value: a piece of it, or a regular expression."""

    CONTAINS = "contains"
    MATCHES = "matches"


@frozen
class Range:
    """A part of a sequence: from `first` for `length` items, or up to and with `last`, or to the end.

    Negative places count from the end. At most one of `length` (at least 1) and `last` is given.
    """

    first: int
    length: int | None = None
    last: int | None = None
    span: Span = field(default=Span(0, 1), compare=False)


@frozen
class Word:
    """An unquoted word, which may turn out a field, a number, an address ...; `forced`: a field, from its dot on."""

    text: str
    span: Span = field(compare=False)
    forced: bool = False


@frozen
class Quoted:
    """A quoted string, with its escapes not yet read (`raw` strings have none). `begin` is the text's own column."""

    text: str
    raw: bool
    span: Span = field(compare=False)
    begin: int = field(compare=False)


@frozen
class Character:
    """A character constant, with its escape not yet read."""

    text: str
    span: Span = field(compare=False)


@frozen
class Layered:
    """A field of certain layers of its protocol only."""

    operand: Word | Raw
    ranges: tuple[Range, ...]
    span: Span = field(compare=False)


@frozen
class Raw:
    """A field's bytes as they are in the frame."""

    operand: Word
    span: Span = field(compare=False)


@frozen
class Sliced:
    """Some bytes of a value."""

    operand: Node
    ranges: tuple[Range, ...]
    span: Span = field(compare=False)


@frozen
class Reference:
    """A field of the packet that a user interface has selected."""

    operand: Word | Layered | Raw
    span: Span = field(compare=False)


@frozen
class Call:
    """A function with its arguments."""

    name: Word
    arguments: tuple[Node, ...]
    span: Span = field(compare=False)


@frozen
class Negative:
    """The negative of a value."""

    operand: Node
    span: Span = field(compare=False)


@frozen
class Binary:
    """Arithmetic of two values."""

    operator: ArithmeticOperator
    left: Node
    right: Node
    span: Span = field(compare=False)


@frozen
class Comparing:
    """Two or more values compared in a row: ``a < b < c`` is ``a < b and b < c``."""

    quantifier: Quantifier | None
    operands: tuple[Node, ...]
    operators: tuple[Operator, ...]
    span: Span = field(compare=False)


@frozen
class Searching:
    """A value that is searched for another one or for a regular expression."""

    quantifier: Quantifier | None
    operator: SearchOperator
    left: Node
    right: Node
    span: Span = field(compare=False)


@frozen
class Element:
    """A member of a set: a value, or all from one to another."""

    low: Node
    high: Node | None
    span: Span = field(compare=False)


@frozen
class Within:
    """A value that is looked up in a set."""

    quantifier: Quantifier | None
    operand: Node
    negated: bool
    elements: tuple[Element, ...]
    span: Span = field(compare=False)


@frozen
class Negation:
    """What holds when its operand does not."""

    operand: Node
    span: Span = field(compare=False)


@frozen
class Logic:
    """Two or more tests joined by the same word."""

    operator: LogicOperator
    operands: tuple[Node, ...]
    span: Span = field(compare=False)


@frozen
class Empty:
    """The filter without a word in it, which everything passes."""

    span: Span = field(default=Span(0, 1), compare=False)


Value: TypeAlias = Word | Quoted | Character | Layered | Raw | Sliced | Reference | Call | Negative | Binary
Test: TypeAlias = Comparing | Searching | Within | Negation | Logic | Empty
Node: TypeAlias = Value | Test


def children(node: object) -> Iterator[object]:
    """Yield the nodes directly below one."""
    for member in fields(node):  # type: ignore[arg-type]
        value = getattr(node, member.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, (Element, Node)):
                yield item


def depth(node: Node) -> int:
    """Return how deeply nodes are nested, without recursion, so that any depth can be measured."""
    deepest = 0
    waiting: list[tuple[int, object]] = [(1, node)]
    while waiting:
        level, current = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((level + 1, child) for child in children(current))
    return deepest
