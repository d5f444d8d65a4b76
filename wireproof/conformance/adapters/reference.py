"""wireproof's own packet reader and builder, and its arithmetic of subnets."""

from __future__ import annotations

import io
import ipaddress
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from wireproof.conformance.adapters.capturing import capture_of
from wireproof.conformance.adapters.serving import STOPPING, UNSUPPORTED, Answer, accepted, rejected, serve
from wireproof.dissectors.schema import Kind, UnknownFieldError, catalogue
from wireproof.interface import open_capture
from wireproof.output.address import as_json as subnet_as_json
from wireproof.packet import BuildError, Packet, Source, build, dissect, layers_of, public_value
from wireproof.packet.subnets import SubnetError, plan, subnet
from wireproof.vectors import FCS_LENGTHS, LINK_TYPES, OWN_NAMES

_NOT_TOLD = frozenset({Kind.ABSOLUTE_TIME, Kind.RELATIVE_TIME})


def parse(asked: Mapping[str, Any]) -> Answer:
    """Dissect a frame. It is rejected where a layer is malformed; what is wrong otherwise is told in fields."""
    if asked["link"] not in LINK_TYPES:
        return UNSUPPORTED
    packet = dissect(bytes.fromhex(asked["hex"]), source_of(asked["link"]))
    rejection = rejection_of(packet)
    return accepted(fields_of(packet)) if rejection is None else rejected(*rejection)


def source_of(link: str) -> Source:
    """Return what is known of a packet of a link of the vectors."""
    return Source(link_type=LINK_TYPES[link], fcs_length=FCS_LENGTHS.get(link))


def rejection_of(packet: Packet) -> tuple[str, str] | None:
    """Return the layer that is not read to its end as it was sent, and why; None where all are."""
    for each in packet.diagnoses:
        if each.group == "Malformed":
            return each.layer, "malformed"
    for each in packet.diagnoses:
        if each.field is not None and each.field.name in STOPPING:
            return each.layer, STOPPING[each.field.name]
    return None


def fields_of(packet: Packet) -> Mapping[str, list[Any]]:
    """Return the values of all fields of a packet, as JSON has them."""
    found: dict[str, list[Any]] = defaultdict(list)
    for layer in packet:
        for name in OWN_NAMES:
            protocol, _, member = name.partition(".")
            if layer.schema.name == protocol and member in layer.extents:
                start, end = layer.extents[member]
                found[name].append(int.from_bytes(packet.data[start:end], "big"))
        for value in layer.values:
            if value.info.type.kind not in _NOT_TOLD:
                found[value.info.name].append(as_json(public_value(value.info, value.value)))
    return found


def as_json(value: Any) -> Any:
    """Return a value as an answer has it; a field without a value is there, which is true."""
    if isinstance(value, (ipaddress.IPv4Address, ipaddress.IPv6Address)):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    return True if value is None else value


def build_frame(asked: Mapping[str, Any]) -> Answer:
    """Build a frame of layers."""
    try:
        return {"hex": build([_layer(each) for each in asked["layers"]]).hex()}
    except (BuildError, UnknownFieldError):
        return UNSUPPORTED


def update(asked: Mapping[str, Any]) -> Answer:
    """Build a packet again with other fields, and the checksums that follow from them."""
    if asked["link"] not in LINK_TYPES:
        return UNSUPPORTED
    layers = layers_of(dissect(bytes.fromhex(asked["hex"]), source_of(asked["link"])))
    changes = {name: _as_value(name, value) for name, value in asked["fields"].items()}
    found = [layer if isinstance(layer, bytes) else (layer[0], _changed(*layer, changes)) for layer in layers]
    try:
        return {"hex": build(found).hex()}
    except (BuildError, UnknownFieldError):
        return UNSUPPORTED


def _changed(layer: str, fields: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a layer with those that change. What is left out is computed: its checksum.

    A UDP checksum of zero stays (RFC 768): none was made.
    """
    own = {name: value for name, value in changes.items() if name.partition(".")[0] == layer}
    kept = {
        name: value for name, value in fields.items() if name != f"{layer}.checksum" or (layer == "udp" and not value)
    }
    return kept | own


def _layer(layer: Mapping[str, Any]) -> Any:
    if "octets" in layer:
        return bytes.fromhex(layer["octets"])
    return layer["layer"], {name: _as_value(name, value) for name, value in layer["fields"].items()}


def _as_value(name: str, value: Any) -> Any:
    is_octets = catalogue().field(name).type.kind is Kind.BYTES
    return bytes.fromhex(value) if is_octets and isinstance(value, str) else value


def reassemble(asked: Mapping[str, Any]) -> Answer:
    """Read fragments as a capture, and tell the data of what became whole, and of what was whole from the begin."""
    if asked["link"] not in LINK_TYPES:
        return UNSUPPORTED
    packets = [bytes.fromhex(text) for text in asked["packets"]]
    found = []
    with open_capture(io.BytesIO(capture_of(packets, asked["link"]))) as capture:
        for packet in capture:
            if "ip.reassembled.data" in packet:
                found.append(packet["ip.reassembled.data"][0])
            elif packet["ip.flags.mf"] == (False,) and packet["ip.frag_offset"] == (0,):
                found.append(packet.data[packet["ip.hdr_len"][0] : packet["ip.len"][0]])
    return {"datagrams": [data.hex() for data in found]}


def address(asked: Mapping[str, Any]) -> Answer:
    """Say what a subnet is and how it is split."""
    sites, hosts = asked.get("sites"), asked.get("hosts")
    is_split = sites is not None or hosts is not None
    try:
        found = subnet(asked["address"], asked["prefix"])
        split = plan(found, sites, hosts) if is_split else None
    except SubnetError:
        return UNSUPPORTED
    told: Answer = subnet_as_json(found, None)
    if is_split:
        told["blocks"] = None if split is None else [str(block) for block in split.blocks()]
    return told


if __name__ == "__main__":
    serve(parse=parse, build=build_frame, address=address, update=update, reassemble=reassemble)
