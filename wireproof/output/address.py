"""What ``wireproof address`` prints: an address in bits, its subnet, and a plan of blocks."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from itertools import islice
from typing import Any

from wireproof.dissectors.numbers.ipv4_addresses import CLASS_BLOCKS, CLASSES, REGISTRY, SCOPE_BLOCKS, SCOPES
from wireproof.dissectors.schema import narrowest
from wireproof.packet.subnets import BITS, Plan, Subnet, subnet, usable

MOST_BLOCKS = 256
"""Blocks of a plan that are printed; how many more there are is said."""


def lines(found: Subnet, plan: Plan | None) -> Iterator[str]:
    """Yield what is told of a subnet, and of blocks of it."""
    mask = IPv4Address((1 << BITS) - (1 << BITS - found.prefix))
    yield f"Address     {found.address}/{found.prefix}"
    yield f"            {_bits(found.address, found.prefix)}"
    yield f"            {_ruler(found.prefix)}"
    yield f"Mask        {mask}"
    yield f"            {_bits(mask, found.prefix)}"
    yield f"Class       {class_of(found.address)}"
    yield f"Scope       {scope_of(found.address)}{_block(found.address)}"
    yield f"Network     {found.network}/{found.prefix}"
    yield f"First host  {found.first}"
    yield f"Last host   {found.last}"
    yield f"Broadcast   {found.broadcast or _NO_BROADCAST[found.prefix]}"
    yield f"Hosts       {found.usable}"
    if plan is not None:
        yield ""
        yield from _plan(plan)


_NO_BROADCAST = {
    BITS: "none: the prefix is one address",
    BITS - 1: "none: both addresses are hosts' (RFC 3021)",
}


def class_of(address: IPv4Address) -> str:
    """Return the letter of an address's class."""
    return next(CLASSES[block.kind] for block in CLASS_BLOCKS if int(address) in block)


def scope_of(address: IPv4Address) -> str:
    """Return what the narrowest special block that an address is in is for; "global" where it is in none."""
    found = narrowest(int(address), SCOPE_BLOCKS)
    return SCOPES[found.kind if found is not None else 0]


def _block(address: IPv4Address) -> str:
    """Return the special block of an address in brackets, with its name and standard."""
    found = narrowest(int(address), SCOPE_BLOCKS)
    if found is None:
        return ""
    network = IPv4Network((found.prefix << BITS - found.length, found.length))
    row = next((row for row in REGISTRY if row.block == str(network)), None)
    return f" ({network}" + (f", {row.name}, {row.reference})" if row is not None else ")")


def as_json(found: Subnet, plan: Plan | None) -> dict[str, Any]:
    """Return the same for programs."""
    told: dict[str, Any] = {"address": str(found.address), "prefix": found.prefix}
    told |= {"class": class_of(found.address), "scope": scope_of(found.address)}
    told |= {name: str(getattr(found, name)) for name in ("network", "first", "last")}
    told |= {"broadcast": None if found.broadcast is None else str(found.broadcast), "usable": found.usable}
    if plan is not None:
        told["blocks"] = [str(block) for block in islice(plan.blocks(), MOST_BLOCKS)]
        told["more_blocks"] = max(plan.count - MOST_BLOCKS, 0)
    return told


def _plan(plan: Plan) -> Iterator[str]:
    free = plan.fits - plan.count
    yield f"{plan.count} blocks of {usable(plan.prefix)} hosts, /{plan.prefix}; room for {free} more"
    width = len(str(min(plan.count, MOST_BLOCKS)))
    yield f"{'':>{width}}  {'network':<18}  {'first host':<15}  {'last host':<15}  broadcast"
    for number, block in enumerate(islice(plan.blocks(), MOST_BLOCKS), 1):
        each = subnet(str(block.network_address), block.prefixlen)
        yield f"{number:>{width}}  {block!s:<18}  {each.first!s:<15}  {each.last!s:<15}  {each.broadcast or '-'}"
    if plan.count > MOST_BLOCKS:
        yield f"and {plan.count - MOST_BLOCKS} more"


def _bits(address: IPv4Address, prefix: int) -> str:
    """Return the bits of an address, a dot behind each octet and a bar where the host's begin."""
    bits = f"{int(address):032b}"
    return "".join(
        bit + ("|" if place == prefix and prefix < BITS else "." if place % 8 == 0 and place < BITS else "")
        for place, bit in enumerate(bits, 1)
    )


def _ruler(prefix: int) -> str:
    """Return what stands under the bits: which are the network's, and which the host's."""
    bar = prefix + (prefix - 1) // 8 if 0 < prefix < BITS else 0
    if not 0 < prefix < BITS:
        return "host" if prefix == 0 else "network"
    network = "network" if bar >= len("network") else "net" if bar >= len("net") else ""
    return f"{network:<{bar}} host" if network else f"{'':<{bar}} host"
