"""``-T fields``: chosen fields, one line a packet, in the form that ``-E`` asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from wireproof.dissectors.schema import Catalogue, Kind, catalogue
from wireproof.output.columns import COLUMN_FIELDS, DEFAULT, ColumnLayout, Columns, columns
from wireproof.output.items import item_text
from wireproof.output.style import COLUMN, PLAIN, FieldStyle
from wireproof.output.values import format_value
from wireproof.packet import Packet


class FieldWriter:
    """The lines of chosen fields. `names` may also be columns (``_ws.col.Info``), and are heads as they were given.

    Raises UnknownFieldError, with the nearest names, where there is no such field.
    """

    def __init__(
        self,
        names: Sequence[str],
        style: FieldStyle = PLAIN,
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
        """Return what comes before the first packet."""
        return self._style.opening(self._names)

    def line(self, packet: Packet) -> str:
        """Return the line of a packet, without its end. A field that is absent leaves its place empty, unquoted."""
        style = self._style
        cells = [
            style.cell(style.aggregator.join(texts), style.quote) if texts else "" for texts in self._texts(packet)
        ]
        return style.separator.join(cells)

    def values(self, packet: Packet) -> dict[str, list[str]]:
        """Return the texts of a packet by name, without the fields that are absent."""
        return {name: list(texts) for name, texts in zip(self._names, self._texts(packet), strict=True) if texts}

    def _texts(self, packet: Packet) -> Iterator[Sequence[str]]:
        """Yield the texts of each name that are wanted: the first, the last or all."""
        shown = columns(packet, self._layout) if self._has_columns else None
        for read in self._readers:
            texts = read(packet, shown)
            yield {"f": texts[:1], "l": texts[-1:]}.get(self._style.occurrence, texts)


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
