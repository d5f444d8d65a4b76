"""Escapes in quoted strings and character constants."""

from __future__ import annotations

import re
from dataclasses import replace

from wireproof.grammar.diagnosis import DiagnosedError, Diagnosis, quote
from wireproof.grammar.syntax import Character, Quoted, Span

_SIMPLE = {
    "'": b"'", '"': b'"', "\\": b"\\", "a": b"\a", "b": b"\b", "f": b"\f",
    "n": b"\n", "r": b"\r", "t": b"\t", "v": b"\v",
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(?:(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9A-Fa-f]{1,2})"
    r"|u(?P<short>[0-9A-Fa-f]{4})|U(?P<long>[0-9A-Fa-f]{8})|(?P<simple>['\"\\abfnrtv]))"
)


def read_string(string: Quoted) -> bytes:
    """Return the bytes of a quoted string: UTF-8, but for the bytes that escapes name.

    Raises DiagnosedError, at the escape, where there is no such escape.
    """
    return encode(string.text) if string.raw else _unescape(string.text, string.begin)


def read_character(character: Character) -> bytes:
    """Return the one byte of a character constant. Raises DiagnosedError where it is none, more, or no escape."""
    span = character.span
    try:
        value = _unescape(character.text, span.column + 1)
    except DiagnosedError as found:  # the whole of so short a text
        raise DiagnosedError(replace(found.diagnosis, column=span.column, length=span.length)) from None
    if not value:
        raise DiagnosedError(Diagnosis("an empty character constant", span.column, span.length))
    if len(value) > 1:
        message = f"{quote(character.text)} is too long for a character; a string stands in double quotes"
        raise DiagnosedError(Diagnosis(message, span.column, span.length, f'"{character.text}"'))
    return value


def encode(text: str) -> bytes:
    """Return text as bytes. Lone surrogates, which Python makes of bytes that are not UTF-8, become those bytes."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _unescape(text: str, begin: int) -> bytes:
    out, position = bytearray(), 0
    while position < len(text):
        backslash = text.find("\\", position)
        if backslash < 0:
            backslash = len(text)
        out += encode(text[position:backslash])
        if backslash == len(text):
            break
        found = _ESCAPE.match(text, backslash)
        if found is None:
            raise _no_escape(text[backslash : backslash + 2], Span(begin + backslash, 2))
        out += _escaped(found, begin)
        position = found.end()
    return bytes(out)


def _escaped(found: re.Match[str], begin: int) -> bytes:
    span = Span(begin + found.start(), len(found[0]))
    if found["simple"]:
        return _SIMPLE[found["simple"]]
    if found["octal"] or found["hex"]:
        number = int(found["octal"], 8) if found["octal"] else int(found["hex"], 16)
        if number > 255:
            raise DiagnosedError(Diagnosis(f"{found[0]} is more than a byte", span.column, span.length))
        return bytes([number])
    point = int(found["short"] or found["long"], 16)
    if point > 0x10FFFF or 0xD800 <= point < 0xE000:
        raise DiagnosedError(Diagnosis(f"{found[0]} is no Unicode character", span.column, span.length))
    return chr(point).encode()


def _no_escape(escape: str, span: Span) -> DiagnosedError:
    message = f"{quote(escape)} is not an escape sequence"
    return DiagnosedError(
        Diagnosis(message, span.column, span.length, f"\\{escape}", ('r"…" for a string without escapes',))
    )
