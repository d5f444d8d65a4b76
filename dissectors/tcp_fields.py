"""What the header of TCP and its options declare alike."""

from typing import Any

from construct import this

from wireproof.dissectors.schema import FieldInfo, FieldType, Option, Rule, Severity, never

BYTES, NONE = FieldType.BYTES, FieldType.NONE


LENGTH = FieldInfo("tcp.option.len.invalid", NONE, "Invalid length for option")
length = this.option_length


def label(name: str, title: str) -> FieldInfo:
    """The field that stands for a diagnosis."""
    return FieldInfo(f"tcp.{name}", NONE, title)


def whole(name: str, title: str) -> FieldInfo:
    """The field that stands for an option."""
    return FieldInfo(f"tcp.options.{name}", BYTES, f"TCP Option - {title}", hidden=True)


def wrong_length(
    message: str, reference: str = "RFC 9293 section 3.1", below: str = "tcp.option_len", **more: Any
) -> Rule:
    """The rule of an option's length."""
    return Rule(
        never,
        LENGTH,
        message,
        severity=Severity.NOTE,
        group="Sequence",
        stops=False,
        reference=reference,
        below=below,
        **more,
    )


def exactly(octets: int, field: FieldInfo, *members: Any, first: tuple[Any, ...] = (), reference: str) -> Option:
    """An option of one length."""
    return Option(members, (octets,), wrong_length(f"option length should be {octets}", reference), field, first)


def note(condition: Any, name: str, message: str, severity: Severity = Severity.NOTE, **more: Any) -> Rule:
    """A rule that is only noted."""
    return Rule(condition, label(name, message), message, severity=severity, stops=False, **more)
