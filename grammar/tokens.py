"""The parser's tokens: where they are, and what the text of a range or of a word says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wireproof.grammar.diagnosis import DiagnosedError, Diagnosis, quote
from wireproof.grammar.syntax import Range, Span, Word

if TYPE_CHECKING:
    from lark import Token

_RANGE = re.compile(
    r"(?P<first>[+-]?[0-9A-Za-z]+)?[ \t\r\n]*"
    r"(?:(?P<colon>:)[ \t\r\n]*(?P<length>[+-]?[0-9A-Za-z]+)?|-[ \t\r\n]*(?P<last>[+-]?[0-9A-Za-z]+))?"
)


def place(token: Token) -> Span:
    """Return where a token is."""
    assert token.start_pos is not None
    return Span(token.start_pos, len(token))


def read_range(token: Token) -> Range:
    """Return the range that the text between brackets or commas says. Raises DiagnosedError where it says none."""
    text = token.rstrip()
    span = Span(place(token).column, len(text))
    found = _RANGE.fullmatch(text)
    if found is None or not (found["first"] or found["colon"]):
        raise DiagnosedError(
            Diagnosis(
                f"{quote(text)} is not a range",
                span.column,
                span.length,
                expected=("a place such as 3", "place:length", "first-last"),
            )
        )
    numbers = {
        name: _range_number(found[name], Span(span.column + found.start(name), len(found[name])))
        for name in ("first", "length", "last")
        if found[name] is not None
    }
    first, last, length = numbers.get("first", 0), numbers.get("last"), numbers.get("length")

    def refuse(reason: str) -> DiagnosedError:
        return DiagnosedError(Diagnosis(f"the range {text} is empty: {reason}", span.column, span.length))

    if length is not None and length < 1:
        raise refuse(f"its length is {length}")
    if last is not None and (first < 0) != (last < 0):
        raise refuse(f"{first} and {last} count from different ends")
    if last is not None and last < first:
        raise refuse(f"{last} comes before {first}")
    if not found["colon"] and last is None:
        length = 1
    return Range(first, length, last, span)


def _range_number(text: str, span: Span) -> int:
    digits = text.lstrip("+-")
    try:
        number = int(digits, 0) if len(digits) <= 12 else 1 << 32
    except ValueError:
        try:
            number = int(digits, 8) if digits.startswith("0") else int(digits)
        except ValueError:
            raise DiagnosedError(
                Diagnosis(f"{quote(text)} is not a number", span.column, span.length, expected=("a number",))
            ) from None
    if number >= 1 << 31:
        raise DiagnosedError(Diagnosis(f"{quote(text)} is too big for a place", span.column, span.length))
    return -number if text.startswith("-") else number


def word(token: Token) -> Word:
    """Return a word; a leading dot only says that it is a field."""
    return Word(token.removeprefix("."), place(token), token.type == "DOTTED")
