"""Lines of fields, printed by machine code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from wireproof.engine import NotLowerableError
from wireproof.engine.query import Query
from wireproof.engine.reading import Walk
from wireproof.engine.stores import Store
from wireproof.engine.texts import Printer, printer
from wireproof.output import FieldStyle, FieldWriter, compiled_style


def compiled_lines(
    query: Query, walk: Callable[[Store], Walk], names: Sequence[str], style: FieldStyle | None
) -> Iterator[bytes] | None:
    """Return the lines of what a query finds; None where a field or the style takes packets."""
    compiled = compiled_style(style or FieldStyle())
    if compiled is None:
        return None
    try:
        printing = printer(query, names, compiled)
    except NotLowerableError:
        return None
    return _lines(printing, walk(printing.store), FieldWriter(names, style or FieldStyle()))


def _lines(printing: Printer, walk: Walk, writer: FieldWriter) -> Iterator[bytes]:
    for found in walk.fillings():
        if isinstance(found, int):
            yield from printing.lines(found)
        else:
            yield f"{writer.line(found)}\n".encode("utf-8", "surrogateescape")
