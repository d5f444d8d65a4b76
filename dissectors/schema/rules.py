"""Rules that Wireshark does not have: what a standard says of a header that is read on all the same."""

from __future__ import annotations

from typing import Any

from wireproof.dissectors.schema.declaration import Rule
from wireproof.dissectors.schema.info import FieldInfo, Severity
from wireproof.dissectors.schema.types import FieldType


def noted(condition: Any, name: str, text: str, reference: str, severity: Severity = Severity.NOTE) -> Rule:
    """Return the rule of that name in filters; `text` is what is said where the condition does not hold."""
    info = FieldInfo(name, FieldType.NONE, text, reference=reference, own=True)
    return Rule(condition, info, f"{text} ({reference})", severity=severity, stops=False, own=True, quoted=False)
