"""What is known of a packet only when all its layers are read: checksums, trailers, and what is said of the whole."""

from __future__ import annotations

import zlib
from collections.abc import Container, Iterator, Sequence
from typing import Any

from wireproof.dissectors.diagnosis import GROUPS
from wireproof.dissectors.schema import FieldInfo, InternetChecksum, LengthOf, Protocol, Rule, Trailer
from wireproof.packet.checksum import ALL_ONES, BAD, GOOD, NOT_PRESENT, UNVERIFIED, internet_checksum, pseudo_header
from wireproof.packet.tree import Diagnosis, Layer, Packet, Value

FCS_OCTETS = 4
PSEUDO = frozenset({"_ws.expert", "_ws.malformed", "_ws.short", "_ws.unreassembled"})
"""Layers that stand for what is said of the packet."""
GROUP_NUMBERS = {name: number for number, name in GROUPS.items()}


def verify_checksums(packet: Packet, index: int, switched_on: Container[str]) -> list[tuple[int, Diagnosis]]:
    """Add the status of a layer's checksums behind them, and the sum that each should be where it was computed.

    Return what is to be said of those that are wrong, with the place among the layer's values where they stood before
    anything was added. They are declared in the order in which they stand.
    """
    said: list[tuple[int, Diagnosis]] = []
    values = packet.layers[index].values
    before = len(values)
    for name, step in packet.layers[index].protocol.computed.items():
        if isinstance(step, InternetChecksum):
            added = len(values) - before
            said += [(place - added, diagnosis) for place, diagnosis in _verify(packet, index, name, step, switched_on)]
    return said


def _verify(
    packet: Packet, index: int, name: str, step: InternetChecksum, switched_on: Container[str]
) -> Iterator[tuple[int, Diagnosis]]:
    layer = packet.layers[index]
    place = next((place for place, value in enumerate(layer.values) if value.info.name == name), None)
    if place is None:
        return
    given = layer.values[place]
    added = [Value(step.status, UNVERIFIED, given.start, given.bits)]
    if step.optional and given.value == 0:
        added = [Value(step.status, NOT_PRESENT, given.start, given.bits)]
    elif (
        layer.partial and step.extent == "layer" and step.lead is None
    ):  # of a sum over octets that other fragments have
        pass
    elif (step.preference is None or step.preference in switched_on) and (step.quoted or not layer.quoted):
        right = _expected(packet, index, step, given)
        if right is not None:
            rule = step.bad
            if right == 0 and given.value == ALL_ONES:
                rule = step.all_ones
                right = ALL_ONES if rule is None else right
            status = GOOD if right == given.value else BAD
            added = [Value(step.status, status, given.start, given.bits)]
            if step.calculated is not None:
                added.append(Value(step.calculated, right, given.start, given.bits))
            if status == BAD and rule is not None:
                yield place + 1, broken(layer.protocol, rule, rule.message.format(right=right))
    layer.values[place + 1 : place + 1] = added


def _expected(packet: Packet, index: int, step: InternetChecksum, given: Value) -> int | None:
    """Return the checksum that the layer should carry, or None where its octets are not all there."""
    layer = packet.layers[index]
    end = _header_end(layer) if step.extent == "header" else layer.end
    if (
        end is None
        or end > min(layer.end, packet.home(layer.start)[1])
        or (step.extent == "layer" and _claims_more(layer))
    ):
        return None
    start = layer.start if step.lead is None else given.start // 8 - step.lead
    data = bytearray(packet.buffer[start:end])
    at = given.start // 8 - start
    data[at : at + 2] = b"\0\0"
    head = b""
    if step.pseudo_header:
        carrier = packet.layers[index - 1]
        declared = carrier.protocol.pseudo_header
        if declared is None:
            return None
        source, destination, protocol = (
            packet.buffer[slice(*carrier.extents[member])]
            for member in (declared.source, declared.destination, declared.protocol)
        )
        head = pseudo_header(source, destination, protocol[0], len(data))
    return internet_checksum(head + bytes(data), never_zero=step.optional)


def _header_end(layer: Layer) -> int | None:
    """Return where the header ends by its own account, or else where it was read to, None if that is not all of it."""
    for name, step in layer.protocol.computed.items():
        if isinstance(step, LengthOf) and step.extent == "header":
            return layer.start + next(iter(layer[name]), 0)
    return layer.header_end if layer.complete else None


def _claims_more(layer: Layer) -> bool:
    """Whether a length field of the layer says that there is more of it than there is."""
    for name, step in layer.protocol.computed.items():
        if isinstance(step, LengthOf) and step.extent == "layer":
            return any(length > layer.end - layer.start for length in layer[name])
    return False


