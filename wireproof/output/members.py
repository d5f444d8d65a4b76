"""Which bits of which member a field is, by the schema: a value alone tells where it lies, not within what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from wireproof.dissectors.schema import Bits, Field, Options, Protocol, Repeat


@cache
def masked_fields(protocol: Protocol) -> Mapping[str, Bits]:
    """Return the fields of a protocol that are some bits of a member, by name."""
    return {
        field.info.name: field.subcon
        for part in protocol.parts
        for field in _fields(part)
        if isinstance(field.subcon, Bits) and field.subcon.mask is not None
    }


def _fields(member: Any) -> Iterator[Field]:
    """Yield the fields within a construct member, whatever it is made of."""
    if isinstance(member, Field):
        yield member
    for child in _children(member):
        yield from _fields(child)


def _children(member: Any) -> Iterator[Any]:
    if isinstance(member, Options):
        yield from (member.kind, member.length, *member.details, *member.default.members)
        for body in member.bodies.values():
            yield from body.members
        return
    if isinstance(member, Repeat):
        yield from member.members
    for name in ("subcon", "thensubcon", "elsesubcon", "default"):
        child = getattr(member, name, None)
        if hasattr(child, "_parsereport"):
            yield child
    subcons, cases = getattr(member, "subcons", None), getattr(member, "cases", None)
    if isinstance(subcons, list):
        yield from subcons
    if isinstance(cases, dict):
        yield from cases.values()
