"""Subnets of IPv4: what an address and the length of its prefix say, and blocks for sites of so many hosts.

RFC 4632 section 3.1 (prefixes), RFC 922 section 7 and RFC 1122 section 3.2.1.3 (broadcast and network addresses),
RFC 3021 (both addresses of a /31 are hosts').
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

BITS = 32


class SubnetError(ValueError):
    """What is no address, no prefix, or no number of sites or hosts; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Subnet:
    """The subnet that an address is in. `broadcast` is None where there is none, with prefixes of 31 and 32 bits."""

    address: IPv4Address
    prefix: int
    network: IPv4Address
    first: IPv4Address
    last: IPv4Address
    broadcast: IPv4Address | None
    usable: int


@dataclass(frozen=True, slots=True)
class Plan:
    """So many blocks of one size from the begin of a subnet on; `fits` counts all that the subnet has room for."""

    network: IPv4Network
    prefix: int
    count: int
    fits: int

    def blocks(self) -> Iterator[IPv4Network]:
        """Yield the blocks in order."""
        size, begin = 1 << BITS - self.prefix, int(self.network.network_address)
        for index in range(self.count):
            yield IPv4Network((begin + index * size, self.prefix))


def subnet(address: str, prefix: int) -> Subnet:
    """Return what an address and the bits of its prefix, 0 to 32, say. Raises SubnetError."""
    if not 0 <= prefix <= BITS:
        raise SubnetError(f"a prefix of {prefix} bits; it has 0 to {BITS}")
    try:
        own = IPv4Address(address)
    except ipaddress.AddressValueError:
        raise SubnetError(f"{address!r} is no IPv4 address") from None
    network = IPv4Network((int(own), prefix), strict=False)
    first, last = network.network_address, network.broadcast_address
    has_broadcast = prefix < BITS - 1
    return Subnet(
        own,
        prefix,
        network.network_address,
        first + has_broadcast,
        last - has_broadcast,
        network.broadcast_address if has_broadcast else None,
        usable(prefix),
    )


def usable(prefix: int) -> int:
    """Return how many hosts have an address of their own in a subnet."""
    size = 1 << BITS - prefix
    return size if prefix >= BITS - 1 else size - 2


def plan(whole: Subnet, sites: int | None, hosts: int | None) -> Plan | None:
    """Return blocks for `sites` of `hosts` each, the smallest that hold these; None where they do not fit.

    Without hosts the blocks are the largest, without sites as many as fit. Raises SubnetError on numbers below one,
    and where both are left out.
    """
    if sites is None and hosts is None:
        raise SubnetError("blocks for how many sites, or for how many hosts each?")
    for name, number in (("sites", sites), ("hosts", hosts)):
        if number is not None and number < 1:
            raise SubnetError(f"{number} {name}; there is at least one")
    if hosts is not None:
        prefix = next((bits for bits in range(BITS, -1, -1) if usable(bits) >= hosts), -1)
    else:
        assert sites is not None
        prefix = whole.prefix + (sites - 1).bit_length()
    if not whole.prefix <= prefix <= BITS:
        return None
    fits = 1 << prefix - whole.prefix
    if sites is not None and sites > fits:
        return None
    return Plan(IPv4Network((int(whole.network), whole.prefix)), prefix, fits if sites is None else sites, fits)
