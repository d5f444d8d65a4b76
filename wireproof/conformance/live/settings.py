"""What is known of the stack, and how a run is to go."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from wireproof.conformance.live.lane import PEERS, Peer
from wireproof.conformance.live.values import Kept
from wireproof.vectors import Scenario

OFFERS = frozenset(
    (
        "arp",
        "echo",
        "tcp",
        "udp",
        "acd",
        "link-local",
        "dhcp-client",
        "dhcp-server",
        "inarp",
        "proxy",
        "switch",
        "control",
        "buffer",
        "timestamps",
        "sack",
        "window-scale",
    )
)
"""What a stack may have to offer."""


@dataclass(frozen=True, slots=True)
class Stack:
    """The stack: its address with the prefix of its network, what it offers, and the configuration it declares.

    A stack without an address is a switch. `tcp` and `udp` are ports that echo what they are sent. `gateway` is an
    address that its routes to other networks lead to: the tester has it.
    """

    name: str
    address: ipaddress.IPv4Interface | None
    offers: frozenset[str] = frozenset({"arp", "echo"})
    profiles: frozenset[str] = frozenset()
    tcp: int = 7
    udp: int = 7
    gateway: Peer | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """How many scenarios go on beside each other, and seconds to wait: for an answer of a stack that lives, for one
    that has been started, and for any scenario at most. `begin` is where the tester's addresses begin.
    """

    jobs: int = 24
    alive: float = 1.0
    start: float = 20.0
    longest: float = 400.0
    begin: int = 0


class AddressError(ValueError):
    """There are not enough addresses in the stack's network."""


class Addresses:
    """Addresses of the tester, each used once: what a stack remembers of one tells nothing of another.

    They begin in another place for another number, so that one run does not tell of the run before it.
    """

    def __init__(self, stack: Stack, begin: int = 0) -> None:
        self.network = stack.address.network if stack.address else ipaddress.IPv4Network("198.18.0.0/16")
        self._taken = {int(stack.address.ip)} if stack.address else set()
        if stack.gateway is not None:
            self._taken.add(int(ipaddress.IPv4Address(stack.gateway.ip)))
        if self.network.num_addresses < 16:
            raise AddressError(f"{self.network} has too few addresses for the tester")
        self._next = int(self.network.network_address) + 1 + begin % (self.network.num_addresses // 2)

    def peer(self) -> Peer:
        """Return an address that was not used before, as long as there are any."""
        last = int(self.network.broadcast_address)
        while self._next in self._taken:
            self._next += 1
        if self._next >= last:
            self._next = int(self.network.network_address) + 1
            return self.peer()
        number, self._next = self._next, self._next + 1
        return peer_at(ipaddress.IPv4Address(number))

    def peers(self, scenario: Scenario, names: frozenset[str]) -> dict[str, Peer]:
        """Return the testers that a scenario speaks of, and the address that nobody has."""
        return {
            name: self.peer()
            for name in (*PEERS, "unused")
            if name == "tester" or any(f"{name}_{what}" in names for what in ("ip", "mac", "ip_octets", "mac_octets"))
        }


def peer_at(address: ipaddress.IPv4Address) -> Peer:
    """Return the tester at an address; its hardware address goes by that."""
    return Peer(str(address), b"\x02\x57" + address.packed)


def values_of(stack: Stack, stack_mac: bytes, peers: dict[str, Peer], scenario: Scenario, turn: int) -> dict[str, Kept]:
    """Return the values that a scenario begins with. `turn` counts its runs: a port of one is not used by another."""
    import random

    dice = random.Random(f"{scenario.id} {turn}")
    found: dict[str, Kept] = {}
    for name, peer in peers.items():
        found |= {f"{name}_ip": peer.ip, f"{name}_mac": peer.mac.hex(":")}
        found |= {f"{name}_ip_octets": peer.ip_octets, f"{name}_mac_octets": peer.mac}
    if stack.address is not None:
        network = stack.address.network
        found |= {
            "stack_ip": str(stack.address.ip),
            "stack_ip_octets": stack.address.ip.packed,
            "network_ip": str(network.network_address),
            "broadcast_ip": str(network.broadcast_address),
            "prefix": network.prefixlen,
        }
    return found | {
        "stack_mac": stack_mac.hex(":"),
        "stack_mac_octets": stack_mac,
        "tcp_port": stack.tcp,
        "udp_port": stack.udp,
        "closed_port": 47_113,
        "port": dice.randrange(20_000, 45_000),
        "id": dice.randrange(1, 1 << 16),
        "iss": dice.randrange(1 << 16, 1 << 31),
    }
