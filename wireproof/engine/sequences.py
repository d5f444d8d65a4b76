"""Octets as operands of a filter: places in the frame, constants, and what is put together of parts or masked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from wireproof.engine.builder import Builder
from wireproof.engine.folding import COMPARE
from wireproof.engine.form import HAND_OVER, Extent, Operand
from wireproof.engine.numbers import Calculator, NotLowerableError, Number
from wireproof.grammar.functions import by_length
from wireproof.grammar.syntax import Range

MOST = 7  # octets that fit into a number whose sign is no part of it
MOST_SOUGHT = 256  # octets of a packet that are looked for in others
MIRRORED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


class Packed(NamedTuple):
    """Up to seven octets as a number."""

    number: Number
    width: int


class Pieces(NamedTuple):
    """Parts of other octets, one after the other."""

    parts: tuple[Extent | bytes | Packed, ...]


Sequenced: TypeAlias = Extent | bytes | Packed | Pieces
SEQUENCED = (Extent, bytes, Packed, Pieces)


def constant_size(value: Sequenced) -> int | None:
    """Return how many octets there are, None where that depends on the frame."""
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, Packed):
        return value.width
    if isinstance(value, Pieces):
        sizes = [constant_size(part) for part in value.parts]
        return None if None in sizes else sum(size for size in sizes if size is not None)
    return value.size if isinstance(value.size, int) else None


class Sequences:
    """Works on octets. Where a slice goes beyond the ends of some, the block `short` is left."""

    def __init__(self, build: Builder) -> None:
        self.build, self.short = build, HAND_OVER
        self.calculate = Calculator(build)

    def size(self, value: Sequenced) -> Operand:
        """Return how many octets there are."""
        if isinstance(value, Extent):
            return value.size
        if not isinstance(value, Pieces):
            return constant_size(value) or 0
        total: Operand = 0
        for part in value.parts:
            total = self.build.binary("add", total, self.size(part))
        return total

    def is_zero(self, value: Sequenced) -> Operand:
        """Return whether no bit is set."""
        if isinstance(value, bytes):
            return not any(value)
        if isinstance(value, Packed):
            return self.calculate.compare("eq", value.number, Number.of(0)).operand
        if isinstance(value, Extent):
            return self.build.search("zeros", value, None)
        found: Operand = True
        for part in value.parts:
            found = self.build.both(found, self.is_zero(part))
        return found

    # Comparisons. Of two sequences the longer one is the greater.

    def compare(self, name: str, left: Sequenced, right: Sequenced) -> Operand:
        """Return whether a comparison holds. Raises NotLowerableError."""
        if isinstance(left, bytes) and isinstance(right, bytes):
            return COMPARE[name](by_length(left), by_length(right))  # type: ignore[arg-type]
        sizes = constant_size(left), constant_size(right)
        if None not in sizes and sizes[0] != sizes[1]:
            return COMPARE[name](*sizes)  # type: ignore[arg-type]
        if None not in sizes and int(sizes[0] or 0) <= MOST:
            return self.calculate.compare(name, self.packed(left).number, self.packed(right).number).operand
        if not isinstance(left, (Extent, Pieces)):
            return self.compare(MIRRORED.get(name, name), right, left)
        if isinstance(left, Pieces) and isinstance(right, bytes):
            return self._compare_pieces(name, left, right)
        if isinstance(left, Pieces) or isinstance(right, (Packed, Pieces)):
            raise NotLowerableError("parts of octets compared with what is no constant")
        if name in ("eq", "ne"):
            equal = self.build.search("equal", left, right)
            return equal if name == "eq" else self.build.invert(equal)
        return self.build.compare(name, self.build.search("order", left, right), 0)

    def _compare_pieces(self, name: str, left: Pieces, right: bytes) -> Operand:
        if name not in ("eq", "ne"):
            raise NotLowerableError("the order of parts of octets")
        equal: Operand = True
        for part, constant in self._divided(left.parts, right):
            equal = self.build.both(equal, self.compare("eq", part, constant))
        return equal if name == "eq" else self.build.invert(equal)

    def _divided(
        self, parts: Sequence[Extent | bytes | Packed], constant: bytes
    ) -> list[tuple[Extent | bytes | Packed, bytes]]:
        """Return each part with what of a constant it would have to be; a part may be of any size, if only one is."""
        sizes = [constant_size(part) for part in parts]
        if sizes.count(None) > 1:
            raise NotLowerableError("several parts of octets whose number varies")
        rest = len(constant) - sum(size for size in sizes if size is not None)
        divided: list[tuple[Extent | bytes | Packed, bytes]] = []
        place = 0
        for part, size in zip(parts, sizes, strict=True):
            end = place + (max(rest, 0) if size is None else size)
            divided.append((part, constant[place:end]))
            place = end
        if rest < 0:
            divided.append((b"\0", b""))  # there is more than the constant has
        return divided

    def contains(self, whole: Sequenced, part: Sequenced, *, empty: bool) -> Operand:
        """Return whether octets are found in others; `empty` says whether no octets are."""
        if isinstance(part, bytes) and not part:
            return empty
        if isinstance(part, bytes) and isinstance(whole, bytes):
            return part in whole
        if not isinstance(whole, Extent) or not isinstance(part, (Extent, bytes)):
            raise NotLowerableError("contains with parts of octets")
        if isinstance(part, bytes):
            return self.build.search("find", whole, part)
        # At every place all of it may have to be compared.
        self.build.hand_over(self.build.compare("gt", part.size, MOST_SOUGHT))
        found = self.build.search("find", whole, part)
        return found if empty else self.build.both(self.build.compare("gt", part.size, 0), found)

    # Parts

    def packed(self, value: Sequenced) -> Packed:
        """Return octets as a number, if they are few. Raises NotLowerableError."""
        if isinstance(value, Packed):
            return value
        size = constant_size(value)
        if size is None or size > MOST:
            raise NotLowerableError("octets whose number varies, or too many, as a number")
        if isinstance(value, bytes):
            return Packed(Number.of(int.from_bytes(value, "big")), size)
        if isinstance(value, Extent):
            number = Number(self.build.load(value, 0, size), 0, (1 << size * 8) - 1) if size else Number.of(0)
            return Packed(number, size)
        joined = Number.of(0)
        for each in map(self.packed, value.parts):
            moved = self.calculate.apply("lshift", joined, Number.of(each.width * 8))
            joined = self.calculate.apply("or", moved, each.number)
        return Packed(joined, size)

    def slice(self, value: Extent | bytes | Packed, ranges: tuple[Range, ...]) -> Sequenced:
        """Return parts of octets; where any of them, or its first place, is beyond the ends, `short` is left."""
        parts = tuple(self._part(value, part) for part in ranges)
        return parts[0] if len(parts) == 1 else Pieces(parts)

    def _part(self, whole: Extent | bytes | Packed, part: Range) -> Extent | bytes | Packed:
        build, size = self.build, self.size(whole)
        first = part.first if part.first >= 0 else build.binary("add", size, part.first)
        if part.length is not None:
            count: Operand = part.length
        else:
            last = part.last
            end = size if last is None else last + 1 if last >= 0 else build.binary("add", size, last + 1)
            count = build.binary("sub", end, first)
            build.leave(self.short, build.compare("le", count, 0))
        if isinstance(whole, Extent):
            return build.within(whole, first, count, self.short)
        if not (isinstance(size, int) and isinstance(first, int) and isinstance(count, int)):
            raise AssertionError("a constant number of octets has constant parts")
        if not 0 <= first < first + count <= size:
            build.leave(self.short)
            return b""
        if isinstance(whole, bytes):
            return whole[first : first + count]
        moved = self.calculate.apply("rshift", whole.number, Number.of((size - first - count) * 8))
        return Packed(self.calculate.apply("and", moved, Number.of((1 << count * 8) - 1)), count)

    def mask(self, left: Sequenced, right: Sequenced) -> Packed:
        """Return the common bits, as far as the shorter side goes. Raises NotLowerableError."""
        sizes = [size for size in (constant_size(left), constant_size(right)) if size is not None]
        if not sizes:
            raise NotLowerableError("a mask of octets whose number varies")
        # Where the other side varies, it is longer as a rule.
        width = min(sizes)
        return Packed(self.calculate.apply("and", self._head(left, width), self._head(right, width)), width)

    def _head(self, value: Sequenced, width: int) -> Number:
        if isinstance(value, Extent):
            return self.packed(self.build.within(value, 0, width, HAND_OVER)).number
        whole = self.packed(value)
        return self.calculate.apply("rshift", whole.number, Number.of((whole.width - width) * 8))
