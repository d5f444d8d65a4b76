"""The IANA IPv4 Special-Purpose Address Registry (RFC 6890, RFC 8190), for ip_special_name() and ip_special_mask()."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

# Address, what may be done with it (S a source, D a destination, F forwarded, G globally reachable, R reserved by
# the protocol itself), and the name as the registry has it.
_REGISTRY = """
0.0.0.0/8           S---R  "This network"
0.0.0.0/32          S---R  "This host on this network"
10.0.0.0/8          SDF--  Private-Use
100.64.0.0/10       SDF--  Shared Address Space
127.0.0.0/8         ----R  Loopback
169.254.0.0/16      SD--R  Link Local
172.16.0.0/12       SDF--  Private-Use
192.0.0.0/24        -----  IETF Protocol Assignments
192.0.0.0/29        SDF--  IPv4 Service Continuity Prefix
192.0.0.8/32        S----  IPv4 dummy address
192.0.0.9/32        SDFG-  Port Control Protocol Anycast
192.0.0.10/32       SDFG-  Traversal Using Relays around NAT Anycast
192.0.0.170/32      ----R  NAT64/DNS64 Discovery
192.0.0.171/32      ----R  NAT64/DNS64 Discovery
192.0.2.0/24        -----  Documentation (TEST-NET-1)
192.31.196.0/24     SDFG-  AS112-v4
192.52.193.0/24     SDFG-  AMT
192.88.99.0/24      -----  Deprecated (6to4 Relay Anycast)
192.168.0.0/16      SDF--  Private-Use
192.175.48.0/24     SDFG-  Direct Delegation AS112 Service
198.18.0.0/15       SDF--  Benchmarking
198.51.100.0/24     -----  Documentation (TEST-NET-2)
203.0.113.0/24      -----  Documentation (TEST-NET-3)
240.0.0.0/4         ----R  Reserved
255.255.255.255/32  -D--R  Limited Broadcast
"""
_BITS = "RGFDS"  # from the least significant on


class Block(NamedTuple):
    """A block of addresses: the first, as a number, the length of its prefix, its flags as a number, and its name."""

    address: int
    prefix: int
    mask: int
    name: bytes


def block_of(address: int) -> Block | None:
    """Return the smallest block of the registry that an address is in, or None."""
    return next((each for each in blocks() if (address ^ each.address) >> 32 - each.prefix == 0), None)


@cache
def blocks() -> tuple[Block, ...]:
    """Return the blocks of the registry, the smallest first."""
    found = []
    for line in _REGISTRY.strip().splitlines():
        network, flags, name = line.split(maxsplit=2)
        quad, prefix = network.split("/")
        mask = sum(1 << _BITS.index(flag) for flag in flags if flag != "-")
        address = int.from_bytes(bytes(map(int, quad.split("."))), "big")
        found.append(Block(address, int(prefix), mask, name.encode()))
    return tuple(sorted(found, key=lambda block: -block.prefix))
