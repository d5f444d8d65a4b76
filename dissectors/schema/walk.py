"""Finding the fields within a schema, whatever construct classes it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from construct import Renamed

from wireproof.dissectors.schema.declaration import Field, Protocol, Rule
from wireproof.dissectors.schema.info import FieldInfo
from wireproof.dissectors.schema.objects import Objects
from wireproof.dissectors.schema.options import Options, Repeat


class Found(NamedTuple):
    """A field, and the name of the member that it stands on; `nested` where that is none of the layer's own."""

    field: Field | Rule
    member: str | None
    nested: bool


def fields_of(protocol: Protocol) -> Iterator[Found]:
    """Yield the fields and rules of a protocol's parts, in the order of the declaration."""
    for part in protocol.parts:
        for member in part.subcons:
            yield from within(member)
    if protocol.nested is not None:
        yield Found(protocol.nested[1], None, True)


def within(member: Any, name: str | None = None, nested: bool = False) -> Iterator[Found]:
    """Yield the fields and rules of a member, through names, conditions, structs and option lists."""
    name = member.name or name
    if isinstance(member, (Field, Rule)):
        yield Found(member, name, nested)
    if isinstance(member, (Objects, Options, Repeat)):
        for child in member.declared():
            yield from within(child, None, True)
        return
    for attribute in ("subcon", "thensubcon", "elsesubcon", "default"):
        child = getattr(member, attribute, None)
        if hasattr(child, "_parsereport"):
            yield from within(child, name, nested)
    cases = getattr(member, "cases", None)
    if isinstance(cases, dict):
        for child in cases.values():
            yield from within(child, name, nested)
    subcons = getattr(member, "subcons", None)
    if isinstance(subcons, list):
        for child in subcons:
            yield from within(child, None, True)


def infos_of(protocol: Protocol) -> Iterator[FieldInfo]:
    """Yield the fields that a protocol's option lists have for octets that others are read from as well."""
    for part in protocol.parts:
        for member in part.subcons:
            inner = innermost(member)
            if isinstance(inner, Options):
                yield from inner.infos()


def innermost(member: Any) -> Any:
    """Return what a member is made of, without its names and fields."""
    while isinstance(member, (Renamed, Field)):
        member = member.subcon
    return member
