"""ICMP echo (RFC 792): adds to each reply which request it answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wireproof.analysis.conversation import addresses, time_of
from wireproof.analysis.lookup import LIMIT, Lookup
from wireproof.analysis.rules.conversations import FULL
from wireproof.analysis.rules.echo import REPLY, REQUEST, Answers, Messages, Requests, take_message
from wireproof.analysis.rules.entries import NONE
from wireproof.engine.tables import ABSENT
from wireproof.packet import Layer, Packet, Value


class Echoes:
    """The echo requests of a capture that wait for a reply. The last `limit` are kept."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.messages, self.answers, self.requests = Messages(1), Answers(1), Requests(1)
        self.lookup = Lookup(limit, (self.requests, 1))
        self.tables: dict[str, Any] = {
            "messages": self.messages,
            "answers": self.answers,
            **self.lookup.tables,
            "requests": self.requests,
        }

    @property
    def dropped(self) -> int:
        """How many requests fell out of the table."""
        return self.lookup.dropped

    def see(self, packet: Packet, index: int, *, taken: bool = False) -> None:
        """Note a request, or add to a reply which it answers, after what time. Quotes are neither."""
        layer = packet.layers[index]
        if layer.quoted or layer["icmp.type"] not in ((REQUEST,), (REPLY,)):
            return
        if not taken:
            if not self._describe(packet, index):
                return
            while take_message(row=0, **self.tables) == FULL:
                self.lookup.grow()
        if self.answers.frame[0] != NONE:
            names = [value.info.name for value in layer.values]
            place = names.index("icmp.seq_le") + 1 if "icmp.seq_le" in names else len(names)
            layer.values[place:place] = self._answer(packet)

    def _describe(self, packet: Packet, index: int) -> bool:
        """Fill the row of messages; return whether the layer has what it needs, and is not cut."""
        layer, messages = packet.layers[index], self.messages
        if not (layer["icmp.checksum"] and layer["icmp.ident"] and layer["icmp.seq"]):
            return False
        messages.frame[0] = packet.number
        messages.time[0] = time_of(packet)
        messages.source[0], messages.destination[0] = addresses(packet, index)
        messages.type[0] = _first(layer, "icmp.type")
        messages.ident[0], messages.seq[0] = _first(layer, "icmp.ident"), _first(layer, "icmp.seq")
        messages.checksum[0] = _first(layer, "icmp.checksum")
        return True

    def _answer(self, packet: Packet) -> Iterator[Value]:
        """Yield what the reply has more."""
        fields = packet.catalogue.fields
        yield Value(fields["icmp.resp_to"], self.answers.frame[0], 0, 0)
        if self.answers.after[0] != ABSENT:
            after = self.answers.after[0]
            seconds, rest = divmod(abs(after), 10**9)
            milliseconds = seconds * 1000 + rest / 10**6
            yield Value(fields["icmp.resptime"], -milliseconds if after < 0 else milliseconds, 0, 0)


def _first(layer: Layer, name: str) -> int:
    return int(layer[name][0])
