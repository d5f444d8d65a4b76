"""A display filter as users hold it."""

from __future__ import annotations

from wireproof import grammar
from wireproof.dissectors.schema import catalogue
from wireproof.packet import Packet


class Filter:
    """A display filter, checked against the fields of all installed protocols.

    Raises FilterError, whose `diagnoses` have a message, a column counted in characters from 0, a length and a
    suggestion (or None).
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.typed = grammar.compile_filter(text, catalogue())

    @property
    def fields(self) -> frozenset[str]:
        """The canonical names of the fields that the filter uses."""
        return self.typed.fields

    def matches(self, packet: Packet) -> bool:
        """Whether a packet passes."""
        return self.typed.matches(packet)

    def __repr__(self) -> str:
        return f"Filter({self.text!r})"
