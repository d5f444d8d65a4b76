"""Rules that Wireshark does not have: what a standard says of a header that is read on all the same."""

from __future__ import annotations

from typing import Any

from wireproof.dissectors.schema.conditions import never
from wireproof.dissectors.schema.declaration import Rule
from wireproof.dissectors.schema.info import FieldInfo, Severity
from wireproof.dissectors.schema.types import FieldType


def noted(condition: Any, name: str, text: str, reference: str, severity: Severity = Severity.NOTE) -> Rule:
    """Return the rule of that name in filters; `text` is what is said where the condition does not hold."""
    info = FieldInfo(name, FieldType.NONE, text, reference=reference, own=True)
    return Rule(condition, info, f"{text} ({reference})", severity=severity, stops=False, own=True, quoted=False)


def malformed(condition: Any, field: FieldInfo, message: str, *, stops: bool = False, **more: Any) -> Rule:
    """Return the rule that a packet breaks which is not whole, or contradicts itself; `more` is as for a `Rule`."""
    return Rule(condition, field, message, group="Malformed", stops=stops, **more)


def bad_checksum(name: str, reference: str, severity: Severity = Severity.ERROR) -> Rule:
    """The rule that a wrong checksum breaks; its message names the right one as ``{right}``."""
    field = FieldInfo(name, FieldType.NONE, "Bad checksum")
    message = "Bad checksum [should be 0x{right:04x}]"
    return Rule(never, field, message, severity=severity, group="Checksum", stops=False, reference=reference)
