"""Option lists and repeated members: loops in the intermediate form, as `dissectors.schema.options` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wireproof.dissectors.schema import Option, Options, Repeat
from wireproof.engine.cursor import Cursor
from wireproof.engine.form import Extent, Limit, Operand, Position, Slot
from wireproof.engine.members import Members, Pending
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.sizes import fixed_size, has_effect
from wireproof.engine.trace import Integer, Octets, Scope


def lower_options(members: Members, options: Options, scope: Scope, cursor: Cursor, pending: Pending) -> Octets:
    """Step over an option list; it is walked, when its part has been read, if somebody wants a field of it."""
    size = members.tracer.number(options.size, scope)
    extent = cursor.take_variable(members.build.integer(size.operand))
    complains, is_wanted = _complains(members, options), members.wanted.any(options)
    if (complains or is_wanted) and cursor.local:
        raise NotLowerableError("an option list within a condition")
    if complains:
        _walk(members.heeding(), options, scope, extent)
    if is_wanted:
        pending.append(lambda: _walk(members.telling(), options, scope, extent))
    return Octets(lambda: extent)


def _walk(members: Members, options: Options, scope: Scope, extent: Extent) -> None:
    build = members.build
    place = build.slot("position", "option")
    build.set(place, Position(extent.base))
    end = build.ending(extent)
    with build.block("options") as ended, build.block("option", loops=True):
        start = build.position(place)
        kind_octet = build.need(start, 1, end, ended)
        kind = Number(build.load(kind_octet, 0, 1), 0, 255)
        inner = Scope(scope.values, scope, is_nested=scope.is_nested)
        inner.values["kind"] = Integer(lambda: kind, lambda: kind_octet)

        def tell_kind() -> None:
            told: Pending = []
            members.tell_later(options.kind, inner.values["kind"], told, lambda: kind_octet)
            members.read(options.details, inner, Cursor(build, start, end, ended), told)
            _run(told)

        is_single: Operand = False
        for number in options.single:
            is_single = build.either(is_single, build.compare("eq", kind.operand, number))

        def single() -> None:
            tell_kind()
            if options.end is not None and options.end in options.single:
                build.leave(ended, build.compare("eq", kind.operand, options.end))
            build.set(place, build.after(kind_octet))

        def full() -> None:
            _full(members, options, inner, (kind, kind_octet, end), ended, place, tell_kind)

        build.branch(is_single, single, full)


def _full(
    members: Members,
    options: Options,
    scope: Scope,
    kind: tuple[Number, Extent, Limit],
    ended: str,
    place: Slot,
    tell_kind: Callable[[], None],
) -> None:
    """Lower an option with a length: first what is wrong with it, then what is told of it."""
    build, (number, kind_octet, end) = members.build, kind
    start = Position(kind_octet.base)
    with build.block("next") as following:
        with build.block("alone") as alone:
            with build.block("malformed") as malformed:
                head = build.need(start, 2, end, alone)
                length = build.load(head, 1, 1)
                octet = build.within(head, 1, 1, alone)
                scope.values["option_length"] = Integer(lambda: Number(length, 0, 255), lambda: octet)
                build.leave(malformed, build.compare("lt", length, 2))
                whole = build.need(start, length, end, malformed)
                tell_kind()
                told: Pending = []
                members.tell_later(options.length, scope.values["option_length"], told, lambda: octet)
                _run(told)
                _bodies(members, options, scope, number.operand, length, build.after(head), build.ending(whole))
                build.set(place, build.after(whole))
                build.leave(following)
            _complain(members, options)
            build.leave(ended)
        tell_kind()
        build.leave(ended)


def _complains(members: Members, options: Options) -> bool:
    """Whether anybody is told of an option that is not as it should be."""
    return options.invalid is not None and members.heeds(options.invalid)


def _complain(members: Members, options: Options) -> None:
    if options.invalid is not None:
        members.broken(options.invalid, True)


def _bodies(
    members: Members, options: Options, scope: Scope, kind: Operand, length: Operand, start: Position, end: Limit
) -> None:
    """Lower the bodies that somebody looks into, and the complaints about lengths, as a switch by kind."""
    complains = _complains(members, options)

    def body(option: Option) -> Callable[[], None]:
        def write() -> None:
            members.build.branch(
                _admits(members, option, length),
                lambda: _body(members, options, option, scope, start, end),
                lambda: _complain(members, options),
            )

        return write

    def matters(option: Option) -> bool:
        return complains or any(members.wanted.any(member) for member in option.members)

    cases: list[tuple[tuple[int, ...], Callable[[], None]]] = [
        ((kind,), body(option)) for kind, option in options.bodies.items() if matters(option)
    ]
    if cases or matters(options.default):
        if not complains:
            others = [key for key, option in options.bodies.items() if not matters(option)]
            cases += [(tuple(others), lambda: None)] if others and matters(options.default) else []
        default = body(options.default) if matters(options.default) else lambda: None
        members.build.switch(kind, cases, default)


def _admits(members: Members, option: Option, length: Operand) -> Operand:
    """Return whether an option may be that long."""
    build, lengths = members.build, option.lengths
    if lengths is None:
        return True
    if isinstance(lengths, range) and lengths.step == 1:
        return build.both(build.compare("ge", length, lengths.start), build.compare("lt", length, lengths.stop))
    found: Operand = False
    for each in lengths:
        found = build.either(found, build.compare("eq", length, each))
    return found


def _body(members: Members, options: Options, option: Option, scope: Scope, start: Position, end: Limit) -> None:
    if any(map(has_effect, option.members)):
        raise NotLowerableError("a rule within an option")
    build = members.build
    with build.block("body") as done:
        with build.block("whole") as cut:
            cursor, told = Cursor(build, start, end, cut), []  # type: tuple[Cursor, Pending]
            members.read(option.members, Scope(scope.values, scope.parent, is_nested=scope.is_nested), cursor, told)
            _run(told)
            build.leave(done)
        _complain(members, options)


def lower_repeat(members: Members, repeat: Repeat, scope: Scope, cursor: Cursor, pending: Pending) -> None:
    """Lower members that are repeated as long as there are octets; a rest that is too short is read all the same."""
    if cursor.local:
        raise NotLowerableError("repeated members within a condition")
    if has_effect(repeat):
        raise NotLowerableError("a rule within repeated members")
    build, begin, limit = members.build, cursor.here(), cursor.limit
    cursor.jump(build.after(build.rest(begin, limit)))
    sizes = [fixed_size(member) for member in repeat.members]
    if None in sizes or not any(sizes):  # a round that cannot be read, or takes no octets, may end them early
        cursor.close()

    def walk() -> None:
        place = build.slot("position", "round")
        build.set(place, begin)
        with build.block("repeated") as ended, build.block("round", loops=True):
            start = build.position(place)
            inner, told = Cursor(build, start, limit, ended), []  # type: tuple[Cursor, Pending]
            members.read(repeat.members, Scope(scope.values, scope.parent, is_nested=scope.is_nested), inner, told)
            if inner.window is None and inner.position == start:
                raise NotLowerableError("repeated members without octets")
            build.leave(ended, build.compare("eq", inner.here().at, start.at))
            _run(told)
            build.set(place, inner.here())

    if members.wanted.any(repeat):
        pending.append(walk)


def _run(pending: list[Any]) -> None:
    for each in pending:
        each()
