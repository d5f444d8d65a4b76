"""The data of one conversation, in the order in which it was sent (RFC 9293 section 3.4); what is missing is marked."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from wireproof.analysis.statistics.conversations import End, octets
from wireproof.packet import Layer, Packet

MODULUS = 1 << 32
UDP_HEADER = 8
MOST_OCTETS = 1 << 28
"""Octets of a conversation that are kept."""


class Piece(NamedTuple):
    """What one side has sent in one go: 0 is the side whose packet came first. Of what is `missing`, only how much."""

    side: int
    octets: bytes
    missing: int = 0


@dataclass(slots=True)
class _Side:
    """The number of the next octet, None before the first packet, and segments that came too early, by their number."""

    following: int | None = None
    early: list[tuple[int, bytes]] = field(default_factory=list)


class Follow:
    """Follows the conversation of one number, of TCP or UDP."""

    def __init__(self, protocol: Literal["tcp", "udp"], stream: int) -> None:
        self.protocol, self.stream = protocol, stream
        self.ends: list[End] = []
        self.pieces: list[Piece] = []
        self.dropped = 0
        self._kept = 0
        self._sides = _Side(), _Side()

    def see(self, packet: Packet, chosen: bool = True) -> None:
        """Take a packet in, if it is chosen."""
        for index, layer in enumerate(packet.layers) if chosen else ():
            of_stream = layer.protocol.name == self.protocol and layer[f"{self.protocol}.stream"] == (self.stream,)
            if of_stream and not layer.quoted:
                self._see(packet, layer, packet.layers[index - 1])

    def _see(self, packet: Packet, layer: Layer, carrier: Layer) -> None:
        ports = layer[f"{self.protocol}.srcport"] + layer[f"{self.protocol}.dstport"]
        addresses = [octets(address) for address in carrier["ip.src"][:1] + carrier["ip.dst"][:1]]
        if len(ports) != 2 or len(addresses) != 2:
            return
        source = addresses[0], ports[0]
        if not self.ends:
            self.ends = [source, (addresses[1], ports[1])]
        side = int(source != self.ends[0])
        data = next(iter(layer[f"{self.protocol}.payload"]), b"")
        if self.protocol == "udp":
            length = next(iter(layer["udp.length"]), 0)
            if length >= UDP_HEADER:  # the packet may carry more than that
                data = data[: length - UDP_HEADER]
            if data:
                self._keep(Piece(side, data))
            return
        flags = next(iter(layer["tcp.flags"]), 0)
        raw, acknowledged = next(iter(layer["tcp.seq_raw"]), None), next(iter(layer["tcp.ack_raw"]), 0)
        if raw is None:
            return
        if flags & 0x10:
            self._acknowledged(1 - side, acknowledged)
        self._segment(side, raw, data, is_first=bool(flags & 0x02))

    def _segment(self, side: int, number: int, data: bytes, *, is_first: bool) -> None:
        state = self._sides[side]
        if is_first:
            number = (number + 1) % MODULUS
        if state.following is None or is_first:
            state.following = number
        if not data:
            return
        behind = _distance(state.following, number)
        if behind > 0:
            insort(state.early, (behind + state.following, data))
            return
        self._take(side, data[-behind:])
        self._catch_up(side)

    def _take(self, side: int, data: bytes) -> None:
        """The next octets of a side; none are a segment that was there before."""
        state = self._sides[side]
        assert state.following is not None
        if data:
            state.following += len(data)
            self._keep(Piece(side, data))

    def _catch_up(self, side: int) -> None:
        """Take what came early and is due now."""
        state = self._sides[side]
        assert state.following is not None
        while state.early and state.early[0][0] <= state.following:
            number, data = state.early.pop(0)
            self._take(side, data[state.following - number :] if state.following - number < len(data) else b"")

    def _acknowledged(self, side: int, number: int) -> None:
        """What a side has sent has arrived up to there: if it is not here, the capture has missed it."""
        state = self._sides[side]
        if state.following is None:
            return
        reached = state.following + _distance(state.following, number)
        while state.early and state.early[0][0] < reached:
            self._miss(side, state.early[0][0] - state.following)
            self._catch_up(side)

    def _miss(self, side: int, count: int) -> None:
        state = self._sides[side]
        assert state.following is not None
        if count > 0:
            self._keep(Piece(side, b"", count))
            state.following += count

    def _keep(self, piece: Piece) -> None:
        self._kept += len(piece.octets)
        if self._kept > MOST_OCTETS:
            self.dropped += len(piece.octets)
        else:
            self.pieces.append(piece)

    def end(self) -> None:
        """The capture ends: what still waits for something stands behind what is missing."""
        for side, state in enumerate(self._sides):
            while state.early and state.following is not None:
                self._miss(side, state.early[0][0] - state.following)
                self._catch_up(side)


def _distance(first: int, second: int) -> int:
    """Return how far a sequence number lies behind another one, modulo 2^32."""
    return (second - first + (MODULUS >> 1)) % MODULUS - (MODULUS >> 1)
