"""Each frame as a learning switch would see it: for one station, for several, for all, or flooded."""

from __future__ import annotations

from collections.abc import Mapping

from wireproof.analysis.mac_table import MacTable
from wireproof.analysis.table import LIMIT
from wireproof.engine.tables import Table
from wireproof.packet import Packet, Value


class SwitchView:
    """The Ethernet frames of a capture, as the packet reader sees them. Those within others are none of a switch's."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._table = MacTable(limit=limit)

    @property
    def dropped(self) -> int:
        """How many stations fell out of the full table."""
        return self._table.dropped

    @property
    def tables(self) -> Mapping[str, Table]:
        """There is no rule of it in machine code."""
        return {}

    def see(self, packet: Packet, index: int, *, taken: bool = False) -> None:
        """Take a layer in, and add to it what a switch makes of the frame."""
        layer = packet.layers[index]
        if layer.start or not (sources := layer["eth.src"]) or not (destinations := layer["eth.dst"]):
            return
        vlan, source, destination = packet.first("vlan.id"), sources[0], destinations[0]
        cast = self._table.see((packet.number, packet.time, packet.interface, vlan, source, destination))
        fields = packet.catalogue.fields
        layer.values.append(Value(fields["switch.cast"], cast, layer.start * 8, 0))
        layer.values.append(Value(fields["switch.bum"], cast != "unicast", layer.start * 8, 0))
