"""A display filter as users hold it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wireproof.grammar import Diagnosis, TypedFilter
    from wireproof.packet import Packet


class Filter:
    """A display filter, checked against the fields of all installed protocols.

    Raises FilterError, whose `diagnoses` have a message, a column counted in characters from 0, a length and a
    suggestion (or None). A text that has been `checked` before is not even looked at until something asks for it.
    `macros` are texts by name, for ``${name}`` and ``$name(a, b)``. A reference to a field, ``${tcp.port}``, has the
    values of the packet `reference`, and none without it.
    """

    def __init__(
        self,
        text: str,
        *,
        checked: bool = False,
        macros: Mapping[str, str] | None = None,
        reference: Packet | None = None,
    ) -> None:
        self.text = text
        self.macros, self.reference = macros, reference
        if not checked:
            _ = self.typed

    @cached_property
    def typed(self) -> TypedFilter:
        """The filter with the fields and types that it is about."""
        from wireproof import grammar
        from wireproof.dissectors.schema import catalogue

        typed = grammar.compile_filter(self.text, catalogue(), self.macros)
        return typed if self.reference is None else typed.referring_to(self.reference)

    @property
    def warnings(self) -> tuple[Diagnosis, ...]:
        """What the filter says that can hardly be meant; it is a filter all the same."""
        return self.typed.warnings

    @property
    def fields(self) -> frozenset[str]:
        """The canonical names of the fields that the filter uses."""
        return self.typed.fields

    def matches(self, packet: Packet) -> bool:
        """Whether a packet passes."""
        return self.typed.matches(packet)

    def __repr__(self) -> str:
        return f"Filter({self.text!r})"
