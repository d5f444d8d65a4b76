"""Functions in the subset give the same in Python and as machine code; what is not in it is refused with its line."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from enum import IntFlag

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("llvmlite")

from wireproof.engine.machine import Code, compile_object
from wireproof.engine.tables import I16, I64, U8, U32, Table
from wireproof.engine.translating import ENTRY, NotInSubsetError, module_of, parameters_of

MASK = 0xFFFF_FFFF
numbers = st.integers(-(1 << 40), 1 << 40)


class Colour(IntFlag):
    """Constants as rules have them."""

    RED = 1
    BLUE = 4


class Rows(Table):
    """A column of each kind."""

    wide: I64
    word: U32
    small: I16
    octet: U8


def arithmetic(a: int, b: int) -> int:
    """Operators, constants, and what binds stronger."""
    c = (a + b * 3 - 7) & MASK
    c ^= a | 0x55
    d = (c << 3) - (a >> 2) + ~b
    d += a // 10 * 2 + b % 7 - -a % 1000
    return d + (Colour.RED | Colour.BLUE) + True


def choices(a: int, b: int) -> int:
    """Conditions of every form."""
    found = 0
    if a < b <= 100 or not a:
        found += 1
    elif a == b != 3 and b >= 0:
        found += 2
    else:
        found += 4
    both = a > 0 and b > 0
    found += 8 if both else 16 if a & 1 else 32
    found += (a > b) * 64 + (not b) * 128
    found += ((a & 7 and b) or a or 3) % 1000
    return found + min(a, b, 5) + max(a, -b) + abs(a)


def loops(a: int, b: int) -> int:
    """Loops and ways out of them."""
    total = 0
    i = 99
    for i in range(a % 50):
        if i == b % 60:
            break
        if i & 1:
            continue
        for j in range(i, i + 3):
            total += j
    while total > 1000:
        total -= 7
        if total % 13 == 5:
            return total
    return total * 100 + i


def gcd_step(a: int, b: int) -> int:
    """Return what is left."""
    return a % 97 if b > 0 else b % 89


def calls(a: int, b: int) -> int:
    """Functions that change their parameters."""
    rounds = 0
    while a > 5 and rounds < 10:
        a = gcd_step(a - 1, b) - 1
        rounds += 1
    return a * 16 + rounds


def store(rows: Rows, at: int, value: int) -> None:
    """Write a row."""
    rows.wide[at] = value
    rows.word[at] = value & MASK
    rows.small[at] = (value & 0xFFFF) - 0x8000
    rows.octet[at] = value & 0xFF


def tables(rows: Rows, a: int, b: int) -> int:
    """Write rows, and read what stands there."""
    store(rows, a % 8, b)
    rows.word[3] += 1 if rows.word[3] < MASK else 0
    total = 0
    for at in range(8):
        total += rows.wide[at] + rows.word[at] * 3 - rows.small[at] + rows.octet[at]
    return total


def compiled(function: Callable[..., int]) -> Callable[..., int]:
    """Return the function as machine code; tables are given by their words."""
    code = Code(compile_object(module_of(function)), ENTRY)
    kinds = [
        ctypes.c_void_p if issubclass(kind, Table) else ctypes.c_int64 for kind in parameters_of(function).values()
    ]
    call = ctypes.CFUNCTYPE(ctypes.c_int64, *kinds)(code.address)

    def run(*given: int | Table) -> int:
        assert code.address
        return int(call(*(each.words if isinstance(each, Table) else each for each in given)))

    return run


@pytest.fixture(scope="module")
def machine() -> dict[Callable[..., int], Callable[..., int]]:
    """Return the functions of this module as machine code."""
    return {function: compiled(function) for function in (arithmetic, choices, loops, calls, tables)}


@pytest.mark.parametrize("function", [arithmetic, choices, loops, calls])
@given(a=numbers, b=numbers)
def test_machine_code_returns_what_python_returns(
    machine: dict[Callable[..., int], Callable[..., int]], function: Callable[[int, int], int], a: int, b: int
) -> None:
    assert machine[function](a, b) == function(a, b)


@given(st.lists(st.tuples(numbers, numbers), max_size=20))
def test_both_work_on_the_same_memory(
    machine: dict[Callable[..., int], Callable[..., int]], steps: list[tuple[int, int]]
) -> None:
    apart, shared = Rows(8), Rows(8)
    for turn, (a, b) in enumerate(steps):
        run = machine[tables] if turn % 2 else tables
        assert run(shared, a, b) == tables(apart, a, b)
    assert all(getattr(shared, name) == getattr(apart, name) for name in Rows.columns())
    assert shared.is_sound


def element(rows: Rows, at: int) -> int:
    """Return an element, and set one."""
    rows.wide[at] = 5
    return rows.wide[at]


@pytest.mark.parametrize("at", [8, -1, 1 << 40, -(1 << 63)])
def test_an_index_that_is_of_no_row_stays_in_the_table_and_is_noted(at: int) -> None:
    rows = Rows(8)
    assert compiled(element)(rows, at) == 5
    assert rows.wide[0] == 5
    assert not rows.is_sound


def test_a_table_that_grows_keeps_its_rows_and_its_address() -> None:
    rows, run = Rows(2), compiled(element)
    words = rows.words
    run(rows, 1)
    rows.grow(1000)
    assert run(rows, 999) == 5
    assert (rows.wide[1], rows.wide[999], rows.words, rows.is_sound) == (5, 5, words, True)


def divides(a: int, b: int) -> int:
    """Divide by what may be 0."""
    return a // b


def recurses(a: int) -> int:
    """Call itself."""
    return again(a)


def again(a: int) -> int:
    """Call the other."""
    return recurses(a)


def catches(a: int) -> int:
    """Catch what machine code does not raise."""
    try:
        return a
    except ValueError:
        return 0


def texts(a: int) -> int:
    """Look at a text."""
    return len(str(a))


def imports(a: float) -> int:
    """Take what is no integer."""
    return int(a)


def misses(rows: Rows) -> int:
    """Look at no column."""
    return rows.rows


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (divides, "a division by what is no positive constant"),
        (recurses, "recurses calls itself"),
        (catches, "Try"),
        (texts, "a call of len"),
        (imports, "the parameter a is no int and no table"),
        (misses, "rows.rows"),
        (lambda a: a, "a is no int"),
    ],
)
def test_what_is_not_in_the_subset_is_refused(function: Callable[..., int], said: str) -> None:
    with pytest.raises(NotInSubsetError, match=said):
        module_of(function)
