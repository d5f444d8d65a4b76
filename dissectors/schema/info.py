"""What is known about a field apart from where its bytes are: name, type, labels, source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from types import MappingProxyType

from wireproof._frozen import frozen
from wireproof.dissectors.schema.types import Base, FieldType

NO_LABELS: Mapping[int, str] = MappingProxyType({})
SET: Mapping[int, str] = MappingProxyType({1: "Set", 0: "Not set"})
TRUE: Mapping[int, str] = MappingProxyType({1: "True", 0: "False"})


class Severity(Enum):
    """How grave a diagnosis is, with the numbers and words of Wireshark's expert information."""

    COMMENT = (0x00100000, "Comment")
    CHAT = (0x00200000, "Chat")
    NOTE = (0x00400000, "Note")
    WARNING = (0x00600000, "Warning")
    ERROR = (0x00800000, "Error")

    def __init__(self, number: int, word: str) -> None:
        self.number = number
        self.word = word


@frozen
class FieldInfo:
    """A field's name, type and meaning.

    `labels` names values (for a boolean: 1 and 0). `reference` is the place in the standard. `across` marks a field
    that takes more than one packet, and `hidden` one that the detailed tree leaves out because another line shows it.
    `bounds` are the least and the greatest number that its bits can hold, where the declaration tells. An `own` one is
    none of Wireshark's.
    """

    name: str
    type: FieldType
    title: str = ""
    base: Base = Base.DEC
    labels: Mapping[int, str] = field(default_factory=lambda: NO_LABELS, compare=False)
    reference: str = ""
    aliases: tuple[str, ...] = ()
    across: bool = False
    hidden: bool = False
    bounds: tuple[int, int] | None = field(default=None, compare=False)
    own: bool = False

    def label(self, value: object) -> str | None:
        """Return the name of a value, or None where it has none."""
        return self.labels.get(value) if isinstance(value, int) else None
