"""What ARP tells over time: addresses of two stations, storms of requests, and addresses that move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wireproof.analysis.arp_addresses import Addresses
from wireproof.analysis.arp_event import event_of
from wireproof.analysis.lookup import LIMIT
from wireproof.analysis.rules.arp_tables import CONFLICT, FAILOVER, STORM_PACKETS, STORM_PERIOD, UNMOVED
from wireproof.dissectors.schema import Severity
from wireproof.dissectors.schema.render import dotted_quad
from wireproof.engine.tables import ABSENT, Table
from wireproof.packet import Diagnosis, Layer, Packet, Value
from wireproof.packet.finish import note

STORM = f"ARP packet storm detected ({STORM_PACKETS} packets in < {STORM_PERIOD // 10**6} ms)"
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
        if not layer.complete or layer.form is not None:
            return
        if not taken:
            self._addresses.see(event_of(packet, layer))
        layer.values.extend(self._told(packet, layer))

    def _told(self, packet: Packet, layer: Layer) -> Iterator[Value]:
        """Yield the values of the first row, and say what is remarkable."""
        found, fields, start = self._addresses.findings, packet.catalogue.fields, layer.start * 8
        for member, frame, seconds, holder in (
            ("spa", found.sender_frame[0], found.sender_seconds[0], found.sender_holder[0]),
            ("tpa", found.target_frame[0], found.target_seconds[0], found.target_holder[0]),
        ):
            if frame != ABSENT:
                yield from _duplicate(packet, layer, member, frame, seconds, holder)
        if found.storm[0]:
            info = fields["arp.packet-storm-detected"]
            yield Value(info, True, start, 0)
            note(packet, layer, _said(packet, STORM, info.name, Severity.NOTE))
        if found.differs[0]:
            yield Value(fields["arp.src.differs"], True, start, 0)
        if found.moved[0] != UNMOVED:
            yield Value(fields["arp.moved"], KINDS[found.moved[0]], start, 0)
            yield Value(fields["arp.moved.from"], found.moved_from[0].to_bytes(6, "big"), start, 0)


def _duplicate(packet: Packet, layer: Layer, member: str, frame: int, seconds: int, holder: int) -> Iterator[Value]:
    """Yield what is told of an address of two stations, and say so."""
    fields = packet.catalogue.fields
    begin, end = layer.extents[member]
    text = f"Duplicate IP address configured ({dotted_quad(packet.buffer[begin:end])})"
    note(packet, layer, _said(packet, text, "arp.duplicate-address-detected", Severity.WARNING))
    start = begin * 8
    yield Value(fields["arp.duplicate-address-frame"], frame, start, 0)
    yield Value(fields["arp.duplicate-address-mac"], holder.to_bytes(6, "big"), start, 0)
    yield Value(fields["arp.duplicate-address-detected"], True, start, 0)
    yield Value(fields["arp.seconds-since-duplicate-address-frame"], seconds, start, 0)


def _said(packet: Packet, text: str, name: str, severity: Severity) -> Diagnosis:
    return Diagnosis("rule", "arp", text, severity, "Sequence", packet.catalogue.fields[name])
