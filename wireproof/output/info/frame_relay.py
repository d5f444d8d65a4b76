"""Frame Relay."""

from __future__ import annotations

from wireproof.output.info.llc import control_text, snap_text
from wireproof.output.info.row import Row
from wireproof.output.templates import first_values
from wireproof.packet import Layer, Packet

RESPONSE = 0x02


def write(row: Row, layer: Layer, packet: Packet) -> None:
    """Write the circuit, the form of the frame, and SNAP's organisation and protocol."""
    values = first_values(layer)
    row.protocol, row.info = "FR", ""
    if "fr.dlci" not in values:
        return
    row.info = f"DLCI {values['fr.dlci'].value}"
    if "fr.control" in values:
        is_response = bool(packet.buffer[layer.start] & RESPONSE)
        row.info += f", {control_text(_control(layer, packet), is_response)}"
    number = values.get("fr.snaptype", values.get("fr.snap.pid"))
    if number is not None:
        row.info += snap_text(values["fr.snap.oui"].value, number.value)


def _control(layer: Layer, packet: Packet) -> int:
    """Return the control field with its second octet, the higher one, where it has two and they are there."""
    start, _ = layer.extents["control"]
    first = packet.buffer[start]
    return int.from_bytes(packet.buffer[start : start + (1 if first & 3 == 3 else 2)], "little")
