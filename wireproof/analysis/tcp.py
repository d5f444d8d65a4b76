"""TCP conversations: finds each segment's, and adds to its layer what the conversation tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from wireproof.analysis.conversation import choices_of, describe, time_values
from wireproof.analysis.lookup import LIMIT, Lookup
from wireproof.analysis.rules.conversations import FULL, TAKEN, Conversations, Packets, Times
from wireproof.analysis.rules.tcp import take_segment
from wireproof.analysis.rules.tcp_tables import MODULUS, Endings, Readings, Remarks, Segments, Sides, Streams
from wireproof.analysis.rules.unacknowledged import Pool, Waiting
from wireproof.analysis.tcp_remarks import fast_open_values, remark_values, repeats
from wireproof.dissectors.schema import Severity
from wireproof.dissectors.tcp_analysis import FAST_OPEN, SEGMENT_DATA
from wireproof.engine.tables import ABSENT
from wireproof.packet import Diagnosis, Layer, Packet, Value
from wireproof.packet.finish import note
from wireproof.packet.preferences import ANALYZE, DEFAULT, RELATIVE, TCP_TIMES, Preferences

HEAD = (
    "tcp.stream",
    "tcp.completeness",
    "tcp.src.state",
    "tcp.dst.state",
    "tcp.len",
    "tcp.seq",
    "tcp.seq_raw",
    "tcp.nxtseq",
    "tcp.ack",
    *(info.name for info in FAST_OPEN.values()),
    "tcp.ack_raw",
    "tcp.hdr_len",
)
"""The fields in front of the flags, in Wireshark's order."""
QUOTED_HEAD = ("tcp.seq", *(name for name in HEAD if name != "tcp.seq"))
"""The same of a segment that an error message quotes."""
CLOSING = {
    True: ("tcp.connection.fin_active", "This frame initiates the connection closing"),
    False: ("tcp.connection.fin_passive", "This frame undergoes the connection closing"),
}
FINISHES = "tcp.connection.fin"
"""What is said of a FIN, behind which it is said which side closes."""
COUNTER_BITS = 3
FLAGS = 0xFFF
SEGMENTS = 1 << 20
"""Segments that wait for an acknowledgment at most, in all conversations: they take 28 MB."""
FEW = 1 << 8
EDGES = frozenset(f"tcp.options.sack{part}_{edge}" for part in ("", ".dsack") for edge in ("le", "re"))
TOUCHED = EDGES.union(HEAD, ("tcp.flags.ae", "tcp.payload", "tcp.window_size_value"))
"""Fields that are said anew, or that others go in front of or behind."""


class TcpConversations:
    """The TCP conversations of a capture, numbered from 0 as they begin.

    The `limit` used last are kept, with up to so many `segments` that wait for an acknowledgment: those of the
    conversations that were silent for longest are forgotten, `pool.dropped` of them.
    """

    def __init__(
        self,
        limit: int = LIMIT,
        segments: int = SEGMENTS,
        preferences: Preferences = DEFAULT,
        endings: Endings | None = None,
        *,
        known: bool = False,
    ) -> None:
        """With `endings`, those of the first conversations are noted there, or, where they are `known`, told."""
        choices = choices_of(preferences, TCP_TIMES)
        choices.endings[0] = 0 if endings is None else endings.rows
        choices.known[0] = known
        self.is_relative = RELATIVE in preferences and ANALYZE in preferences
        self.packets, self.segments = Packets(1), Segments(1)
        self.times, self.readings = Times(1), Readings(1)
        self.conversations, self.streams, self.sides = Conversations(1), Streams(1), Sides(1)
        self.remarks, self.pool, self.waiting = Remarks(1), Pool(1), Waiting(1)
        self.lookup = Lookup(limit, (self.conversations, 1), (self.streams, 1), (self.sides, 2))
        self.pool.limit[0] = segments
        self._grow_pool()
        self.tables: dict[str, Any] = {
            "packets": self.packets,
            "segments": self.segments,
            "choices": choices,
            "times": self.times,
            "readings": self.readings,
            **self.lookup.tables,
            "conversations": self.conversations,
            "streams": self.streams,
            "sides": self.sides,
            "remarks": self.remarks,
            "pool": self.pool,
            "waiting": self.waiting,
            "endings": endings or Endings(1),
        }

    @property
    def dropped(self) -> int:
        """How many conversations fell out of the table."""
        return self.lookup.dropped

    def see(self, packet: Packet, index: int, *, taken: bool = False) -> None:
        """Add what the conversation tells to a layer that reaches up to the window, at least."""
        layer = packet.layers[index]
        if "hdr_len" not in layer.extents:
            _add_quoted_seq(packet, layer)
            return
        if not taken:
            describe(self.packets, packet, index, (*layer["tcp.srcport"], *layer["tcp.dstport"]))
            _describe(self.segments, packet, layer)
            while (answer := take_segment(row=0, **self.tables)) != TAKEN:
                self.grow(answer)
        packet.is_relative = self.is_relative
        layer.values[:] = _arranged(packet, layer, self)

    def grow(self, answer: int) -> None:
        """Make room for twice as many of what the rule answered that there is too little room for."""
        if answer == FULL:
            self.lookup.grow()
        else:
            self._grow_pool()

    def _grow_pool(self) -> None:
        """Make room for twice as many segments that wait, up to the limit."""
        rows = min(self.pool.limit[0] + 1, max(2 * self.waiting.rows, FEW))
        self.waiting.grow(rows)
        self.pool.room[0] = rows


