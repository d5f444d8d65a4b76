"""ICMP echo (RFC 792): which request a reply answers."""

from __future__ import annotations

from collections.abc import Iterator

from wireproof.analysis.conversation import addresses
from wireproof.analysis.table import LIMIT, Table
from wireproof.packet import Layer, Packet, Value

REPLY, REQUEST = 0, 8

_Key = tuple[bytes, bytes, int, int, int]


class Echoes:
    """The echo requests of a capture that wait for a reply. At least the last `limit` are kept."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._waiting: Table[_Key, tuple[int, int | None]] = Table(limit)

    @property
    def dropped(self) -> int:
        """How many requests fell out of the table."""
        return self._waiting.dropped

    def see(self, packet: Packet, index: int) -> None:
        """Note a request, or add to a reply which it answers, after what time. Quotes are neither."""
        layer = packet.layers[index]
        kind = layer["icmp.type"]
        if layer.quoted or kind not in ((REQUEST,), (REPLY,)):
            return
        key = _key(layer, addresses(packet, index))
        if key is None:
            return
        if kind == (REQUEST,):
            self._waiting.put(key, (packet.number, packet.time))
            return
        request = self._waiting.take(key)
        if request is not None:
            names = [value.info.name for value in layer.values]
            place = names.index("icmp.seq_le") + 1 if "icmp.seq_le" in names else len(names)
            layer.values[place:place] = _answer(packet, *request)


def _answer(packet: Packet, number: int, sent: int | None) -> Iterator[Value]:
    """Yield what a reply to that frame, sent at that time, has more."""
    fields = packet.catalogue.fields
    yield Value(fields["icmp.resp_to"], number, 0, 0)
    if sent is not None and packet.time is not None:
        seconds, rest = divmod(packet.time - sent, 10**9)
        yield Value(fields["icmp.resptime"], seconds * 1000 + rest / 10**6, 0, 0)


def _key(layer: Layer, ends: tuple[bytes, bytes]) -> _Key | None:
    """Return what a request and its reply share, or None where the layer is cut.

    A reply is the request but for its type, 0 instead of 8, so that its checksum, a sum in ones' complement, is
    greater by 0x0800 (RFC 1624). This tells replies with other data, or another code, from the right one.
    """
    if not (layer["icmp.checksum"] and layer["icmp.ident"] and layer["icmp.seq"]):
        return None
    checksum = layer["icmp.checksum"][0]
    if layer["icmp.type"] == (REQUEST,):
        checksum += 0x0800
    return min(ends), max(ends), layer["icmp.ident"][0], layer["icmp.seq"][0], checksum % 0xFFFF
