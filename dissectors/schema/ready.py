"""Members made ready to be read: each is looked at once, and becomes a function of stream, context and path.

It gives what the member's own `_parse` gives, and raises what that raises, over a `Window`. What is here is what
construct's classes do without looking again at what never changes. A class that is not listed, one derived from a
listed one among them, and a member with a hook read by themselves: so any class of construct's may be declared.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import Any

from construct import (
    Bytes,
    BytesInteger,
    Computed,
    Construct,
    Container,
    Default,
    FormatField,
    IfThenElse,
    Pass,
    Rebuild,
    Renamed,
    StopFieldError,
    Struct,
)

from wireproof.dissectors.schema.expressions import ready
from wireproof.dissectors.schema.reading import Member, Reading, taken


def ready_member(member: Any) -> Reading:
    """Return the function that reads a member."""
    if member.parsed is not None:
        return member._parsereport  # type: ignore[no-any-return]
    make = STEPS.get(type(member))
    return member._parse if make is None else make(member)


def ready_members(members: Iterable[Any]) -> tuple[Member, ...]:
    """Return what reads members one after the other, each with its name (see `read_members`)."""
    return tuple((member.name or None, ready_member(member)) for member in members)


def _inner(member: Any) -> Reading:
    return ready_member(member.subcon)


def _number(member: Any) -> Reading:
    size, unpack = member.length, struct.Struct(member.fmtstr).unpack

    def read(stream: Any, context: Any, path: str) -> Any:
        return unpack(taken(stream, size, path))[0]

    return read


def _wide_number(member: Any) -> Reading:
    size = member.length
    if callable(size) or size <= 0 or member.signed or member.swapped:
        return member._parse  # type: ignore[no-any-return]

    def read(stream: Any, context: Any, path: str) -> int:
        return int.from_bytes(taken(stream, size, path), "big")

    return read


def _octets(member: Any) -> Reading:
    size = member.length
    if not callable(size):
        return lambda stream, context, path: taken(stream, size, path)
    how_many = ready(size)
    return lambda stream, context, path: taken(stream, how_many(context), path)


def _computed(member: Any) -> Reading:
    if not callable(member.func):
        constant = member.func
        return lambda stream, context, path: constant
    compute = ready(member.func)
    return lambda stream, context, path: compute(context)


def _choice(member: Any) -> Reading:
    holds, then, other = ready(member.condfunc), ready_member(member.thensubcon), ready_member(member.elsesubcon)
    if member.elsesubcon is Pass:
        return lambda stream, context, path: then(stream, context, path) if holds(context) else None
    return lambda stream, context, path: (then if holds(context) else other)(stream, context, path)


def _struct(member: Any) -> Reading:
    """A Struct within a part: a scope of its own, of which nothing is kept as extents when it is read."""
    members = ready_members(member.subcons)

    def read(stream: Any, context: Any, path: str) -> Any:
        found = Container(_io=stream)
        scope = Container(
            _=context,
            _params=context["_params"],
            _root=None,
            _parsing=context["_parsing"],
            _building=context["_building"],
            _sizing=context["_sizing"],
            _subcons=member._subcons,
            _io=stream,
            _index=context.get("_index"),
        )
        scope["_root"] = context.get("_root", scope)
        extents = context["_params"].get("extents", {})
        outside = {name: extents.get(name) for name, _ in members if name is not None}
        try:
            for name, step in members:
                start = stream.tell()
                value = step(stream, scope, path)
                if name is not None:
                    found[name] = scope[name] = value
                    extents[name] = (start, stream.tell())
        except StopFieldError:
            pass
        finally:
            for name, extent in outside.items():
                if extent is None:
                    extents.pop(name, None)
                else:
                    extents[name] = extent
        return found

    return read


STEPS: dict[type[Construct[Any, Any]], Callable[[Any], Reading]] = {
    Bytes: _octets,
    BytesInteger: _wide_number,
    Computed: _computed,
    Default: _inner,
    FormatField: _number,
    IfThenElse: _choice,
    Rebuild: _inner,
    Renamed: _inner,
    Struct: _struct,
}
"""What makes a class ready; the schema's own classes put themselves here."""