def _add_quoted_seq(packet: Packet, layer: Layer) -> None:
    """Add the sequence number of a quote that is cut behind it: 8 octets are what must be quoted (RFC 792)."""
    start = layer.start + 4
    octets = packet.buffer[start : start + 4]
    if layer.quoted and len(octets) == 4 and start + 4 <= layer.end:
        seq = int.from_bytes(octets, "big")
        layer.values.append(Value(packet.catalogue.fields["tcp.seq"], seq, start * 8, 32))


def _describe(segments: Segments, packet: Packet, layer: Layer) -> None:
    """Fill the first row; from the octets, for a header that is not valid has no fields of them."""
    seq, ack, offset_flags, window = (
        int.from_bytes(packet.buffer[slice(*layer.extents.get(member, (0, 0)))], "big")
        for member in ("seq_raw", "ack_raw", "offset_flags", "window")
    )
    length, shift = layer["tcp.len"], layer["tcp.options.wscale.shift"]
    segments.seq[0], segments.ack[0], segments.window[0] = seq, ack, window
    segments.flags[0] = offset_flags & FLAGS
    segments.length[0] = length[0] if length and not layer.quoted else ABSENT
    segments.valid[0] = bool(layer["tcp.ack_raw"])
    segments.complete[0] = layer.complete
    segments.shift[0] = shift[-1] if shift else ABSENT
    segments.left_edges[0] = sum(layer["tcp.options.sack_le"])
    segments.right_edges[0] = sum(layer["tcp.options.sack_re"])
    segments.cookie[0] = bool(layer["tcp.options.tfo.cookie"])


def _arranged(packet: Packet, layer: Layer, tables: TcpConversations) -> Iterator[Value]:
    """Yield the values of a layer with those of the conversation among them, in Wireshark's order."""
    times, readings, remarks = tables.times, tables.readings, tables.remarks
    given = {value.info.name: value for value in layer.values}
    told = {value.info.name: value for value in _told(packet, layer, times, readings, given)}
    closing = list(_closing(packet, layer, readings.closes[0])) if "tcp.flags" in given else []
    behind: list[Value] = []
    if "tcp.urgent_pointer" in given:
        behind += time_values(packet, "tcp", times)
        if layer.complete:
            behind += remark_values(packet, layer, remarks)
    for value in tuple(layer.values):
        name = value.info.name
        if name not in TOUCHED:
            yield value
        elif name in HEAD:
            yield from _present(QUOTED_HEAD if layer.quoted else HEAD, given | told)
            given, told = {}, {name: value for name, value in told.items() if name not in HEAD}
        elif name == "tcp.flags.ae" and readings.counter[0] != ABSENT:
            counter = packet.catalogue.fields["tcp.flags.ace"]
            yield Value(counter, readings.counter[0], value.start, COUNTER_BITS)
            yield value
        elif name in EDGES:
            yield value._replace(value=(value.value - readings.edges_from[0]) % MODULUS)
        elif name == "tcp.payload":
            yield from behind
            yield value
            behind = [value._replace(info=SEGMENT_DATA)] if repeats(packet, layer, remarks) else []
        else:
            yield value
        if name == "tcp.window_size_value":
            yield from _present(("tcp.window_size", "tcp.window_size_scalefactor"), told)
    yield from behind
    yield from closing


def _closing(packet: Packet, layer: Layer, closes: int) -> Iterator[Value]:
    """Yield the field that says which side closes the conversation, and say so."""
    if closes == ABSENT:
        return
    name, text = CLOSING[bool(closes)]
    info = packet.catalogue.fields[name]
    said = Diagnosis("rule", "tcp", text, Severity.NOTE, "Sequence", info)
    names = ("" if each.field is None or layer.quoted else each.field.name for each in packet.diagnoses)
    fin = next((at for at, each in enumerate(names, 1) if each == FINISHES), None)
    if fin is None:
        note(packet, layer, said)
    else:
        packet.diagnoses.insert(fin, said)
    yield Value(info, True, layer.start * 8, 0)


def _present(names: Iterable[str], values: dict[str, Value]) -> Iterator[Value]:
    return (values[name] for name in names if name in values)


def _told(packet: Packet, layer: Layer, times: Times, readings: Readings, given: dict[str, Value]) -> Iterator[Value]:
    """Yield what the conversation tells. Numbers that stand in the header lie where the raw ones do."""
    fields = packet.catalogue.fields
    yield Value(fields["tcp.stream"], times.stream[0], 0, 0)
    yield Value(fields["tcp.completeness"], readings.completeness[0], 0, 0)
    if readings.next[0] != ABSENT:
        yield Value(fields["tcp.src.state"], readings.source_state[0], 0, 0)
        yield Value(fields["tcp.dst.state"], readings.destination_state[0], 0, 0)
    start, end = layer.extents["seq_raw"]
    yield Value(fields["tcp.seq"], readings.seq[0], start * 8, (end - start) * 8)
    if "tcp.ack_raw" not in given:
        return
    if readings.next[0] != ABSENT:
        yield Value(fields["tcp.nxtseq"], readings.next[0], 0, 0)
    yield given["tcp.ack_raw"]._replace(info=fields["tcp.ack"], value=readings.ack[0])
    yield from fast_open_values(packet, layer, readings)
    yield Value(fields["tcp.window_size"], readings.window[0], 0, 0)
    if readings.scale[0] != ABSENT:
        yield Value(fields["tcp.window_size_scalefactor"], readings.scale[0], 0, 0)
