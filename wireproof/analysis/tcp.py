"""TCP conversations: finds each segment's, and adds to its layer what the conversation tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wireproof.analysis.conversation import Clock, Endpoints, between, time_values
from wireproof.analysis.table import LIMIT, Table
from wireproof.analysis.tcp_conversation import MODULUS, Completeness, Reading, Segment, TcpConversation
from wireproof.dissectors.schema import Severity
from wireproof.packet import Diagnosis, Layer, Packet, Value

HEAD = (
    "tcp.stream",
    "tcp.completeness",
    "tcp.len",
    "tcp.seq",
    "tcp.seq_raw",
    "tcp.nxtseq",
    "tcp.ack",
    "tcp.ack_raw",
    "tcp.hdr_len",
)
"""The fields in front of the flags, in Wireshark's order."""
CLOSING = {
    True: ("tcp.connection.fin_active", "This frame initiates the connection closing"),
    False: ("tcp.connection.fin_passive", "This frame undergoes the connection closing"),
}
COUNTER_BITS = 3
EDGES = frozenset(f"tcp.options.sack{part}_{edge}" for part in ("", ".dsack") for edge in ("le", "re"))


class TcpConversations:
    """The TCP conversations of a capture, numbered from 0 as they begin. At least the `limit` used last are kept."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._table: Table[Endpoints, TcpConversation] = Table(limit)

    @property
    def dropped(self) -> int:
        """How many conversations fell out of the table."""
        return self._table.dropped

    def see(self, packet: Packet, index: int) -> None:
        """Add what the conversation tells to a layer that reaches up to the window, at least."""
        layer = packet.layers[index]
        if "hdr_len" not in layer.extents:
            _add_quoted_seq(packet, layer)
            return
        segment = _segment(packet, layer)
        ends, sender = between(packet, index, *layer["tcp.srcport"], *layer["tcp.dstport"])
        conversation = self._table.get(ends)
        if conversation is None:
            conversation = self._begin(packet, ends)
        elif conversation.is_replaced_by(segment, sender):
            conversation = self._begin(packet, ends)
            conversation.new = False
            conversation.completeness = Completeness.SYN
        reading = conversation.take(segment, sender, packet.time)
        layer.values[:] = _arranged(packet, layer, reading)

    def _begin(self, packet: Packet, ends: Endpoints) -> TcpConversation:
        return self._table.begin(ends, lambda number: TcpConversation(number, Clock.started(packet.time)))


def _add_quoted_seq(packet: Packet, layer: Layer) -> None:
    """Add the sequence number of a quote that is cut behind it: 8 octets are what must be quoted (RFC 792)."""
    start = layer.start + 4
    octets = packet.buffer[start : start + 4]
    if layer.quoted and len(octets) == 4 and start + 4 <= layer.end:
        seq = int.from_bytes(octets, "big")
        layer.values.append(Value(packet.catalogue.fields["tcp.seq"], seq, start * 8, 32))


def _segment(packet: Packet, layer: Layer) -> Segment:
    """Return what the conversation looks at; from the octets, for a header that is not valid has no fields of them."""
    seq, ack, offset_flags, window = (
        int.from_bytes(packet.buffer[slice(*layer.extents.get(member, (0, 0)))], "big")
        for member in ("seq_raw", "ack_raw", "offset_flags", "window")
    )
    length = layer["tcp.len"]
    shift = layer["tcp.options.wscale.shift"]
    return Segment(
        seq=seq,
        ack=ack,
        flags=offset_flags & 0xFFF,
        window=window,
        length=length[0] if length and not layer.quoted else None,
        valid=bool(layer["tcp.ack_raw"]),
        complete=layer.complete,
        shift=shift[-1] if shift else None,
    )


def _arranged(packet: Packet, layer: Layer, reading: Reading) -> Iterator[Value]:
    """Yield the values of a layer with those of the conversation among them, in Wireshark's order."""
    given = {value.info.name: value for value in layer.values}
    told = {value.info.name: value for value in _told(packet, layer, reading, given)}
    times = time_values(packet, "tcp", reading.times) if reading.times and "tcp.urgent_pointer" in given else []
    closing = list(_closing(packet, layer, reading)) if "tcp.flags" in given else []
    for value in tuple(layer.values):
        name = value.info.name
        if name in HEAD:
            yield from _present(HEAD, given | told)
            given, told = {}, {name: value for name, value in told.items() if name not in HEAD}
        elif name == "tcp.flags.ae" and reading.counter is not None:
            counter = packet.catalogue.fields["tcp.flags.ace"]
            yield Value(counter, reading.counter, value.start, COUNTER_BITS)
            yield value
        elif name in EDGES:
            yield value._replace(value=(value.value - reading.edges_from) % MODULUS)
        elif name == "tcp.payload":
            yield from times
            yield value
            times = []
        else:
            yield value
        if name == "tcp.window_size_value":
            yield from _present(("tcp.window_size", "tcp.window_size_scalefactor"), told)
    yield from times
    yield from closing


def _closing(packet: Packet, layer: Layer, reading: Reading) -> Iterator[Value]:
    """Yield the field that says which side closes the conversation, and say so."""
    if reading.closes is None:
        return
    name, text = CLOSING[reading.closes]
    info = packet.catalogue.fields[name]
    packet.diagnoses.append(Diagnosis("rule", "tcp", text, Severity.NOTE, "Sequence", info))
    yield Value(info, True, layer.start * 8, 0)


def _present(names: Iterable[str], values: dict[str, Value]) -> Iterator[Value]:
    return (values[name] for name in names if name in values)


def _told(packet: Packet, layer: Layer, reading: Reading, given: dict[str, Value]) -> Iterator[Value]:
    """Yield what the conversation tells. Numbers that stand in the header lie where the raw ones do."""
    fields = packet.catalogue.fields
    yield Value(fields["tcp.stream"], reading.stream, 0, 0)
    yield Value(fields["tcp.completeness"], int(reading.completeness), 0, 0)
    start, end = layer.extents["seq_raw"]
    yield Value(fields["tcp.seq"], reading.seq, start * 8, (end - start) * 8)
    if "tcp.ack_raw" not in given:
        return
    if reading.next is not None:
        yield Value(fields["tcp.nxtseq"], reading.next, 0, 0)
    yield given["tcp.ack_raw"]._replace(info=fields["tcp.ack"], value=reading.ack)
    yield Value(fields["tcp.window_size"], reading.window, 0, 0)
    if reading.scale is not None:
        yield Value(fields["tcp.window_size_scalefactor"], reading.scale, 0, 0)
