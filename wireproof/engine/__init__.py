"""The engine: schemas and a typed filter, compiled together into one pass of machine code over a capture.

    >>> query = compile_query(compile_filter("arp.opcode == 1", catalogue()))  # doctest: +SKIP
    >>> [record.number for record in query.match_records("lan.pcap")]  # doctest: +SKIP

What cannot be compiled is let through, and the reference decides on the frames that are left. llvmlite is imported when
something is compiled.
"""

from wireproof.engine.numbers import NotLowerableError
from wireproof.engine.query import Query, compile_query
from wireproof.engine.reading import Walk, match_records

__all__ = ["NotLowerableError", "Query", "Walk", "compile_query", "match_records"]
