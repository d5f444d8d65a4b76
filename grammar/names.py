"""What the filter language asks of a catalogue of fields, and what it says about names that are not in one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from wireproof.dissectors.schema.info import FieldInfo
from wireproof.grammar.diagnosis import DiagnosedError, Diagnosis, quote
from wireproof.grammar.syntax import Word

_NAME = re.compile(r"(?=.*[A-Za-z_])[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_NUMBER = re.compile(r"[0-9][0-9A-Fa-fxX.:/-]*")


class FieldCatalogue(Protocol):
    """Fields by name. `wireproof.dissectors.schema.Catalogue` is one; anything of this form will do."""

    def find(self, name: str, /) -> FieldInfo | None:
        """Return the field or protocol of that name or alias, or None."""

    def nearest(self, name: str, /) -> Sequence[str]:
        """Return names that resemble the given one, the likeliest first."""


def looks_like_name(text: str) -> bool:
    """Return whether a word may be meant as the name of a field, and not as a number or an address."""
    return _NAME.fullmatch(text) is not None and _NUMBER.fullmatch(text) is None


def suggestion(text: str, catalogue: FieldCatalogue) -> str | None:
    """Return what may be meant by a name that the catalogue does not have."""
    if re.fullmatch("[0-9]+", text):
        return f"0.{text}"  # a leading dot says that a field follows
    head, minus, tail = text.partition("-")
    if minus and tail and catalogue.find(head):
        return f"{head} - {tail}"  # a hyphen belongs to the name unless a space stands before it
    if len(text) > 100:
        return None
    nearest = catalogue.nearest(text)
    found = catalogue.find(nearest[0]) if nearest else None
    return found.name if found else None  # the name that every release of Wireshark knows


def unknown_field(word: Word, catalogue: FieldCatalogue) -> DiagnosedError:
    """Return the fault of a name that is not in the catalogue."""
    return DiagnosedError(
        Diagnosis(
            f"{quote(word.text)} is neither a field nor a protocol",
            word.span.column,
            word.span.length,
            suggestion(word.text, catalogue),
        )
    )
