"""Which members of a protocol are referred to, where only some of its fields are wanted.

A member whose size varies, and that nobody refers to, is stepped over without a look at what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from construct import Bytes, Check, Computed, Default, IfThenElse, Rebuild, Renamed, Struct, Switch
from construct.expr import BinExpr, FuncPath, UniExpr

from wireproof.dissectors.schema import (
    AllZero,
    AnySet,
    At,
    Bits,
    Crc32,
    Field,
    InNetwork,
    InTable,
    IsNoBroadcast,
    Objects,
    OneOf,
    Options,
    Piece,
    Protocol,
    Repeat,
    Rule,
    SourceRoute,
    Tail,
    Text,
    There,
)
from wireproof.engine.wanted import Wanted, children

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


def names_in(expression: Any) -> set[str]:
    """Return the names in an expression, and perhaps more. Raises AnyNameError where that cannot be told."""
    if isinstance(expression, _BINARY):
        return names_in(expression.lhs) | names_in(expression.rhs)
    if isinstance(expression, _UNARY):
        return names_in(expression.operand)
    if isinstance(expression, (AllZero, AnySet, Crc32, InNetwork, InTable, IsNoBroadcast, OneOf)):
        return {expression.member}
    if isinstance(expression, FuncPath):
        raise AnyNameError
    names: set[str] = set()
    if callable(expression):
        try:
            expression(_Recorder(names))
        except Exception:
            raise AnyNameError from None
    return names


def needed(protocol: Protocol, wanted: Wanted, follows: bool) -> Callable[[str], bool]:
    """Return whether a member of that name may be referred to."""
    try:
        names = set().union(*(_of_member(member, wanted) for part in protocol.parts for member in part.subcons))
        for part in protocol.parts:
            if isinstance(part, Tail) and any(map(wanted.any, part.subcons)):
                names |= names_in(part.at) | names_in(part.when)
        if follows:
            for carry in protocol.carries:
                names |= (
                    names_in(carry.when)
                    | names_in(carry.length)
                    | names_in(carry.skip)
                    | ({carry.key} if carry.key else set())
                )
        names |= names_in(protocol.extent)
    except AnyNameError:
        return lambda name: True
    return names.__contains__


def _of_member(member: Any, wanted: Wanted, named: bool = False) -> set[str]:
    match member:
        case Renamed():
            return _of_member(member.subcon, wanted, True)
        case Field():
            return _of_member(member.subcon, wanted, named or wanted.any(member))
        case Default() | Rebuild():
            return _of_member(member.subcon, wanted, named)
        case Bits() | Piece() | Text():
            return {member.member} if named else set()
        case Computed():
            return names_in(member.func)
        case Bytes():
            return names_in(member.length)
        case At():
            return names_in(member.distance) if named else set()
        case SourceRoute():
            return names_in(member.size) if named else set()
        case Check():
            return names_in(member.func)
        case Rule():
            return names_in(member.condition)
        case IfThenElse():
            arms = _of_all((member.thensubcon, member.elsesubcon), wanted, named)
            return arms | names_in(member.condfunc)
        case Switch():
            return _of_all((*member.cases.values(), member.default), wanted, named) | names_in(member.keyfunc)
        case Options():
            return _of_all(children(member), wanted, True) | names_in(member.size)
        case There():
            return names_in(member.octets)
        case Objects():
            return _of_all(children(member), wanted, True) | names_in(member.size)
        case Repeat():
            return _of_all(children(member), wanted, named) | names_in(member.size)
        case Struct():
            return _of_all(children(member), wanted, named)
    return _of_all(children(member), wanted, True)


def _of_all(members: Iterable[Any], wanted: Wanted, named: bool) -> set[str]:
    return set().union(*(_of_member(each, wanted, named) for each in members))
