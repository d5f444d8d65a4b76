"""A layer that carries a piece of something: the piece handed to whoever gathers them, and what became whole added."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Protocol as Shape

from wireproof.dissectors.schema import LengthOf, Protocol, Reassembly, Severity
from wireproof.packet.checksum import BAD
from wireproof.packet.preferences import Preferences
from wireproof.packet.reassembly import Fragment, Whole
from wireproof.packet.tree import Diagnosis, Layer, Packet, Value

OFFSET, MORE = 0x1FFF, 0x2000
UNIT = 8
"""Octets that an offset counts in (RFC 791 section 3.1)."""


class Fragments(Shape):
    """The fragments of the frames before."""

    def take(self, key: Hashable, piece: Fragment, *, is_last: bool, time: int | None) -> Whole | None:
        """Take in a piece; return the datagram if that is whole now."""


def made_whole(packet: Packet, fragments: Fragments, preferences: Preferences) -> tuple[Protocol, int, int] | None:
    """Hand over the piece that the last layer carries, if it does. Return what it makes whole, and its two ends."""
    layer = packet.layers[-1]
    step = layer.protocol.reassembly
    if step is None or step.preference not in preferences or not layer.complete:
        return None
    word = int.from_bytes(_member(packet, layer, step.fragment), "big")
    octets = packet.octets(layer.header_end, layer.end)
    is_there = len(octets) == layer.end - layer.header_end and not _is_cut(layer)
    if not word & (OFFSET | MORE) or not octets or not is_there or _is_bad(layer):
        return None
    piece = Fragment(packet.number, (word & OFFSET) * UNIT, octets, order=len(packet.pieces))
    key = key_of(packet, layer, step)
    found = fragments.take(key, piece, is_last=not word & MORE, time=packet.time)
    packet.pieces.append(layer)
    if found is None:
        return None
    start = packet.gather(found)
    layer.values.extend(_values(packet, found, start))
    if not found.is_sound:
        packet.diagnoses.append(_contradiction(packet, layer))
    number = _member(packet, layer, step.protocol)[0]
    protocol = packet.catalogue.tables[step.table].get(number) or packet.catalogue.protocols[step.fallback]
    return protocol, start, start + len(found.octets)


def key_of(packet: Packet, layer: Layer, step: Reassembly) -> Hashable:
    """Return what the pieces of a datagram have in common, the VLAN among it."""
    members = (step.source, step.destination, step.protocol, step.identification)
    tags = [value for other in packet.layers for value in other["vlan.id"]]
    return b"".join(_member(packet, layer, name) for name in members), tags[-1] if tags else 0


def _member(packet: Packet, layer: Layer, name: str) -> bytes:
    return packet.buffer[slice(*layer.extents[name])]


def _is_cut(layer: Layer) -> bool:
    """Whether a layer says that it is longer than what carries it."""
    lengths = [name for name, made in layer.protocol.computed.items() if made == LengthOf("layer")]
    return any(length > layer.end - layer.start for name in lengths for length in layer[name])


def _is_bad(layer: Layer) -> bool:
    """Whether a checksum of the header was verified, and is wrong."""
    return any(value.value == BAD for value in layer.values if value.info.name.endswith(".checksum.status"))


def _values(packet: Packet, whole: Whole, start: int) -> Iterator[Value]:
    """Yield what Wireshark tells of a datagram and its pieces; one that is wrong has a name of its own."""
    fields = packet.catalogue.fields
    size = len(whole.octets)
    yield Value(fields["ip.fragments"], whole.octets, start * 8, size * 8)
    for piece in whole.pieces:
        end = min(piece.end, size)
        begin = min(piece.offset, end)
        name = "ip.fragment.error" if piece.is_wrong else "ip.fragment"
        yield Value(fields[name], piece.frame, (start + begin) * 8, (end - begin) * 8)
        flags = {
            "ip.fragment.overlap": piece.overlaps,
            "ip.fragment.overlap.conflict": piece.conflict,
            "ip.fragment.multipletails": piece.second_tail,
            "ip.fragment.toolongfragment": piece.too_long,
        }
        for flag, is_set in flags.items():
            if is_set:
                yield Value(fields[flag], True, (start + begin) * 8, 0)
    yield Value(fields["ip.fragment.count"], len(whole.pieces), start * 8, 0)
    yield Value(fields["ip.reassembled.length"], size, start * 8, 0)
    yield Value(fields["ip.reassembled.data"], whole.octets, start * 8, size * 8)


def _contradiction(packet: Packet, layer: Layer) -> Diagnosis:
    """Say that the fragments do not agree, so that nobody can tell what was sent."""
    info = packet.catalogue.fields["ip.reassembled.doubtful"]
    layer.values.append(Value(info, True, layer.start * 8, 0))
    text = "fragments contradict each other: what was sent cannot be told"
    return Diagnosis("rule", layer.protocol.name, text, Severity.WARNING, "Reassemble", info, own=True)
