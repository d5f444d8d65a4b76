"""Ethernet, VLAN tags, and link types without a header."""

from __future__ import annotations

from wireproof.dissectors.numbers.encapsulations import LINK_TYPES
from wireproof.output.escape import escape
from wireproof.output.info.row import Row
from wireproof.output.templates import first_values, render
from wireproof.output.values import format_value
from wireproof.packet import Layer, Packet
from wireproof.packet.checksum import BAD, GOOD

ETHERNET = 1
ADDRESSLESS = frozenset({0, 12, 14, 101, 108})
NOWHERE = "N/A"
DELIMITERS = {
    0xD5: "[Express]",
    0x07: "[Verify]",
    0x19: "[Respond]",
    **{number: f"[Continuation fragment: SMD-C{place}]" for place, number in enumerate((0x61, 0x52, 0x9E, 0x2A))},
}
STARTS = {number: f"S{place}" for place, number in enumerate((0xE6, 0x4C, 0x7F, 0xB3))}
FRAGMENT_COUNTS = {number: f"[#{place}]" for place, number in enumerate((0xE6, 0x4C, 0x7F, 0xB3))}
COOKED_SOURCES = ("sll.src.eth", "sll.src.ipv4")


def start(packet: Packet) -> Row:
    """Return the row before any layer has written into it."""
    if packet.link_type in ADDRESSLESS:
        return Row(NOWHERE, NOWHERE, NOWHERE)
    if packet.link_type == ETHERNET:  # an address that is whole shows even where the header is not
        data = packet.data
        destination = station(data[:6], packet) if len(data) >= 6 else ""
        source = station(data[6:12], packet) if len(data) >= 12 else ""
        return Row(source, destination, "Ethernet")
    if packet.link_type not in packet.catalogue.tables["link"]:
        return Row("", "", "UNKNOWN", f"WTAP_ENCAP = {LINK_TYPES.get(packet.link_type, 0)}")
    return Row()


def station(address: bytes, packet: Packet) -> str:
    """Return a MAC address as text, or its name where names are wanted."""
    return address.hex(":") if packet.resolve is None else escape(packet.resolve(address))


def write_ethernet(row: Row, layer: Layer, packet: Packet) -> None:
    """Write the frame's addresses, and what the type or length field says."""
    values = first_values(layer)
    row.source, row.destination = (station(values[name].value, packet) for name in ("eth.src", "eth.dst"))
    row.protocol = "Ethernet"
    if "eth.type" in values:
        row.info = "Ethernet II"
        write_ethertype(row, values["eth.type"].value, packet)
    elif "eth.len" in values:
        row.info = "IEEE 802.3 Ethernet "
    elif "eth.invalid_lentype" in values:
        number = values["eth.invalid_lentype"].value
        row.info = f"Ethernet Unknown: Invalid length/type: 0x{number:04x} ({number})"


def write_cooked(row: Row, layer: Layer, packet: Packet) -> None:
    """Write the sender's address of a cooked capture, which has no other, and whom the packet was for."""
    values = first_values(layer)
    row.source = next((format_value(values[name]) for name in COOKED_SOURCES if name in values), "")
    row.protocol = "SLL"
    kind = values["sll.pkttype"]
    row.info = kind.info.labels.get(kind.value, f"Unknown ({kind.value})")
    if "sll.etype" in values:
        write_ethertype(row, values["sll.etype"].value, packet)


def write_mpacket(row: Row, layer: Layer, packet: Packet) -> None:
    """Write what the start delimiter says of an mPacket."""
    row.protocol = "FPP"
    delimiter = next(iter(layer["fpp.preamble.smd"]), None)
    row.info = DELIMITERS.get(delimiter, "") if delimiter is not None else ""
    if delimiter in STARTS:
        is_good = GOOD in layer["fpp.checksum.status"]
        kind = "Corrupted fragment" if BAD in layer["fpp.checksum.status"] else "Initial fragment"
        row.info = f"[{kind if not layer['fpp.crc32'] else 'Non-fragmented packet'}: SMD-{STARTS[delimiter]}]"
        if is_good and not layer["fpp.crc32"]:  # the addresses are there, but no layer that has them
            octets = next(iter(layer["fpp.mdata"]), b"")
            row.destination, row.source = octets[:6].hex(":"), octets[6:12].hex(":")
    for count in layer["fpp.preamble.frag_count"]:
        row.info += f" {FRAGMENT_COUNTS[count]}" if count in FRAGMENT_COUNTS else ""


def write_vlan(row: Row, layer: Layer, packet: Packet) -> None:
    """Write priority and number of an 802.1Q tag."""
    values = first_values(layer)
    row.protocol = "VLAN"
    row.info = render("PRI: {vlan.priority}  DEI: {vlan.dei}  ID: {vlan.id}", values) or ""
    if "vlan.etype" in values:
        write_ethertype(row, values["vlan.etype"].value, packet)


def write_service_tag(row: Row, layer: Layer, packet: Packet) -> None:
    """Write priority and number of an 802.1ad tag."""
    values = first_values(layer)
    row.protocol = "802.1ad"
    tag = int.from_bytes(packet.buffer[slice(*layer.extents["tci"])], "big")  # the fields come with what is behind it
    row.info = f"PRI: {tag >> 13}  DROP: {tag >> 12 & 1} ID: {tag & 0xFFF}"
    if "ieee8021ah.etype" in values:
        write_ethertype(row, values["ieee8021ah.etype"].value, packet)


def write_ethertype(row: Row, number: int, packet: Packet) -> None:
    """Write the EtherType in place of the protocol where no protocol is known under it."""
    if number in packet.catalogue.tables.get("eth.type", {}):
        return
    row.protocol = f"0x{number:04x}"
    row.info = packet.catalogue.fields["eth.type"].labels.get(number, row.info)
