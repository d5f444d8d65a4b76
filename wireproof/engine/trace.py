"""Expressions of the schemas, run on symbols: what they compute becomes operations of the intermediate form.

A `this` expression is walked operator by operator, since some things in it cannot be seen by calling it: `AllZero`,
`AnySet`, `InTable`, `InNetwork`, and a comparison with None. A plain function is called with a scope whose values are
symbols. Whatever would make Python look at a value (`and`, `or`, `if`, `min`, an index) is refused by name.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from construct.expr import BinExpr, FuncPath, Path, UniExpr

from wireproof.dissectors.schema import AllZero, AnySet, Crc32, InNetwork, InTable, IsNoBroadcast, KindOfAddress, OneOf
from wireproof.dissectors.schema.conditions import always, never
from wireproof.dissectors.schema.networks import MASK, broadcasts
from wireproof.engine.builder import Builder
from wireproof.engine.form import Extent, Looking, Operand
from wireproof.engine.numbers import Calculator, NotLowerableError, Number
from wireproof.engine.wordings import Wording

__all__ = ["Integer", "Member", "NotLowerableError", "Octets", "Scope", "Tracer", "Unusable"]


def always_there() -> Operand:
    """The condition of a member that has a value."""
    return True


@dataclass(frozen=True)
class Integer:
    """A member that is a number, made when it is asked for. `extent` is where it lies, if anywhere.

    `present` is the condition under which it has a value at all, `little` the order it was read in. Of 64 bits without
    a sign, `pattern` gives these bits, also where the number is one that the machine's have no place for.
    """

    make: Callable[[], Number]
    extent: Callable[[], Extent] | None = None
    present: Callable[[], Operand] = always_there
    little: bool = False
    pattern: Callable[[], Operand] | None = None


@dataclass(frozen=True)
class Octets:
    """A member that is octets; `size` is how many, where that is constant."""

    make: Callable[[], Extent]
    size: int | None = None
    present: Callable[[], Operand] = always_there


@dataclass(frozen=True)
class Unusable:
    """A member whose value cannot be referred to, and why. Of a text, `text` gives what is told of it."""

    reason: str
    text: Callable[[], Wording] | None = None


class Scope:
    """The members of a layer as its expressions see them; `_` is the scope around.

    Of the members of a nested Struct, the reader does not keep where they lie.
    """

    def __init__(
        self, values: Mapping[str, Member] = {}, parent: Scope | None = None, *, is_nested: bool = False
    ) -> None:
        self.values: dict[str, Member] = dict(values)
        self.parent, self.is_nested = parent, is_nested

    def frozen(self) -> Scope:
        """Return the scope as it is now: what is made of it later must not see members that come later."""
        return Scope(self.values, self.parent, is_nested=self.is_nested)

    @property
    def is_certain(self) -> bool:
        """Whether every member has a value."""
        own = (each for each in self.values.values() if isinstance(each, (Integer, Octets)))
        return all(each.present is always_there for each in own) and (self.parent is None or self.parent.is_certain)

    def find(self, name: str) -> Member:
        """Return a member. Raises NotLowerableError where there is none of that name."""
        if name == "_" and self.parent is not None:
            return self.parent
        if name not in self.values:
            raise NotLowerableError(f"this.{name}")
        return self.values[name]


Member = Integer | Octets | Unusable | Scope
_BINARY: Any = BinExpr  # what their types say of them leaves out the operator and the sides
_UNARY: Any = UniExpr
_NAMES: dict[Any, str] = {
    operator.add: "add",
    operator.sub: "sub",
    operator.mul: "mul",
    operator.floordiv: "floordiv",
    operator.mod: "mod",
    operator.lshift: "lshift",
    operator.rshift: "rshift",
    operator.and_: "and",
    operator.or_: "or",
    operator.xor: "xor",
    operator.eq: "eq",
    operator.ne: "ne",
    operator.lt: "lt",
    operator.le: "le",
    operator.gt: "gt",
    operator.ge: "ge",
}


class Tracer:
    """Traces expressions into a builder's program."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.calculate = Calculator(builder)
        self.tables: Mapping[str, Collection[int]] = {}
        self.networks: tuple[tuple[int, int], ...] = ()

    def number(self, expression: Any, scope: Scope) -> Number:
        """Return the number that an expression is. Raises NotLowerableError."""
        found = self._evaluate(expression, scope)
        if isinstance(found, Number):
            return found
        raise NotLowerableError(f"{expression!r} where a number is needed")

    def condition(self, expression: Any, scope: Scope) -> Operand:
        """Return whether an expression is true. Raises NotLowerableError."""
        return self.calculate.truth(self.number(expression, scope))

    def _evaluate(self, expression: Any, scope: Scope) -> Number | Extent | Scope | None:
        if expression is None or expression is always or expression is never:
            return None if expression is None else Number.truth(expression is always)
        if isinstance(expression, int):
            return Number.of(expression)
        if isinstance(expression, _BINARY):
            return self._binary(expression, scope)
        if isinstance(expression, Path):
            return self.value(self.member(expression, scope))
        if isinstance(expression, _UNARY):
            if expression.op is not operator.neg:
                raise NotLowerableError(f"the operator {expression.op.__name__} (~)")
            return self.calculate.negate(self.number(expression.operand, scope))
        if isinstance(expression, AllZero):
            return Number.truth(self._look("zeros", expression, scope))
        if isinstance(expression, AnySet):
            return Number.truth(self.builder.invert(self._look("zeros", expression, scope)))
        if isinstance(expression, Crc32):
            return Number(self._look("crc", expression, scope), 0, 0xFFFF_FFFF)
        if isinstance(expression, (InNetwork, IsNoBroadcast)):
            return Number.truth(self._by_network(expression, scope))
        if isinstance(expression, KindOfAddress):
            return self._kind_of_address(expression, scope)
        if isinstance(expression, InTable):
            return Number.truth(self._in_table(expression, scope))
        if isinstance(expression, OneOf):
            return Number.truth(self._one_of(expression, scope))
        if isinstance(expression, FuncPath):
            raise NotLowerableError(f"the function in {expression!r}")
        if callable(expression):
            return self._plain(expression(_View(self, scope)))
        raise NotLowerableError(f"the constant {expression!r}")

    def _binary(self, expression: Any, scope: Scope) -> Number:
        name = _NAMES.get(expression.op)
        if name is None:
            raise NotLowerableError(f"the operator {expression.op.__name__}")
        if expression.rhs is None and name in ("eq", "ne"):
            present = self._presence(expression.lhs, scope)
            return Number.truth(self.builder.invert(present) if name == "eq" else present)
        return self._apply(name, self._evaluate(expression.lhs, scope), self._evaluate(expression.rhs, scope))

    def _apply(self, name: str, left: object, right: object) -> Number:
        if isinstance(left, Number) and isinstance(right, Number):
            return self.calculate.apply(name, left, right)
        if isinstance(left, Extent) and isinstance(right, Extent) and name in ("eq", "ne"):
            equal = self.builder.search("equal", left, right)
            return Number.truth(equal if name == "eq" else self.builder.invert(equal))
        raise NotLowerableError(f"{name} of octets")

    def member(self, path: Any, scope: Scope) -> Member:
        """Return the member that a path leads to."""
        try:
            found = path(_Presences(scope))
        except TypeError:  # a member of a member that has none
            raise NotLowerableError(f"an index: {path!r}") from None
        return found.scope if isinstance(found, _Presences) else found

    def _presence(self, path: Any, scope: Scope) -> Operand:
        found = self.member(path, scope)
        if not isinstance(found, (Integer, Octets)):
            raise NotLowerableError(f"a comparison of {path!r} with None")
        return found.present()

    def _look(self, what: Looking, expression: AllZero | AnySet | Crc32, scope: Scope) -> Operand:
        member = scope.find(expression.member)
        if not isinstance(member, Octets):
            raise NotLowerableError(f"{type(expression).__name__} of what is no octets")
        self.builder.hand_over(self.builder.invert(member.present()))
        return self.builder.search(what, member.make(), None)

    def _by_network(self, expression: InNetwork | IsNoBroadcast, scope: Scope) -> Operand:
        if not self.networks:
            return True
        build, found = self.builder, self._address(expression.member, scope)
        holds: Operand = False
        if isinstance(expression, IsNoBroadcast):
            for address in sorted(broadcasts(self.networks)):
                holds = build.either(holds, build.compare("eq", found.operand, address))
            return build.invert(holds)
        for network, length in self.networks:
            prefix = self.calculate.apply("rshift", found, Number.of(32 - length))
            holds = build.either(holds, build.compare("eq", prefix.operand, network >> 32 - length))
        return holds

    def _kind_of_address(self, expression: KindOfAddress, scope: Scope) -> Number:
        build, address = self.builder, self._address(expression.member, scope)
        kinds = [expression.other, *(block.kind for block in expression.blocks)]
        found: Operand = expression.other
        for block in expression.blocks:  # the narrowest last
            prefix = self.calculate.apply("rshift", address, Number.of(32 - block.length))
            found = build.select(build.compare("eq", prefix.operand, block.prefix), block.kind, found)
        return Number(found, min(kinds), max(kinds))

    def _address(self, name: str, scope: Scope) -> Number:
        """Return the address that a member is, as a number."""
        found = self.value(scope.find(name))
        if isinstance(found, Extent) and found.size == 4:
            found = Number(self.builder.load(found, 0, 4), 0, MASK)
        if not isinstance(found, Number):
            raise NotLowerableError(f"{name}, which is no address, and networks")
        return found

    def _in_table(self, expression: InTable, scope: Scope) -> Operand:
        found = self.value(scope.find(expression.member))
        if not isinstance(found, Number):
            raise NotLowerableError(f"a look for {expression.member}, which is no number, in a table")
        return self.builder.among(self.builder.integer(found.operand), self.tables.get(expression.table, ()))

    def _one_of(self, expression: OneOf, scope: Scope) -> Operand:
        found = self.value(scope.find(expression.member))
        if not isinstance(found, Number):
            raise NotLowerableError(f"a choice by {expression.member}, which is no number")
        return self.builder.among(self.builder.integer(found.operand), expression.numbers)

    def value(self, member: Member) -> Number | Extent | Scope:
        """Return a member's value. A frame in which it has none is left to the reference."""
        if isinstance(member, Unusable):
            raise NotLowerableError(member.reason)
        if isinstance(member, Scope):
            return member
        if member.present is not always_there:
            self.builder.hand_over(self.builder.invert(member.present()))
        return member.make()

    def _plain(self, found: object) -> Number | Extent | Scope:
        if isinstance(found, (_NumberSymbol, _OctetsSymbol)):
            return found.value
        if isinstance(found, _View):
            return found.scope
        if isinstance(found, int):
            return Number.of(found)
        raise NotLowerableError(f"an expression that gives {type(found).__name__}")

    def symbol(self, value: Number | Extent | Scope) -> Any:
        """Return what a plain function sees of a value."""
        if isinstance(value, Scope):
            return _View(self, value)
        return _NumberSymbol(self, value) if isinstance(value, Number) else _OctetsSymbol(self, value)

    def operate(self, name: str, left: object, right: object) -> Any:
        """Return the symbol of an operation on symbols or constants."""
        sides = [self._plain(side) for side in (left, right)]
        return self.symbol(self._apply(name, *sides))


