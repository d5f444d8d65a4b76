"""The members of a part, class by class of construct: what they consume becomes checks, what they are, values.

A part is read whole or not at all, so nobody is told of a field before the part's last check has passed: what is to
be told is kept as *pending*. Values are made where they are asked for, which may be far behind the member; a member
within a condition, whose place is known only there, therefore keeps its place in a slot.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from construct import (
    Bytes,
    BytesInteger,
    Check,
    Computed,
    Const,
    Default,
    FormatField,
    GreedyBytes,
    IfThenElse,
    Padded,
    Pass,
    Rebuild,
    Renamed,
    Struct,
    Switch,
    Transformed,
)
from construct.lib import bytes2bits

from wireproof.dissectors.schema import (
    Ahead,
    At,
    Bits,
    Field,
    FieldInfo,
    FieldType,
    Kind,
    Objects,
    Options,
    Piece,
    Reaches,
    Repeat,
    Rule,
    SourceRoute,
    Text,
    There,
)
from wireproof.engine.builder import Builder
from wireproof.engine.cursor import Cursor
from wireproof.engine.form import Operand, Position
from wireproof.engine.join import Join
from wireproof.engine.numbers import Number
from wireproof.engine.raws import Raw, raw_of
from wireproof.engine.references import Liveness
from wireproof.engine.scalars import Scalars
from wireproof.engine.sizes import computes, fixed_size, has_effect, has_rule
from wireproof.engine.trace import Integer, Member, NotLowerableError, Octets, Scope, Tracer, Unusable
from wireproof.engine.wanted import Callback, Seen, Wanted, children, declared

Pending = list[Callable[[], None]]
_LOWERED = frozenset(
    {
        *(Renamed, Default, Rebuild, Field, FormatField, BytesInteger, Bytes, Struct, IfThenElse, Switch, Computed),
        *(
            Bits,
            Piece,
            Text,
            Const,
            Check,
            Rule,
            Padded,
            Transformed,
            Objects,
            Options,
            Repeat,
            type(GreedyBytes),
            type(Pass),
        ),
        *(Ahead, At, SourceRoute, There, Reaches),
    }
)


class Members(Scalars):
    """Lowers the members of one layer."""

    def __init__(self, build: Builder, wanted: Wanted, layer: Callable[[], Operand]) -> None:
        super().__init__(build)
        self.wanted, self.layer = wanted, layer
        self.broken: Callable[[Rule, bool], None] = lambda rule, goes_on: None
        self.heeds: Callable[[Rule], bool] = lambda rule: bool(wanted.of(rule.field))
        self.liveness: Liveness | None = None
        self.watched: dict[str, Callable[[Member], None]] = {}
        self.in_first_part = False
        self.is_strict = False  # whether a list is left as cut also where nobody asks for what is missing
        self.start: Position | None = None  # of the layer, if anybody wants to know where its header ends
        self.reaches: Callable[[Position], None] = lambda end: None

    def heeds_any(self, member: Any) -> bool:
        """Whether anybody is told of a rule within a member."""
        if isinstance(member, Rule):
            return self.heeds(member)
        return has_rule(member) and any(map(self.heeds_any, children(member)))

    def read(self, members: Any, scope: Scope, cursor: Cursor, pending: Pending) -> None:
        """Lower members one after the other; each named value enters the scope.

        Whether what was stepped over last is there has not been checked then.
        """
        for member in members:
            if self._is_idle(member):
                size = self._size(member, scope)
                if size is not None:
                    cursor.skip(size.operand)
                    if member.name:
                        scope.values[member.name] = Unusable(f"this.{member.name}, which was stepped over")
                    continue
            value = self.member(member, scope, cursor, pending, named=bool(member.name))
            if member.name:
                scope.values[member.name] = value or Unusable(f"this.{member.name}, which has no value")

    def _is_idle(self, member: Any) -> bool:
        """Whether nobody looks at a member, and it can do nothing but lie there."""
        if self.liveness is None:
            return False
        if self.liveness.is_idle(member):
            return True
        if fixed_size(member) is not None:
            return False
        if self.wanted.any(member) or has_effect(member) or not declared(member).isdisjoint(self.watched):
            return False
        return not member.name or not self.liveness.needs(member.name)

    def _size(self, member: Any, scope: Scope) -> Number | None:
        """Return the octets of a member, as a number; None where only reading it tells."""
        fixed = fixed_size(member)
        is_idle = self.liveness is not None and self.liveness.is_idle(member)
        if fixed is not None and (is_idle or not computes(member)):
            return Number.of(fixed)
        match member:
            case Renamed() | Default() | Rebuild() | Field():
                return self._size(member.subcon, scope)
            case Bytes():
                length = self.tracer.number(member.length, scope)
                return length if length.low >= 0 else None
            case IfThenElse():
                sizes = [self._size(arm, scope) for arm in (member.thensubcon, member.elsesubcon)]
                then, otherwise = sizes
                if then is None or otherwise is None:
                    return None
                condition = self.tracer.condition(member.condfunc, scope)
                operand = self.build.select(condition, then.operand, otherwise.operand)
                return Number(operand, min(then.low, otherwise.low), max(then.high, otherwise.high))
        return None

    def member(self, member: Any, scope: Scope, cursor: Cursor, pending: Pending, *, named: bool) -> Member | None:
        """Lower one member; return its value, None where it has none. Raises NotLowerableError by name."""
        build = self.build
        if type(member) not in _LOWERED:
            raise NotLowerableError(f"the construct {type(member).__name__}")
        match member:
            case Renamed() | Default() | Rebuild():
                return self.member(member.subcon, scope, cursor, pending, named=named)
            case Field():
                return self._field(member, scope, cursor, pending)
            case FormatField() if member.fmtstr[1] in "BHLQ":
                little = member.fmtstr[0] == "<" or (member.fmtstr[0] == "=" and member.length == 1)
                if member.fmtstr[0] != "=" or member.length == 1:
                    return self.integer(cursor, member.length, little=little)
            case FormatField() if member.fmtstr in (">b", ">h", ">l"):
                return self.signed(cursor, member.length)
            case BytesInteger() if _is_plain(member):
                return self.integer(cursor, _size(member.length), little=bool(member.swapped))
            case Bytes():
                return self.octets(member, scope, cursor)
            case _ if member is GreedyBytes:
                extent = build.rest(cursor.here(), cursor.limit)
                cursor.jump(build.after(extent))
                return self._kept(extent, None, cursor)
            case Struct():
                inner = Scope(parent=scope, is_nested=True)
                self.read(member.subcons, inner, cursor, pending)
                cursor.settle()
                return inner
            case IfThenElse():
                return self._choice(member, member.condfunc, scope, cursor, pending, named=named)
            case Switch():
                return self._switch(member, scope, cursor, pending, named=named)
            case Computed():
                return self.computed(member, scope)
            case Bits():
                now = scope.frozen()
                if not now.is_certain:
                    with build.attempt():
                        self.bits(member, now)
                return Integer(lambda: self.bits(member, now))
            case Piece():
                before = scope.frozen()
                return Octets(lambda: self.piece(member, before), member.size)
            case Text():
                then = scope.frozen()
                return Unusable("a text", lambda: self.text(member, then))
            case Const():
                return self._const(member, scope, cursor, pending)
            case Check():
                build.leave(cursor.exits.refuted, build.invert(self.tracer.condition(member.func, scope)))
                return None
            case Rule():
                self._rule(member, scope, cursor)
                return None
            case Padded() if member.subcon is Pass and isinstance(member.length, int):
                cursor.take(member.length)
                return None
            case Transformed() if member.decodefunc is bytes2bits:
                from wireproof.engine.bits import lower_bit_struct

                return lower_bit_struct(self, member, scope, cursor, pending)
            case Options() | Repeat():
                from wireproof.engine.options import lower_options
                from wireproof.engine.repeats import lower_repeat

                if isinstance(member, Options):
                    return lower_options(self, member, scope, cursor, pending)
                lower_repeat(self, member, scope, cursor, pending)
                return None
            case Objects():
                from wireproof.engine.objects import lower_objects

                lower_objects(self, member, scope, cursor, pending)
                return None
            case Ahead() | At() | SourceRoute():
                from wireproof.engine.ahead import lower_ahead

                return lower_ahead(self, member, scope, cursor)
            case There():
                octets = member.octets
                cursor.insist(octets if isinstance(octets, int) else self.tracer.number(octets, scope).operand)
                return None
            case Reaches():
                self._reach(member, scope, cursor)
                return None
            case _ if member is Pass:
                return None
        raise NotLowerableError(f"this form of the construct {type(member).__name__}")

    def _const(self, member: Any, scope: Scope, cursor: Cursor, pending: Pending) -> Member | None:
        value = self.member(member.subcon, scope, cursor, pending, named=True)
        build = self.build
        if isinstance(value, Integer) and isinstance(member.value, int):
            same = self.tracer.calculate.compare("eq", value.make(), Number.of(member.value)).operand
        elif isinstance(value, Octets) and isinstance(member.value, bytes):
            same = build.search("equal", value.make(), member.value)
        else:
            raise NotLowerableError("a Const of another type than its member")
        build.leave(cursor.exits.refuted, build.invert(same))
        return value

    # Conditions

    def _choice(
        self, member: Any, expression: Any, scope: Scope, cursor: Cursor, pending: Pending, *, named: bool
    ) -> Member | None:
        build, arms, now = self.build, (member.thensubcon, member.elsesubcon), scope.frozen()
        # What may stop the layer, or tells of a rule, does so before anybody looks at what lies behind it.
        common = None if has_effect(member) else fixed_size(member)
        if common == 0 and not named and not self.wanted.any(member):
            return None
        cursor.settle()
        condition = self.tracer.condition(expression, scope)
        if isinstance(condition, bool):
            return self.member(arms[not condition], scope, cursor, pending, named=named)
        if common is not None:
            cursor.reserve(common)
        end = build.slot("position", "end") if common is None else None
        join, waiting = Join(build), ([], [])  # type: tuple[Join, tuple[Pending, Pending]]

        def write(index: int) -> None:
            inner = cursor.fork(local=cursor.local or common is None)
            value = self.member(arms[index], scope, inner, waiting[index], named=named)
            if named:
                join.put(value)
            if end is not None:
                build.set(end, inner.here())

        build.branch(condition, lambda: write(0), lambda: write(1))
        if end is not None:
            cursor.jump(build.position(end))
        else:
            cursor.offset += common or 0
        if any(waiting):
            pending.append(lambda: build.branch(self.tracer.condition(expression, now), *map(_runner, waiting)))
        return join.value(lambda: self.tracer.condition(expression, now)) if named else None

    def _switch(self, member: Any, scope: Scope, cursor: Cursor, pending: Pending, *, named: bool) -> Member | None:
        """Lower a Switch as a chain of conditions."""
        rest = member.default
        for key, subcon in reversed(member.cases.items()):
            if not isinstance(key, int):
                raise NotLowerableError("a Switch whose cases are not numbers")
            rest = IfThenElse(_Equals(self.tracer, member.keyfunc, scope, key), subcon, rest)
        return self.member(rest, scope, cursor, pending, named=named)

    def _rule(self, rule: Rule, scope: Scope, cursor: Cursor) -> None:
        build = self.build
        if self.heeds(rule):
            cursor.settle()
        elif not rule.stops:
            return
        with build.when(build.invert(self.tracer.condition(rule.condition, scope))):
            self.broken(rule, not rule.stops)
            if rule.stops:
                build.leave(cursor.exits.broken)

    def _reach(self, member: Reaches, scope: Scope, cursor: Cursor) -> None:
        """Note where the header ends, if it is not read to its end."""
        if self.start is None:
            return
        octets = self.tracer.number(member.octets, scope)
        if octets.low < 0:
            raise NotLowerableError("a header of less than no octets")
        end = self.build.binary("add", self.start.at, octets.operand)
        self.reaches(Position(self.build.clip(end, cursor.limit).at))

    # Telling

    def _field(self, field: Field, scope: Scope, cursor: Cursor, pending: Pending) -> Member | None:
        place = len(pending)
        value = self.member(field.subcon, scope, cursor, pending, named=True)
        inner = pending[place:]
        del pending[place:]
        self.tell_later(field, value, pending, raw_of(self.build, field, value, scope))
        pending.extend(inner)
        return value

    def tell_later(self, field: Field, value: Member | None, pending: Pending, raw: Raw) -> None:
        """Tell of a field once its part has been read; `raw` makes the octets that it lies in."""
        known = value or Unusable("a member without a value")
        told = [callback for info in (field.info, *field.feeds) for callback in self.wanted.of(info)]
        if told:
            pending.append(lambda: self.tell(field.info, known, told, raw))
        if field.info.name in self.watched:
            pending.append(lambda: self.watched[field.info.name](known))

    def tell(self, info: FieldInfo, value: Member, told: list[Callback], raw: Raw) -> None:
        """Tell of a field that has a value; empty octets are none."""
        kind, build = info.type.kind, self.build
        if isinstance(value, Integer):
            octets = value.extent
            numeric = kind in (Kind.INTEGER, Kind.IPV4, Kind.BOOLEAN, Kind.ABSOLUTE_TIME, Kind.RELATIVE_TIME)
            pattern = value.pattern if info.type is FieldType.UINT64 else None
            shown = self._shown(value.make, kind) if numeric else None
            seen = Seen(shown, octets, self.layer, raw=raw, pattern=pattern)
        elif isinstance(value, Octets):
            made = value.make
            numeric = kind in (Kind.INTEGER, Kind.IPV4, Kind.BOOLEAN)
            shown = self._shown(lambda: self._number(made()), kind) if numeric else None
            seen = Seen(shown, made, self.layer, raw=raw)
            with build.when(build.compare("gt", made().size, 0) if value.size is None else value.size > 0):
                for callback in told:
                    callback(seen)
            return
        else:
            seen = Seen(None, None, self.layer, value.text if isinstance(value, Unusable) else None, raw)
        for callback in told:
            callback(seen)

    def _shown(self, make: Callable[[], Number], kind: Kind) -> Callable[[], Number]:
        if kind is not Kind.BOOLEAN:
            return make
        return lambda: Number.truth(self.tracer.calculate.truth(make()))


class _Equals:
    """The condition of one case of a Switch."""

    def __init__(self, tracer: Tracer, expression: Any, scope: Scope, key: int) -> None:
        self.tracer, self.expression, self.scope, self.key = tracer, expression, scope, key

    def __call__(self, _: object) -> Any:
        found = self.tracer.number(self.expression, self.scope)
        return self.tracer.symbol(self.tracer.calculate.compare("eq", found, Number.of(self.key)))


def _runner(pending: Pending) -> Callable[[], None]:
    def run() -> None:
        for each in pending:
            each()

    return run


def _size(length: Any) -> int:
    return int(length)


def _is_plain(member: Any) -> bool:
    return isinstance(member.length, int) and member.length > 0 and not (member.signed or callable(member.swapped))
