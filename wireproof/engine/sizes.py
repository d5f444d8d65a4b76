"""What can be said of a member without reading it: how many octets it takes, and whether it can stop its layer."""

from __future__ import annotations

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
    IfThenElse,
    Padded,
    Pass,
    Rebuild,
    Renamed,
    Struct,
    Transformed,
)

from wireproof.dissectors.schema import Bits, Field, Piece, Rule, Text
from wireproof.engine.wanted import children


@cache
def has_effect(member: Any) -> bool:
    """Whether a member can stop its layer without being short of octets, or report a rule."""
    return isinstance(member, (Rule, Check, Const)) or any(map(has_effect, children(member)))


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
        case Struct():
            sizes = [fixed_size(each) for each in member.subcons]
            return None if None in sizes else sum(size for size in sizes if size is not None)
        case IfThenElse():
            then, otherwise = fixed_size(member.thensubcon), fixed_size(member.elsesubcon)
            return then if then == otherwise else None
        case Transformed() if isinstance(member.decodeamount, int):
            return int(member.decodeamount)
    return 0 if member is Pass else None
