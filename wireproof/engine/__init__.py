"""The engine: schemas and a typed filter, compiled together into one pass of machine code over a capture.

    >>> query = compile_query(compile_filter("arp.opcode == 1", catalogue()))  # doctest: +SKIP
    >>> [record.number for record in query.match_records("lan.pcap")]  # doctest: +SKIP

What cannot be compiled is let through, and the reference decides on the frames that are left. llvmlite is imported when
something is compiled, and the schemas and the language only where nothing is kept of the same query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wireproof._late import late

if TYPE_CHECKING:
    from wireproof.engine.numbers import NotLowerableError
    from wireproof.engine.query import Query, compile_query, kept_query
    from wireproof.engine.reading import Walk

__all__ = ["NotLowerableError", "Query", "Walk", "compile_query", "kept_query"]

__getattr__ = late(
    __name__,
    {
        "numbers": ("NotLowerableError",),
        "query": ("Query", "compile_query", "kept_query"),
        "reading": ("Walk",),
    },
)
