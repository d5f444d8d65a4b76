"""How lines of chosen fields are put together: what ``-E`` says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wireproof._frozen import frozen

if TYPE_CHECKING:
    from wireproof.engine.lines import Lines

COLUMN = "_ws.col."
"""What the names of the packet list's columns begin with."""
_PLAIN = frozenset('"\r\n')
QUOTES = {"d": '"', "s": "'", "n": ""}
SWITCH = {"y": True, "Y": True, "n": False, "N": False}
ESCAPED = {"t": "\t", "s": " "}
OPTIONS = "bom=y|n, header=y|n, separator=/t|/s|CHARACTER, occurrence=f|l|a, aggregator=,|/s|CHARACTER or quote=d|s|n"


@frozen
class FieldStyle:
    """What ``-E`` may say. `occurrence` is "f" for the first value of a field, "l" for the last, "a" for all.

    With `sparing`, double quotes stand around what cannot do without alone, as in CSV (RFC 4180 section 2).
    """

    header: bool = False
    bom: bool = False
    separator: str = "\t"
    aggregator: str = ","
    occurrence: str = "a"
    quote: str = ""
    sparing: bool = False

    @classmethod
    def parse(cls, options: Iterable[str], base: FieldStyle | None = None) -> FieldStyle:
        """Return the style that the arguments of ``-E`` ask for; later ones win. Raises ValueError on another.

        As in tshark, the first letter of a value decides.
        """
        style = base or cls()
        for option in options:
            name, _, value = option.partition("=")
            if name not in _PARSERS or not value:
                raise ValueError(f"{option!r} is not an option of -E; expected {OPTIONS}")
            try:
                style = replace(style, **{name: _PARSERS[name](value)})
            except KeyError:
                raise ValueError(f"{value!r} is not a value of {name!r}; expected {OPTIONS}") from None
        return style

    def opening(self, names: Sequence[str]) -> str:
        """Return what comes before the first packet: a byte order mark and the line of names, as far as wanted."""
        mark = "\N{ZERO WIDTH NO-BREAK SPACE}" if self.bom else ""
        return f"{mark}{self.separator.join(map(self.cell, names))}\n" if self.header else mark

    def cell(self, text: str, quote: str = "") -> str:
        """Return a text as it stands in a line."""
        if quote or not self.sparing or (_PLAIN.isdisjoint(text) and self.separator not in text):
            return f"{quote}{text}{quote}"
        doubled = text.replace('"', '""')
        return f'"{doubled}"'


PLAIN = FieldStyle()
CSV = FieldStyle(header=True, separator=",", sparing=True)
"""The style of ``-T csv``: what spreadsheets and data frames read."""
_IN_DATES = frozenset(", ")
_SEPARATING = frozenset(",;|\t ")  # in CSV; others may stand in values


def compiled_style(style: FieldStyle) -> Lines | None:
    """Return a style for values that the engine prints, which are numbers and addresses; None where it has no such."""
    from wireproof.engine.lines import Lines, Quotes

    parts = [text.encode("utf-8", "surrogateescape") for text in (style.separator, style.aggregator, style.quote)]
    if not style.sparing or style.quote:
        return Lines(parts[0], parts[1], style.occurrence, parts[2])
    if style.separator not in _SEPARATING or not _PLAIN.isdisjoint(style.aggregator):
        return None
    if style.aggregator == style.separator:
        quotes = Quotes.SEVERAL
    else:
        quotes = Quotes.DATES if style.separator in _IN_DATES else Quotes.NONE
    if quotes is Quotes.SEVERAL and style.separator not in _IN_DATES:
        return None
    return Lines(parts[0], parts[1], style.occurrence, b'"', quotes)


def _character(value: str) -> str:
    """One character; behind a slash, as in tshark, any but the known letters is a backslash."""
    return ESCAPED.get(value[1:2], "\\") if value[0] == "/" else value[0]


def _aggregator(value: str) -> str:
    return (" " if value[1:2] == "s" else "\\") if value[0] == "/" else value[0]


_PARSERS: dict[str, Callable[[str], Any]] = {
    "header": lambda value: SWITCH[value[0]],
    "bom": lambda value: SWITCH[value[0]],
    "separator": _character,
    "aggregator": _aggregator,
    "occurrence": lambda value: {letter: letter for letter in "fla"}[value[0]],
    "quote": lambda value: QUOTES[value[0]],
}
