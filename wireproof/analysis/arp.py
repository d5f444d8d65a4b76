"""What ARP tells over time: addresses of two stations, storms of requests, and addresses that move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wireproof.analysis.arp_addresses import Addresses
from wireproof.analysis.arp_event import ArpEvent, event_of
from wireproof.analysis.lookup import LIMIT
from wireproof.analysis.rules.arp_tables import CONFLICT, FAILOVER, STORM_PACKETS, STORM_PERIOD, UNMOVED
from wireproof.dissectors.schema import Severity
from wireproof.dissectors.schema.render import dotted_quad
from wireproof.engine.tables import ABSENT, Table
from wireproof.packet import Diagnosis, Layer, Packet, Value
from wireproof.packet.finish import note

STORM = f"ARP packet storm detected ({STORM_PACKETS} packets in < {STORM_PERIOD} ms)"
ETHERNET, IPV4 = (b"\0\1", b"\0\6"), (b"\x08\0", b"\0\xcc")
FIXED, SENDER, TARGET = 8, 14, 24
"""Octets in front of the addresses, and where the protocol addresses are in a packet of these."""
KINDS = {FAILOVER: "failover", CONFLICT: "conflict"}


class ArpOverTime:
    """The ARP packets of a capture, as the packet reader sees them."""

    def __init__(self, limit: int = LIMIT, *, duplicates: bool = True, storms: bool = False) -> None:
        self._addresses = Addresses(None, limit, duplicates=duplicates, storms=storms)

    @property
    def dropped(self) -> int:
        """How many addresses fell out of the table."""
        return self._addresses.lookup.dropped

    @property
    def tables(self) -> Mapping[str, Table]:
        """The tables by the names that the rule gives them."""
        return self._addresses.tables

    def see(self, packet: Packet, index: int, *, taken: bool = False) -> None:
        """Take a layer in, and add to it what the packets before it tell."""
        layer = packet.layers[index]
        if not layer["arp.opcode"] or layer.form is not None or not _was_sent_whole(packet, layer):
            return
        if not taken:
            event = event_of(packet, layer)
            self._addresses.see(event if layer.complete else _cut(packet, layer, event), complete=layer.complete)
        layer.values.extend(self._told(packet, layer))

    def _told(self, packet: Packet, layer: Layer) -> Iterator[Value]:
        """Yield the values of the first row, and say what is remarkable."""
        found, fields, start = self._addresses.findings, packet.catalogue.fields, layer.start * 8
        if found.storm[0]:
            info = fields["arp.packet-storm-detected"]
            yield Value(info, True, start, 0)
            note(packet, layer, _said(packet, STORM, info.name, Severity.NOTE))
        for place, frame, seconds, holder in (
            (layer.start + SENDER, found.sender_frame[0], found.sender_seconds[0], found.sender_holder[0]),
            (layer.start + TARGET, found.target_frame[0], found.target_seconds[0], found.target_holder[0]),
        ):
            if frame != ABSENT:
                yield from _duplicate(packet, layer, place, frame, seconds, holder)
        if found.differs[0]:
            yield Value(fields["arp.src.differs"], True, start, 0)
        if found.moved[0] != UNMOVED:
            yield Value(fields["arp.moved"], KINDS[found.moved[0]], start, 0)
            yield Value(fields["arp.moved.from"], found.moved_from[0].to_bytes(6, "big"), start, 0)


def _was_sent_whole(packet: Packet, layer: Layer) -> bool:
    """Whether a packet was as long as it says, even if the capture has less: of others Wireshark tells nothing."""
    sizes = packet.buffer[layer.start + 4 : layer.start + 6]
    return layer.complete or layer.end - layer.start >= FIXED + 2 * sum(sizes)


def _cut(packet: Packet, layer: Layer, event: ArpEvent) -> ArpEvent:
    """Return the event of a packet of which not all is there, with the sender, where that is."""
    octets = packet.buffer[layer.start : min(layer.end, len(packet.data))]
    is_usual = octets[:2] in ETHERNET and octets[2:4] in IPV4 and octets[4:6] == b"\x06\x04"
    if not is_usual or len(octets) < SENDER + 4:
        return event._replace(sender_mac=None, sender=None)
    return event._replace(sender_mac=octets[FIXED:SENDER], sender=int.from_bytes(octets[SENDER : SENDER + 4], "big"))


def _duplicate(packet: Packet, layer: Layer, place: int, frame: int, seconds: int, holder: int) -> Iterator[Value]:
    """Yield what is told of an address of two stations, and say so."""
    fields = packet.catalogue.fields
    text = f"Duplicate IP address configured ({dotted_quad(packet.buffer[place : place + 4])})"
    note(packet, layer, _said(packet, text, "arp.duplicate-address-detected", Severity.WARNING))
    start = place * 8
    yield Value(fields["arp.duplicate-address-frame"], frame, start, 0)
    yield Value(fields["arp.duplicate-address-mac"], holder.to_bytes(6, "big"), start, 0)
    yield Value(fields["arp.duplicate-address-detected"], True, start, 0)
    yield Value(fields["arp.seconds-since-duplicate-address-frame"], seconds, start, 0)


def _said(packet: Packet, text: str, name: str, severity: Severity) -> Diagnosis:
    return Diagnosis("rule", "arp", text, severity, "Sequence", packet.catalogue.fields[name])
