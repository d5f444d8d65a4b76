"""Headers to octets and back, by hand."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

BROADCAST = b"\xff" * 6
ANY = bytes(4)
ALL = b"\xff" * 4
ARP, IP, RARP = 0x0806, 0x0800, 0x8035
ICMP, TCP, UDP = 1, 6, 17
FIN, SYN, RST, PSH, ACK, URG, ECE, CWR = (1 << bit for bit in range(8))


def checksum(octets: bytes) -> int:
    """Return the Internet checksum (RFC 1071)."""
    padded = octets + b"\0" * (len(octets) & 1)
    total = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet(destination: bytes, source: bytes, kind: int, data: bytes) -> bytes:
    """Return a frame, padded to the shortest that there is."""
    return (destination + source + struct.pack("!H", kind) + data).ljust(60, b"\0")


def arp(operation: int, sha: bytes, spa: bytes, tha: bytes, tpa: bytes) -> bytes:
    """Return an ARP packet."""
    return struct.pack("!HHBBH", 1, IP, 6, 4, operation) + sha + spa + tha + tpa


def is_group(address: bytes) -> bool:
    """Whether an IP address is a multicast group's."""
    return address[0] >> 4 == 14


@dataclass(slots=True)
class Datagram:
    """An IP datagram."""

    source: bytes
    destination: bytes
    protocol: int
    data: bytes
    identification: int = 0
    flags: int = 0
    offset: int = 0
    ttl: int = 64
    service: int = 0
    options: bytes = b""
    header: bytes = b""
    is_link_broadcast: bool = False

    def packed(self) -> bytes:
        """Return its octets."""
        options = self.options + bytes(-len(self.options) % 4)
        words = 5 + len(options) // 4
        head = struct.pack(
            "!BBHHHBBH4s4s",
            0x40 | words,
            self.service,
            words * 4 + len(self.data),
            self.identification,
            self.flags << 13 | self.offset // 8,
            self.ttl,
            self.protocol,
            0,
            self.source,
            self.destination,
        )
        whole = head + options
        return whole[:10] + struct.pack("!H", checksum(whole)) + whole[12:] + self.data


@dataclass(slots=True)
class Segment:
    """A TCP segment. `options` maps kinds to their values, of those that are known."""

    source: int
    destination: int
    seq: int
    ack: int
    flags: int
    window: int
    data: bytes = b""
    options: dict[int, bytes] = field(default_factory=dict)
    urgent: int = 0

    @property
    def length(self) -> int:
        """Its length in sequence space."""
        return len(self.data) + bool(self.flags & SYN) + bool(self.flags & FIN)


def pseudo(source: bytes, destination: bytes, protocol: int, length: int) -> bytes:
    """Return the pseudo header."""
    return source + destination + struct.pack("!BBH", 0, protocol, length)


def pack_segment(segment: Segment, source: bytes, destination: bytes, *, wrong: bool = False) -> bytes:
    """Return a segment's octets with its checksum."""
    options = b""
    for kind, value in segment.options.items():
        options += bytes((kind, len(value) + 2)) + value
    options += b"\1" * (-len(options) % 4)
    head = struct.pack(
        "!HHIIBBHHH",
        segment.source,
        segment.destination,
        segment.seq & 0xFFFFFFFF,
        segment.ack & 0xFFFFFFFF,
        (5 + len(options) // 4) << 4,
        segment.flags,
        segment.window,
        0,
        segment.urgent,
    )
    whole = head + options + segment.data
    total = checksum(pseudo(source, destination, TCP, len(whole)) + whole) ^ (0x1111 if wrong else 0)
    return whole[:16] + struct.pack("!H", total) + whole[18:]


def read_options(octets: bytes) -> dict[int, bytes] | None:
    """Return a segment's options; None where a length is illegal."""
    found: dict[int, bytes] = {}
    place = 0
    while place < len(octets):
        kind = octets[place]
        if kind == 0:
            break
        if kind == 1:
            place += 1
            continue
        if place + 1 >= len(octets) or not 2 <= octets[place + 1] <= len(octets) - place:
            return None
        found[kind] = octets[place + 2 : place + octets[place + 1]]
        place += octets[place + 1]
    return found
