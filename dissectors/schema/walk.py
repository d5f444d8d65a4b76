"""Finding the fields within a schema, whatever construct classes it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from construct import Construct, Renamed

from wireproof.dissectors.schema.declaration import Field, Rule
from wireproof.dissectors.schema.info import FieldInfo
from wireproof.dissectors.schema.objects import Objects
from wireproof.dissectors.schema.options import Options, Repeat
from wireproof.dissectors.schema.protocol import Protocol


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
    found: list[Found] = []
    _find(member, name, nested, found)
    return iter(found)


def _find(member: Any, name: str | None, nested: bool, found: list[Found]) -> None:
    name = member.name or name
    if isinstance(member, (Field, Rule)):
        found.append(Found(member, name, nested))
    if isinstance(member, (Objects, Options, Repeat)):
        for child in member.declared():
            _find(child, None, True, found)
        return
    # Its own attributes: a name, and a struct, have those of what is in them as well.
    held = vars(member)
    for attribute in ("subcon", "thensubcon", "elsesubcon", "default"):
        child = held.get(attribute)
        if isinstance(child, Construct):
            _find(child, name, nested, found)
    cases = held.get("cases")
    if isinstance(cases, dict):
        for child in cases.values():
            _find(child, name, nested, found)
    subcons = held.get("subcons")
    if isinstance(subcons, list):
        for child in subcons:
            _find(child, None, True, found)


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
