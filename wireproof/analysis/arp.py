"""What ARP tells over time: addresses of two stations, storms of requests, and addresses that move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wireproof.analysis.arp_duplicates import Duplicate, Duplicates
from wireproof.analysis.arp_event import REQUEST, event_of
from wireproof.analysis.arp_table import ArpTable
from wireproof.analysis.table import LIMIT
from wireproof.dissectors.schema import Severity
from wireproof.dissectors.schema.render import dotted_quad
from wireproof.engine.tables import Table
from wireproof.packet import Diagnosis, Layer, Packet, Value
from wireproof.packet.finish import note

STORM_PACKETS, STORM_PERIOD = 30, 100 * 10**6
"""More requests than these within so many nanoseconds are a storm, as Wireshark has it."""
STORM = f"ARP packet storm detected ({STORM_PACKETS} packets in < {STORM_PERIOD // 10**6} ms)"


class Storms:
    """Counts requests as Wireshark does: from the first of a period on, which a storm ends as well."""

    def __init__(self) -> None:
        self._count = 0
        self._begun: int | None = None

    def see(self, time: int | None) -> bool:
        """Note a request; return whether there is a storm."""
        if time is None:
            return False
        self._count += 1
        if self._begun is None or not 0 <= time - self._begun <= STORM_PERIOD:
            self._count, self._begun = 1, time
        elif self._count > STORM_PACKETS:
            self._count, self._begun = 0, time
            return True
        return False


class ArpOverTime:
    """The ARP packets of a capture, as the packet reader sees them."""

    def __init__(self, limit: int = LIMIT, *, duplicates: bool = True, storms: bool = False) -> None:
        self._tells_duplicates = duplicates
        self._duplicates = Duplicates(limit)
        self._table = ArpTable(limit=limit)
        self._storms = Storms() if storms else None

    @property
    def dropped(self) -> int:
        """How much fell out of its tables."""
        return self._duplicates.dropped + self._table.dropped

    @property
    def tables(self) -> Mapping[str, Table]:
        """There is no rule of it in machine code."""
        return {}

    def see(self, packet: Packet, index: int, *, taken: bool = False) -> None:
        """Take a layer in, and add to it what the packets before it tell."""
        layer = packet.layers[index]
        if not layer.complete or layer.form is not None:
            return
        event, fields = event_of(packet, layer), packet.catalogue.fields
        for duplicate in self._duplicates.see(event) if self._tells_duplicates else ():
            layer.values.extend(_told(packet, layer, duplicate))
        if self._storms is not None and event.operation == REQUEST and self._storms.see(event.time):
            info = fields["arp.packet-storm-detected"]
            layer.values.append(Value(info, True, layer.start * 8, 0))
            note(packet, layer, _said(packet, STORM, info.name, Severity.NOTE))
        if event.source is not None and event.sender_mac is not None and event.source != event.sender_mac:
            layer.values.append(Value(fields["arp.src.differs"], True, layer.start * 8, 0))
        change = self._table.see(event)
        if change is not None:
            layer.values.append(Value(fields["arp.moved"], change.kind, layer.start * 8, 0))
            layer.values.append(Value(fields["arp.moved.from"], change.before, layer.start * 8, 0))


def _told(packet: Packet, layer: Layer, duplicate: Duplicate) -> Iterator[Value]:
    """Yield what is told of an address of two stations, and say so."""
    fields = packet.catalogue.fields
    text = f"Duplicate IP address configured ({dotted_quad(duplicate.address.to_bytes(4, 'big'))})"
    note(packet, layer, _said(packet, text, "arp.duplicate-address-detected", Severity.WARNING))
    start = layer.extents["tpa" if duplicate.is_target else "spa"][0] * 8
    yield Value(fields["arp.duplicate-address-frame"], duplicate.earlier.frame, start, 0)
    yield Value(fields["arp.duplicate-address-mac"], duplicate.earlier.mac, start, 0)
    yield Value(fields["arp.duplicate-address-detected"], True, start, 0)
    yield Value(fields["arp.seconds-since-duplicate-address-frame"], duplicate.seconds, start, 0)


def _said(packet: Packet, text: str, name: str, severity: Severity) -> Diagnosis:
    return Diagnosis("rule", "arp", text, severity, "Sequence", packet.catalogue.fields[name])
