"""What each protocol writes into the columns of the packet list.

A protocol's `Summary` is the rule. Where its templates cannot say what tshark writes, a function stands here under the
protocol's name: it gets the row as the layers below left it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wireproof.output.info import arp, frame_relay, icmp, ipv4, link, llc, tcp, udp
from wireproof.output.info.row import Row
from wireproof.output.templates import first_values, render
from wireproof.packet import Layer, Packet

WRITERS: Mapping[str, Callable[[Row, Layer, Packet], None]] = {
    "arp": arp.write,
    "eth": link.write_ethernet,
    "fpp": link.write_mpacket,
    "fr": frame_relay.write,
    "icmp": icmp.write,
    "ieee8021ad": link.write_service_tag,
    "ip": ipv4.write,
    "llc": llc.write,
    "sll": link.write_cooked,
    "tcp": tcp.write,
    "udp": udp.write,
    "vlan": link.write_vlan,
}
SILENT = frozenset({"sll", "tcp", "udp"})
"""Protocols that write nothing before they have read their first field."""

MARKS = {"malformed": "[Malformed Packet]", "short": "[Packet size limited during capture]"}


def row_of(packet: Packet) -> Row:
    """Return the columns of a packet as its layers write them, one over the other."""
    row = link.start(packet)
    for layer in packet.layers:
        if layer.quoted:
            continue
        writer = WRITERS.get(layer.protocol.name)
        if writer is not None:
            writer(row, layer, packet)
        elif layer.protocol.summary.protocol is not None or layer.protocol.summary.info is not None:
            _write_summary(row, layer)
    if packet.diagnoses:
        _write_unread(row, packet)
        row.info += "".join(dict.fromkeys(MARKS[d.kind] for d in packet.diagnoses if d.kind in MARKS))
    return row


def _write_summary(row: Row, layer: Layer) -> None:
    """Write what the templates of the protocol's summary say."""
    summary, values = layer.protocol.summary, first_values(layer)
    if summary.protocol is not None:
        row.protocol = render(summary.protocol, values) or row.protocol
    if summary.info is not None:
        row.info = render(summary.info, values) or row.info


def _write_unread(row: Row, packet: Packet) -> None:
    """Write the name of a protocol that was tried last, and had too few octets for its first field."""
    path = "".join(packet["frame.protocols"]).split(":")
    name = path[-1]
    read = [layer for layer in packet.layers if not layer.protocol.name.startswith("_ws.")]
    if path.count(name) == sum(layer.bears(name) for layer in read) or (read and read[-1].quoted):
        return
    protocol = packet.catalogue.protocols.get(name)
    if protocol is not None and protocol.form_of:
        protocol = packet.catalogue.protocols.get(protocol.form_of)
    if protocol is not None and name not in SILENT:
        row.protocol, row.info = protocol.summary.protocol or row.protocol, ""
