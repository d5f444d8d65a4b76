"""Which fields of a protocol can be given when a packet is built, and which member of the schema each one sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from construct import Bytes, Computed, Default, GreedyBytes, Pass, Renamed

from wireproof.dissectors.schema import (
    Ahead,
    At,
    Bits,
    Field,
    FieldInfo,
    FieldType,
    Options,
    Piece,
    Protocol,
    SourceRoute,
    Tail,
    Text,
    There,
)
from wireproof.dissectors.schema.walk import fields_of, innermost

_COMPUTED = (Computed, Text, Bits, Piece, Ahead, At, SourceRoute, There)
"""What takes no octets of its own."""


@dataclass(frozen=True)
class Settable:
    """A field that can be given: the member that holds it, and its bits there where it is not the whole member.

    `size` is the member's octets, None where they vary. `width` is the field's bits. `default` is the member's.
    `plain` is a member under its own name, which is no field.
    """

    info: FieldInfo
    member: str
    feeds: frozenset[str] = frozenset()
    bits: Bits | None = None
    size: int | None = None
    is_bytes: bool = False
    default: Any = None
    payload: bool = False
    plain: bool = False

    @property
    def name(self) -> str:
        """The field's name."""
        return self.info.name

    @property
    def mask(self) -> int | None:
        """The field's bits in the member, or None for all of them."""
        return self.bits.mask if self.bits else None

    @property
    def width(self) -> int:
        """The number of bits that the field takes."""
        if self.bits is None:
            return 1 << 16 if self.size is None else self.size * 8
        if self.bits.mask is not None:
            return self.bits.mask.bit_length() - self.bits.shift
        return (self.bits.size or self.size or 0) * 8

    def contains(self, other: Settable) -> bool:
        """Whether the other field's bits, of the same member, are all among this one's."""
        if self.bits is None:
            return True
        if other.bits is None or (self.bits.at, self.bits.size) != (other.bits.at, other.bits.size):
            return False
        return self.mask is None or (other.mask is not None and other.mask & ~self.mask == 0)


@dataclass(frozen=True)
class _Member:
    """What a named member is made of, behind its name, its field and its condition."""

    subcon: Any
    size: int | None
    is_bytes: bool
    default: Any
    computed: bool


def _members(protocol: Protocol) -> Iterator[Any]:
    """Yield the members of a protocol, but for those that lie behind what it carries."""
    for part in protocol.parts:
        if not isinstance(part, Tail):
            yield from part.subcons


@cache
def settable_fields(protocol: Protocol) -> Mapping[str, Settable]:
    """Return what can be given, by name: the fields, and under ``protocol.member`` the members that no field is all of.

    The member of a total length of zero, say, shows as no field; by its own name it can be given all the same.
    """
    members = {member.name: _look(member) for member in _members(protocol) if member.name is not None}
    found: dict[str, Settable] = {}
    for item in fields_of(protocol):
        if isinstance(item.field, Field) and not item.nested:
            settable = _settable(item.field, item.member, members)
            if settable is not None:
                found.setdefault(settable.name, settable)
    for name, made in members.items():
        if not made.computed:
            info = FieldInfo(f"{protocol.name}.{name}", FieldType.BYTES if made.is_bytes else FieldType.UINT64)
            own = Settable(info, name, frozenset(), None, made.size, made.is_bytes, made.default, plain=True)
            found.setdefault(info.name, own)
    return found


@cache
def members_of(protocol: Protocol) -> Mapping[str, Any]:
    """Return the construct of each member that has octets in the header, by name, without names and conditions."""
    looked = ((member.name, _look(member)) for member in _members(protocol) if member.name)
    return {name: made.subcon for name, made in looked if not made.computed and made.subcon is not GreedyBytes}


def _settable(item: Field, name: str | None, members: Mapping[str, _Member]) -> Settable | None:
    subcon = innermost(item)
    feeds = frozenset(info.name for info in item.feeds)
    if isinstance(subcon, Bits):
        on = members.get(subcon.member)
        if on is None or on.computed:
            return None
        return Settable(item.info, subcon.member, feeds, subcon, on.size, on.is_bytes, on.default)
    if (isinstance(subcon, _COMPUTED) and not isinstance(subcon, Bits)) or name is None:
        return None
    on, whole = _look(item), members.get(name)
    size = None if whole is not None and whole.size is None else on.size
    return Settable(item.info, name, feeds, None, size, on.is_bytes, on.default, subcon is GreedyBytes)


def _look(member: Any) -> _Member:
    """Look through names, fields and conditions at what a member is made of."""
    default, varies = None, False
    while True:
        if isinstance(member, Default):
            default = member.value
            member = member.subcon
        elif isinstance(member, (Renamed, Field)):
            member = member.subcon
        elif hasattr(member, "thensubcon"):
            arms = member.thensubcon, member.elsesubcon
            computed = isinstance(innermost(arms[0]), _COMPUTED)
            varies |= len({_size(innermost(arm)) for arm in arms if innermost(arm) is not Pass}) > 1
            member = arms[computed]
        else:
            break
    size = None if varies and isinstance(member, Bytes) else _size(member)
    is_bytes = isinstance(member, (Bytes, Options)) or member is GreedyBytes
    return _Member(member, size, is_bytes, default, isinstance(member, _COMPUTED))


def _size(member: Any) -> int | None:
    """Return how many octets a member takes, None where that varies."""
    try:
        return int(member.sizeof())
    except Exception:  # construct raises what an expression raises without a context
        return None