def add_trailers(packet: Packet, switched_on: Container[str]) -> None:
    """Add padding, trailer and frame check sequence to the innermost layer that has a place for them.

    A check sequence that the capture tells of is the outermost layer's in any case.
    """
    for index in range(len(packet.layers) - 1, -1, -1):
        layer = packet.layers[index]
        if layer.protocol.trailer is None or not layer.complete or layer.quoted or packet.home(layer.start)[0]:
            continue
        start, end = _claimed_end(packet.layers, index), _room(packet)[1]
        outer = packet.layers[1]
        content_end = packet.content_end(outer.protocol, outer.start, outer.end)
        if outer.complete and outer.header_end <= content_end < outer.end and outer.protocol.trailer is not None:
            start = content_end if start is None else min(start, content_end)
            if outer is not layer:
                _add_trailer(packet, layer, start, content_end, switched_on)
                layer, start = outer, content_end
        if start is not None:
            _add_trailer(packet, layer, start, end, switched_on)
        return


def _room(packet: Packet) -> tuple[int, int]:
    """Return where the outermost layer that has a place for a trailer begins and ends."""
    found = next(layer for layer in packet.layers if layer.protocol.trailer is not None)
    return found.start, min(found.end, packet.length)


def _claimed_end(layers: Sequence[Layer], index: int) -> int | None:
    """Return where what the layer carries ends by its own account, or None where nobody says."""
    if layers[index].payload_end is not None:
        return layers[index].payload_end
    for inner in layers[index + 1 :]:
        if not inner.complete and inner.payload_end is None:
            return None
        if inner.protocol.extent is not None or inner.payload_end is not None:
            return inner.end if inner.payload_end is None else inner.payload_end
    return None


def _add_trailer(packet: Packet, layer: Layer, start: int, last: int, switched_on: Container[str]) -> None:
    """Add what lies between two places of the frame, the latter of which may not have been captured."""
    captured, trailer = len(packet.data), layer.protocol.trailer
    if trailer is None:
        return
    if layer.payload_end is not None and (captured < start or (trailer.fcs is not None and captured == start < last)):
        _cut_payload(packet, layer, start)
    if start >= min(last, captured):
        return
    bad_padding: Rule | None = None
    minimum = _room(packet)[0] + trailer.minimum
    if last - FCS_OCTETS * (_told_check(packet, layer) == FCS_OCTETS) >= minimum > start:
        if any(packet.data[start:minimum]):
            bad_padding = trailer.bad_padding
        elif captured < minimum:  # padding is all or nothing, and complains; a trailer is what there is of it
            message, part = "Packet size limited during capture", trailer.padding.name
            wanted, there = minimum - layer.start, captured - layer.start
            # What carries a length adds its trailer itself, what carries a type leaves that to what all those share.
            name = "ethertype" if layer.payload_end is None else layer.protocol.name
            packet.diagnoses.append(Diagnosis("short", name, message, part=part, expected=wanted, available=there))
            return
        else:
            _add(packet, layer, trailer.padding, start, minimum)
            start = minimum
    has_fcs = trailer.fcs is not None and _has_check(packet, layer, start, last)
    stop = min(last - FCS_OCTETS if has_fcs else last, captured)
    if stop > start:
        _add(packet, layer, trailer.trailer, start, stop)
        if bad_padding is not None:
            _note(packet, layer, bad_padding, bad_padding.message)
    if has_fcs and trailer.fcs is not None:
        if captured < last:
            _cut_check(packet, layer, trailer.fcs, last)
            return
        _add_check(packet, layer, trailer, stop, trailer.check in switched_on)


def _add_check(packet: Packet, layer: Layer, trailer: Trailer, start: int, is_verified: bool) -> None:
    """Add the check sequence that begins there, and what is known of it."""
    if trailer.fcs is None or trailer.fcs_status is None:
        return
    given, status = int.from_bytes(packet.data[start : start + FCS_OCTETS], "big"), UNVERIFIED
    if is_verified:
        # The CRC of IEEE 802.3 section 3.2.9, sent with its first octet first, is shown in the order of the octets.
        right = int.from_bytes(zlib.crc32(packet.data[layer.start : start]).to_bytes(FCS_OCTETS, "little"), "big")
        status = GOOD if given == right else BAD
    layer.values.append(Value(trailer.fcs, given, start * 8, 32))
    if status == BAD and trailer.bad_fcs is not None:
        _note(packet, layer, trailer.bad_fcs, trailer.bad_fcs.text({"right": right}))
    layer.values.append(Value(trailer.fcs_status, status, start * 8, 32))


def _note(packet: Packet, layer: Layer, rule: Rule, text: str) -> None:
    note(packet, layer, broken(layer.schema, rule, text))
    layer.values.append(Value(rule.field, True, layer.start * 8, 0))


