"""The intermediate form: what is printed, what is proven, what is folded, and expressions traced into it."""

import operator
from typing import Any

import pytest
from construct import Byte, Bytes, Check, Int16ub, Struct, this
from construct import If as Condition
from construct.expr import BinExpr
from hypothesis import given
from hypothesis import strategies as st

from wireproof.dissectors.diagnosis import expert, malformed, short
from wireproof.dissectors.frame import frame
from wireproof.dissectors.schema import Bits, Catalogue, Field, FieldType, Protocol
from wireproof.engine import NotLowerableError, compile_query
from wireproof.engine.builder import Builder
from wireproof.engine.form import FINISH, If, Let, Load, Need, Program, UnprovenLoadError, Value, verify
from wireproof.engine.numbers import Number
from wireproof.engine.trace import Integer, Scope, Tracer
from wireproof.grammar import compile_filter

LINK = 147


def plan(text: str, *members: Any) -> str:
    """The printed layer of a small schema."""
    protocol = Protocol("t", "Test", parts=tuple(Struct(*part) for part in members), under={"link": (LINK,)})
    known = Catalogue([frame, expert, malformed, short, protocol])
    return compile_query(compile_filter(text, known), known).plan().split("layer t\n")[1]


def test_parts_of_constant_size_are_checked_at_once() -> None:
    assert plan(
        "t.x == 5", ["n" / Int16ub], ["x" / Field("t.x", Bits("n", 0x00F0), FieldType.UINT8), Byte], [Byte]
    ) == (
        """\
  %7 = get $6:start
  %8 = get $4:end
  %9 = lt %8 %frame_end
  %10 = select %9 %8 %frame_end
  block parts.2
    need %7 + 3 <= %10 else parts.2
    block leaf.3
      %11 = load %7[0:2]
      %12 = and %11 240
      %13 = shr %12 4
      %14 = eq %13 5
      mark $15:hit if %14
    break finish
  break finish
finish
  block answer.4
    %16 = get $17:escape
    break answer.4 if %16
    %18 = get $15:hit
    set $19:must %18
    set $20:may %18
  %21 = get $19:must
  %22 = get $20:may
  result %21 %22"""
    )


def test_a_part_is_checked_before_anybody_is_told_of_it() -> None:
    shown = plan(
        "t.x == 01:02",
        [
            "n" / Byte,
            Check(this.n > 3),
            Condition(this.n > 9, Byte),
            "x" / Field("t.x", Bytes(2), FieldType.BYTES),
            Byte,
        ],
    )
    assert shown.rindex("need") < shown.index("mark")
    assert shown.index("break parts") < shown.index("mark")


def test_what_is_not_asked_for_is_not_there() -> None:
    first = ["n" / Byte, "x" / Field("t.x", Bits("n", 0x0F), FieldType.UINT8)]
    assert plan("t.x", first, [Bytes(this.n)], [Int16ub]).count("need") == 1
    assert "load" not in plan("t", first)


def test_a_load_without_a_window_is_found() -> None:
    build = Builder()
    start, limit = build.frame()
    with build.region() as region:
        extent = build.need(start, 4, limit, FINISH)
        value = build.load(extent, 2, 2)
        with pytest.raises(UnprovenLoadError):
            build.load(extent, 3, 2)
        with pytest.raises(UnprovenLoadError):
            build.after(extent, 5)
    verify(Program({"a": region}))
    assert isinstance(region[0], Need)
    region[0].size = 3
    with pytest.raises(UnprovenLoadError):
        verify(Program({"a": region}))
    with pytest.raises(UnprovenLoadError):
        verify(Program({"a": [Load(value, start.at, 0, 1, False)]}))


def test_a_window_of_one_arm_is_none_of_the_other() -> None:
    build = Builder()
    start, limit = build.frame()
    with build.region() as region:
        build.branch(Value("has_time", "boolean"), lambda: build.need(start, 4, limit, FINISH) and None, lambda: None)
    assert isinstance(region[0], If)
    region[0].otherwise.append(Load(Value(99, "integer"), start.at, 0, 1, False))
    with pytest.raises(UnprovenLoadError):
        verify(Program({"a": region}))


def test_values_are_folded_and_shared() -> None:
    build, some = Builder(), Value("number", "integer")
    with build.region() as region:
        assert build.binary("add", 2, 3) == 5
        assert build.binary("mul", some, 1) is some
        first = build.binary("add", some, 4)
        assert build.binary("add", first, 0) is first
        assert build.binary("add", some, 4) is first
        assert build.compare("lt", 1, 2) is True
        condition = build.compare("lt", some, 2)
        with build.when(condition):
            assert build.known(condition) is True
            assert build.invert(condition) is False
        build.leave(FINISH, condition)
        assert build.known(condition) is False
    assert sum(isinstance(each, Let) for each in region) == 2


_OPERATORS = [
    *(operator.add, operator.sub, operator.mul, operator.and_, operator.or_, operator.xor),
    *(operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge),
]
_DIVIDE = [operator.floordiv, operator.mod, operator.lshift, operator.rshift]
_EXPRESSIONS = st.recursive(
    st.one_of(st.sampled_from("ab"), st.integers(-300, 300)),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(_OPERATORS), inner, inner),
        st.tuples(st.sampled_from(_DIVIDE), inner, st.integers(1, 12)),
    ),
    max_leaves=8,
)


def built(form: Any) -> Any:
    """The expression of construct for nested tuples: hypothesis would call one to show it."""
    if isinstance(form, tuple):
        return BinExpr(form[0], built(form[1]), built(form[2]))
    return getattr(this, form) if isinstance(form, str) else form


_PYTHON = {
    **{"add": operator.add, "sub": operator.sub, "mul": operator.mul, "and": operator.and_, "or": operator.or_},
    **{"xor": operator.xor, "shl": operator.lshift, "shr": operator.rshift, "floordiv": operator.floordiv},
    **{"floormod": operator.mod, "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le},
    **{"gt": operator.gt, "ge": operator.ge, "not": operator.not_, "integer": int, "both": operator.and_},
    **{"either": operator.or_},
}


@given(_EXPRESSIONS, st.integers(0, 255), st.integers(0, 65535))
def test_traced_expressions_are_what_construct_computes(form: Any, a: int, b: int) -> None:
    build, expression = Builder(), built(form)
    values = {"a": Value("a", "integer"), "b": Value("b", "integer")}
    scope = Scope(
        {
            "a": Integer(lambda: Number(values["a"], 0, 255)),
            "b": Integer(lambda: Number(values["b"], 0, 65535)),
        }
    )
    with build.region() as region:
        try:
            traced = Tracer(build).number(expression, scope)
        except NotLowerableError:
            return  # more than 64 bits
    known: dict[Any, Any] = {values["a"]: a, values["b"]: b}
    for each in region:
        assert isinstance(each, Let)
        operands = [known[operand] if isinstance(operand, Value) else operand for operand in each.operands]
        known[each.result] = _PYTHON[each.operation](*operands)
        assert -(1 << 63) <= known[each.result] < 1 << 63
    want = expression({"a": a, "b": b}) if callable(expression) else expression
    assert known.get(traced.operand, traced.operand) == want
    assert traced.low <= want <= traced.high
