"""From words of a user to a stack and a wire. Raises ValueError with what is wrong with the words."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Sequence

from wireproof.conformance.live import wire
from wireproof.conformance.live.settings import OFFERS, Stack, peer_at

CONSENT = 2
"""How often one has to say that the interface of the default route is meant."""


def stack_of(
    name: str,
    address: str | None,
    offered: Iterable[str],
    *,
    profiles: Iterable[str] = (),
    ports: tuple[int, int] = (7, 7),
    control: bool = False,
    gateway: str | None = None,
) -> Stack:
    """Return a stack; `offered` are words, or several of them with commas between, and `ports` those of TCP and UDP."""
    offers = {word for words in offered for word in words.split(",") if word} | {"arp", "echo"}
    if offers - OFFERS:
        raise ValueError(f"--offers knows {', '.join(sorted(OFFERS))}, not {', '.join(sorted(offers - OFFERS))}")
    if address is None and "switch" not in offers:
        raise ValueError("the stack needs --address ADDRESS/PREFIX, unless it is a switch (--offers switch)")
    offers |= {"control"} if control else set()
    own = ipaddress.IPv4Interface(address) if address else None
    way = ipaddress.IPv4Address(gateway) if gateway else None
    if way is not None and (own is None or way not in own.network or way == own.ip):
        raise ValueError("--gateway is another address of the stack's network")
    return Stack(name, own, frozenset(offers), frozenset(profiles), *ports, peer_at(way) if way else None)


def wire_of(
    interfaces: Sequence[str], taps: Sequence[str], socket: str | None, *, consent: int = 0
) -> Callable[[], wire.Wire]:
    """Return what opens the wire. It is not one that this machine's default route leads through, without consent."""
    if sum(map(bool, (interfaces, taps, socket))) != 1:
        raise ValueError("the stack is at one of --iface, --tap and --unix")
    risky = wire.default_route_interfaces() & {*interfaces, *taps}
    if risky and consent < CONSENT:
        raise ValueError(
            f"{', '.join(sorted(risky))} carries this machine's default route: the stack needs an interface of its own"
            " (or say --default-route-too twice)"
        )
    if interfaces:
        return lambda: wire.PacketWire(interfaces)
    if taps:
        return lambda: wire.TapWire(taps)
    return lambda: wire.SocketWire.at(socket or "")
