"""wireproof's machine code: the columns of a capture of one frame. It builds nothing."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from typing import Any

from wireproof.capture import open_reader
from wireproof.conformance.adapters.capturing import capture_of
from wireproof.conformance.adapters.reference import as_json
from wireproof.conformance.adapters.serving import STOPPING, UNSUPPORTED, Answer, accepted, rejected, serve
from wireproof.dissectors.schema import catalogue
from wireproof.engine import Query, compile_query
from wireproof.grammar import compile_filter
from wireproof.interface.tables import compiled_tables
from wireproof.vectors import LINK_TYPES, Parse, load

GROUP, MALFORMED = "_ws.expert.group", 0x0700_0000


@cache
def _query(link_type: int) -> Query:
    """Return machine code with a column for each field that any vector has."""
    names = {GROUP, *STOPPING}
    for vector in load():
        if isinstance(vector.task, Parse):
            names |= vector.task.fields.keys() | vector.task.absent
    known = catalogue().fields
    told = sorted(name for name in names if name in known and not known[name].across)
    return compile_query(compile_filter("", catalogue()), names=told, link_type=link_type)


def parse(asked: Mapping[str, Any]) -> Answer:
    """Read the columns of a frame."""
    from wireproof.engine import Walk

    if asked["link"] not in LINK_TYPES:
        return UNSUPPORTED
    query = _query(LINK_TYPES[asked["link"]])
    names = [column.name for column in query.columns]
    with open_reader(io.BytesIO(capture_of([bytes.fromhex(asked["hex"])], asked["link"]))) as reader:
        (table,) = compiled_tables(query, lambda store: Walk(query, reader, None, store), names, None)
    fields = {name: [as_json(value) for value in column[0]] for name, column in table.items() if column[0]}
    if MALFORMED in fields.pop(GROUP, ()):
        return rejected(reason="malformed")
    for name in STOPPING.keys() & fields.keys():
        return rejected(name.partition(".")[0], STOPPING[name])
    return accepted(fields)


if __name__ == "__main__":
    serve(parse=parse)
