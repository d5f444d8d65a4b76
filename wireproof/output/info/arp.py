"""ARP in all its forms."""

from __future__ import annotations

from collections.abc import Mapping

from wireproof.dissectors.schema import FieldType
from wireproof.output.info.row import Row
from wireproof.output.templates import first_values
from wireproof.output.values import format_value
from wireproof.packet import Layer, Packet, Value

REPLY = 2
MARS_NAMES = {**dict.fromkeys(range(11, 23), "MARS"), 23: "MAPOS"}
NAMES = {
    **dict.fromkeys((3, 4), "RARP"),
    **dict.fromkeys((5, 6, 7), "DRARP"),
    **dict.fromkeys((8, 9), "Inverse ARP"),
    **MARS_NAMES,
}
WHO_IS = "Who is {tha}? Tell {sha}"
FORMS = {
    0: "Reserved opcode 0",
    1: "Who has {tpa}? Tell {spa}",
    2: "{spa} is at {sha}",
    3: WHO_IS,
    4: "{tha} is at {tpa}",
    5: WHO_IS,
    6: "{tha} is at {tpa}",
    7: "DRARP Error",
    8: WHO_IS,
    9: "{sha} is at {spa}",
    10: "ARP NAK",
    24: "Experimental 1 ( opcode 24 )",
    25: "Experimental 2 ( opcode 25 )",
    65535: "Reserved opcode 65535",
}
SENT = {
    11: "MARS request",
    12: "MARS MULTI request",
    13: "MARS MSERV request",
    14: "MARS JOIN request",
    15: "MARS LEAVE",
    16: "MARS NAK",
    17: "MARS UNSERV request",
    18: "MARS SJOIN request",
    19: "MARS SLEAVE",
    20: "MARS grouplist request",
    21: "MARS grouplist reply",
    22: "MARS redirect map",
    23: "MAPOS UNARP request",
}
"""Opcodes whose text goes on with the sender's addresses."""

ATM_NAMES = {**dict.fromkeys((3, 4), "ATMRARP"), **dict.fromkeys((8, 9), "Inverse ATMARP"), **MARS_NAMES}
ATM_FORMS = {
    **{opcode: FORMS[opcode] for opcode in (0, 1, 24, 25, 65535)},
    2: "{spa} is at {sha}{ssa}",
    8: "Who is {tha}{tsa}? Tell {sha}{ssa}",
    9: "{sha}{ssa} is at {spa}",
    10: "I don't know where {spa} is",
}
ADDRESSES = {
    "sha": ("arp.src.hw_mac", "arp.src.hw", "arp.src.hw_ax25", "arp.src.atm_num_e164", "arp.src.atm_num_nsap"),
    "spa": ("arp.src.proto_ipv4", "arp.src.proto"),
    "tha": ("arp.dst.hw_mac", "arp.dst.hw", "arp.dst.hw_ax25", "arp.dst.atm_num_e164", "arp.dst.atm_num_nsap"),
    "tpa": ("arp.dst.proto_ipv4", "arp.dst.proto"),
}
SUBADDRESSES = {"ssa": "arp.src.atm_subaddr", "tsa": "arp.dst.atm_subaddr"}


def write(row: Row, layer: Layer, packet: Packet) -> None:
    """Write who asks for what, or who answers."""
    row.protocol, row.info = "ARP", ""
    if not layer.complete:
        return
    values = first_values(layer)
    opcode = values["arp.opcode"].value
    addresses = {name: _address(values, fields) for name, fields in ADDRESSES.items()}
    if layer.form is not None:
        row.protocol = ATM_NAMES.get(opcode, "ATMARP")
        found = ((name, values.get(field)) for name, field in SUBADDRESSES.items())
        addresses |= {name: f",{format_value(value)}" if value else "" for name, value in found}
        row.info = _atm_form(opcode).format_map(addresses)
        return
    row.protocol = NAMES.get(opcode, "ARP")
    row.info = _form(opcode, values).format_map(addresses)
    told = _doubted(layer, values)
    row.info += f" (duplicate use of {told} detected!)" if told else ""


def _atm_form(opcode: int) -> str:
    if opcode in SENT:
        return SENT[opcode] + " from {sha}{ssa} at {spa}"
    return ATM_FORMS.get(opcode, f"Unknown ATMARP opcode 0x{opcode:04x}")


def _form(opcode: int, values: Mapping[str, Value]) -> str:
    if "arp.isannouncement" in values:
        return "ARP Announcement for {tpa}"
    if "arp.isgratuitous" in values:
        return "Gratuitous ARP for {tpa} " + ("(Request)" if opcode == 1 else "(Reply)")
    if "arp.isprobe" in values:
        return "Who has {tpa}? (ARP Probe)"
    if opcode in SENT:
        return SENT[opcode] + " from {sha} at {spa}"
    return FORMS.get(opcode, f"Unknown ARP opcode 0x{opcode:04x}")


def _address(values: Mapping[str, Value], fields: tuple[str, ...]) -> str:
    value = next((values[name] for name in fields if name in values), None)
    if value is None:
        return "<No address>"
    return value.value.hex() if value.info.type is FieldType.AX25 else format_value(value)


def _doubted(layer: Layer, values: Mapping[str, Value]) -> str:
    """Return the address that two stations claim: of a reply the target's counts, where that is one station's."""
    places = {value.start // 8 for value in layer.values if value.info.name == "arp.duplicate-address-frame"}
    if not places:
        return ""
    mac = values["arp.dst.hw_mac"].value
    is_target = values["arp.opcode"].value == REPLY and "arp.isgratuitous" not in values
    is_target &= any(mac) and not mac[0] & 1 and any(layer["arp.dst.proto_ipv4"])
    member, name = ("tpa", "arp.dst.proto_ipv4") if is_target else ("spa", "arp.src.proto_ipv4")
    return format_value(values[name]) if layer.extents[member][0] in places else ""


def duplicate_text(value: Value, layer: Layer) -> str:
    """Return what the tree says of an address that another station has by the frame that a value names."""
    values = first_values(layer)
    side = "dst" if value.start // 8 == layer.extents["tpa"][0] else "src"
    address, mac = format_value(values[f"arp.{side}.proto_ipv4"]), format_value(values[f"arp.{side}.hw_mac"])
    place = next(at for at, other in enumerate(layer.values) if other is value)
    earlier = format_value(layer.values[place + 1])
    return f"Duplicate IP address detected for {address} ({mac}) - also in use by {earlier} (frame {value.value})"
