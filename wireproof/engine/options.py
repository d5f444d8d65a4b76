"""Option lists: loops in the intermediate form, as `dissectors.schema.options` runs them.

What is read of a list stays, so that it is told as it is found, and not when the part has been read whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from wireproof.dissectors.schema import FieldInfo, Option, Options, Rule
from wireproof.dissectors.schema.options import WORD
from wireproof.engine.cursor import NOWHERE, Cursor
from wireproof.engine.form import HAND_OVER, Extent, Limit, Operand, Position
from wireproof.engine.members import Members, Pending
from wireproof.engine.numbers import NotLowerableError, Number
from wireproof.engine.raws import consumed
from wireproof.engine.repeats import read_each, run
from wireproof.engine.sizes import fits, fixed_size, has_effect
from wireproof.engine.trace import Integer, Octets, Scope
from wireproof.engine.wanted import Seen

LENGTHS = 256


def lower_options(members: Members, options: Options, scope: Scope, cursor: Cursor, pending: Pending) -> Octets:
    """Lower an option list; it is walked if somebody is told of it, or if it may end its layer."""
    if cursor.local:
        raise NotLowerableError("an option list within a condition")
    if members.in_first_part:
        raise NotLowerableError("an option list in the first part")
    run(pending)
    build = members.build
    size = build.integer(members.tracer.number(options.size, scope).operand)
    start = cursor.here()
    end = build.binary("add", start.at, size)
    build.leave(cursor.exits.cut, build.compare("lt", size, 0))
    if options.entire:
        if cursor.exits.asked is not None:
            build.set(cursor.exits.asked, end)
        build.need(start, size, cursor.limit, cursor.exits.cut)
    captured = build.clip(end, cursor.limit)
    members.reaches(Position(captured.at))
    with build.when(build.compare("gt", size, 0)):
        _whole(members, options.field, build.rest(start, captured))
        if members.wanted.any(options) or any(map(members.heeds, _rules(options))) or may_stop(options):
            walk = _List(members, options, scope, cursor, (start, end, captured))
            walk.lower()
            walk.declare(NOWHERE)
    found = build.rest(start, captured)
    cursor.jump(build.after(found))
    return Octets(lambda: found)


def may_stop(options: Options) -> bool:
    """Whether an option in the list can be too short for its members, which ends the layer."""
    return any(stopping(option) is None or stopping(option) for option in options.bodies.values())


@cache
def stopping(option: Option) -> frozenset[int] | None:
    """Return the lengths with which an option ends the layer, None where more than its length decides."""
    admitted = (*option.first, *option.members)
    sizes = _plain_size(option.first), _plain_size(admitted)
    found = set()
    for length in range(2, LENGTHS):
        is_read = option.lax or option.admits(length)
        size = sizes[is_read]
        whole = (
            fits(admitted if is_read else option.first, length - 2, {"option_length": length})
            if size is None
            else size <= length - 2
        )
        if whole is None:
            return None
        if not whole:
            found.add(length)
    return frozenset(found)


def _plain_size(members: tuple[Any, ...]) -> int | None:
    """Return the octets that members take which only too few octets can stop, None where there are others."""
    sizes = [fixed_size(member) for member in members]
    if None in sizes or any(map(has_effect, members)):
        return None
    return sum(size for size in sizes if size is not None)


def _rules(options: Options) -> list[Rule]:
    return [member for member in options.declared() if isinstance(member, Rule)]


def _whole(members: Members, info: FieldInfo, extent: Extent) -> None:
    """Tell of octets that others are read from as well."""
    seen = Seen(None, lambda: extent, members.layer, raw=lambda: extent)
    told = members.wanted.of(info)
    if told:
        with members.build.when(members.build.compare("gt", extent.size, 0)):
            for callback in told:
                callback(seen)


@dataclass(frozen=True)
class _Found:
    """An option that was found: its first octets, its length, its declared end, and how far that is captured."""

    scope: Scope
    head: Extent
    length: Operand
    end: Operand
    captured: Limit


class _List:
    """Walks an option list. `places` are its start, its declared end, and how far it is captured."""

    def __init__(
        self,
        members: Members,
        options: Options,
        scope: Scope,
        cursor: Cursor,
        places: tuple[Position, Operand, Limit],
    ) -> None:
        self.members, self.options, self.scope, self.build = members, options, scope, members.build
        self.start, self.end, self.captured = places
        self.exits = self.within = cursor.exits
        self.place = self.build.slot("position", "option")
        row = options.several
        self.row = self.build.slot("integer", "in a row") if row and members.heeds(row.rule) else None
        missing = options.missing
        self.found = self.build.slot("boolean", "found") if missing and members.heeds(missing.rule) else None
        self.has_ended = self.build.slot("boolean", "ended") if options.stray is not None else None

    def lower(self) -> None:
        """Write the loop."""
        build = self.build
        build.set(self.place, self.start)
        if self.row is not None:
            build.set(self.row, 0)
        for flag in (self.has_ended, self.found):
            if flag is not None:
                build.set(flag, False)
        with build.block("options") as ended:
            with build.block("whole list") as whole:
                self._options(whole, ended)
            self._missing()
            if self.members.is_strict and self.exits.asked is None:
                build.leave(self.exits.cut, build.compare("lt", self.captured.at, self.end))

    def _missing(self) -> None:
        build, missing = self.build, self.options.missing
        if self.found is not None and missing is not None:
            with build.when(build.invert(build.get(self.found))):
                holds = self.members.tracer.condition(missing.rule.condition, self.scope)
                with build.when(build.invert(holds)):
                    self._broken(missing.rule)

    def _options(self, whole: str, ended: str) -> None:
        """Write the loop over the options, left for `whole` at the end of the list, and for `ended` before it."""
        build, options = self.build, self.options
        with build.block("option", loops=True):
            at = build.position(self.place)
            build.leave(whole, build.compare("ge", at.at, self.end))
            self.declare(self.end)
            octet = build.need(at, 1, self.captured, self.exits.cut)
            kind = Number(build.load(octet, 0, 1), 0, LENGTHS - 1)
            if self.has_ended is not None and options.stray is not None:
                with build.when(build.both(build.get(self.has_ended), build.compare("ne", kind.operand, options.end))):
                    self._about_all(options.stray, at, ended)
            self._count(kind.operand, at.at)
            is_single: Operand = False
            for number in options.single:
                is_single = build.either(is_single, build.compare("eq", kind.operand, number))
            build.branch(
                is_single, lambda: self._single(kind, octet, whole), lambda: self._full(kind, octet, whole, ended)
            )

    def declare(self, end: Operand) -> None:
        """Note up to where octets that are missing are missing in the capture alone."""
        slot, build = self.exits.declared, self.build
        if slot is not None and self.exits.end is not None:
            nearer = build.select(build.compare("lt", end, self.exits.end), end, self.exits.end)
            build.set(slot, nearer)

    def _broken(self, rule: Rule | None) -> None:
        if rule is not None and self.members.heeds(rule):
            self.members.broken(rule, True)

    def _about_all(self, rule: Rule | None, start: Position, ended: str) -> None:
        """Tell of a rule that is about all of the list from there on, whose octets have to be there, and end it.

        Of a list that is another fragment's in part, the reference knows.
        """
        self._broken(rule)
        partial = self.scope.find("partial")
        if isinstance(partial, Integer):
            self.build.hand_over(self.build.boolean(partial.make().operand))
        if self.exits.asked is not None:
            self.build.set(self.exits.asked, self.end)
        self.build.need(start, self.build.binary("sub", self.end, start.at), self.captured, self.exits.cut)
        self.build.leave(ended)

    def _count(self, kind: Operand, at: Operand) -> None:
        row, build = self.options.several, self.build
        if self.row is None or row is None:
            return
        with build.when(build.compare("eq", kind, row.kind)):
            left = build.binary("and", build.binary("sub", self.end, at), WORD - 1)
            begins = build.both(build.compare("eq", left, 0), build.compare("gt", build.get(self.row), 0))
            build.set(self.row, build.select(begins, 0, build.binary("add", build.get(self.row), 1)))
            with build.when(build.compare("eq", build.get(self.row), row.count)):
                self._broken(row.rule)

    def _inner(self, kind: Number, octet: Extent, start: Position) -> Scope:
        scope = Scope(self.scope.values, self.scope, is_nested=self.scope.is_nested)
        scope.values["kind"] = Integer(lambda: kind, lambda: octet)
        scope.values["option_start"] = Integer(lambda: Number(start.at, 0, 1 << 40))
        return scope

    def _tell_head(self, scope: Scope, octet: Extent) -> None:
        options, members = self.options, self.members
        told: Pending = []
        members.tell_later(options.kind, scope.values["kind"], told, lambda: octet)
        place = Position(octet.base)
        members.read(options.details, scope, Cursor(self.build, place, self.captured, HAND_OVER), told)
        run(told)

    def _single(self, kind: Number, octet: Extent, whole: str) -> None:
        build, options = self.build, self.options
        scope = self._inner(kind, octet, Position(octet.base))
        for number in options.single:
            option = options.bodies.get(number, options.default)
            if option is not None and option.whole is not None:
                with build.when(build.compare("eq", kind.operand, number)):
                    _whole(self.members, option.whole, octet)
        self._known(kind.operand, options.single, lambda: self._tell_head(scope, octet))
        is_end = build.compare("eq", kind.operand, options.end)
        if self.has_ended is None:
            build.leave(whole, is_end)
        else:
            build.set(self.has_ended, is_end)
        build.set(self.place, build.after(octet))

    def _known(self, kind: Operand, among: Any, write: Callable[[], None]) -> None:
        """Write what is done of kinds that are told of."""
        if self.options.default is not None:
            write()
            return
        known = tuple(number for number in self.options.bodies if number in among)
        self.build.switch(kind, [(known, write)] if known else [], lambda: None)

    def _full(self, kind: Number, octet: Extent, whole: str, ended: str) -> None:
        """Lower an option with a length."""
        build, options, start = self.build, self.options, Position(octet.base)
        with build.block("next") as following:
            with build.block("malformed") as malformed:
                behind = build.after(octet)
                build.leave(malformed, build.compare("ge", behind.at, self.end))
                head = build.need(start, 2, self.captured, self.exits.cut)
                length = build.load(head, 1, 1)
                end = build.binary("add", start.at, length)
                build.leave(malformed, build.compare("lt", length, 2))
                with build.when(build.compare("gt", end, self.end)):
                    self._about_all(options.invalid, start, ended)
                scope = self._inner(kind, octet, start)
                place = build.within(head, 1, 1, HAND_OVER)
                scope.values["option_length"] = Integer(lambda: Number(length, 2, LENGTHS - 1), lambda: place)
                found = _Found(scope, head, length, end, build.clip(end, self.captured))
                self.declare(end)
                if self.found is not None and options.missing is not None:
                    with build.when(build.compare("eq", kind.operand, options.missing.kind)):
                        build.set(self.found, True)
                self._tell_or_fail(found, kind.operand)
                self.declare(self.end)
                # What is not captured of the last option, nobody needs.
                build.leave(whole, build.compare("ge", end, self.end))
                reach = build.need(start, build.binary("add", length, 1), self.captured, self.exits.cut)
                build.set(self.place, build.after(build.within(reach, 0, length, HAND_OVER)))
                build.leave(following)
            self._broken(options.invalid)
            build.leave(ended)

    def _tell_or_fail(self, found: _Found, kind: Operand) -> None:
        """Tell of an option. One that lacks octets ends the layer; in a quote, the reference knows what goes on."""
        build = self.build
        quoted = self.scope.find("quoted")
        with build.block("told") as told:
            with build.block("lacking") as lacking:
                self.within = self.exits._replace(cut=lacking)
                self._tell(found, kind)
                build.leave(told)
            if isinstance(quoted, Integer):
                build.hand_over(build.boolean(quoted.make().operand))
            build.leave(self.exits.cut)

    def _tell(self, found: _Found, kind: Operand) -> None:
        """Tell of an option: first what every kind has, then what its own has."""
        build, options, members = self.build, self.options, self.members
        heads = (options.kind, *options.details, options.length)
        if any(map(members.wanted.any, heads)):
            self._known(kind, range(LENGTHS), lambda: self._tell_heads(found))
        cases: dict[Any, tuple[list[int], Callable[[], None]]] = {}
        for number, option in options.bodies.items():
            if number not in options.single:
                key, write = self._body(option, found)
                cases.setdefault(key, ([], write))[0].append(number)
        default = self._body(options.default, found)[1] if options.default is not None else _nothing
        if default is _nothing:
            cases.pop(None, None)
        build.switch(kind, [(tuple(numbers), write) for numbers, write in cases.values()], default)

    def _tell_heads(self, found: _Found) -> None:
        self._tell_head(found.scope, self.build.within(found.head, 0, 1, HAND_OVER))
        told: Pending = []
        length = found.scope.values["option_length"]
        self.members.tell_later(self.options.length, length, told, consumed(length))
        run(told)

    def _body(self, option: Option, found: _Found) -> tuple[Any, Callable[[], None]]:
        """Return what lowers one kind's body, with a key that is the same for those lowered alike."""
        members, build = self.members, self.build
        rules = [option.invalid] if option.invalid is not None else []
        inner = (*option.first, *option.members)
        heeded = any(map(members.heeds, rules)) or any(map(members.heeds_any, inner))
        wanted = any(map(members.wanted.any, inner)) or (option.whole and members.wanted.of(option.whole))
        if heeded or wanted:
            return id(option), lambda: self._read(option, found)
        stops = stopping(option)
        if stops is not None and self.exits.asked is not None:
            # Where it matters what is cut, it does so up to the last octet of the last option.
            return id(option), lambda: self._read(option, found)
        if stops is None:
            return id(
                option
            ), lambda: self._read(option, found) if option.certain is None else self._glance(option, found)
        if not stops:
            return None, _nothing

        def check() -> None:
            if stops == frozenset(range(2, max(stops) + 1)):
                build.leave(self.within.cut, build.compare("le", found.length, max(stops)))
                return
            for length in sorted(stops):
                build.leave(self.within.cut, build.compare("eq", found.length, length))

        return stops, check

    def _glance(self, option: Option, found: _Found) -> None:
        """Have the reference look at an option that nobody asks for, and that may end the layer."""
        build, members = self.build, self.members
        scope = Scope(found.scope.values, found.scope.parent, is_nested=found.scope.is_nested)
        read_each(members, option.first, scope, Cursor(build, build.after(found.head), found.captured, self.within))
        build.hand_over(build.invert(members.tracer.condition(option.certain, scope)))

    def _read(self, option: Option, found: _Found) -> None:
        build, members = self.build, self.members
        behind = build.after(found.head)
        if option.whole is not None:
            _whole(members, option.whole, build.rest(Position(found.head.base), found.captured))
        with build.block("body") as done:
            exits = self.within._replace(broken=done, refuted=HAND_OVER)
            cursor = Cursor(build, behind, found.captured, exits)
            cursor.declared = found.end
            scope = Scope(found.scope.values, found.scope.parent, is_nested=found.scope.is_nested)
            self._read_whole(option.first, scope, cursor)
            admitted = _admits(members, option, found.length)
            with build.when(build.invert(admitted)):
                self._broken(option.invalid)
                if not option.lax:
                    build.leave(done)
            self._read_whole(option.members, scope, cursor)

    def _read_whole(self, each: Any, scope: Scope, cursor: Cursor) -> None:
        """Read members; what nobody looks at of them has to be there as well, or the layer ends."""
        read_each(self.members, each, scope, cursor)
        cursor.settle()


def _nothing() -> None:
    pass


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