def note(packet: Packet, layer: Layer, diagnosis: Diagnosis) -> None:
    """Add a diagnosis of a layer, behind those of the layers up to it, which come first in the tree."""
    known = {other.schema.name for other in packet.layers[: packet.layers.index(layer) + 1]}
    deeper = (place for place, d in enumerate(packet.diagnoses) if d.kind != "rule" or d.layer not in known)
    packet.diagnoses.insert(next(deeper, len(packet.diagnoses)), diagnosis)


def broken(protocol: Protocol, rule: Rule, text: str) -> Diagnosis:
    """Return what is said of a rule that a layer breaks."""
    severity, group, standard = rule.severity, rule.group, protocol.reference
    return Diagnosis(
        "rule", protocol.name, text, severity, group, rule.field, own=rule.own, rule=rule, standard=standard
    )


def _told_check(packet: Packet, layer: Layer) -> int | None:
    """Return the octets of the check sequence of a layer, None where the capture does not tell."""
    trailer = layer.protocol.trailer
    return packet.fcs_length if layer.start == 0 and trailer is not None and trailer.fcs is not None else None


def _has_check(packet: Packet, layer: Layer, start: int, last: int) -> bool:
    """Whether the octets from a place on that nobody claims end in a check sequence of four.

    Where the capture does not say, they are taken for one in a frame that is long enough to need no padding.
    """
    if last < packet.length:  # the layer below has its own
        return False
    told = _told_check(packet, layer)
    return told == FCS_OCTETS or (told != 0 and last - start >= FCS_OCTETS and packet.length >= 64)


def _cut_payload(packet: Packet, layer: Layer, end: int) -> None:
    """Say that the capture cut what a layer carries up to there, unless a layer within has said so."""
    if any(diagnosis.kind == "short" for diagnosis in packet.diagnoses):
        return
    wanted, there = end - layer.start, len(packet.data) - layer.start
    message, part = "Packet size limited during capture", "its payload"
    packet.diagnoses.append(
        Diagnosis("short", layer.protocol.name, message, part=part, expected=wanted, available=there)
    )


def _cut_check(packet: Packet, layer: Layer, fcs: FieldInfo, last: int) -> None:
    wanted, there = last - layer.start, len(packet.data) - layer.start
    message = "Packet size limited during capture"
    name = "ethertype" if layer.payload_end is None else layer.protocol.name
    packet.diagnoses.append(Diagnosis("short", name, message, part=fcs.name, expected=wanted, available=there))


def _add(packet: Packet, layer: Layer, info: FieldInfo, start: int, end: int) -> None:
    layer.values.append(Value(info, packet.data[start:end], start * 8, (end - start) * 8))


def add_protocols(packet: Packet, path: Sequence[str]) -> None:
    """Add the list of the protocols tried to the frame."""
    packet.layers[0].values.append(Value(packet.catalogue.fields["frame.protocols"], ":".join(path), 0, 0))


def add_diagnoses(packet: Packet) -> None:
    """Add Wireshark's pseudo-protocols for what the diagnoses say: expert information, malformed, short.

    Those that are there already go, so that it may be called again when there is more to say.
    """
    packet.layers[:] = [layer for layer in packet.layers if layer.protocol.name not in PSEUDO]
    packet.touch()
    for diagnosis in packet.diagnoses:
        if diagnosis.own:
            continue
        if diagnosis.kind == "short":
            _append(packet, "_ws.short")
            continue
        _append(
            packet,
            "_ws.expert",
            ("_ws.expert.message", diagnosis.message),
            ("_ws.expert.severity", diagnosis.severity.number),
            ("_ws.expert.group", GROUP_NUMBERS[diagnosis.group]),
        )
        if diagnosis.kind == "unreassembled" and diagnosis.field is not None:
            _append(packet, "_ws.unreassembled", (diagnosis.field.name, True))
        elif diagnosis.kind == "malformed" and diagnosis.field is not None:
            _append(packet, "_ws.malformed")
            _append(packet, "_ws.malformed", (diagnosis.field.name, True))
        elif diagnosis.group == "Malformed":
            _append(packet, "_ws.malformed")


def _append(packet: Packet, protocol_name: str, *values: tuple[str, Any]) -> None:
    protocol = packet.catalogue.protocols[protocol_name]
    end = len(packet.data)
    number = 1 + sum(layer.protocol is protocol for layer in packet.layers)
    layer = Layer(protocol, number, end, end, end, complete=True)
    layer.values.extend(Value(packet.catalogue.fields[name], value, end * 8, 0) for name, value in values)
    packet.layers.append(layer)
