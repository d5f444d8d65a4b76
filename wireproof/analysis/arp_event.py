"""What the analyses of ARP look at in a packet, wherever it was read."""

from __future__ import annotations

from typing import NamedTuple

from wireproof.packet import Layer, Packet

REQUEST, REPLY, INVERSE_REQUEST, INVERSE_REPLY = 1, 2, 8, 9
NOBODY = bytes(6)
GROUP_BIT = 1

NAMES = (
    "frame.number",
    "frame.time_epoch",
    "eth.src",
    "fr.dlci",
    "arp.opcode",
    "arp.hw.size",
    "arp.src.hw_mac",
    "arp.src.proto_ipv4",
    "arp.dst.hw_mac",
    "arp.dst.proto_ipv4",
)
"""The fields of an event, in its order."""


class ArpEvent(NamedTuple):
    """An ARP packet: addresses of IPv4 as numbers, of MAC as octets, and None for what it does not have.

    `source` is the frame's own source, and `dlci` the circuit that it came on (RFC 2390). Times are nanoseconds.
    """

    number: int
    time: int | None
    source: bytes | None
    dlci: int | None
    operation: int | None
    hardware_size: int | None
    sender_mac: bytes | None
    sender: int | None
    target_mac: bytes | None
    target: int | None

    @property
    def is_request(self) -> bool:
        """Whether it asks for an address."""
        return self.operation == REQUEST

    @property
    def is_reply(self) -> bool:
        """Whether it answers."""
        return self.operation == REPLY

    @property
    def is_gratuitous(self) -> bool:
        """Whether it is about the sender's own address (RFC 5944 section 4.6)."""
        return self.sender == self.target and bool(self.sender) and self.operation in (REQUEST, REPLY)

    @property
    def is_announcement(self) -> bool:
        """Whether it is a gratuitous request: RFC 5227's announcement."""
        return self.is_gratuitous and self.is_request

    @property
    def is_probe(self) -> bool:
        """Whether it asks for an address on behalf of nobody (RFC 5227 section 1.1)."""
        return self.is_request and self.sender == 0 and bool(self.target)

    @property
    def claims(self) -> bool:
        """Whether the sender says that an address is its own."""
        return self.operation in (REQUEST, REPLY) and bool(self.sender) and is_station(self.sender_mac)

    @property
    def form(self) -> str:
        """What a cache has learned from it."""
        if self.is_gratuitous:
            return "announcement" if self.is_request else "gratuitous reply"
        return "request" if self.is_request else "reply"


def is_station(mac: bytes | None) -> bool:
    """Whether an address is that of one station."""
    return mac is not None and mac != NOBODY and not mac[0] & GROUP_BIT


def event_of(packet: Packet, layer: Layer) -> ArpEvent:
    """Return the event of a packet's layer, with the source of the frame around it."""

    def first(name: str) -> int | bytes | None:
        return next(iter(layer[name]), None)

    around = {name: packet.first(name) for name in ("eth.src", "fr.dlci")}
    own = [first(name) for name in NAMES[4:]]
    return ArpEvent(packet.number, packet.time, around["eth.src"], around["fr.dlci"], *own)  # type: ignore[arg-type]
