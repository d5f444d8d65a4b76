"""The octets that a field lies in, as `@field` has them: those that its bits touch, none where it is computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from construct import Computed, Default, Rebuild, Renamed

from wireproof.dissectors.schema import Bits, Field, Piece, Text
from wireproof.engine.builder import Builder
from wireproof.engine.form import HAND_OVER, Extent, Operand
from wireproof.engine.trace import Integer, Member, Octets, Scope

Raw: TypeAlias = Callable[[], Extent | bytes] | None


def nothing() -> bytes:
    """The octets of what lies nowhere."""
    return b""


def raw_of(build: Builder, field: Field, value: Member | None, scope: Scope) -> Raw:
    """Return what makes the octets of a field; None where that cannot be told."""
    subcon = field.subcon
    if isinstance(subcon, (Bits, Piece, Text)):
        return None if scope.is_nested else _of_member(build, subcon, scope)
    while isinstance(subcon, (Renamed, Default, Rebuild)):
        subcon = subcon.subcon
    if isinstance(subcon, (Computed, Bits, Piece, Text)):
        return nothing
    return consumed(value)


def consumed(value: Member | None) -> Callable[[], Extent] | None:
    """Return what makes the octets of a member that was read from them; None where it was not."""
    if isinstance(value, Octets):
        return value.make
    return value.extent if isinstance(value, Integer) else None


def _of_member(build: Builder, subcon: Bits | Piece | Text, scope: Scope) -> Raw:
    member = scope.values.get(subcon.member)
    make = consumed(member)
    if make is None or not isinstance(member, (Integer, Octets)):
        # The reader keeps the place of what is computed too, and takes the bits that lie before it.
        return None

    def octets() -> Extent:
        build.hand_over(build.invert(member.present()))
        if isinstance(subcon, Piece):
            return piece_of(build, make(), subcon)
        return _bits(build, make(), subcon) if isinstance(subcon, Bits) else make()

    return octets


def piece_of(build: Builder, extent: Extent, piece: Piece) -> Extent:
    """Return the octets that a piece of others is; a frame in which they are too few is left to the reference."""
    size = build.binary("sub", extent.size, piece.at) if piece.size is None else piece.size
    return build.within(extent, piece.at, size, HAND_OVER)


def _bits(build: Builder, extent: Extent, bits: Bits) -> Extent:
    """Return the octets of a member that bits of it touch."""
    first: Operand = bits.at
    last = extent.size if bits.size is None else bits.at + bits.size
    if bits.mask is not None:
        first = build.binary("add", last, -((bits.mask.bit_length() + 7) // 8))
        last = build.binary("add", last, -(bits.shift // 8))
    return build.within(extent, first, build.binary("sub", last, first), HAND_OVER)
