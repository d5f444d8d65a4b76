"""IEEE 802.2 logical link control and SNAP."""

from __future__ import annotations

from collections.abc import Mapping

from wireproof.output.info.row import Row
from wireproof.output.templates import first_values
from wireproof.packet import Layer, Packet, Value

SHARED = {0x00: "UI", 0x20: "UP", 0x60: "UA", 0x84: "FRMR", 0x8C: "RESET", 0xAC: "XID", 0xE0: "TEST", 0x6C: "SABME"}
COMMANDS = {**SHARED, 0x04: "SIM", 0x0C: "SARM", 0x2C: "SABM", 0x40: "DISC", 0x4C: "SARME", 0x80: "SNRM", 0xCC: "SNRME"}
RESPONSES = {**SHARED, 0x04: "RIM", 0x0C: "DM", 0x2C: "SABM", 0x40: "RD", 0x4C: "SARME", 0x80: "SNRM", 0xCC: "SNRME"}
SNAP = 0xAA
SUPERVISORY = ("RR", "RNR", "REJ", "SREJ")
ORGANISATIONS = {
    0x000000: "Officially Xerox, but 0:0:0:0:0:0 is more common",
    0x00000C: "Cisco Systems, Inc",
    0x0080C2: "IEEE 802.1 Working Group",
    0x080007: "Apple, Inc.",
}


def write(row: Row, layer: Layer, packet: Packet) -> None:
    """Write the form of the frame and its service access points, or SNAP's organisation and protocol."""
    values = first_values(layer)
    row.protocol = "LLC"
    row.info = ""
    if "llc.control" not in values:
        return
    is_response = bool(values["llc.ssap"].value & 1)
    row.info = control_text(values["llc.control"].value, is_response)
    if values["llc.dsap"].value == values["llc.ssap"].value == SNAP:
        row.info += _snap(values["llc.control"].value, layer, packet)
    else:
        row.info += _service_access_points(values)


def control_text(control: int, is_response: bool) -> str:
    """Return the form of a frame with what is numbered or asked in it."""
    final = (" F" if is_response else " P") if control & (0x10 if control & 3 == 3 else 0x100) else ""
    if control & 3 == 3:
        names = RESPONSES if is_response else COMMANDS
        return f"U{final}, func={names.get(control & 0xEC, 'Unknown')}"
    if control & 1:
        return f"S{final}, func={SUPERVISORY[control >> 2 & 3]}, N(R)={control >> 9}"
    return f"I{' P' if final else ''}, N(R)={control >> 9}, N(S)={control >> 1 & 127}"


def _service_access_points(values: Mapping[str, Value]) -> str:
    destination, source = values["llc.dsap"], values["llc.ssap"]
    group = "Group" if destination.value & 1 else "Individual"
    response = "Response" if source.value & 1 else "Command"
    return f"; DSAP {_name(destination)} {group}, SSAP {_name(source)} {response}"


def _name(point: Value) -> str:
    number = point.value & 0xFE
    return point.info.labels.get(number, f"0x{number:02x}")


def _snap(control: int, layer: Layer, packet: Packet) -> str:
    """SNAP is told by the access points alone, whatever the form of the frame."""
    start = layer.start + (3 if control & 3 == 3 else 4)
    header = packet.buffer[start : min(start + 5, layer.end)]
    if len(header) < 5:
        return ""
    return snap_text(int.from_bytes(header[:3], "big"), int.from_bytes(header[3:], "big"))


def snap_text(organisation: int, number: int) -> str:
    """Return SNAP's organisation and protocol."""
    name = ORGANISATIONS.get(organisation, "Unknown")
    return f"; SNAP, OUI 0x{organisation:06X} ({name}), PID 0x{number:04X}"
