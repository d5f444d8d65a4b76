"""UDP conversations: adds to each datagram's layer what its conversation tells."""

from __future__ import annotations

from typing import Any

from wireproof.analysis.conversation import choices_of, describe, time_values
from wireproof.analysis.lookup import LIMIT, Lookup
from wireproof.analysis.rules.conversations import FULL, Conversations, Packets, Times
from wireproof.analysis.rules.udp import Datagrams, take_datagram
from wireproof.packet import Packet, Value
from wireproof.packet.preferences import DEFAULT, UDP_TIMES, Preferences


class UdpConversations:
    """The UDP conversations of a capture, numbered from 0 as they begin. The `limit` used last are kept."""

    def __init__(self, limit: int = LIMIT, preferences: Preferences = DEFAULT) -> None:
        self.packets, self.times, self.conversations = Packets(1), Times(1), Conversations(1)
        self.datagrams = Datagrams(1)
        self.lookup = Lookup(limit, (self.conversations, 1))
        self.tables: dict[str, Any] = {
            "packets": self.packets,
            "datagrams": self.datagrams,
            "choices": choices_of(preferences, UDP_TIMES),
            "times": self.times,
            **self.lookup.tables,
            "conversations": self.conversations,
        }

    @property
    def dropped(self) -> int:
        """How many conversations fell out of the table."""
        return self.lookup.dropped

    def see(self, packet: Packet, index: int, *, taken: bool = False) -> None:
        """Add the stream to a layer whose header is whole, and the times unless it is a quote or empty."""
        layer = packet.layers[index]
        if not layer["udp.checksum"]:
            return
        if not taken:
            describe(self.packets, packet, index, (*layer["udp.srcport"], *layer["udp.dstport"]))
            (self.datagrams.length[0],) = layer["udp.length"]
            while take_datagram(row=0, **self.tables) == FULL:
                self.lookup.grow()
        added = [Value(packet.catalogue.fields["udp.stream"], self.times.stream[0], 0, 0)]
        added += time_values(packet, "udp", self.times)
        names = [value.info.name for value in layer.values]
        place = names.index("udp.payload") if "udp.payload" in names else len(names)
        layer.values[place:place] = added
