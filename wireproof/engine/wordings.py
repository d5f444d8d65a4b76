"""Texts that are made of a number, as the number: a test on the text becomes a test on the number.

Where there are few numbers, each is put into words while the filter is compiled, and what can be asked of the text is
asked of each of them. Where there are many, the constant that the text is compared with is read as a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from typing import Any, TypeAlias

from wireproof.dissectors.schema.render import colon_text, dotted_quad
from wireproof.engine.builder import Builder
from wireproof.engine.form import Operand
from wireproof.engine.numbers import Calculator, NotLowerableError, Number
from wireproof.grammar.escapes import encode

MOST_NUMBERS = 1 << 12  # that are put into words
MOST_TESTS = 32  # that tell some numbers from the others before a switch does


@dataclass(frozen=True, eq=False)
class Table:
    """A value for each number that it may depend on; where the number has none, there is no value."""

    number: Number
    values: Mapping[int, Any]

    def is_like(self, other: object) -> bool:
        """Whether another one makes the same of every number."""
        return isinstance(other, Table) and self.values == other.values

    def each(self, change: Callable[[Any], Any]) -> Table:
        """Return what a function makes of the values; None is no value."""
        made = ((number, change(value)) for number, value in self.values.items())
        return Table(self.number, {number: value for number, value in made if value is not None})


@dataclass(frozen=True, eq=False)
class Written:
    """The text of a number of which every number has its own; `read` gives the number of a text, None without one."""

    number: Number
    read: Callable[[bytes], int | None]
    octets: int = 0  # of the number, where the text is one of octets

    def is_like(self, other: object) -> bool:
        """Whether another one makes the same of every number."""
        return isinstance(other, Written) and self.read is other.read


Wording: TypeAlias = Table | Written | bytes


def rendered(render: Callable[[Any], str], number: Number, octets: int | None) -> Wording:
    """Return the text that a schema makes of a number, or of so many octets. Raises NotLowerableError."""
    if render is dotted_quad and octets == 4:
        return Written(number, read_dotted_quad, 4)
    if render is colon_text and octets == 6:
        return Written(number, read_colon_text, 6)
    if octets is not None:
        raise NotLowerableError("the text of octets")
    if number.high - number.low >= MOST_NUMBERS:
        raise NotLowerableError("the text of a number that may be large")
    return Table(number, _in_words(render, number.low, number.high))


@cache
def _in_words(render: Callable[[Any], str], low: int, high: int) -> Mapping[int, bytes]:
    return {number: encode(render(number)) for number in range(low, high + 1)}


def read_dotted_quad(text: bytes) -> int | None:
    """Return the IPv4 address that a text is, written as it is shown."""
    parts = text.split(b".")
    octets = [int(part) for part in parts if part.isdigit() and len(part) <= 3]
    is_one = len(octets) == 4 and max(octets) <= 255 and b".".join(b"%d" % octet for octet in octets) == text
    return int.from_bytes(bytes(octets), "big") if is_one else None


def read_decimal(text: bytes) -> int | None:
    """Return the number that a text is, written as it is shown."""
    is_one = text.isdigit() and len(text) <= 20 and b"%d" % int(text) == text
    return int(text) if is_one else None


@cache
def hexadecimal_reader(digits: int) -> Callable[[bytes], int | None]:
    """Return what gives the number that a text is, written with 0x and that many digits."""

    def read(text: bytes) -> int | None:
        try:
            number = int(text[2:], 16)
        except ValueError:
            return None
        return number if number >= 0 and text == b"0x%0*x" % (digits, number) else None

    return read


def read_colon_text(text: bytes) -> int | None:
    """Return the number that the six octets of an address are, written as it is shown."""
    pairs = text.split(b":")
    try:
        octets = bytes(int(pair, 16) for pair in pairs if len(pair) == 2)
    except ValueError:
        return None
    is_one = len(octets) == 6 and octets.hex(":").encode() == text
    return int.from_bytes(octets, "big") if is_one else None


def among(build: Builder, number: Number, chosen: frozenset[int]) -> Operand:
    """Return whether a number is one of the chosen."""
    inside = frozenset(each for each in chosen if number.low <= each <= number.high)
    if not inside or len(inside) > number.high - number.low:
        return bool(inside)
    runs = _runs(sorted(inside))
    masks = _masks(inside, 1 << max(inside).bit_length()) if min(inside) >= 0 and len(runs) > 1 else None
    if masks is None or len(masks) >= len(runs):
        tests = [_between(build, number, first, last) for first, last in runs] if len(runs) <= MOST_TESTS else []
    else:
        tests = [build.compare("eq", build.binary("and", number.operand, mask), value) for mask, value in masks]
    return reduce(build.either, tests) if 0 < len(tests) <= MOST_TESTS else _switched(build, number, inside)


def _switched(build: Builder, number: Number, chosen: frozenset[int]) -> Operand:
    found = build.slot("boolean", "found")
    cases = [(tuple(sorted(chosen)), lambda: build.set(found, True))]
    build.switch(build.integer(number.operand), cases, lambda: build.set(found, False))
    return build.get(found)


def _between(build: Builder, number: Number, first: int, last: int) -> Operand:
    calculate = Calculator(build)
    low, high = calculate.compare("ge", number, Number.of(first)), calculate.compare("le", number, Number.of(last))
    return build.both(low.operand, high.operand)


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Return the first and the last of the numbers that follow one another."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], number
        else:
            runs.append((number, number))
    return runs


def _masks(numbers: frozenset[int], top: int) -> list[tuple[int, int]]:
    """Return masks and values: the numbers, all below `top`, are those that have one of the values under its mask."""
    if not numbers:
        return []
    if len(numbers) == top:
        return [(-top, 0)]
    bit = top >> 1
    without = frozenset(number for number in numbers if not number & bit)
    with_it = frozenset(number ^ bit for number in numbers if number & bit)
    either = without & with_it
    found = [(mask & ~bit, value) for mask, value in _masks(either, bit)]
    found += [(mask, value) for mask, value in _masks(without - either, bit)]
    return found + [(mask | bit, value | bit) for mask, value in _masks(with_it - either, bit)]
