"""What looks ahead, as `dissectors.schema.ahead` does: its answers are kept in slots."""

from __future__ import annotations

from wireproof.dissectors.schema import Ahead, At, SourceRoute
from wireproof.dissectors.schema.ahead import ADDRESS, END, FIRST, NO_OPERATION
from wireproof.engine.cursor import Cursor
from wireproof.engine.form import HAND_OVER, Operand
from wireproof.engine.members import Members
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.trace import Integer, Octets, Scope

LONGEST = 255


def lower_ahead(members: Members, member: Ahead | At | SourceRoute, scope: Scope, cursor: Cursor) -> Integer | Octets:
    """Lower what looks ahead. Raises NotLowerableError."""
    if isinstance(member, Ahead):
        return _number(members, member, cursor)
    if isinstance(member, At):
        return _octets(members, member, scope, cursor)
    return _route(members, member, scope, cursor)


def _number(members: Members, ahead: Ahead, cursor: Cursor) -> Integer:
    if ahead.octets > 4:
        raise NotLowerableError("so many octets ahead as a number")
    build = members.build
    slot = build.slot("integer", "ahead")
    build.set(slot, 0)
    with build.block("ahead") as missing:
        reach = build.need(cursor.here(), ahead.skip + ahead.octets, cursor.limit, missing)
        build.set(slot, build.load(reach, ahead.skip, ahead.octets))
    return Integer(lambda: Number(build.get(slot), 0, (1 << 8 * ahead.octets) - 1))


def _octets(members: Members, at: At, scope: Scope, cursor: Cursor) -> Octets:
    build = members.build
    slot = build.slot("extent", "ahead")
    distance = build.integer(members.tracer.number(at.distance, scope).operand)
    reach = build.need(cursor.here(), build.binary("add", distance, at.octets), cursor.limit, cursor.exits.cut)
    build.set(slot, build.within(reach, distance, at.octets, HAND_OVER))
    return Octets(lambda: build.within(build.extent(slot), 0, at.octets, HAND_OVER), at.octets)


def _route(members: Members, route: SourceRoute, scope: Scope, cursor: Cursor) -> Integer:
    """Walk the options up to the one that decides."""
    build, cut = members.build, cursor.exits.cut
    found, place = build.slot("integer", "route"), build.slot("position", "option")
    here = cursor.here()
    build.set(found, 0)
    start = build.after(build.need(here, ADDRESS, cursor.limit, cut))
    end = build.binary("add", start.at, build.integer(members.tracer.number(route.size, scope).operand))
    build.set(place, start)
    with build.block("route") as ended, build.block("option", loops=True):
        at = build.position(place)
        build.leave(ended, build.compare("ge", at.at, end))
        octet = build.need(at, 1, cursor.limit, cut)
        kind = build.load(octet, 0, 1)
        build.leave(ended, build.compare("eq", kind, END))

        def option() -> None:
            behind = build.after(octet)
            build.leave(ended, build.compare("ge", behind.at, end))
            head = build.need(at, 2, cursor.limit, cut)
            length = build.load(head, 1, 1)
            build.leave(ended, build.compare("lt", length, 2))
            build.leave(ended, build.compare("gt", build.binary("add", at.at, length), end))
            is_route: Operand = False
            for number in route.routes:
                is_route = build.either(is_route, build.compare("eq", kind, number))

            def decide() -> None:
                pointer = build.load(build.need(build.after(head), 1, cursor.limit, cut), 0, 1)
                build.leave(ended, build.compare("lt", pointer, FIRST))
                build.leave(ended, build.compare("gt", pointer, length))
                build.leave(ended, build.compare("ne", build.binary("and", pointer, ADDRESS - 1), 0))
                last = build.binary("add", build.binary("sub", at.at, here.at), length)
                build.set(found, build.binary("sub", last, ADDRESS))
                build.leave(ended)

            build.branch(is_route, decide, lambda: None)
            # The last option need not be there: nobody looks at what is in it.
            build.leave(ended, build.compare("ge", build.binary("add", at.at, length), end))
            reach = build.need(at, build.binary("add", length, 1), cursor.limit, cut)
            build.set(place, build.after(build.within(reach, 0, length, HAND_OVER)))

        build.branch(build.compare("eq", kind, NO_OPERATION), lambda: build.set(place, build.after(octet)), option)
    return Integer(lambda: Number(build.get(found), 0, LONGEST))
