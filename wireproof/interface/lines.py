"""Lines of fields, printed by machine code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from wireproof.engine.query import Query
from wireproof.engine.reading import Walk
from wireproof.engine.texts import Printer, code_for
from wireproof.output.style import FieldStyle, compiled_style

if TYPE_CHECKING:
    from wireproof.output import FieldWriter


PLAIN_TEXTS = frozenset(
    {
        *("frame.protocols", "tcp.flags.str", "ip.host", "ip.src_host", "ip.dst_host"),
        *("eth.addr_resolved", "eth.src_resolved", "eth.dst_resolved"),
    }
)
"""Texts of letters, digits and points alone."""


class Work(Protocol):
    """Makes a walk into lines: as soon as there are `enough` of them, or as many as there is room for at a time."""

    def __call__(self, walk: Walk, enough: int | None = None) -> Iterator[bytes]: ...


def line_printing(query: Query, names: Sequence[str], style: FieldStyle | None) -> Work | None:
    """Return what makes a walk of a query into lines; None where a field or the style takes packets."""
    chosen = style or FieldStyle()
    compiled = compiled_style(chosen)
    if compiled is None or (chosen.sparing and not chosen.quote and not _is_plain(query)):
        return None
    code = code_for(query, names, compiled)
    if code is None:
        return None

    def lines(walk: Walk, enough: int | None = None) -> Iterator[bytes]:
        assert walk.store is not None
        printing = Printer(code, walk.store)
        writer = None
        for found in walk.fillings(enough):
            if isinstance(found, int):
                yield from printing.lines(found, walk.before() if query.has_numbers else 0)
            else:
                writer = writer or _writer(names, chosen)
                yield f"{writer.line(found)}\n".encode("utf-8", "surrogateescape")

    return lines


def _is_plain(query: Query) -> bool:
    """Whether no value needs quotes for what it says: sentences do, and words with spaces may."""
    names = [column.name for column in query.columns if not column.width and column.name not in PLAIN_TEXTS]
    if not names:
        return True
    from wireproof.dissectors.schema import Kind

    return all(query.protocols.fields[name].type.kind is not Kind.STRING for name in names)


def _writer(names: Sequence[str], style: FieldStyle) -> FieldWriter:
    """Return what prints the frames that are beyond machine code."""
    from wireproof.output import FieldWriter

    return FieldWriter(names, style)
