"""What can be said of a member without reading it: how many octets it takes, and whether it can stop its layer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from construct import (
    Bytes,
    BytesInteger,
    Check,
    Computed,
    Const,
    Default,
    FormatField,
    GreedyBytes,
    IfThenElse,
    Padded,
    Pass,
    Rebuild,
    Renamed,
    Struct,
    Transformed,
)

from wireproof.dissectors.schema import (
    Ahead,
    At,
    Bits,
    Field,
    Options,
    Piece,
    Reaches,
    Repeat,
    Rule,
    SourceRoute,
    Text,
    There,
)
from wireproof.engine.wanted import children


@cache
def has_effect(member: Any) -> bool:
    """Whether a member can stop its layer without being short of octets, or report a rule."""
    return isinstance(member, (Rule, Check, Const, Options, There)) or any(map(has_effect, children(member)))


@cache
def has_rule(member: Any) -> bool:
    """Whether there is a rule in a member."""
    return isinstance(member, Rule) or any(map(has_rule, children(member)))


@cache
def looks_ahead(member: Any) -> bool:
    """Whether a member looks at octets that it does not read."""
    return isinstance(member, (At, SourceRoute)) or any(map(looks_ahead, children(member)))


@cache
def computes(member: Any) -> bool:
    """Whether a member computes what may be impossible to compute."""
    return (isinstance(member, Computed) and callable(member.func)) or any(map(computes, children(member)))


@cache
def fixed_size(member: Any) -> int | None:
    """Return the octets that a member takes, None where that depends on the packet."""
    match member:
        case Renamed() | Default() | Rebuild() | Field() | Const():
            return fixed_size(member.subcon)
        case FormatField():
            return int(member.length)
        case BytesInteger() | Bytes() | Padded() if isinstance(member.length, int):
            return int(member.length)
        case Bits() | Piece() | Text() | Computed() | Rule() | Check():
            return 0
        case Ahead() | At() | SourceRoute() | There() | Reaches():
            return 0
        case Struct():
            sizes = [fixed_size(each) for each in member.subcons]
            return None if None in sizes else sum(size for size in sizes if size is not None)
        case IfThenElse():
            then, otherwise = fixed_size(member.thensubcon), fixed_size(member.elsesubcon)
            return then if then == otherwise else None
        case Transformed() if isinstance(member.decodeamount, int):
            return int(member.decodeamount)
    return 0 if member is Pass else None


def fits(members: tuple[Any, ...], room: int, known: Mapping[str, int]) -> bool | None:
    """Return whether so many octets are enough for members, given some values; None where more values decide."""
    is_certain = True
    for member in members:
        size = _measure(member, room, known)
        if size is None:
            return None
        if size > room:
            return False if is_certain else None
        room -= size
        is_certain = is_certain and not has_effect(member)
    return True


def _measure(member: Any, room: int, known: Mapping[str, int]) -> int | None:
    """Return the octets that a member takes, or more than there are where it fails."""
    size = fixed_size(member)
    if size is not None:
        return size
    match member:
        case Renamed() | Default() | Rebuild() | Field():
            return _measure(member.subcon, room, known)
        case Repeat():
            return room if member.size is None else None
        case Bytes():
            length = _value(member.length, known)
            return room + 1 if length is not None and length < 0 else length
        case IfThenElse():
            condition = _value(member.condfunc, known)
            if condition is not None:
                return _measure(member.thensubcon if condition else member.elsesubcon, room, known)
            sizes = [_measure(arm, room, known) for arm in (member.thensubcon, member.elsesubcon)]
            fitting = [size for size in sizes if size is not None and size <= room]
            return max(fitting) if len(fitting) == len(sizes) else None
    return room if member is GreedyBytes else None


def _value(expression: Any, known: Mapping[str, int]) -> int | None:
    try:
        return int(expression(known))
    except (LookupError, AttributeError, TypeError):
        return None
