"""The values of a run, and how they are put into texts: ``${name}``, ``${name + 1}``, ``${name[4:8]}``.

Numbers are sequence numbers as often as not, and so all arithmetic is modulo 2^32 (RFC 9293 section 3.4).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Kept = int | str | bytes
"""A number, an address as text, or octets."""

MODULUS = 1 << 32
_PLACE = re.compile(r"\$\{([^{}]*)\}")
_SLICE = re.compile(r"\s*([a-z_][a-z0-9_]*)\s*\[\s*(\d*)\s*:\s*(\d*)\s*\]\s*")
_SUM = re.compile(r"\s*([a-z_][a-z0-9_]*|\d+|0x[0-9a-fA-F]+)\s*(?:([+-])|$)")


class UnknownValueError(Exception):
    """A text names a value that there is not, or cannot be worked out; the message says which."""


def names_in(text: str) -> frozenset[str]:
    """Return the names of the values that a text asks for."""
    found = set()
    for place in _PLACE.findall(text):
        found |= set(re.findall(r"[a-z_][a-z0-9_]*", re.sub(r"0x[0-9a-fA-F]+", "", place)))
    return frozenset(found)


def evaluate(text: str, values: Mapping[str, Kept]) -> Kept:
    """Return what an expression comes to. Raises UnknownValueError."""
    if sliced := _SLICE.fullmatch(text):
        name, begin, end = sliced.groups()
        octets = _value(name, values)
        if not isinstance(octets, bytes):
            raise UnknownValueError(f"{name} has no octets to take a range of")
        return octets[int(begin or 0) : int(end) if end else len(octets)]
    if text.strip() in values:
        return values[text.strip()]
    total, sign, place = 0, "+", 0
    while sign:
        found = _SUM.match(text, place)
        if found is None:
            raise UnknownValueError(f"{text!r} is no value, no sum and no range of octets")
        term, following = found.groups()
        number = int(term, 0) if term[0].isdigit() else _value(term, values)
        if not isinstance(number, int):
            raise UnknownValueError(f"{term} is no number")
        total = (total + number if sign == "+" else total - number) % MODULUS
        sign, place = following, found.end()
    return total


def fill(text: str, values: Mapping[str, Kept]) -> str:
    """Return a text with the values put in; octets with colons, as filters have them. Raises UnknownValueError."""
    return _PLACE.sub(lambda place: _written(evaluate(place[1], values), ":"), text)


def fill_octets(text: str, values: Mapping[str, Kept]) -> bytes:
    """Return the octets of hexadecimal text with values put in. Raises UnknownValueError."""
    plain = _PLACE.sub(lambda place: _written(evaluate(place[1], values), ""), text)
    try:
        return bytes.fromhex(plain)
    except ValueError:
        raise UnknownValueError(f"{text!r} is not hexadecimal") from None


def fill_value(given: int | bool | str, values: Mapping[str, Kept]) -> Kept:
    """Return a value of a field: what an expression alone comes to, or a text with values put in."""
    if not isinstance(given, str):
        return given
    alone = _PLACE.fullmatch(given)
    return evaluate(alone[1], values) if alone else fill(given, values)


def _value(name: str, values: Mapping[str, Kept]) -> Kept:
    try:
        return values[name]
    except KeyError:
        raise UnknownValueError(f"there is no value {name!r}") from None


def _written(value: Kept, separator: str) -> str:
    if not isinstance(value, bytes):
        return str(value)
    return value.hex(separator) if separator else value.hex()
