"""Each frame as a learning switch would see it: for one station, for several, for all, or flooded."""

from __future__ import annotations

from collections.abc import Mapping

from wireproof.analysis.conversation import time_of
from wireproof.analysis.lookup import LIMIT
from wireproof.analysis.mac_table import MacTable
from wireproof.engine.tables import ABSENT, Table
from wireproof.packet import Packet, Value


class SwitchView:
    """The Ethernet frames of a capture, as the packet reader sees them."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._table = MacTable(limit=limit)
        self.tables: Mapping[str, Table] = self._table.tables

    @property
    def dropped(self) -> int:
        """How many stations fell out of the full table."""
        return self._table.dropped

    def see(self, packet: Packet, index: int, *, taken: bool = False) -> None:
        """Take a layer in, and add to it what a switch makes of the frame."""
        layer = packet.layers[index]
        if not (sources := layer["eth.src"]) or not (destinations := layer["eth.dst"]):
            return
        if not taken:
            time, vlan = time_of(packet), packet.first("vlan.id")
            known = None if time == ABSENT else time
            self._table.see((packet.number, known, packet.interface, vlan, sources[0], destinations[0]))
        fields, cast = packet.catalogue.fields, self._table.cast
        layer.values.append(Value(fields["switch.cast"], cast, layer.start * 8, 0))
        layer.values.append(Value(fields["switch.bum"], cast != "unicast", layer.start * 8, 0))
