"""Fields of a number of bits, as construct's BitStruct has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from construct import BitsInteger, Flag, Padded, Pass, Renamed

from wireproof.dissectors.schema import Field
from wireproof.engine.cursor import Cursor
from wireproof.engine.form import HAND_OVER, Extent
from wireproof.engine.members import Members, Pending
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.trace import Integer, Octets, Scope


def lower_bit_struct(members: Members, member: Any, scope: Scope, cursor: Cursor, pending: Pending) -> Scope:
    """Lower a BitStruct of bits whose number is constant."""
    octets = members.constant(cursor, member.decodeamount)
    inner, place = Scope(parent=scope, is_nested=True), 0
    for each in member.subcon.subcons:
        subcon, fields = each, []
        while isinstance(subcon, (Renamed, Field)):
            fields += [subcon] if isinstance(subcon, Field) else []
            subcon = subcon.subcon
        if isinstance(subcon, BitsInteger) and isinstance(subcon.length, int) and not (subcon.signed or subcon.swapped):
            size = subcon.length
        elif subcon is Flag:
            size = 1
        elif isinstance(subcon, Padded) and subcon.subcon is Pass and isinstance(subcon.length, int):
            place += subcon.length
            continue
        else:
            raise NotLowerableError(f"the construct {type(subcon).__name__} among bits")
        value = Integer(lambda place=place, size=size: _some_bits(members, octets.make(), place, size))  # type: ignore[misc]
        raw = _raw(members, octets, place, size)
        place += size
        for field in fields:
            members.tell_later(field, value, pending, raw)
        if each.name:
            inner.values[each.name] = value
    return inner


def _raw(members: Members, octets: Octets, place: int, size: int) -> Callable[[], Extent]:
    first = place // 8
    return lambda: members.build.within(octets.make(), first, (place + size + 7) // 8 - first, HAND_OVER)


def _some_bits(members: Members, extent: Extent, place: int, size: int) -> Number:
    first, last = place // 8, (place + size + 7) // 8
    if last - first > 7:
        raise NotLowerableError("bits of more than 7 octets")
    calculate = members.tracer.calculate
    word = Number(members.build.load(extent, first, last - first), 0, (1 << (last - first) * 8) - 1)
    moved = calculate.apply("rshift", word, Number.of(last * 8 - place - size))
    return calculate.apply("and", moved, Number.of((1 << size) - 1))
