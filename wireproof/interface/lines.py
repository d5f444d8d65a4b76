"""Lines of fields, printed by machine code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from wireproof.engine import NotLowerableError
from wireproof.engine.query import Query
from wireproof.engine.reading import Walk
from wireproof.engine.stores import Store
from wireproof.engine.texts import Printer, code_for, new_store
from wireproof.output import FieldStyle, FieldWriter, compiled_style

Work = Callable[[Walk], Iterator[bytes]]


def line_printing(query: Query, names: Sequence[str], style: FieldStyle | None) -> Work | None:
    """Return what makes a walk of a query into lines; None where a field or the style takes packets."""
    chosen = style or FieldStyle()
    compiled = compiled_style(chosen)
    if compiled is None:
        return None
    try:
        code = code_for(query, names, compiled)
    except NotLowerableError:
        return None
    writer = FieldWriter(names, chosen)

    def lines(walk: Walk) -> Iterator[bytes]:
        assert walk.store is not None
        printing = Printer(code, walk.store)
        for found in walk.fillings():
            if isinstance(found, int):
                yield from printing.lines(found)
            else:
                yield f"{writer.line(found)}\n".encode("utf-8", "surrogateescape")

    return lines


def store_for_lines(query: Query) -> Store:
    """Return the store that such a walk takes."""
    return new_store(query)
