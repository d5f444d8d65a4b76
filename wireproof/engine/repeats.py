"""Members that are repeated as long as there are octets: a loop in the intermediate form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wireproof.dissectors.schema import Repeat
from wireproof.engine.builder import Builder
from wireproof.engine.cursor import Cursor
from wireproof.engine.form import Operand, Position
from wireproof.engine.members import Members, Pending
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.sizes import fixed_size, has_effect
from wireproof.engine.trace import Integer, Scope


def lower_repeat(members: Members, repeat: Repeat, scope: Scope, cursor: Cursor, pending: Pending) -> None:
    """Lower members that are repeated as long as there are octets; what is left for a last round is told as well."""
    if cursor.local:
        raise NotLowerableError("repeated members within a condition")
    if members.in_first_part:
        raise NotLowerableError("repeated members in the first part")
    run(pending)
    build, begin, limit = members.build, cursor.here(), cursor.limit
    declared = cursor.declared if cursor.declared is not None else cursor.exits.end
    if repeat.size is not None:
        size = members.tracer.number(repeat.size, scope)
        if size.low < 0:
            raise NotLowerableError("repeated members of a negative size")
        declared = build.binary("add", begin.at, size.operand)
    if declared is None:
        raise NotLowerableError("repeated members without an end")
    sizes = [fixed_size(member) for member in repeat.members]
    is_plain = None not in sizes and any(sizes) and not any(map(has_effect, repeat.members))
    if is_plain and repeat.size is None and not members.wanted.any(repeat) and not members.heeds_any(repeat):
        # Nobody looks: the layer ends here only where the capture does.
        octets = sum(size for size in sizes if size is not None)
        left = build.binary("floormod", build.binary("sub", declared, begin.at), octets)
        last = build.binary("sub", declared, left)
        is_cut = build.compare("lt", limit.at, declared)
        build.hand_over(build.both(is_cut, build.compare("ge", limit.at, last)))
        build.leave(cursor.exits.cut, is_cut)
        cursor.jump(build.after(build.rest(begin, limit)))
        cursor.close()
        return
    place = build.slot("position", "round")
    build.set(place, begin)
    with build.block("repeated") as ended, build.block("round", loops=True):
        start = build.position(place)
        build.leave(ended, build.compare("ge", start.at, declared))
        inner = Scope(scope.values, scope.parent, is_nested=scope.is_nested)
        first = scope.values.get("option_start")
        origin = first.make().operand if isinstance(first, Integer) else begin.at
        offset = build.binary("sub", start.at, origin)
        inner.values["option_offset"] = Integer(lambda: Number(offset, 0, 1 << 33))
        with build.block("next round") as following:
            with build.block("short") as short:
                rounds = Cursor(build, start, limit, cursor.exits._replace(cut=short))
                read_each(members, repeat.members, inner, rounds)
                here = rounds.here()
                build.leave(ended, build.compare("eq", here.at, start.at))
                build.set(place, here)
                build.leave(following)
            if repeat.size is None:
                is_cut = build.compare("lt", limit.at, declared)
                build.hand_over(build.both(is_cut, _crosses(start, sizes, declared, build)))
                build.leave(cursor.exits.cut, is_cut)
            else:
                build.leave(cursor.exits.cut)
            if repeat.rest is not None and members.heeds(repeat.rest):
                members.broken(repeat.rest, True)
            build.leave(ended)
    if repeat.size is not None:
        cursor.jump(build.position(place))
        return
    cursor.jump(build.after(build.rest(begin, limit)))
    cursor.close()


def _crosses(start: Position, sizes: Sequence[int | None], declared: Operand, build: Builder) -> Operand:
    """Return whether a round is one for which there are too few octets, captured or not, as far as that is known."""
    if None in sizes:
        return True
    octets = sum(size for size in sizes if size is not None)
    return build.compare("gt", build.binary("add", start.at, octets), declared)


def read_each(members: Members, each: Any, scope: Scope, cursor: Cursor) -> None:
    """Lower members each of which is told of once it has been read."""
    told: Pending = []
    for member in each:
        members.read((member,), scope, cursor, told)
        run(told)


def run(pending: list[Any]) -> None:
    """Tell what is to be told."""
    for each in pending:
        each()
    pending.clear()
