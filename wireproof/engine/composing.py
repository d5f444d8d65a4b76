"""Texts as the values of columns: put together while a frame is walked, from what a number or a layer is in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from wireproof.engine.builder import Builder
from wireproof.engine.form import Words
from wireproof.engine.numbers import NotLowerableError
from wireproof.engine.state import Column
from wireproof.engine.wordings import Table, Wording, Written, among, read_colon_text, read_dotted_quad

MOST_TEXTS = 1 << 16
WRITTEN: Mapping[object, Literal["dotted", "colons"]] = {read_dotted_quad: "dotted", read_colon_text: "colons"}
"""What machine code writes, by what reads it."""


def compose(build: Builder, column: Column, text: Wording) -> None:
    """Add a text to a column, where there is one. Raises NotLowerableError."""
    match text:
        case bytes():
            build.compose(column, Words("table", 0, (text,)), 0, ends=True)
        case Written(number, read):
            if read not in WRITTEN:
                raise NotLowerableError(f"{column.name}: a text that machine code does not write")
            build.compose(column, Words(WRITTEN[read]), number.operand, ends=True)
        case Table(number, values):
            known = frozenset(each for each in values if number.low <= each <= number.high)
            if not known:
                return
            low, high = min(known), max(known)
            if high - low >= MOST_TEXTS:
                raise NotLowerableError(f"{column.name}: too many texts")
            texts = tuple(values.get(each, b"") for each in range(low, high + 1))
            with build.when(among(build, number, known)):
                build.compose(column, Words("table", low, texts), number.operand, ends=True)


class PathColumn:
    """The protocols of a frame as one text, which grows with each layer that is entered (see `engine.paths`)."""

    def __init__(self, build: Builder, column: Column) -> None:
        self._build, self._column = build, column

    def step(self, text: bytes) -> None:
        """Add a part of the text."""
        self._build.compose(self._column, Words("table", 0, (text,)), 0, ends=False)

    def end(self) -> None:
        """Write what makes it the value, at the end of the frame."""
        self._build.compose(self._column, Words("table", 0, (b"",)), 0, ends=True)
