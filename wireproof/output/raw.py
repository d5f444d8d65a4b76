"""The octets behind a line of the tree, as JSON, EK and PDML tell them."""

from __future__ import annotations

from wireproof.dissectors.schema import FieldType
from wireproof.output.extents import ONE_OCTET, WITHOUT_MASK, masked
from wireproof.output.hexdump import shown_octets
from wireproof.output.members import bits_of
from wireproof.output.nesting import Node
from wireproof.packet import Packet

NUMBERS = {
    FieldType.NONE: 0,
    FieldType.PROTOCOL: 1,
    FieldType.BOOLEAN: 2,
    FieldType.UINT8: 4,
    FieldType.UINT16: 5,
    FieldType.UINT24: 6,
    FieldType.UINT32: 7,
    FieldType.UINT64: 11,
    FieldType.INT8: 12,
    FieldType.INT16: 13,
    FieldType.INT32: 15,
    FieldType.INT64: 19,
    FieldType.ABSOLUTE_TIME: 24,
    FieldType.RELATIVE_TIME: 25,
    FieldType.STRING: 26,
    FieldType.ETHER: 29,
    FieldType.BYTES: 30,
    FieldType.IPV4: 32,
    FieldType.IPV6: 33,
    FieldType.FRAMENUM: 35,
}
"""Wireshark 4.0's numbers of the types."""


def extent(node: Node) -> tuple[int, int, int]:
    """Return the first octet of a node, the number of its octets, and the mask where it is some bits of them."""
    if node.value is None or not node.value.bits or node.name in WITHOUT_MASK:
        return node.start, node.size, 0
    found = masked(node.value, node.layer, node.parent, bits_of(node.value, node.layer))
    if found is None:
        return node.start, node.size, 0
    if node.name in ONE_OCTET:
        return found.start // 8, 1, found.mask
    if found.start % 8 or found.width % 8:  # drawn within half an octet
        return node.start, node.size, found.mask
    return found.start // 8, found.width // 8, found.mask


def octets(node: Node, packet: Packet) -> str:
    """Return the octets of a node in hexadecimal, or what Wireshark says where it does not show all of them."""
    start, size, _ = extent(node)
    if node.name == "frame" and node.value is None and size > shown_octets(packet):
        return "field length invalid!"
    return packet.buffer[start : start + size].hex()


def number(node: Node, packet: Packet) -> str:
    """Return the number of a masked field in hexadecimal, as it is in its octets."""
    value = node.value
    assert value is not None
    if value.info.type is FieldType.BOOLEAN and value.bits > 1:  # true, whichever of its bits are set
        octets = packet.buffer[value.octets]
        return f"{int.from_bytes(octets, 'big') >> -(value.start + value.bits) % 8 & (1 << value.bits) - 1:X}"
    return f"{int(value.value):X}"


def type_number(node: Node) -> int:
    """Return the number of a node's type."""
    return NUMBERS[FieldType.PROTOCOL if node.value is None else node.value.info.type]
