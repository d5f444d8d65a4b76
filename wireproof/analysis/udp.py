"""UDP conversations: a stream is the datagrams between two pairs of address and port, in both directions."""

from __future__ import annotations

from typing import NamedTuple

from wireproof.analysis.conversation import Clock, Endpoints, between, time_values
from wireproof.analysis.table import LIMIT, Table
from wireproof.packet import Packet, Value


class _Conversation(NamedTuple):
    stream: int
    clock: Clock


class UdpConversations:
    """The UDP conversations of a capture, numbered from 0 as they begin. At least the `limit` used last are kept."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._table: Table[Endpoints, _Conversation] = Table(limit)

    @property
    def dropped(self) -> int:
        """How many conversations fell out of the table."""
        return self._table.dropped

    def see(self, packet: Packet, index: int) -> None:
        """Add the stream to a layer whose header is whole, and the times unless it is a quote."""
        layer = packet.layers[index]
        if not layer["udp.checksum"]:
            return
        ends, _ = between(packet, index, *layer["udp.srcport"], *layer["udp.dstport"])
        conversation = self._table.get(ends)
        if conversation is None:
            conversation = self._table.begin(ends, lambda number: _Conversation(number, Clock.started(packet.time)))
        added = [Value(packet.catalogue.fields["udp.stream"], conversation.stream, 0, 0)]
        # A quote may begin a conversation, but is no packet of it.
        times = None if layer.quoted else conversation.clock.tick(packet.time)
        if times is not None:
            added += time_values(packet, "udp", times)
        names = [value.info.name for value in layer.values]
        place = names.index("udp.payload") if "udp.payload" in names else len(names)
        layer.values[place:place] = added
