"""Text from templates that name fields in braces: ``Src Port: {udp.srcport}[, Length: {udp.length}]``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TypeAlias

from wireproof.output.values import format_value
from wireproof.packet import Layer, Value

_TOKEN = re.compile(r"\{([^{}]*)\}|\[([^][]*)\]")
Piece: TypeAlias = "str | _Name | tuple[Piece, ...]"


class _Name(str):
    """The name of a field in a template."""

    __slots__ = ()


def first_values(layer: Layer) -> dict[str, Value]:
    """Return the first value of each field of a layer, by the field's name."""
    return {value.info.name: value for value in reversed(layer.values)}


def render(template: str, values: Mapping[str, Value]) -> str | None:
    """Return the template with the values of the fields that it names, or None where one of them is absent.

    A part in square brackets is left out where a field in it is absent.
    """
    return _render(_pieces(template), values)


def _render(pieces: tuple[Piece, ...], values: Mapping[str, Value]) -> str | None:
    texts = []
    for piece in pieces:
        if isinstance(piece, tuple):
            texts.append(_render(piece, values) or "")
        elif isinstance(piece, _Name):
            value = values.get(piece)
            if value is None:
                return None
            texts.append(format_value(value))
        else:
            texts.append(piece)
    return "".join(texts)


@cache
def _pieces(template: str) -> tuple[Piece, ...]:
    """Take a template apart: literal text, names of fields, and optional parts as tuples of the same."""
    pieces: list[Piece] = []
    end = 0
    for match in _TOKEN.finditer(template):
        pieces.append(template[end : match.start()])
        pieces.append(_Name(match[1]) if match[2] is None else _pieces(match[2]))
        end = match.end()
    pieces.append(template[end:])
    return tuple(piece for piece in pieces if piece)
