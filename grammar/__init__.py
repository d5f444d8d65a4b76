"""The display-filter language: text to a typed tree, checked against a catalogue of fields, and its evaluation.

    >>> filter = compile_filter("tcp.port in {80, 443} and not tcp.flags.reset == 1", catalogue)
    >>> filter.matches(packet)
    True

A catalogue is anything with `find` and `nearest` (`FieldCatalogue`), a packet anything that yields `Occurrence`
objects by field name (`Subject`). Nothing here reads packets. Lark and the regular expressions are imported when the
first filter is compiled.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wireproof.grammar.diagnosis import Diagnosis, FilterError

if TYPE_CHECKING:
    from wireproof.grammar.compiled import TypedFilter
    from wireproof.grammar.completion import Completion, ListedFields
    from wireproof.grammar.evaluate import Occurrence, Subject
    from wireproof.grammar.names import FieldCatalogue

__all__ = [
    "Completion",
    "Diagnosis",
    "FieldCatalogue",
    "FilterError",
    "ListedFields",
    "Occurrence",
    "Subject",
    "TypedFilter",
    "compile_filter",
    "complete",
]

_LATE = {
    "Completion": "completion",
    "FieldCatalogue": "names",
    "ListedFields": "completion",
    "Occurrence": "evaluate",
    "Subject": "evaluate",
    "TypedFilter": "compiled",
}


def compile_filter(text: str, catalogue: FieldCatalogue, macros: Mapping[str, str] | None = None) -> TypedFilter:
    """Return the filter that a text says, its names and types checked against a catalogue.

    `macros` are texts by name, for ``${name}`` and ``$name(a, b)``; ``$1`` in one is the first argument.
    Raises FilterError, with every mistake that was found, where the text is no filter of these fields. No text makes
    it raise anything else, and none takes more than a few seconds.
    """
    from wireproof.grammar.compiled import compile_text

    return compile_text(text, catalogue, macros or {})


def complete(text: str, catalogue: ListedFields, macros: Mapping[str, str] | None = None) -> list[Completion]:
    """Return what may stand at the end of the beginning of a filter: names, operators, labels, functions and macros.

    Behind a mistake there is nothing. Each has a line of help, and says which part of the text it stands for.
    """
    from wireproof.grammar.completion import complete_text

    return complete_text(text, catalogue, macros or {})


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name in _LATE:
        return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
