"""One line of the detailed tree: the text of a value, and whether it was made rather than read."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from wireproof.dissectors.schema import Base, FieldInfo, InternetChecksum, Kind, Protocol
from wireproof.output.escape import escape
from wireproof.output.extents import WITHOUT_PATTERN, masked
from wireproof.output.members import bits_of
from wireproof.output.nesting import Node
from wireproof.output.ports import TRANSPORTS, tree_port
from wireproof.output.special import LINES, PLAIN
from wireproof.output.values import format_value
from wireproof.packet import Layer, Packet, Value

LONGEST_BYTES = 36
"""Octets of a byte string that the tree shows before it is cut off."""

LONGEST_OUI = 31
LONGEST_LINE = 239
"""Octets in UTF-8 of a line of the tree, beyond which Wireshark cuts it, to one less."""


def node_line(node: Node, packet: Packet) -> str:
    """Return the line of a node as text prints it: in brackets what was made."""
    text = node_text(node, packet)
    is_bracketed = node.made if node.value is None or node.text else node.made or is_made(node.value, node.layer)
    return f"[{text}]" if is_bracketed else text


def node_text(node: Node, packet: Packet) -> str:
    """Return the words of a node: bits where it is some of a member, title, value."""
    value = node.value
    if value is None or node.text:
        return escape(node.text)
    info, bits = value.info, bits_of(value, node.layer)
    if info.name in LINES and not node.made:
        text = LINES[info.name](value, node.layer, packet)
    elif info.type.kind is Kind.LABEL:
        return escape(info.title)
    elif packet.resolve is not None and info.type.kind is Kind.ETHER:
        text = f"{info.title}: {named(value.value, packet)}"
    elif packet.service is not None and info.base in TRANSPORTS:
        text = f"{info.title}: {tree_port(value, packet)}"
    elif packet.organization is not None and info.base is Base.OUI:
        text = f"{info.title}: {_owned(value.value, packet.organization)}"
    else:
        text = f"{info.title}: {shown(value, (bits.mask.bit_count() + 3) // 4 if bits and bits.mask else None)}"
    if bits is None or info.name in WITHOUT_PATTERN:
        return _cut(text, info.title) if len(text) >= LONGEST_LINE // 4 else text
    found = masked(value, node.layer, node.parent, bits)
    return text if found is None else f"{found.drawn(packet)} = {text}"


def _cut(text: str, title: str) -> str:
    """Return a line that is too long with a word behind its title, cut there where it may end at the latest."""
    if len(text.encode()) <= LONGEST_LINE:
        return text
    marked = f"{title} [truncated]{text.removeprefix(title)}"
    return marked.encode()[: LONGEST_LINE - 1].decode(errors="ignore")


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


def _owned(oui: int, organization: Callable[[int], str | None]) -> str:
    """Return an OUI with its owner, as much of it as Wireshark has room for."""
    text, owner = oui.to_bytes(3, "big").hex(":"), organization(oui)
    return text if owner is None else escape(f"{text} ({owner})"[:LONGEST_OUI])


def is_made(value: Value, layer: Layer) -> bool:
    """Whether a value was computed by the dissection: such lines are in brackets."""
    if value.info.name in PLAIN:
        return False
    return not value.bits or value.info.across or value.info.name in _verdicts(layer.protocol)


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