class _Presences:
    """A scope seen for whether its members are there."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def __getitem__(self, name: str) -> Any:
        found = self.scope.find(name)
        return _Presences(found) if isinstance(found, Scope) else found


class _View:
    """A scope as a plain function sees it."""

    def __init__(self, tracer: Tracer, scope: Scope) -> None:
        self.tracer, self.scope = tracer, scope

    def __getitem__(self, name: str) -> Any:
        return self.tracer.symbol(self.tracer.value(self.scope.find(name)))

    def __getattr__(self, name: str) -> Any:
        return self[name]


def _refusal(what: str) -> Callable[..., NoReturn]:
    def refuse(*_: object) -> NoReturn:
        raise NotLowerableError(what)

    return refuse


class _Symbol:
    """What refuses to be looked at."""

    __bool__ = _refusal("the truth of a packet's value (and, or, not, if, in, min, max)")
    __index__ = __int__ = __float__ = __hash__ = _refusal("a packet's value as a number of Python")
    __len__ = _refusal("len()")
    __getitem__ = _refusal("an index")
    __iter__ = _refusal("iteration over a packet's octets")
    __truediv__ = __rtruediv__ = _refusal("the operator /")
    __invert__ = _refusal("the operator ~")
    __pow__ = __rpow__ = _refusal("the operator **")


class _OctetsSymbol(_Symbol):
    def __init__(self, tracer: Tracer, value: Extent) -> None:
        self.tracer, self.value = tracer, value

    def __eq__(self, other: object) -> Any:
        return self.tracer.operate("eq", self, other)

    def __ne__(self, other: object) -> Any:
        return self.tracer.operate("ne", self, other)

    __hash__ = _Symbol.__hash__  # type: ignore[assignment]


class _NumberSymbol(_Symbol):
    def __init__(self, tracer: Tracer, value: Number) -> None:
        self.tracer, self.value = tracer, value

    def __neg__(self) -> Any:
        return self.tracer.operate("sub", 0, self)

    def __pos__(self) -> Any:
        return self


def _forward(name: str) -> Callable[[Any, object], Any]:
    return lambda self, other: self.tracer.operate(name, self, other)


def _reverse(name: str) -> Callable[[Any, object], Any]:
    return lambda self, other: self.tracer.operate(name, other, self)


for _name in _NAMES.values():
    setattr(_NumberSymbol, f"__{_name}__", _forward(_name))
    if _name not in ("eq", "ne", "lt", "le", "gt", "ge"):
        setattr(_NumberSymbol, f"__r{_name}__", _reverse(_name))
_NumberSymbol.__hash__ = _Symbol.__hash__  # type: ignore[method-assign]
