"""One value of a field as text, as ``-T fields`` prints it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wireproof.dissectors.schema import Base, FieldInfo, FieldType, Kind
from wireproof.dissectors.schema.render import colon_groups
from wireproof.output.escape import escape
from wireproof.output.times import long_date, seconds
from wireproof.packet import Value


def format_value(value: Value) -> str:
    """Return the value as ``-T fields`` prints it: numbers by their base, no labels, nothing that steers a terminal."""
    return _FORMS[value.info.type.kind](value.info, value.value)


def number(info: FieldInfo, value: int) -> str:
    """Return an integer in the field's base, hexadecimal ones padded to the width of the type."""
    return hexadecimal(info, value) if info.base.is_hexadecimal else str(value)


def hexadecimal(info: FieldInfo, value: int) -> str:
    """Return an integer in hexadecimal, padded to the width of the type."""
    return f"0x{value:0{info.type.bits // 4}x}"


def dotted_quad(address: int) -> str:
    """Return an IPv4 address as text."""
    return f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}"


def octets(info: FieldInfo, value: bytes) -> str:
    """Return octets in hexadecimal, with what the field has between them."""
    if info.base is Base.SPACE:
        return value.hex(" ")
    return value.hex(":") if info.type is FieldType.AX25 else value.hex()


_FORMS: dict[Kind, Callable[[FieldInfo, Any], str]] = {
    Kind.INTEGER: number,
    Kind.FLOAT: lambda info, value: f"{value:.6g}" if info.type.bits == 32 else f"{value:.15g}",
    Kind.BOOLEAN: lambda info, value: "1" if value else "0",
    Kind.BYTES: lambda info, value: octets(info, value),
    Kind.ETHER: lambda info, value: value.hex(":"),
    Kind.IPV4: lambda info, value: dotted_quad(value),
    Kind.IPV6: lambda info, value: colon_groups(value),
    Kind.STRING: lambda info, value: escape(value),
    Kind.ABSOLUTE_TIME: lambda info, value: long_date(value),
    Kind.RELATIVE_TIME: lambda info, value: seconds(value),
    Kind.LABEL: lambda info, value: "1",
    Kind.PROTOCOL: lambda info, value: value.hex(),
}
