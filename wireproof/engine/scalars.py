"""What a member's value is made of: numbers and octets where they lie, and what is computed from others."""

from __future__ import annotations

from typing import Any

from construct.expr import Path

from wireproof.dissectors.schema import (
    Bits,
    KindOfAddress,
    Piece,
    Text,
)
from wireproof.engine.builder import Builder
from wireproof.engine.cursor import Cursor
from wireproof.engine.form import HAND_OVER, Extent
from wireproof.engine.numbers import GREATEST, Number
from wireproof.engine.raws import piece_of
from wireproof.engine.trace import Integer, Member, NotLowerableError, Octets, Scope, Tracer, Unusable, always_there
from wireproof.engine.wordings import Wording, rendered
from wireproof.grammar.escapes import encode

_WIDEST = 8  # octets of a number


class Scalars:
    """Makes the values of members: of octets that a cursor steps over, and of other members."""

    def __init__(self, build: Builder) -> None:
        self.build = build
        self.tracer = Tracer(build)

    # What consumes octets

    def _kept(self, extent: Extent, size: int | None, cursor: Cursor) -> Octets:
        if not cursor.local:
            return Octets(lambda: extent, size)
        build, slot = self.build, self.build.slot("extent", "place")
        build.set(slot, extent)
        if size is None:
            return Octets(lambda: build.extent(slot))
        return Octets(lambda: build.within(build.extent(slot), 0, size, HAND_OVER), size)

    def constant(self, cursor: Cursor, size: int) -> Octets:
        """Step over octets of a constant number; where they lie is told where it is asked for."""
        make = cursor.take(size)
        return self._kept(make(), size, cursor) if cursor.local else Octets(make, size)

    def integer(self, cursor: Cursor, size: int, *, little: bool) -> Member:
        """Step over a number without a sign."""
        octets = self.constant(cursor, size)
        pattern = (lambda: self.build.load(octets.make(), 0, size, little=little)) if size == _WIDEST else None
        return Integer(lambda: self._number(octets.make(), little=little), octets.make, little=little, pattern=pattern)

    def signed(self, cursor: Cursor, size: int) -> Member:
        """Step over a number with a sign, in two's complement."""
        octets, top = self.constant(cursor, size), 1 << size * 8 - 1

        def make() -> Number:
            flipped = self.build.binary("xor", self._number(octets.make()).operand, top)
            return Number(self.build.binary("sub", flipped, top), -top, top - 1)

        return Integer(make, octets.make)

    def _number(self, extent: Extent, *, little: bool = False) -> Number:
        if not isinstance(extent.size, int) or extent.size > 8:
            raise NotLowerableError("so many octets as a number")
        if not extent.size:
            return Number.of(0)
        loaded = self.build.load(extent, 0, extent.size, little=little)
        if extent.size == _WIDEST:  # which has no sign: where the first bit is set, the reference is asked
            self.build.hand_over(self.build.compare("lt", loaded, 0))
            return Number(loaded, 0, GREATEST)
        return Number(loaded, 0, (1 << extent.size * 8) - 1)

    def octets(self, member: Any, scope: Scope, cursor: Cursor) -> Octets:
        """Step over octets, of as many as an expression says."""
        if isinstance(member.length, int):
            return self.constant(cursor, member.length)
        length = self.tracer.number(member.length, scope)
        if isinstance(length.operand, int) and length.operand >= 0:
            return self.constant(cursor, length.operand)
        return self._kept(cursor.take_variable(self.build.integer(length.operand)), None, cursor)

    # What is computed

    def computed(self, member: Any, scope: Scope) -> Member:
        """Return what an expression says; what construct cannot compute ends the layer."""
        expression = member.func
        if isinstance(expression, Path):
            found = self.tracer.member(expression, scope)
            if isinstance(found, Unusable):
                return found
            if isinstance(found, Integer) and found.present is always_there:
                return Integer(found.make)
        if callable(expression) or isinstance(expression, int):
            now = scope.frozen()
            if callable(expression) and not isinstance(expression, KindOfAddress):
                with self.build.attempt():  # what construct cannot compute ends the layer, also where nobody asks
                    self.tracer.number(expression, now)
            return Integer(lambda: self.tracer.number(expression, now))
        return Unusable(f"the constant {expression!r}", lambda: _worded(expression))

    def bits(self, bits: Bits, scope: Scope) -> Number:
        """Return some bits of a member that has been read."""
        member, calculate = scope.find(bits.member), self.tracer.calculate
        if isinstance(member, Octets):
            self.build.hand_over(self.build.invert(member.present()))
            extent = member.make()
            size = bits.size if bits.size is not None else (None if member.size is None else member.size - bits.at)
            if size is None:
                raise NotLowerableError("bits of octets whose number varies")
            number = self._number(self.build.within(extent, bits.at, size, HAND_OVER), little=bits.order == "little")
        elif bits.order == "little":
            if not isinstance(member, Integer) or member.extent is None:
                raise NotLowerableError("the other order of what lies nowhere")
            self.build.hand_over(self.build.invert(member.present()))
            octets = self.build.within(member.extent(), 0, bits.size or 1, HAND_OVER)
            number = self._number(octets, little=not member.little)
        else:
            found = self.tracer.value(member)
            if not isinstance(found, Number):
                raise NotLowerableError("bits of what is no number")
            number = found
        if bits.mask is not None:
            number = calculate.apply("and", number, Number.of(bits.mask))
        if bits.shift:
            number = calculate.apply("rshift", number, Number.of(bits.shift))
        return calculate.apply("mul", number, Number.of(bits.scale)) if bits.scale != 1 else number

    def piece(self, piece: Piece, scope: Scope) -> Extent:
        """Return some octets of a member that has been read."""
        found = self.tracer.value(scope.find(piece.member))
        if not isinstance(found, Extent):
            raise NotLowerableError("a piece of what is no octets")
        return piece_of(self.build, found, piece)

    def text(self, text: Text, scope: Scope) -> Wording:
        """Return the words that a member that has been read is shown as."""
        member = scope.find(text.member)
        found = self.tracer.value(member)
        if isinstance(found, Number):
            return rendered(text.render, found, None)
        if not isinstance(found, Extent):
            raise NotLowerableError("the text of several members")
        return rendered(text.render, self._number(found), found.size if isinstance(found.size, int) else None)


def _worded(constant: Any) -> bytes:
    """Return the octets of a constant text."""
    if not isinstance(constant, str):
        raise NotLowerableError(f"the constant {constant!r}")
    return encode(constant)
