"""Tables of values: from machine code, or from packets as the reference reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from wireproof.dissectors.schema import catalogue
from wireproof.engine.query import Query
from wireproof.engine.reading import Walk
from wireproof.engine.stores import Store, store_for
from wireproof.interface.damage import Until
from wireproof.output.tables import Table, column_of
from wireproof.packet import Packet

_FIRST_ROOM = 1 << 12


def compiled_tables(
    query: Query, walk: Callable[[Store], Walk], names: Sequence[str], rows: int | None
) -> Iterator[Table]:
    """Yield tables of what a query finds: of up to so many frames, or a single one with all of them."""
    store = Store(query.columns, rows or _FIRST_ROOM, keeps=rows is None)
    found = Until(walk(store).fillings(enough=store.rows if rows else None))
    is_first = True
    for count in found:
        assert isinstance(count, int)  # a store that clips holds every value
        yield _table(store, names, count)
        is_first = False
    if is_first:
        yield _table(store, names, 0)
    found.tell()


def reference_tables(packets: Iterable[Packet], names: Sequence[str], rows: int | None) -> Iterator[Table]:
    """Yield the same of packets."""
    store = store_for([catalogue().fields[catalogue().field(name).name] for name in names], rows or _FIRST_ROOM)
    found = Until(iter(packets))
    count, is_first = 0, True
    for packet in found:
        while not store.add(packet, count):
            store.grow()
        count += 1
        if rows is None and count == store.rows:
            store.grow()
        elif count == rows:
            yield _table(store, names, count)
            count, is_first = 0, False
    if count or is_first:
        yield _table(store, names, count)
    found.tell()


def _table(store: Store, names: Sequence[str], rows: int) -> Table:
    known = catalogue()
    columns = {filled.name: column_of(filled, known.fields[filled.name], rows) for filled in store.take(rows)}
    return Table({name: columns[known.field(name).name] for name in names}, rows)
