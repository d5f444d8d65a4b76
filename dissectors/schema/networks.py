"""What is known of an IPv4 address by the networks that the user named, and by blocks that everybody knows.

The expressions take a member that is an address, as four octets or as a number, and go together with ``this``
expressions. A network is its address as a number, and the length of its prefix.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from construct.expr import ExprMixin

if TYPE_CHECKING:
    Expression = ExprMixin[bool]
else:
    Expression = ExprMixin

MASK = 0xFFFFFFFF
# A prefix of 31 bits has two hosts and no broadcast address (RFC 3021).
LONGEST_WITH_BROADCAST = 30


@dataclass(frozen=True, eq=False)
class InNetwork(Expression):
    """Whether an address is in one of the networks; of none that was named, nobody knows, and it is taken for true."""

    member: str

    def __call__(self, context: Any) -> bool:
        address = _number(context[self.member])
        return not context.networks or any(
            address >> 32 - length == network >> 32 - length for network, length in context.networks
        )


@dataclass(frozen=True, eq=False)
class IsNoBroadcast(Expression):
    """Whether an address is none that has all ones behind a network's prefix, which are for broadcasts (RFC 919)."""

    member: str

    def __call__(self, context: Any) -> bool:
        return _number(context[self.member]) not in broadcasts(context.networks)


class AddressBlock:
    """A block of addresses in CIDR notation (RFC 4632 section 3.1), and the number that stands for its kind."""

    def __init__(self, block: str, kind: int = 0) -> None:
        address, _, length = block.partition("/")
        self.length, self.kind = int(length), kind
        self.prefix = int.from_bytes(bytes(map(int, address.split("."))), "big") >> 32 - self.length

    def __contains__(self, address: int) -> bool:
        return address >> 32 - self.length == self.prefix


Block = TypeVar("Block", bound=AddressBlock)


class KindOfAddress(Expression):
    """The kind of the narrowest block that an address is in, `other` where it is in none, or there is no address."""

    def __init__(self, member: str, blocks: Iterable[AddressBlock], other: int = 0) -> None:
        self.member, self.other = member, other
        self.blocks = sorted(blocks, key=lambda block: block.length)
        self._kinds: dict[int, dict[int, int]] = {}
        for block in reversed(self.blocks):
            self._kinds.setdefault(32 - block.length, {})[block.prefix] = block.kind

    def __call__(self, context: Any) -> int:
        address = _number(context.get(self.member) or 0)  # a builder may not have one
        for shift, kinds in self._kinds.items():  # the narrowest first
            if (kind := kinds.get(address >> shift)) is not None:
                return kind
        return self.other


def narrowest(address: int, blocks: Iterable[Block]) -> Block | None:
    """Return the smallest of the blocks that an address is in, or None."""
    return max((block for block in blocks if address in block), key=lambda block: block.length, default=None)


def broadcasts(networks: tuple[tuple[int, int], ...]) -> frozenset[int]:
    """Return the broadcast addresses of networks."""
    return frozenset(network | MASK >> length for network, length in networks if length <= LONGEST_WITH_BROADCAST)


def _number(address: bytes | int) -> int:
    return int.from_bytes(address, "big") if isinstance(address, bytes) else address
