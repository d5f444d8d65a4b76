"""The parser's callbacks, which make the syntax tree while the text is read."""

from __future__ import annotations

import re
from typing import Any

from lark import Token, Transformer, v_args

from wireproof.grammar import syntax
from wireproof.grammar.diagnosis import DiagnosedError, Diagnosis
from wireproof.grammar.syntax import (
    ArithmeticOperator,
    LogicOperator,
    Node,
    Operator,
    Quantifier,
    Range,
    SearchOperator,
    Span,
)
from wireproof.grammar.tokens import place, read_range, word

_ARITHMETIC = {
    "PLUS": ArithmeticOperator.ADD,
    "MINUS": ArithmeticOperator.SUBTRACT,
    "STAR": ArithmeticOperator.MULTIPLY,
    "SLASH": ArithmeticOperator.DIVIDE,
    "PERCENT": ArithmeticOperator.REMAINDER,
    "BITAND": ArithmeticOperator.AND,
}

_CLOSED = re.compile(r"""[rR]?(["'\u201c\u201d])(?:\\[\s\S]|[^\\])*["'\u201c\u201d]""")


@v_args(inline=True)
class Builder(Transformer[Token, Any]):
    """One method a rule of filter.lark; tokens come as they are, rules as what their method returned."""

    def start(self, tree: Node | None = None) -> Node:
        return syntax.Empty() if tree is None else tree

    def disjunction(self, *parts: Any) -> Node:
        return _logic(LogicOperator.OR, parts)

    def exclusion(self, *parts: Any) -> Node:
        return _logic(LogicOperator.XOR, parts)

    def conjunction(self, *parts: Any) -> Node:
        return _logic(LogicOperator.AND, parts)

    def negation(self, sign: Token, operand: Node) -> Node:
        return syntax.Negation(operand, place(sign).to(operand.span))

    def quantifier(self, name: Token) -> tuple[Quantifier, Span]:
        return Quantifier(name.lower()), place(name)

    def comparator(self, sign: Token) -> Operator:
        return Operator[sign.type]

    def comparison(self, quantifier: tuple[Quantifier, Span] | None, *parts: Any) -> Node:
        span = parts[0].span.to(parts[-1].span)
        return syntax.Comparing(quantifier and quantifier[0], parts[::2], parts[1::2], span)

    def search(self, quantifier: tuple[Quantifier, Span] | None, left: Node, sign: Token, right: Node) -> Node:
        return syntax.Searching(
            quantifier and quantifier[0], SearchOperator[sign.type], left, right, left.span.to(right.span)
        )

    def membership(self, quantifier: tuple[Quantifier, Span] | None, operand: Node, *parts: Any) -> Node:
        *signs, (elements, end) = parts
        return syntax.Within(quantifier and quantifier[0], operand, len(signs) == 2, elements, operand.span.to(end))

    def set(self, *parts: Any) -> tuple[tuple[syntax.Element, ...], Span]:
        return tuple(part for part in parts if isinstance(part, syntax.Element)), place(parts[-1])

    def element(self, low: Node, _: Token | None, high: Node | None) -> syntax.Element:
        return syntax.Element(low, high, low.span.to(high.span if high else low.span))

    def arithmetic(self, left: Node, sign: Token, right: Node) -> Node:
        return syntax.Binary(_ARITHMETIC[sign.type], left, right, left.span.to(right.span))

    def sign(self, sign: Token, operand: Node) -> Node:
        if sign.type == "PLUS":
            return operand
        return syntax.Negative(operand, place(sign).to(operand.span))

    def ranges(self, *parts: Token) -> tuple[Range, ...]:
        return tuple(read_range(part) for part in parts if part.type == "RANGE")

    def slice(self, operand: Node, _: Token, ranges: tuple[Range, ...], end: Token) -> Node:
        return syntax.Sliced(operand, ranges, operand.span.to(place(end)))

    def layer(self, operand: syntax.Word | syntax.Raw, _: Token, number: Token) -> Node:
        span = place(number)
        chosen = read_range(number)
        return syntax.Layered(operand, (chosen,), operand.span.to(span))

    def layers(
        self, operand: syntax.Word | syntax.Raw, _: Token, __: Token, ranges: tuple[Range, ...], end: Token
    ) -> Node:
        return syntax.Layered(operand, ranges, operand.span.to(place(end)))

    def literal(self, token: Token) -> Node:
        return syntax.Word(str(token), place(token))

    def word(self, token: Token) -> Node:
        return word(token)

    def raw(self, sign: Token, token: Token) -> Node:
        return syntax.Raw(word(token), place(sign).to(place(token)))

    def quoted(self, token: Token) -> Node:
        raw = token.type == "RAW_STRING"
        _closed(token)
        begin = 2 if raw else 1
        return syntax.Quoted(token[begin:-1], raw, place(token), place(token).column + begin)

    def character(self, token: Token) -> Node:
        _closed(token)
        return syntax.Character(token[1:-1], place(token))

    def arguments(self, *parts: Any) -> tuple[Node, ...]:
        return tuple(part for part in parts if not isinstance(part, Token))

    def call(self, name: Token, _: Token, arguments: tuple[Node, ...] | None, end: Token) -> Node:
        return syntax.Call(word(name), arguments or (), place(name).to(place(end)))

    def reference(self, sign: Token, *parts: Any) -> Node:
        if len(parts) == 1:
            return syntax.Reference(word(parts[0]), place(sign).to(place(parts[0])))
        return syntax.Reference(parts[1], place(sign).to(place(parts[2])))

    def group(self, _: Token, operand: Node, __: Token) -> Node:
        return operand

    braces = group


def _logic(operator: LogicOperator, parts: tuple[Any, ...]) -> Node:
    operands = parts[::2]
    return syntax.Logic(operator, operands, operands[0].span.to(operands[-1].span))


def _closed(token: Token) -> None:
    """Raise DiagnosedError where a quoted text goes on to the end of the filter."""
    if not _CLOSED.fullmatch(token):
        end = place(token).column + len(token)
        raise DiagnosedError(Diagnosis("the closing quotation mark is missing", end, 1))
