"""The registry of special-purpose IPv4 addresses, for ip_special_name() and ip_special_mask()."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from wireproof.dissectors.numbers.ipv4_addresses import REGISTRY
from wireproof.dissectors.schema import AddressBlock

_BITS = "RGFDS"  # from the least significant on


class Block(NamedTuple):
    """A block of addresses, its flags as a number, and its name."""

    addresses: AddressBlock
    mask: int
    name: bytes


def block_of(address: int) -> Block | None:
    """Return the smallest block of the registry that an address is in, or None."""
    return next((each for each in blocks() if address in each.addresses), None)


@cache
def blocks() -> tuple[Block, ...]:
    """Return the blocks of the registry, the smallest first."""
    found = [
        Block(
            AddressBlock(row.block),
            sum(1 << _BITS.index(flag) for flag in row.uses if flag != "-"),
            row.name.encode(),
        )
        for row in REGISTRY
    ]
    return tuple(sorted(found, key=lambda block: -block.addresses.length))
