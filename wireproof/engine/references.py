"""Which members of a protocol are referred to, where only some of its fields are wanted.

A member that nobody refers to is stepped over without a look at what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from construct import (
    Bytes,
    BytesInteger,
    Check,
    Computed,
    Const,
    Default,
    FormatField,
    IfThenElse,
    Rebuild,
    Renamed,
    Struct,
    Switch,
)
from construct.expr import BinExpr, FuncPath, Path, UniExpr

from wireproof.dissectors.schema import (
    Ahead,
    At,
    Bits,
    Carry,
    Field,
    Objects,
    Options,
    Piece,
    Protocol,
    Reaches,
    Repeat,
    Rule,
    SourceRoute,
    Tail,
    Text,
    There,
)
from wireproof.engine.sizes import fixed_size, looks_ahead
from wireproof.engine.wanted import children

_BINARY: Any = BinExpr
_UNARY: Any = UniExpr


class AnyNameError(Exception):
    """An expression that may refer to anything."""


class _Recorder:
    """A scope that notes the names it is asked for."""

    def __init__(self, names: set[str]) -> None:
        self._names = names

    def __getitem__(self, name: str) -> _Recorder:
        self._names.add(name)
        return self

    def __getattr__(self, name: str) -> _Recorder:
        return self[name]

    def _same(self, *_: object) -> _Recorder:
        return self

    __add__ = __sub__ = __mul__ = __floordiv__ = __mod__ = __and__ = __or__ = __xor__ = __lshift__ = __rshift__ = _same
    __radd__ = __rsub__ = __rmul__ = __rand__ = __ror__ = __rxor__ = __neg__ = _same
    __lt__ = __le__ = __gt__ = __ge__ = _same


def _member_of(expression: Any) -> object:
    """Return the name of the member that an expression of a class of its own looks at; of others, no text."""
    return getattr(expression, "member", None)


def names_in(expression: Any) -> set[str]:
    """Return the names in an expression, and perhaps more. Raises AnyNameError where that cannot be told."""
    if isinstance(expression, _BINARY):
        return names_in(expression.lhs) | names_in(expression.rhs)
    if isinstance(expression, _UNARY):
        return names_in(expression.operand)
    if isinstance(member := _member_of(expression), str):
        return {member}
    if isinstance(expression, FuncPath):
        raise AnyNameError
    names: set[str] = set()
    if callable(expression):
        try:
            expression(_Recorder(names))
        except Exception:
            raise AnyNameError from None
    return names


class Liveness:
    """Which members of a protocol anybody looks at, found from its end: what is not looked at refers to nothing.

    `asks` says of a member whether one of its fields or rules is told of, `names` are those that what follows the
    layer refers to, `is_whole` that it matters where a layer is cut. Where an expression may refer to anything, all
    members are looked at.
    """

    def __init__(
        self, protocol: Protocol, asks: Callable[[Any], bool], names: Iterable[str], *, is_whole: bool
    ) -> None:
        self._is_whole = is_whole
        self._is_asked = False
        self._asks = _Answers(asks)
        self._names: set[str] = set(names)
        self._idle: set[int] = set()
        uses = _uses(protocol)
        self._is_known = uses is not None
        before = -1
        while uses is not None and len(self._names) > before:  # what is repeated may refer to what comes later
            before = len(self._names)
            self._idle.clear()
            self._is_asked = self._is_whole
            self._look(uses)

    def _look(self, uses: Sequence[_Use]) -> None:
        for use in reversed(uses):
            is_asked = self._asks[use.member]
            if isinstance(use.member, Tail) and not (is_asked or self._is_whole):
                continue
            self._is_asked = self._is_asked or is_asked
            # What looks ahead can cut the layer before the member that reads those octets would, or tell where it ends.
            is_harmless = use.is_harmless and not (use.looks_ahead and self._is_asked)
            if is_harmless and use.name not in self._names and not is_asked:
                self._idle.add(id(use.member))
                self._names |= use.of_size
            else:
                self._names |= use.own
                self._look(use.inner)

    def is_idle(self, member: Any) -> bool:
        """Whether a member of a part or of what it repeats can be stepped over."""
        return id(member) in self._idle

    def needs(self, name: str) -> bool:
        """Return whether a member of that name may be referred to."""
        return not self._is_known or name in self._names


class _Answers(dict[Any, bool]):
    """What a question about members was answered, so that it is asked once of each."""

    def __init__(self, asks: Callable[[Any], bool]) -> None:
        super().__init__()
        self._asks = asks

    def __missing__(self, member: Any) -> bool:
        self[member] = found = self._asks(member)
        return found


class _Use(NamedTuple):
    """What a member uses: names for its size, and its `own`, without those of what it repeats.

    It is harmless if all that it does is to lie there, or to look ahead at octets that are read later.
    """

    member: Any
    name: str | None
    is_harmless: bool
    looks_ahead: bool
    of_size: frozenset[str]
    own: frozenset[str]
    inner: tuple[_Use, ...]


@cache
def _uses(protocol: Protocol) -> tuple[_Use, ...] | None:
    """Return what the members of a protocol use, None where an expression may refer to anything."""
    members = [member for part in protocol.parts for member in ((part,) if isinstance(part, Tail) else part.subcons)]
    certain = set(_ALWAYS_KNOWN)
    try:
        for member in members:
            if member.name and _is_certain(member, certain):
                certain.add(member.name)
        return tuple(_use(member, certain) for member in members)
    except AnyNameError:
        return None


def _use(member: Any, certain: set[str]) -> _Use:
    of_size = _names_of_size(member)
    is_harmless = of_size is not None and not _has_effect(member) and _is_total(member, certain)
    core = member
    while isinstance(core, Renamed):
        core = core.subcon
    if isinstance(core, (Objects, Options, Repeat, Struct)):
        own = frozenset() if isinstance(core, Struct) else frozenset(names_in(core.size))
        if isinstance(core, Objects):
            own = own | names_in(core.length) | {core.kind}
        if isinstance(core, Tail):
            own = frozenset(names_in(core.at) | names_in(core.when))
        if isinstance(core, Options):
            own = own.union(*(names_in(option.certain) for option in core.bodies.values()))
        inner = tuple(_use(child, certain) for child in children(core))
    else:
        own, inner = _all_names(core), ()
    return _Use(
        member,
        member.name,
        is_harmless,
        looks_ahead(member) or isinstance(core, Reaches),
        frozenset(of_size or ()),
        own,
        inner,
    )


def names_of_carries(protocol: Protocol, leads: Callable[[Carry], bool]) -> set[str]:
    """Return the names that what follows a layer depends on; `leads` tells what leads to a protocol that matters.

    Raises AnyNameError where that cannot be told.
    """
    return set(_names_of_all(protocol)).union(*(names_in(carry.skip) for carry in protocol.carries if leads(carry)))


@cache
def _names_of_all(protocol: Protocol) -> frozenset[str]:
    names = names_in(protocol.extent)
    for carry in protocol.carries:
        names = names | names_in(carry.when) | names_in(carry.length) | ({carry.key} if carry.key else set())
    return frozenset(names)


@cache
def _has_effect(member: Any) -> bool:
    """Whether a member can stop its layer where those behind it do not, or goes through options."""
    if isinstance(member, Rule):
        return member.stops
    if isinstance(member, At):
        return not member.read_later
    return isinstance(member, (Check, Const, Options, There)) or any(map(_has_effect, children(member)))


_ALWAYS_KNOWN = (
    "layer_length",
    "captured_length",
    "first_octet",
    "quoted",
    "partial",
    "typed",
    "link_type",
    "captured_at",
)
_TOTAL = frozenset({"add", "sub", "mul", "and_", "or_", "xor", "eq", "ne", "lt", "le", "gt", "ge"})
_TOTAL_BY_NUMBER = frozenset({"lshift", "rshift", "floordiv", "mod"})


def _is_certain(member: Any, known: set[str]) -> bool:
    """Whether a member always has a value, given the names of others that have."""
    match member:
        case Renamed() | Field() | Default() | Rebuild():
            return _is_certain(member.subcon, known)
        case IfThenElse():
            return _is_certain(member.thensubcon, known) and _is_certain(member.elsesubcon, known)
        case Bits():
            return member.member in known
        case Computed():
            return _never_fails(member.func, known)
    return isinstance(member, (FormatField, BytesInteger, Bytes, Ahead, At, SourceRoute))


def _is_total(member: Any, known: set[str]) -> bool:
    """Whether all that a member computes can be computed, given the names of those that have values."""
    if isinstance(member, Computed) and callable(member.func):
        return _never_fails(member.func, known)
    return all(_is_total(child, known) for child in children(member))


def _never_fails(expression: Any, known: set[str]) -> bool:
    if isinstance(expression, _BINARY):
        is_total = expression.op.__name__ in _TOTAL or (
            # By a number that is positive, or at least no shift the other way.
            expression.op.__name__ in _TOTAL_BY_NUMBER and isinstance(expression.rhs, int) and expression.rhs > 0
        )
        return is_total and _never_fails(expression.lhs, known) and _never_fails(expression.rhs, known)
    if isinstance(member := _member_of(expression), str):
        return member in known
    if isinstance(expression, Path):
        return names_in(expression) <= known
    return isinstance(expression, int)


def _names_of_size(member: Any) -> set[str] | None:
    """Return the names that the size of a member depends on, None where only reading it tells its size."""
    if fixed_size(member) is not None:
        return set()
    match member:
        case Renamed() | Default() | Rebuild() | Field():
            return _names_of_size(member.subcon)
        case Bytes():
            return names_in(member.length)
        case IfThenElse():
            arms = [_names_of_size(arm) for arm in (member.thensubcon, member.elsesubcon)]
            return None if None in arms else names_in(member.condfunc).union(*(arm for arm in arms if arm))
    return None


@cache
def _all_names(member: Any) -> frozenset[str]:
    """Return the names that a member and those within it refer to."""
    inner = frozenset[str]().union(*map(_all_names, children(member)))
    match member:
        case Bits() | Piece() | Text():
            return inner | {member.member}
        case Computed() | Check():
            return inner | names_in(member.func)
        case Bytes():
            return inner | names_in(member.length)
        case At():
            return inner | names_in(member.distance)
        case Reaches() | There():
            return inner | names_in(member.octets)
        case SourceRoute() | Options() | Repeat():
            return inner | names_in(member.size)
        case Objects():
            return inner | names_in(member.size) | names_in(member.length) | {member.kind}
        case Rule():
            return inner | names_in(member.condition)
        case IfThenElse():
            return inner | names_in(member.condfunc)
        case Switch():
            return inner | names_in(member.keyfunc)
    return inner
