"""Which protocols matter to a filter, and which fields the lowered schemas can tell of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from wireproof.dissectors.schema import Catalogue, Field, InternetChecksum, Objects, Options, Protocol, Repeat
from wireproof.dissectors.schema.catalogue import infos_of_step
from wireproof.engine import diagnoses, paths, trailers
from wireproof.engine.wanted import Wanted, children, declared, fields_of
from wireproof.grammar import tree
from wireproof.grammar.syntax import LogicOperator
from wireproof.grammar.tree import TypedTest
from wireproof.packet.preferences import MAC_NAMES, OUI_NAMES

if TYPE_CHECKING:
    from wireproof.engine.schemas import Schemas

START = "frame"
IP = "ip"
_BELOW = frozenset({START, "eth", "vlan", IP})
"""The protocols whose headers are in front of a datagram that fragments make whole."""
_UNCHANGED = frozenset(
    {
        START,
        "frame.cap_len",
        "frame.encap_type",
        "frame.interface_id",
        "frame.len",
        "frame.number",
        "frame.protocols",
        "frame.section_number",
        "frame.time",
        "frame.time_epoch",
        IP,
        "ip.addr",
        "ip.hdr_len",
        "ip.host",
        "ip.id",
        "ip.proto",
        "ip.ttl",
        "ip.version",
    }
)
_UNCHANGED_BELOW = ("ip.dsfield", "ip.src", "ip.dst")
"""Names of fields of the frame and of IPv4 that are as in the frame, and what such names begin with."""


@cache
def names_of(protocol: Protocol) -> frozenset[str]:
    """Return the names that a protocol's layers have values for."""
    found = {protocol.name, paths.FIELD} if protocol.name == START else {protocol.name}
    if protocol.form_of:
        found.add(protocol.form_of)
    for part in protocol.parts:
        for member in part.subcons:
            found |= declared(member)
    if protocol.nested is not None:
        found.add(protocol.nested[1].field.name)
    for step in protocol.computed.values():
        if isinstance(step, InternetChecksum):
            found.update(info.name for info in infos_of_step(step))
    return frozenset(found) | trailing(protocol) | told_of_wholes(protocol)


def trailing(protocol: Protocol) -> frozenset[str]:
    """Return the names of what a protocol makes of octets left behind."""
    return frozenset(trailers.names_of(protocol.trailer)) if protocol.trailer is not None else frozenset()


@cache
def followers(catalogue: Catalogue, protocol: Protocol) -> tuple[Protocol, ...]:
    """Return the protocols that may come behind one, and those that are read in its place."""
    found: dict[str, Protocol] = {form.name: form for form in catalogue.forms.get(protocol.name, ())}
    for carry in protocol.carries:
        for each in catalogue.tables.get(carry.table, {}).values():
            found[each.name] = each
        if carry.fallback is not None and carry.fallback in catalogue.protocols:
            found[carry.fallback] = catalogue.protocols[carry.fallback]
    return tuple(found.values())


@cache
def reachable(catalogue: Catalogue, name: str) -> frozenset[str]:
    """Return the protocols that can come behind one, at any distance."""
    found: set[str] = set()
    waiting = [catalogue.protocols[name]]
    while waiting:
        for each in followers(catalogue, waiting.pop()):
            if each.name not in found:
                found.add(each.name)
                waiting.append(each)
    return frozenset(found)


@cache
def told_of_wholes(protocol: Protocol) -> frozenset[str]:
    """Return the names of the fields that a frame has which makes something whole: the reference reads such."""
    return frozenset(info.name for info in protocol.reassembly.tells) if protocol.reassembly else frozenset()


def relevant(catalogue: Catalogue, wanted: Wanted) -> frozenset[str]:
    """Return the protocols that have something wanted, and those that lead to one."""
    names = wanted.names()
    trails = any(not names.isdisjoint(trailing(protocol)) for protocol in catalogue.protocols.values())
    if trails or wanted.paths or not names.isdisjoint(diagnoses.NAMES):
        # Where a trailer begins, any layer may say, and any may be cut short.
        return frozenset({START}) | reachable(catalogue, START)
    asked = {protocol.name for protocol in catalogue.protocols.values() if not names.isdisjoint(names_of(protocol))}
    return frozenset(
        name for name in catalogue.protocols if name in asked or not asked.isdisjoint(reachable(catalogue, name))
    )


def may_bear(catalogue: Catalogue, test: TypedTest, name: str) -> bool:
    """Whether a frame that passes may have a layer of a protocol, as far as the fields of the filter tell.

    The layers of a frame follow each other: of two, one can come behind the other, at some distance.
    """
    match test:
        case tree.Joined(LogicOperator.AND, operands):
            return all(may_bear(catalogue, operand, name) for operand in operands)
        case tree.Joined(LogicOperator.OR, operands):
            return any(may_bear(catalogue, operand, name) for operand in operands)
    return all(_is_beside(catalogue, field, name) for field in _needed(test))


