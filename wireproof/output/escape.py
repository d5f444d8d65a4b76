"""Text from packets made harmless for a terminal."""

from __future__ import annotations

import re

_NAMED = {"\a": r"\a", "\b": r"\b", "\t": r"\t", "\n": r"\n", "\v": r"\v", "\f": r"\f", "\r": r"\r"}
# Controls of ASCII and Latin-1, what ends a line or turns the direction of writing, and halves of surrogate pairs.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def escape(text: str) -> str:
    """Return the text with every character that could steer a terminal as a C escape, octal where it has no letter.

    A character beyond ASCII gives one octal escape for each octet of its UTF-8.
    """
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    octets = character.encode("utf-8", "surrogatepass")
    return _NAMED.get(character) or "".join(f"\\{octet:03o}" for octet in octets)
