"""Objects that say themselves how long they are: a loop, as `dissectors.schema.objects` runs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wireproof.dissectors.schema import Objects
from wireproof.engine.cursor import Cursor
from wireproof.engine.members import Members, Pending
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.repeats import read_each, run
from wireproof.engine.trace import Integer, Scope

LONGEST = 1 << 33


def lower_objects(members: Members, objects: Objects, scope: Scope, cursor: Cursor, pending: Pending) -> None:
    """Lower objects. Nothing can be read behind them."""
    if cursor.local:
        raise NotLowerableError("objects within a condition")
    run(pending)
    build, tracer = members.build, members.tracer
    begin = cursor.here()
    end = build.binary("add", begin.at, build.integer(tracer.number(objects.size, scope).operand))
    place = build.slot("position", "object")
    build.set(place, begin)
    with build.block("objects") as done, build.block("object", loops=True):
        start = build.position(place)
        room = build.binary("sub", end, start.at)
        build.leave(done, build.compare("lt", room, objects.least))
        inner = Scope(scope.values, scope.parent, is_nested=scope.is_nested)
        inner.values["object_room"] = Integer(lambda: Number(room, objects.least, LONGEST))
        head = Cursor(build, start, cursor.limit, cursor.exits)
        read_each(members, objects.head, inner, head)
        head.settle()
        length = build.integer(tracer.number(objects.length, inner).operand)
        build.leave(done, build.compare("lt", length, objects.least))
        size = build.select(build.compare("lt", length, room), length, room)
        inner.values["object_size"] = Integer(lambda: Number(size, objects.least, LONGEST))
        kind = tracer.value(inner.find(objects.kind))
        if not isinstance(kind, Number):
            raise NotLowerableError("a kind that is no number")
        behind = head.here()

        def body(each: tuple[Any, ...]) -> Callable[[], None]:
            def write() -> None:
                inside = Cursor(build, behind, cursor.limit, cursor.exits)
                read_each(members, each, Scope(inner.values, inner.parent, is_nested=inner.is_nested), inside)
                inside.settle()  # what nobody looks at of it has to be there as well

            return write

        cases: list[tuple[tuple[int, ...], Callable[[], None]]] = [
            ((number,), body(each)) for number, each in objects.bodies.items()
        ]
        build.switch(build.integer(kind.operand), cases, body(objects.default))
        # Of the last one, nobody needs what is not captured.
        build.leave(done, build.compare("ge", length, room))
        build.set(place, build.after(build.need(start, length, cursor.limit, cursor.exits.cut)))
    cursor.close()
