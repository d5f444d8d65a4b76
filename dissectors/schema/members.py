"""Members made of earlier ones: their bits, their octets, and what they are in words. They consume nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from construct import Construct, Subconstruct

if TYPE_CHECKING:
    AnyConstruct = Construct[Any, Any]
    AnySubconstruct = Subconstruct[Any, Any, Any, Any]
else:
    AnyConstruct, AnySubconstruct = Construct, Subconstruct


class OfMember(AnyConstruct):
    """What an earlier member's value gives; consumes nothing."""

    def __init__(self, member: str) -> None:
        super().__init__()
        self.member = member
        self.flagbuildnone = True

    def of(self, value: Any) -> Any:
        """Return what the value of the member gives."""
        raise NotImplementedError

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Return where it lies, as first bit and number of bits, if the member has those octets of the frame."""
        return first * 8, (last - first) * 8

    def _parse(self, stream: Any, context: Any, path: str) -> Any:
        return self.of(context[self.member])

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        return obj

    def _sizeof(self, context: Any, path: str) -> int:
        return 0


class Bits(OfMember):
    """Bits of an earlier member: ``((member & mask) >> trailing zeros of mask) * scale``; consumes nothing.

    A member of bytes is read as a number, `size` octets of it from octet `at`, in the order given. A number of `size`
    octets can be read in the other order as well.
    Without a mask it is the whole member. Bits shown in the frame lie where the mask says.
    """

    def __init__(
        self,
        member: str,
        mask: int | None = None,
        *,
        at: int = 0,
        size: int | None = None,
        scale: int = 1,
        order: Literal["big", "little"] = "big",
    ) -> None:
        super().__init__(member)
        self.mask, self.at, self.size, self.scale, self.order = mask, at, size, scale, order
        self.shift = 0 if mask is None else (mask & -mask).bit_length() - 1

    def of(self, value: int | bytes) -> int:
        """Return the number that these bits of a member's value are."""
        if isinstance(value, bytes):
            value = int.from_bytes(value[self.at :][: self.size], self.order)
        elif self.order == "little":
            value = int.from_bytes(value.to_bytes(self.size or 1, "big"), "little")
        return value * self.scale if self.mask is None else ((value & self.mask) >> self.shift) * self.scale

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Return where the bits lie, if the member has those octets."""
        first += self.at
        last = last if self.size is None else first + self.size
        if self.mask is None:
            return first * 8, (last - first) * 8
        return last * 8 - self.mask.bit_length(), self.mask.bit_length() - self.shift

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        value = context.get(self.member)
        return obj if value is None else self.of(value)


class Text(OfMember):
    """An earlier member in words: `render` makes them of its value; consumes nothing."""

    def __init__(self, member: str, render: Callable[[Any], str]) -> None:
        super().__init__(member)
        self.render = render

    def of(self, value: Any) -> str:
        """Return a value in words."""
        return self.render(value)


class Piece(OfMember):
    """Octets of an earlier member of octets, `size` of them or all from octet `at` on; consumes nothing."""

    def __init__(self, member: str, at: int = 0, size: int | None = None) -> None:
        super().__init__(member)
        self.at, self.size = at, size

    def of(self, value: bytes) -> bytes:
        """Return the octets of a value that the piece is."""
        return value[self.at :][: self.size]

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Return where the piece lies, if the member has those octets."""
        first += self.at
        last = last if self.size is None else first + self.size
        return first * 8, (last - first) * 8
