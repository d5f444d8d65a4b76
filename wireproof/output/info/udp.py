"""UDP."""

from __future__ import annotations

from wireproof.output.info.row import Row
from wireproof.output.ports import column_port
from wireproof.output.templates import first_values
from wireproof.packet import Layer, Packet
from wireproof.packet.checksum import BAD


def write(row: Row, layer: Layer, packet: Packet) -> None:
    """Write ports, length, and what is wrong with length or checksum."""
    values = first_values(layer)
    row.protocol = "UDP"
    row.info = " → ".join(column_port(values[name], packet) for name in ("udp.srcport", "udp.dstport"))
    if "udp.length" not in values:
        return
    length = values["udp.length"].value
    if length < 8:
        row.info += f" [BAD UDP LENGTH {length} < 8]"
        return
    if length > layer.end - layer.start:
        row.info += f" [BAD UDP LENGTH {length} > IP PAYLOAD LENGTH]"
    row.info += f" Len={length - 8}"
    if "udp.checksum.status" in values and values["udp.checksum.status"].value == BAD:
        row.info += " [UDP CHECKSUM INCORRECT]"
