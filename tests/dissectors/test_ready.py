"""What a member is made ready to is what its own parser does: the same values, places, and errors."""

import operator
from typing import Any

import pytest
from construct import (
    Bytes,
    Computed,
    ConstructError,
    Container,
    Default,
    FormatField,
    GreedyBytes,
    If,
    IfThenElse,
    Int8ub,
    Int16ul,
    Int24sb,
    Int24ub,
    Int24ul,
    Int32sb,
    Int64ub,
    Rebuild,
    Renamed,
    StopIf,
    Struct,
    Switch,
    this,
)
from construct.expr import BinExpr, UniExpr
from hypothesis import given
from hypothesis import strategies as st

from wireproof.dissectors.schema.expressions import ready
from wireproof.dissectors.schema.reading import Window, context_of
from wireproof.dissectors.schema.ready import ready_member

MEMBERS: dict[str, Any] = {
    "an octet": Int8ub,
    "of several octets": Int64ub,
    "little": Int16ul,
    "signed": Int32sb,
    "a float": FormatField(">", "d"),
    "of 24 bits": Int24ub,
    "of 24 bits, little": Int24ul,
    "of 24 bits, signed": Int24sb,
    "octets": Bytes(3),
    "octets, computed": Bytes(this.n),
    "octets, less than none": Bytes(this.n - 3),
    "the rest": GreedyBytes,
    "a constant": Computed(7),
    "computed": Computed(this.n * 2),
    "of an absent name": Computed(this.absent),
    "with a default": Default(Int8ub, 1),
    "rebuilt": Rebuild(Int8ub, 1),
    "with a name": "x" / ("y" / Int16ul),
    "a condition": If(this.n > 2, Int8ub),
    "a choice": IfThenElse(this.n == 1, Int8ub, Bytes(2)),
    "a constant condition": IfThenElse(True, Int8ub, Bytes(2)),
    "a switch": Switch(this.n, {0: Int8ub, 1: Bytes(2)}),
    "a struct": Struct("a" / Int8ub, Bytes(1), "b" / Computed(this.a + this._.n)),
    "a struct in a struct": Struct("a" / Int8ub, "s" / Struct("b" / Computed(this._._.n + this._.a))),
    "a struct that stops": Struct("a" / Int8ub, StopIf(this.a > 99), "b" / Int8ub),
}


def outcome(read: Any, octets: bytes, limit: int, number: int) -> tuple[Any, ...]:
    """What reading gives or raises, and the state in which it leaves the octets."""
    stream = Window(octets, limit)
    context = context_of(stream, Container(), building=False, n=number)
    try:
        found = read(stream, context, "it")
    except (ConstructError, LookupError) as error:
        found = type(error), str(error).splitlines()[-1]
    return repr(found), stream.tell(), stream.wanted, stream.due


@pytest.mark.parametrize("name", MEMBERS)
@given(octets=st.binary(max_size=10), cut=st.integers(0, 4), number=st.integers(0, 5))
def test_same_as_its_own_parser(name: str, octets: bytes, cut: int, number: int) -> None:
    member, limit = MEMBERS[name], max(len(octets) - cut, 0)
    assert outcome(ready_member(member), octets, limit, number) == outcome(member._parsereport, octets, limit, number)


def test_derived_class_reads_by_itself() -> None:
    class Doubled(Bytes):  # type: ignore[misc]
        def _parse(self, stream: Any, context: Any, path: str) -> Any:
            return super()._parse(stream, context, path) * 2

    assert outcome(ready_member("x" / Doubled(1)), b"a", 1, 0)[0] == "b'aa'"


def test_hook_is_called() -> None:
    seen: list[int] = []
    hooked = Renamed(Int8ub, newparsed=lambda found, context: seen.append(found))
    assert outcome(ready_member(hooked), b"\7", 1, 0)[0] == "7"
    assert seen == [7]


NAMES = {"a": this.a, "b": this.b, "_.a": this._.a, "absent": this.absent}
OPERATORS = ("add", "sub", "mul", "and_", "or_", "eq", "lt", "xor")
trees = st.recursive(
    st.sampled_from(sorted(NAMES)) | st.integers(-3, 3),
    lambda inner: st.tuples(st.sampled_from(OPERATORS), inner, inner) | st.tuples(st.just("neg"), inner),
    max_leaves=8,
)


def expression_of(tree: Any) -> Any:
    """The expression that a tree of names, numbers and operators stands for."""
    if isinstance(tree, tuple):
        apply, inner = getattr(operator, tree[0]), [expression_of(each) for each in tree[1:]]
        return UniExpr(apply, *inner) if len(inner) == 1 else BinExpr(apply, *inner)
    return NAMES.get(tree, tree)


@given(tree=trees, a=st.integers(-9, 9), b=st.integers(-9, 9))
def test_expressions_give_the_same(tree: Any, a: int, b: int) -> None:
    expression, context = expression_of(tree), Container(a=a, b=b, _=Container(a=5))
    try:
        wanted = expression(context) if callable(expression) else expression
    except KeyError as error:
        with pytest.raises(KeyError, match=str(error)):
            ready(expression)(context)
        return
    assert ready(expression)(context) == wanted


def test_other_callables_stay_what_they_are() -> None:
    def even(context: Any) -> bool:
        return bool(context["a"] % 2 == 0)

    assert ready(even) is even
    assert ready((this.a > 1) & even)(Container(a=4))
    assert ready(this)(7) == 7
