"""What the capture tells of a packet beside it: the interface, comments, flags, drops, verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from wireproof.dissectors.frame import (
    COMMENT,
    COMMENT_EXPERT,
    DIRECTION,
    DROP_COUNT,
    FLAGS,
    FLAGS_FIELDS,
    INTERFACE_DESCRIPTION,
    INTERFACE_QUEUE,
    PACKET_ID,
    VERDICT,
    VERDICTS,
)
from wireproof.dissectors.schema import FieldInfo, Severity
from wireproof.packet.tree import Diagnosis, Layer, Packet, Value

if TYPE_CHECKING:
    from wireproof.capture import PacketOptions
    from wireproof.packet.source import Source

_SEEN_FROM_HERE = {1: 1, 2: 0}  # inbound is received, outbound is sent
_DIRECTION_BITS = 3


def add_told(packet: Packet, source: Source) -> None:
    """Add what the capture tells to the frame, at the places where Wireshark shows it; comments get a layer."""
    if source.interface_description is not None:
        _insert(packet, "frame.interface_name", [_made(INTERFACE_DESCRIPTION, source.interface_description)])
    if source.options is not None:
        _add_options(packet, source.options)
    if source.comments:
        _add_comments(packet, source.comments)


def _add_options(packet: Packet, options: PacketOptions) -> None:
    """Each of these stands behind what is nearest to it of the values that every frame of pcapng has."""
    _insert(packet, "frame.encap_type", list(_in_front(options)), behind=False)
    if options.dropped is not None:
        _insert(packet, "frame.cap_len", [_made(DROP_COUNT, options.dropped)])
    direction = (options.flags or 0) & _DIRECTION_BITS
    if direction in _SEEN_FROM_HERE:
        packet.layers[0].values.append(_made(DIRECTION, _SEEN_FROM_HERE[direction]))


def _in_front(options: PacketOptions) -> Iterator[Value]:
    if options.queue is not None:
        yield _made(INTERFACE_QUEUE, options.queue)
    if options.flags is not None:
        yield _made(FLAGS, options.flags)
        for info, mask in FLAGS_FIELDS:
            yield _made(info, (options.flags & mask) // (mask & -mask))
    if options.packet_id is not None:
        yield _made(PACKET_ID, options.packet_id)
    if options.verdicts:
        yield _made(VERDICT, "")
        for kind, found in options.verdicts:
            yield _made(VERDICTS[kind], found)


def _add_comments(packet: Packet, comments: tuple[str, ...]) -> None:
    """Wireshark says each comment once more as expert information."""
    layer = Layer(packet.catalogue.protocols["pkt_comment"], 1, 0, 0, 0, complete=True)
    said = []
    for comment in comments:
        expert = replace(COMMENT_EXPERT)  # one of its own, which tells the diagnoses apart
        said.append(Diagnosis("rule", "pkt_comment", comment, Severity.COMMENT, "Comment", expert))
        layer.values += [_made(COMMENT, comment), Value(expert, True, 0, 0)]
    packet.layers.append(layer)
    packet.diagnoses[:0] = said


def _insert(packet: Packet, name: str, values: list[Value], *, behind: bool = True) -> None:
    known = packet.layers[0].values
    place = next((place for place, value in enumerate(known) if value.info.name == name), None)
    if place is not None:
        known[place + behind : place + behind] = values


def _made(info: FieldInfo, value: int | str | bytes) -> Value:
    return Value(info, value, 0, 0)
