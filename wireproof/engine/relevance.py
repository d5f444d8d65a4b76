"""Which protocols matter to a filter, and which fields the lowered schemas can tell of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from wireproof.dissectors.schema import Catalogue, InternetChecksum, Protocol
from wireproof.engine import trailers
from wireproof.engine.wanted import Wanted, declared


@cache
def names_of(protocol: Protocol) -> frozenset[str]:
    """Return the names that a protocol's layers have values for."""
    found = {protocol.name}
    for part in protocol.parts:
        for member in part.subcons:
            found |= declared(member)
    for step in protocol.computed.values():
        if isinstance(step, InternetChecksum):
            found.add(step.status.name)
    return frozenset(found) | trailing(protocol)


def trailing(protocol: Protocol) -> frozenset[str]:
    """Return the names of what a protocol makes of octets left behind."""
    return frozenset(trailers.names_of(protocol.trailer)) if protocol.trailer is not None else frozenset()


@cache
def followers(catalogue: Catalogue, protocol: Protocol) -> tuple[Protocol, ...]:
    """Return the protocols that may come behind one."""
    found: dict[str, Protocol] = {}
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


def relevant(catalogue: Catalogue, wanted: Wanted) -> frozenset[str]:
    """Return the protocols that have something wanted, and those that lead to one."""
    names = wanted.names()
    if any(not names.isdisjoint(trailing(protocol)) for protocol in catalogue.protocols.values()):
        # Where a trailer begins, any layer may say.
        return frozenset({"frame"}) | reachable(catalogue, "frame")
    asked = {protocol.name for protocol in catalogue.protocols.values() if not names.isdisjoint(names_of(protocol))}
    return frozenset(
        name for name in catalogue.protocols if name in asked or not asked.isdisjoint(reachable(catalogue, name))
    )


def provided(catalogue: Catalogue, switched_on: Iterable[str]) -> Mapping[str, str | None]:
    """Return every name that a filter may use, with the reason where its values cannot be told by lowered schemas."""
    reasons: dict[str, str | None] = dict.fromkeys(catalogue.fields, "what is known when all layers are read")
    for protocol in catalogue.protocols.values():
        if protocol.parts:
            reasons.update(dict.fromkeys(names_of(protocol)))
    for protocol in catalogue.protocols.values():
        for step in protocol.computed.values():
            if isinstance(step, InternetChecksum) and (step.preference is None or step.preference in switched_on):
                reasons[step.status.name] = "a checksum"
            elif isinstance(step, InternetChecksum) and step.calculated is not None:
                reasons[step.calculated.name] = None
    for name, info in catalogue.fields.items():
        if info.across:
            reasons[name] = "more than one packet"
    return reasons
