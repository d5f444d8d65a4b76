"""What the header of IPv4 and its options declare alike."""

from typing import Any

from construct import Bytes, Default, Struct, this

from wireproof.dissectors.schema import Field, FieldInfo, FieldType, Option, Rule, Severity, Text, never
from wireproof.dissectors.schema.render import dotted_quad

BOOLEAN, BYTES, NONE, STRING = FieldType.BOOLEAN, FieldType.BYTES, FieldType.NONE, FieldType.STRING
UINT8, UINT16, UINT32 = FieldType.UINT8, FieldType.UINT16, FieldType.UINT32
ADDRESS = FieldInfo("ip.addr", FieldType.IPV4, "Source or Destination Address", hidden=True)
HOST = FieldInfo("ip.host", STRING, "Source or Destination Host", hidden=True)
OPTION, LIST = "ip.opt.type", "ip.options"  # what is said of an option stands below that, and of the list
LENGTH = FieldInfo("ip.opt.len.invalid", NONE, "Invalid length for option")
length, offset = this.option_length, this.option_offset


def address(
    name: str,
    member: str,
    title: str,
    host: str = "",
    feeds: tuple[tuple[FieldInfo, ...], tuple[FieldInfo, ...]] = ((), ()),
) -> Struct:
    """The fields of one address, which may give values to general ones of addresses and of hosts."""
    octets = Default(Bytes(4), bytes(4))
    return Struct(
        member / Field(name, octets, FieldType.IPV4, title, feeds=feeds[0]),
        Field(f"{name}_host", Text(member, dotted_quad), STRING, host or f"{title} Host", feeds=feeds[1], hidden=True),
    )


def warning(condition: Any, field: FieldInfo, message: str, *, stops: bool = False, **more: Any) -> Rule:
    """A rule of an option."""
    return Rule(condition, field, message, severity=Severity.WARNING, stops=stops, **more)


def whole(name: str, title: str) -> FieldInfo:
    """The field that stands for an option."""
    return FieldInfo(f"ip.options.{name}", BYTES, f"IP Option - {title}", hidden=True)


def exactly(octets: int, field: FieldInfo, *members: Any, reference: str) -> Option:
    """An option of one length, which is read also where it has another."""
    said = f"{{option_name}} (with option length = {{option_length}} bytes; should be {octets})"
    rule = warning(never, LENGTH, said, reference=reference)
    return Option(members, (octets,), rule, field, lax=True)
