"""ICMP for IPv4."""

from __future__ import annotations

from wireproof.output.info.row import Row
from wireproof.output.templates import first_values
from wireproof.packet import Layer, Packet

TYPES = {
    0: "Echo (ping) reply",
    1: "Reserved",
    2: "Reserved",
    3: "Destination unreachable",
    4: "Source quench (flow control)",
    5: "Redirect",
    6: "Alternate host address",
    8: "Echo (ping) request",
    9: "Router advertisement",
    10: "Router solicitation",
    11: "Time-to-live exceeded",
    12: "Parameter problem",
    13: "Timestamp request",
    14: "Timestamp reply",
    15: "Information request",
    16: "Information reply",
    17: "Address mask request",
    18: "Address mask reply",
    19: "Reserved (for security)",
    30: "Traceroute",
    31: "Datagram Conversion Error",
    32: "Mobile Host Redirect",
    33: "IPv6 Where-Are-You",
    34: "IPv6 I-Am-Here",
    35: "Mobile Registration Request",
    36: "Mobile Registration Reply",
    37: "Domain Name Request",
    38: "Domain Name Reply",
    39: "SKIP",
    40: "Photuris",
    41: "Experimental mobility protocols",
    42: "Extended Echo request",
    43: "Extended Echo reply",
}
UNKNOWN_TYPE = "Unknown ICMP (obsolete or malformed?)"
CODES = {
    3: (
        "Network unreachable",
        "Host unreachable",
        "Protocol unreachable",
        "Port unreachable",
        "Fragmentation needed",
        "Source route failed",
        "Destination network unknown",
        "Destination host unknown",
        "Source host isolated",
        "Network administratively prohibited",
        "Host administratively prohibited",
        "Network unreachable for TOS",
        "Host unreachable for TOS",
        "Communication administratively filtered",
        "Host precedence violation",
        "Precedence cutoff in effect",
    ),
    5: ("Redirect for network", "Redirect for host", "Redirect for TOS and network", "Redirect for TOS and host"),
    6: ("Alternate address for host",),
    11: ("Time to live exceeded in transit", "Fragment reassembly time exceeded"),
    12: ("Pointer indicates the error", "Required option missing", "Bad length"),
    40: (
        "Bad SPI",
        "Authentication Failed",
        "Decompression Failed",
        "Decryption Failed",
        "Need Authentication",
        "Need Authorization",
    ),
    42: ("No error",),
    43: (
        "No error",
        "Malformed Query",
        "No such Interface",
        "No such Table Entry",
        "Multiple Interfaces satisfy Query",
    ),
}
MOBILE_ADVERTISEMENTS = {0: "Normal router advertisement", 16: "Does not route common traffic"}
HEADER_OCTETS = 6
"""The octets that must be there before tshark says anything: type, code, checksum and half of the rest."""


def write(row: Row, layer: Layer, packet: Packet) -> None:
    """Write type and code, and of a query its identifier and number."""
    row.protocol, row.info = "ICMP", ""
    values = first_values(layer)
    if "icmp.code" not in values or min(layer.end, packet.home(layer.start)[1]) - layer.start < HEADER_OCTETS:
        return
    kind, code = values["icmp.type"].value, values["icmp.code"].value
    name, meaning = type_text(kind, code), code_text(kind, code)
    row.info = f"{name:<20} ({meaning})" if meaning else f"{name:<20}"
    if "icmp.seq" in values:
        number = values["icmp.seq"].value
        swapped = number >> 8 | (number & 0xFF) << 8
        row.info += (
            f" id=0x{values['icmp.ident'].value:04x}, seq={number}/{swapped}, ttl={_time_to_live(layer, packet)}"
        )
    if "icmp.resp_to" in values:
        row.info += f" (request in {values['icmp.resp_to'].value})"
    if "icmp.resp_in" in values:
        row.info += f" (reply in {values['icmp.resp_in'].value})"
    if "icmp.no_resp" in values:
        row.info += " (no response found!)"


def type_text(kind: int, code: int) -> str:
    """Return the name of a type."""
    if kind == 9 and code in MOBILE_ADVERTISEMENTS:
        return "Mobile IP Advertisement"
    return TYPES.get(kind, UNKNOWN_TYPE)


def code_text(kind: int, code: int) -> str | None:
    """Return the meaning of a code, or None where codes of that type mean nothing."""
    if kind == 9:
        return MOBILE_ADVERTISEMENTS.get(code, f"Unknown code: {code}")
    if kind not in CODES:
        return None
    return CODES[kind][code] if code < len(CODES[kind]) else f"Unknown code: {code}"


def _time_to_live(layer: Layer, packet: Packet) -> int:
    carriers = [other for other in packet.layers if other.start < layer.start and other["ip.ttl"]]
    return int(carriers[-1]["ip.ttl"][0]) if carriers else 0
