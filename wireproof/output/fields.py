"""``-T fields``: chosen fields, one line a packet, in the form that ``-E`` asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wireproof.dissectors.schema import Catalogue, Kind, catalogue
from wireproof.output.columns import COLUMN_FIELDS, DEFAULT, ColumnLayout, Columns, columns
from wireproof.output.items import item_text
from wireproof.output.values import format_value
from wireproof.packet import Packet

if TYPE_CHECKING:
    from wireproof.engine.lines import Lines

_PLAIN = frozenset('"\r\n')
QUOTES = {"d": '"', "s": "'", "n": ""}
SWITCH = {"y": True, "Y": True, "n": False, "N": False}
ESCAPED = {"t": "\t", "s": " "}
OPTIONS = "bom=y|n, header=y|n, separator=/t|/s|CHARACTER, occurrence=f|l|a, aggregator=,|/s|CHARACTER or quote=d|s|n"


@dataclass(frozen=True, slots=True)
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


class FieldWriter:
    """The lines of chosen fields. `names` may also be columns (``_ws.col.Info``), and are heads as they were given.

    Raises UnknownFieldError, with the nearest names, where there is no such field.
    """

    def __init__(
        self,
        names: Sequence[str],
        style: FieldStyle = FieldStyle(),
        layout: ColumnLayout = DEFAULT,
        known: Catalogue | None = None,
    ) -> None:
        self._names = tuple(names)
        self._style = style
        self._layout = layout
        catalogue_ = known or catalogue()
        self._readers = [_reader(name, catalogue_) for name in names]
        self._has_columns = any(name.startswith(COLUMN) for name in names)

    def opening(self) -> str:
        """Return what comes before the first packet: a byte order mark and the line of names, as far as wanted."""
        mark = "\N{ZERO WIDTH NO-BREAK SPACE}" if self._style.bom else ""
        return f"{mark}{self._style.separator.join(map(self._cell, self._names))}\n" if self._style.header else mark

    def line(self, packet: Packet) -> str:
        """Return the line of a packet, without its end. A field that is absent leaves its place empty, unquoted."""
        style = self._style
        cells = [
            self._cell(style.aggregator.join(texts), style.quote) if texts else "" for texts in self._texts(packet)
        ]
        return style.separator.join(cells)

    def _cell(self, text: str, quote: str = "") -> str:
        if quote or not self._style.sparing or (_PLAIN.isdisjoint(text) and self._style.separator not in text):
            return f"{quote}{text}{quote}"
        doubled = text.replace('"', '""')
        return f'"{doubled}"'

    def values(self, packet: Packet) -> dict[str, list[str]]:
        """Return the texts of a packet by name, without the fields that are absent."""
        return {name: list(texts) for name, texts in zip(self._names, self._texts(packet), strict=True) if texts}

    def _texts(self, packet: Packet) -> Iterator[Sequence[str]]:
        """Yield the texts of each name that are wanted: the first, the last or all."""
        shown = columns(packet, self._layout) if self._has_columns else None
        for read in self._readers:
            texts = read(packet, shown)
            yield {"f": texts[:1], "l": texts[-1:]}.get(self._style.occurrence, texts)


COLUMN = "_ws.col."
Reader = Callable[[Packet, Columns | None], Sequence[str]]


def _reader(name: str, known: Catalogue) -> Reader:
    """Return the function that takes the texts of a field from a packet."""
    if name.startswith(COLUMN):
        place = COLUMN_FIELDS.get(name)
        return lambda packet, shown: () if shown is None or place is None else (shown[place],)
    info = known.field(name)
    if info.type.kind is Kind.PROTOCOL:
        return lambda packet, shown: [item_text(layer, packet) for layer in packet.layers if layer.bears(info.name)]
    return lambda packet, shown: [format_value(value) for value, _ in packet.values(info.name)]


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