def _needed(test: TypedTest) -> Iterator[str]:
    """Yield names of fields without which a leaf does not hold."""
    match test:
        case tree.Presence(operand) | tree.Truth(operand):
            operands = [operand]
        case tree.Comparison(_, _, left, right) | tree.Contains(_, left, right):
            operands = [left, right]
        case tree.Membership(_, operand, _) | tree.Matches(_, operand, _):
            operands = [operand]
        case _:
            operands = []
    for each in operands:
        if isinstance(each, tree.Slice):
            each = each.operand
        if isinstance(each, tree.FieldOperand):
            yield each.field.name


@cache
def _is_beside(catalogue: Catalogue, field: str, name: str) -> bool:
    owners = [protocol.name for protocol in catalogue.protocols.values() if field in names_of(protocol)]
    return not owners or any(
        owner == name or name in reachable(catalogue, owner) or owner in reachable(catalogue, name) for owner in owners
    )


def occurs_once(catalogue: Catalogue, name: str) -> bool:
    """Whether a frame has one value of a field at most: one member has it, in a protocol that never holds itself."""
    owners = [protocol for protocol in catalogue.protocols.values() if name in names_of(protocol)]
    # Of a protocol and its forms, one is read.
    if len({owner.form_of or owner.name for owner in owners}) != 1:
        return False
    return all(_has_once(catalogue, owner, name) for owner in owners)


def _has_once(catalogue: Catalogue, owner: Protocol, name: str) -> bool:
    places = [_places(member, name) for part in owner.parts for member in part.subcons]
    is_alone = owner.name not in reachable(catalogue, owner.name)
    return is_alone and sum(places) == 1 and not trailing(owner) & {name}


@cache
def ambiguous(catalogue: Catalogue) -> frozenset[str]:
    """Return the names that stand for fields of several types, as some of Wireshark's do."""
    types: dict[str, set[object]] = {}
    for _, info in fields_of(catalogue):
        types.setdefault(info.name, set()).add((info.type, info.base))
    return frozenset(name for name, found in types.items() if len(found) > 1)


def _places(member: Any, name: str) -> int:
    """Return at how many places a member has a field, those that are repeated counting as two."""
    own = 0
    if isinstance(member, Field):
        own = [member.info.name, *(info.name for info in member.feeds)].count(name)
    if isinstance(member, Options):
        own = [info.name for info in member.infos()].count(name) * (1 if name == member.field.name else 2)
    inner = sum(_places(child, name) for child in children(member))
    return own + (2 * inner if isinstance(member, (Objects, Options, Repeat)) else inner)


def provided(catalogue: Catalogue, switched_on: Iterable[str]) -> Mapping[str, str | None]:
    """Return every name that a filter may use, with the reason where its values cannot be told by lowered schemas."""
    reasons: dict[str, str | None] = dict.fromkeys(catalogue.fields, "what is known when all layers are read")
    reasons.update(dict.fromkeys(diagnoses.NAMES))
    for protocol in catalogue.protocols.values():
        reasons.update(dict.fromkeys(info.name for info in protocol.idle))
        if protocol.parts:
            reasons.update(dict.fromkeys(names_of(protocol)))
    for protocol in catalogue.protocols.values():
        trailer = protocol.trailer
        if trailer is not None and trailer.check in switched_on and trailer.fcs_status and trailer.bad_fcs:
            verified = (trailer.fcs_status.name, trailer.bad_fcs.field.name, *diagnoses.NAMES)
            reasons.update(dict.fromkeys(verified, "a CRC of the whole frame"))
    for name in (info.name for info in catalogue.fields.values() if info.name.endswith("_resolved")):
        # Without names, an address resolves to itself, and an organisation to nothing.
        is_named = MAC_NAMES in switched_on or (OUI_NAMES in switched_on and name.endswith(".oui_resolved"))
        reasons[name] = "names that are looked up" if is_named else None
    of_wholes = frozenset[str]().union(*map(told_of_wholes, catalogue.protocols.values()))
    for name, info in catalogue.fields.items():
        if info.across and name not in of_wholes:
            reasons[name] = "more than one packet"
    return reasons


def may_be_rejoined(catalogue: Catalogue, wanted: Wanted, schemas: Schemas, asks: bool) -> bool:
    """Whether nobody looks at what differs in a record of a datagram that was put together (see `rejoining`)."""
    if asks or schemas.diagnoses is not None or schemas.trailers is not None:
        return False
    if not _BELOW.isdisjoint(wanted.headers) or not _BELOW.isdisjoint(wanted.reaches):
        return False
    known = names_of(catalogue.protocols[START]) | names_of(catalogue.protocols[IP])
    looked_at = known.intersection(wanted.fields) - _UNCHANGED
    return all(name.startswith(_UNCHANGED_BELOW) for name in looked_at)
