"""Fields to bytes, by the same schemas that read them. Strict: what does not fit is an error.

Lengths, checksums and the number of what follows are filled in unless they are given, so a frame with a wrong one can
be built by giving it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from construct import Bytes, ConstructError, Container, GreedyBytes

from wireproof.dissectors.schema import Catalogue, InternetChecksum, LengthOf, Options, Payload, Protocol, catalogue
from wireproof.dissectors.schema.reading import context_of
from wireproof.dissectors.schema.walk import innermost
from wireproof.packet.checksum import internet_checksum, pseudo_header
from wireproof.packet.convert import BuildError, to_member_value
from wireproof.packet.settable import Settable, members_of, settable_fields
from wireproof.packet.tree import Layer, Packet, public_value

LayerInput = tuple[str, Mapping[str, Any]] | bytes
ETHERNET = 1


@dataclass
class _Draft:
    """A layer on its way to bytes: its members' values, and the names of the fields that were given.

    `counts_payload` is set where what follows is found by a length in place of a type.
    """

    protocol: Protocol
    link_type: int = ETHERNET
    members: dict[str, Any] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    payload: bytes = b""
    counts_payload: bool = False


def build(layers: Sequence[LayerInput], protocols: Catalogue | None = None, *, link_type: int = ETHERNET) -> bytes:
    """Build a frame from the outermost layer to the innermost, for captures of a link type.

    A layer is a protocol's name with values by field name (any of its names; a label for a number will do), or bytes.
    Raises BuildError with the field and what was wrong; UnknownFieldError for a name that does not exist.
    """
    known = protocols or catalogue()
    for layer in layers:
        if not isinstance(layer, (bytes, bytearray)) and not _is_named(layer):
            raise BuildError(f"a layer is a name with values, or bytes, not {str(layer)[:80]}")
    drafts: list[_Draft | bytes] = [
        bytes(layer) if isinstance(layer, (bytes, bytearray)) else _draft(layer, known, link_type) for layer in layers
    ]
    for draft, following in pairwise(drafts):
        if isinstance(draft, _Draft) and isinstance(following, _Draft):
            _select(draft, known.protocols.get(following.protocol.form_of, following.protocol))
    built = b""
    for index in range(len(drafts) - 1, -1, -1):
        draft = drafts[index]
        if isinstance(draft, bytes):
            built = draft + built
            continue
        draft.payload = draft.payload + built if built else draft.payload
        carrier = drafts[index - 1] if index else None
        built = _assemble(draft, carrier if isinstance(carrier, _Draft) else None)
    return built


def _is_named(layer: Any) -> bool:
    """Whether something is a name with values by name."""
    if not isinstance(layer, (tuple, list)) or len(layer) != 2:
        return False
    name, fields = layer
    return isinstance(name, str) and isinstance(fields, Mapping) and all(isinstance(key, str) for key in fields)


def layers_of(packet: Packet) -> list[LayerInput]:
    """Return the layers that `build` makes the packet of again, every field given; octets that are no field are bytes.

    Quoted packets and what could not be read are bytes as well.
    """
    layers: list[LayerInput] = []
    end = 0
    for layer in packet.layers:
        if not layer.protocol.under or layer.quoted or not layer.complete or layer.protocol.name == "data":
            continue
        fields = _header_fields(layer, packet.data)
        layers.append((layer.schema.name, fields))
        end = layer.header_end
    if end < len(packet.data):
        layers.append(packet.data[end:])
    return layers


def _header_fields(layer: Layer, data: bytes) -> dict[str, Any]:
    """Return the values that make a header again: of each member its fields, or itself where they leave bits."""
    settable = settable_fields(layer.schema)
    fields: dict[str, Any] = {}
    for member, subcon in members_of(layer.schema).items():
        start, end = layer.extents.get(member, (0, 0))
        if start == end:
            continue
        values = {
            value.info.name: value
            for value in layer.values
            if value.bits and (target := settable.get(value.info.name)) is not None and target.member == member
            if start * 8 <= value.start < end * 8  # a name may stand on two members, as in a pair of tags
        }
        octets = data[start:end]
        whole = octets if isinstance(subcon, (Bytes, Options)) else subcon.parse(octets)
        widest = _widest([settable[name] for name in values])
        given = {each.name: public_value(each.info, values[each.name].value) for each in widest}
        if any(target.bits is None for target in widest) or sum(each.width for each in widest) == 8 * len(octets):
            fields |= given if _make(widest, given, whole) else {f"{layer.schema.name}.{member}": whole}
        else:
            fields[f"{layer.schema.name}.{member}"] = whole
    return fields


def _make(targets: Sequence[Settable], given: Mapping[str, Any], whole: Any) -> bool:
    """Whether a member is made again of its fields: a name may stand for one of several ways to read it."""
    made: Any = None
    try:
        for target in targets:
            made = to_member_value(target, given[target.name], made)
    except BuildError:
        return False
    return bool(made == whole)


def _widest(targets: Sequence[Settable]) -> list[Settable]:
    """Return the fields of a member whose bits are not all among those of another."""
    return [each for each in targets if not any(other.contains(each) for other in targets if other is not each)]


def _draft(layer: tuple[str, Mapping[str, Any]], known: Catalogue, link_type: int) -> _Draft:
    name, fields = layer
    protocol = known.protocols.get(known.field(name).name)
    if protocol is None or not protocol.parts:
        raise BuildError(f"{name} is a field, not a protocol")
    draft = _Draft(protocol, link_type)
    settable = settable_fields(protocol)
    chosen: list[tuple[Settable, Any]] = []
    for given, value in fields.items():
        canonical = given if known.find(given) is None and given in settable else known.field(given).name
        target, own = settable.get(canonical), settable.get(given)
        if own is not None and (target is None or target.member != own.member):
            canonical, target = given, own  # an alias of a field that stands on several members
        if target is None:
            raise BuildError(f"{given} cannot be given: {_why_not(canonical, protocol, settable, known)}")
        chosen.append((target, value))
        draft.given.add(canonical)
    # The wider a field the earlier, so that a bit given beside the whole word wins.
    for target, value in sorted(chosen, key=lambda pair: -pair[0].width):
        if target.payload:
            draft.payload = to_member_value(target, value, None)
        else:
            draft.members[target.member] = to_member_value(target, value, draft.members.get(target.member))
    return draft


def _why_not(name: str, protocol: Protocol, settable: Mapping[str, Settable], known: Catalogue) -> str:
    if known.owners[name] is not protocol:
        return f"it is a field of {known.owners[name].name}, not of {protocol.name}"
    feeding = [target.name for target in settable.values() if name in target.feeds]
    if feeding:
        return f"give {' or '.join(feeding)}"
    return "it is computed from other fields"


def _select(draft: _Draft, following: Protocol) -> None:
    """Set the number that leads to the next protocol, unless it is given."""
    for carry in draft.protocol.carries:
        keys = following.under.get(carry.table)
        if keys:
            draft.counts_payload = carry.length is not None
            if carry.key is not None and carry.key in members_of(draft.protocol):  # and not computed from others
                draft.members.setdefault(carry.key, keys[0])
            return


def _assemble(draft: _Draft, carrier: _Draft | None) -> bytes:
    """Fill in lengths, then checksums; return header and payload."""
    settable = settable_fields(draft.protocol)
    steps = {
        name: step
        for name, step in draft.protocol.computed.items()
        if name in settable
        and _is_open(draft, settable[name])
        and (draft.counts_payload or step != LengthOf("payload"))
    }
    for name, step in steps.items():
        # A first value of the right size: the header's own length is known once it has been written.
        draft.members.setdefault(settable[name].member, settable[name].default or 0)
        if isinstance(step, LengthOf) and isinstance(draft.members.get(step.extent), bytes):
            _fill(draft, settable[name], len(draft.members[step.extent]))
    header = _write(draft)
    sizes = {"header": len(header), "payload": len(draft.payload), "layer": len(header) + len(draft.payload)}
    for name, step in steps.items():
        if isinstance(step, LengthOf) and step.extent in sizes:
            _fill(draft, settable[name], sizes[step.extent])
    for name, step in steps.items():
        if isinstance(step, InternetChecksum):
            _fill(draft, settable[name], _checksum(draft, _write(draft), step, carrier, name))
    return _write(draft) + draft.payload


def _is_open(draft: _Draft, target: Settable) -> bool:
    """Whether a computed field is still to be filled in: neither it nor, where it is all of it, its member is given."""
    return target.name not in draft.given and (target.mask is not None or target.member not in draft.members)


def _fill(draft: _Draft, target: Settable, number: int) -> None:
    draft.members[target.member] = to_member_value(target, number, draft.members[target.member])


def _checksum(draft: _Draft, header: bytes, step: InternetChecksum, carrier: _Draft | None, name: str) -> int:
    data = header if step.extent == "header" else header + draft.payload
    head = b""
    if step.pseudo_header:
        declared = carrier.protocol.pseudo_header if carrier else None
        if carrier is None or declared is None:
            raise BuildError(
                f"{name} covers addresses of the layer below: put {draft.protocol.name} into ip, or give it"
            )
        lent = carrier.members
        if declared.route is not None:
            lent = {declared.destination: declared.route.final(lent), **lent}
        source, destination, protocol = (
            lent[member] if lent.get(member) is not None else _member_default(carrier.protocol, member)
            for member in (declared.source, declared.destination, declared.protocol)
        )
        head = pseudo_header(source, destination, protocol, len(data))
    return internet_checksum(head + data, never_zero=step.optional)


def _member_default(protocol: Protocol, name: str) -> Any:
    return next(target.default for target in settable_fields(protocol).values() if target.member == name)


def _write(draft: _Draft) -> bytes:
    """Run the parts' own construct over the members; the payload is not among them."""
    stream = io.BytesIO()
    context = context_of(
        stream,
        Container(),
        building=True,
        layer_length=len(draft.payload),
        captured_length=len(draft.payload),
        captured_at=0,
        link_type=draft.link_type,
        first_octet=next(iter(draft.payload), 0),  # which is the layer's where it has no header
        quoted=0,
        partial=0,
        typed=0,
        **draft.members,
    )
    for part in draft.protocol.parts:
        if isinstance(part, Payload):
            continue
        for member in part.subcons:
            if innermost(member) is GreedyBytes:
                continue
            written = _write_member(draft.protocol, member, stream, context)
            if member.name:
                context[member.name] = written
    return stream.getvalue()


def _write_member(protocol: Protocol, member: Any, stream: io.BytesIO, context: Any) -> Any:
    value = context.get(member.name) if member.name else None
    attempts = (value,) if value is not None else (None, b"")
    error: Exception | None = None
    for attempt in attempts:
        position = stream.tell()
        try:
            written = member._build(attempt, stream, context, protocol.name)
        except (ConstructError, LookupError, TypeError, AttributeError, ValueError) as failure:
            stream.seek(position)
            stream.truncate()
            error = failure
            continue
        if value is not None and written != value:
            raise BuildError(f"{_names(protocol, member)} has no place in the header that the other fields make")
        return written
    what = _names(protocol, member)
    if value is None:
        raise BuildError(f"{what} is needed and was not given") from error
    raise BuildError(f"{what}: {str(error).splitlines()[-1]}") from error


def _names(protocol: Protocol, member: Any) -> str:
    """Return the names of the fields that set a member."""
    of = [target for target in settable_fields(protocol).values() if target.member == member.name]
    names = [target.name for target in of if not target.plain] or [target.name for target in of]
    return " or ".join(names) or f"{protocol.name}.{member.name}"
