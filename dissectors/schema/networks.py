"""What is known of an IPv4 address by the networks that the user named.

Both expressions take a member that is an address, as four octets or as a number, and go together with ``this``
expressions. A network is its address as a number, and the length of its prefix.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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


def broadcasts(networks: tuple[tuple[int, int], ...]) -> frozenset[int]:
    """Return the broadcast addresses of networks."""
    return frozenset(network | MASK >> length for network, length in networks if length <= LONGEST_WITH_BROADCAST)


def _number(address: bytes | int) -> int:
    return int.from_bytes(address, "big") if isinstance(address, bytes) else address
