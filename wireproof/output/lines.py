"""One line of the detailed tree: the text of a value, and whether it was made rather than read."""

from __future__ import annotations

from functools import cache

from wireproof.dissectors.schema import Base, FieldInfo, InternetChecksum, Kind, Protocol
from wireproof.output.escape import escape
from wireproof.output.members import masked_fields
from wireproof.output.special import LINES, PLAIN
from wireproof.output.values import format_value
from wireproof.packet import Layer, Packet, Value

LONGEST_BYTES = 36
"""Octets of a byte string that the tree shows before it is cut off."""


def value_line(value: Value, layer: Layer, packet: Packet, parent: Value | None = None) -> str:
    """Return the line of a value: bits where it is some of a member, title, value; in brackets what was made."""
    if value.info.name in LINES:
        text = LINES[value.info.name](value, layer, packet)
    else:
        bits = masked_fields(layer.schema).get((value.info.name, value.info.type))
        digits = (bits.mask.bit_count() + 3) // 4 if bits and bits.mask else None
        is_label = value.info.type.kind is Kind.LABEL
        text = value.info.title if is_label else f"{value.info.title}: {shown(value, digits)}"
        if packet.resolve is not None and value.info.type.kind is Kind.ETHER:
            text = f"{value.info.title}: {named(value.value, packet)}"
    if is_made(value, layer):
        return f"[{text}]"
    return bit_pattern(value, layer, parent, packet) + text


def shown(value: Value, digits: int | None = None) -> str:
    """Return a value as the tree shows it: with its label, if it has any, and the number behind that.

    `digits` are those of a hexadecimal number where it is narrower than its type.
    """
    info, kind = value.info, value.info.type.kind
    if kind is Kind.INTEGER:
        return _integer(info, value.value, digits or info.type.bits // 4)
    if kind is Kind.BOOLEAN:
        return info.labels.get(int(value.value), "True" if value.value else "False")
    if kind is Kind.BYTES and len(value.value) > LONGEST_BYTES:
        return f"{value.value[:LONGEST_BYTES].hex()}…"
    text = format_value(value)
    return f"{text} seconds" if kind is Kind.RELATIVE_TIME else text


def named(address: bytes, packet: Packet) -> str:
    """Return a MAC address with its name in front, where names are wanted."""
    text = address.hex(":")
    return text if packet.resolve is None else f"{escape(packet.resolve(address))} ({text})"


def is_made(value: Value, layer: Layer) -> bool:
    """Whether a value was computed by the dissection: such lines are in brackets."""
    if value.info.name in PLAIN:
        return False
    return not value.bits or value.info.across or value.info.name in _verdicts(layer.protocol)


def bit_pattern(value: Value, layer: Layer, parent: Value | None, packet: Packet) -> str:
    """Return the bits of the member that a value is some of, ``0100 .... = ``, or nothing where it is whole."""
    bits = masked_fields(layer.schema).get((value.info.name, value.info.type))
    if bits is None or bits.mask is None or value.info.name in LINES_WITHOUT_BITS:
        return ""
    start, width = _container(value, layer, bits.member, bits.size, parent)
    last = start + width
    number = int.from_bytes(packet.data[start // 8 : (last + 7) // 8], "big") >> (-last % 8)
    # The mask ends where the value does, shifted by the zeros that it ends in.
    mask = bits.mask >> bits.shift << (last - value.start - value.bits)
    digits = "".join(str(number >> place & 1) if mask >> place & 1 else "." for place in range(width - 1, -1, -1))
    return " ".join(digits[at : at + 4] for at in range(0, width, 4)) + " = "


def _container(value: Value, layer: Layer, member: str, size: int | None, parent: Value | None) -> tuple[int, int]:
    """Return first bit and number of bits of what a value's pattern is drawn in.

    That is the width of an integer's type, and for a boolean the integer above it or the member it is of.
    """
    if size is not None:
        return value.start // 8 * 8, size * 8
    first, last = (octet * 8 for octet in layer.extents.get(member, (value.start // 8, value.start // 8 + 1)))
    if value.info.type.kind is Kind.BOOLEAN:
        if parent is not None and parent.bits <= 16:
            return parent.start, parent.bits + -(parent.start + parent.bits) % 8
        if not first <= value.start < last:  # the name stands on several members
            return value.start // 8 * 8, 8
        return first, last - first
    width = min(value.info.type.bits, max(last - first, 8))
    start = value.start // 8 * 8
    return (start if start + width <= max(last, start + 8) else last - width), width


def _integer(info: FieldInfo, value: int, digits: int) -> str:
    if info.base is Base.OUI:
        return value.to_bytes(3, "big").hex(":")
    if info.base is Base.DEC_HEX:
        return f"{value} (0x{value:0{digits}x})"
    if info.base is Base.HEX_DEC:
        return f"0x{value:0{digits}x} ({value})"
    plain = f"0x{value:0{digits}x}" if info.base.is_hexadecimal else str(value)
    if not info.labels:
        return plain
    label = info.labels.get(value, "Unknown")
    return label if info.base in (Base.NONE, Base.CUSTOM) else f"{label} ({plain})"


@cache
def _verdicts(protocol: Protocol) -> frozenset[str]:
    """The fields that say what the verification of a checksum found."""
    steps = [step for step in protocol.computed.values() if isinstance(step, InternetChecksum)]
    infos = [info for step in steps for info in (step.status, step.calculated) if info is not None]
    if protocol.trailer is not None and protocol.trailer.fcs_status is not None:
        infos.append(protocol.trailer.fcs_status)
    return frozenset(info.name for info in infos)


LINES_WITHOUT_BITS: frozenset[str] = frozenset({"null.family", "null.type", "tcp.flags"})
"""Fields whose text says all of their bits, or that stand for the whole of what they are some bits of."""
