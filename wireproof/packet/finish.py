"""What is known of a packet only when all its layers are read: checksums, trailers, and what is said of the whole."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from wireproof.dissectors.diagnosis import GROUPS
from wireproof.dissectors.schema import FieldInfo, InternetChecksum, LengthOf, Trailer
from wireproof.packet.checksum import BAD, GOOD, NOT_PRESENT, UNVERIFIED, internet_checksum, pseudo_header
from wireproof.packet.tree import Diagnosis, Layer, Packet, Value

GROUP_NUMBERS = {name: number for number, name in GROUPS.items()}


def verify_checksums(packet: Packet, switched_on: Container[str]) -> None:
    """Add the status of every checksum behind it, and the sum that it should be where it was computed."""
    for index, layer in enumerate(packet.layers):
        for name, step in layer.protocol.computed.items():
            if isinstance(step, InternetChecksum):
                _verify(packet, index, name, step, switched_on)


def _verify(packet: Packet, index: int, name: str, step: InternetChecksum, switched_on: Container[str]) -> None:
    layer = packet.layers[index]
    place = next((place for place, value in enumerate(layer.values) if value.info.name == name), None)
    if place is None:
        return
    given = layer.values[place]
    added = [Value(step.status, UNVERIFIED, given.start, given.bits)]
    if step.optional and given.value == 0:
        added = [Value(step.status, NOT_PRESENT, given.start, given.bits)]
    elif step.preference is None or step.preference in switched_on:
        right = _expected(packet, index, step, given)
        if right is not None:
            status = GOOD if right == given.value else BAD
            added = [Value(step.status, status, given.start, given.bits)]
            if step.calculated is not None:
                added.append(Value(step.calculated, right, given.start, given.bits))
    layer.values[place + 1 : place + 1] = added


def _expected(packet: Packet, index: int, step: InternetChecksum, given: Value) -> int | None:
    """Return the checksum that the layer should carry, or None where its octets are not all there."""
    layer = packet.layers[index]
    end = layer.header_end if step.extent == "header" else layer.end
    if not layer.complete or end > len(packet.data) or (step.extent == "layer" and _claims_more(layer)):
        return None
    data = bytearray(packet.data[layer.start : end])
    at = given.start // 8 - layer.start
    data[at : at + 2] = b"\0\0"
    head = b""
    if step.pseudo_header:
        carrier = packet.layers[index - 1]
        declared = carrier.protocol.pseudo_header
        if declared is None:
            return None
        source, destination, protocol = (
            packet.data[slice(*carrier.extents[member])]
            for member in (declared.source, declared.destination, declared.protocol)
        )
        head = pseudo_header(source, destination, protocol[0], len(data))
    return internet_checksum(head + bytes(data), never_zero=step.optional)


def _claims_more(layer: Layer) -> bool:
    """Whether a length field of the layer says that there is more of it than there is."""
    for name, step in layer.protocol.computed.items():
        if isinstance(step, LengthOf) and step.extent == "layer":
            return any(length > layer.end - layer.start for length in layer[name])
    return False


def add_trailers(packet: Packet) -> None:
    """Add padding, trailer and frame check sequence to the innermost layer that has a place for them."""
    for index in range(len(packet.layers) - 1, -1, -1):
        layer = packet.layers[index]
        if layer.protocol.trailer is not None and layer.complete and not layer.quoted:
            claimed = _claimed_end(packet.layers, index)
            if claimed is not None:
                _add_trailer(packet, layer, layer.protocol.trailer, claimed)
            return


def _claimed_end(layers: Sequence[Layer], index: int) -> int | None:
    """Return where what the layer carries ends by its own account, or None where nobody says."""
    if layers[index].payload_end is not None:
        return layers[index].payload_end
    for inner in layers[index + 1 :]:
        if not inner.complete:
            return None
        if inner.protocol.extent is not None or inner.payload_end is not None:
            return inner.end if inner.payload_end is None else inner.payload_end
    return None


def _add_trailer(packet: Packet, layer: Layer, trailer: Trailer, start: int) -> None:
    captured = len(packet.data)
    end = min(packet.wire_length, captured)
    if start >= end:
        return
    if packet.wire_length >= trailer.minimum > start:
        if captured < trailer.minimum:  # padding is all or nothing, and complains; a trailer is what there is of it
            message, part = "Packet size limited during capture", trailer.padding.name
            wanted, there = trailer.minimum - layer.start, captured - layer.start
            packet.diagnoses.append(
                Diagnosis("short", "ethertype", message, part=part, expected=wanted, available=there)
            )
            return
        if not any(packet.data[start : trailer.minimum]):
            _add(packet, layer, trailer.padding, start, trailer.minimum)
            start = trailer.minimum
    stop = end
    # Four octets that nobody claims, in a frame long enough to hold one, are taken for a check sequence.
    has_fcs = trailer.fcs is not None and end - start >= 4 and end == packet.wire_length >= 64
    if has_fcs:
        stop -= 4
    if stop > start:
        _add(packet, layer, trailer.trailer, start, stop)
    if has_fcs and trailer.fcs is not None:
        layer.values.append(Value(trailer.fcs, int.from_bytes(packet.data[stop:end], "big"), stop * 8, 32))
        if trailer.fcs_status is not None:
            layer.values.append(Value(trailer.fcs_status, UNVERIFIED, stop * 8, 32))


def _add(packet: Packet, layer: Layer, info: FieldInfo, start: int, end: int) -> None:
    layer.values.append(Value(info, packet.data[start:end], start * 8, (end - start) * 8))


def add_protocols(packet: Packet, path: Sequence[str]) -> None:
    """Add the list of the protocols tried to the frame."""
    packet.layers[0].values.append(Value(packet.catalogue.fields["frame.protocols"], ":".join(path), 0, 0))


def add_diagnoses(packet: Packet) -> None:
    """Add Wireshark's pseudo-protocols for what the diagnoses say: expert information, malformed, short."""
    for diagnosis in packet.diagnoses:
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
        if diagnosis.kind == "malformed" and diagnosis.field is not None:
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
