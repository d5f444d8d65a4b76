"""The traffic in the captures: exchanges of frames, built once and repeated, each time with another number in it.

Of a hundred frames about 66 belong to TCP connections (with options, requests, data and acknowledgements), 20 are UDP,
8 ARP forms and 6 fragments; one connection or lone frame in six bears an 802.1Q tag, some two.

Connections begin and end, each has a port of its own, and fragments come in pairs: a dissector that keeps the state of
connections would otherwise be measured under a load that it never meets.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import wireproof

DIFFERENT = 2048  # exchanges
AT_ONCE = 64  # exchanges that are going on at a time
WEIGHTS = {"tcp": 66 / 18, "udp": 20 / 1, "arp": 8 / 1, "fragments": 6 / 2}  # share of the frames / frames of one

TAGS = (0,) * 20 + (1, 1, 1, 2)
VENDORS = ("02:00:00",) * 30 + ("00:1b:21", "00:0c:29")
GATEWAY = "02:00:00:00:00:fe"
PORTS = (80, 80, 443, 443, 443, 443, 8080, 9000)
SIZES = (12, 100, 512, 1200, 1448)
SYN_OPTIONS = bytes.fromhex("020405b4 0402 080a0000000a00000000 01 030307")
TIMESTAMPS = bytes.fromhex("0101 080a0000000b0000000a")
TEXT = b"the quick brown fox jumps over the lazy dog, and nobody who was there could tell why it did; " * 24
RARE = b"GET /wireproof HTTP/1.1\r\n"
FIRST_OCTETS = 1480  # of a datagram in two fragments


class Frame(NamedTuple):
    """A frame, and where the 16-bit number that tells one exchange from the next and the checksum over it stand in it.

    Where the number stands at 0 there is none: the frame is the same each time.
    """

    octets: bytes
    number: int = 0
    checksum: int = 0

    def renewed(self, by: int) -> bytes:
        """Return the frame with another number, and the checksum that goes with it (RFC 1624, section 3)."""
        if not self.number:
            return self.octets
        octets = bytearray(self.octets)
        (old,) = struct.unpack_from(">H", octets, self.number)
        (checksum,) = struct.unpack_from(">H", octets, self.checksum)
        new = old + by & 0xFFFF
        total = (checksum ^ 0xFFFF) + (old ^ 0xFFFF) + new
        for _ in range(2):
            total = (total & 0xFFFF) + (total >> 16)
        struct.pack_into(">H", octets, self.number, new)
        struct.pack_into(">H", octets, self.checksum, total ^ 0xFFFF)
        return bytes(octets)


class Ends:
    """A client, a server and the tags between them."""

    def __init__(self, source: random.Random) -> None:
        self.tags = [("vlan", {"vlan.id": source.randrange(1, 64)})] * source.choice(TAGS)
        self.station = f"{source.choice(VENDORS)}:00:00:{source.randrange(256):02x}"
        self.client = f"10.{source.randrange(4)}.{source.randrange(32)}.{source.randrange(256)}"
        self.server = f"192.0.2.{source.randrange(256)}"
        self.begin = 14 + 4 * len(self.tags)  # of the IP header

    def link(self, up: bool) -> list[object]:
        """Return the layers below IP, up to the server or down from it."""
        dst, src = (GATEWAY, self.station) if up else (self.station, GATEWAY)
        return [("eth", {"eth.dst": dst, "eth.src": src}), *self.tags]

    def build(self, up: bool, ip: dict[str, object], *layers: object) -> bytes:
        """Build a frame up to the server or down from it."""
        src, dst = (self.client, self.server) if up else (self.server, self.client)
        return wireproof.build([*self.link(up), ("ip", {"ip.src": src, "ip.dst": dst} | ip), *layers])


def frames(seed: int) -> Iterator[bytes]:
    """Yield frames without end, always the same for a seed."""
    source = random.Random(seed)

    @cache
    def exchange(number: int) -> list[Frame]:
        return _exchange(random.Random(seed * DIFFERENT + number))

    def exchanges() -> Iterator[bytes]:
        while True:
            number = source.randrange(DIFFERENT)
            times[number] += 1
            yield from [frame.renewed(times[number]) for frame in exchange(number)]

    times = [0] * DIFFERENT
    going_on = [exchanges() for _ in range(AT_ONCE)]
    while True:
        yield next(source.choice(going_on))


def _exchange(source: random.Random) -> list[Frame]:
    (kind,) = source.choices(list(WEIGHTS), list(WEIGHTS.values()))
    makers = {"tcp": _connection, "udp": _datagram, "arp": _arp, "fragments": _fragments}
    return list(makers[kind](source, Ends(source)))


def _connection(source: random.Random, ends: Ends) -> Iterator[Frame]:
    """Yield a TCP connection: the handshake, requests and what they bring, the end."""
    port, own = source.choice(PORTS), source.randrange(1024, 32768)
    sequence = {True: source.randrange(1 << 32), False: source.randrange(1 << 32)}

    def frame(up: bool, *flags: str, data: bytes = b"", options: bytes = TIMESTAMPS) -> Frame:
        srcport, dstport = (own, port) if up else (port, own)
        tcp = {"tcp.srcport": srcport, "tcp.dstport": dstport, "tcp.seq_raw": sequence[up], "tcp.options": options}
        tcp |= {"tcp.window_size_value": 64240} | {f"tcp.flags.{flag}": 1 for flag in flags}
        if "ack" in flags:
            tcp["tcp.ack_raw"] = sequence[not up]
        sequence[up] = (sequence[up] + len(data) + ("syn" in flags or "fin" in flags)) % (1 << 32)
        begin = ends.begin + 20
        return Frame(ends.build(up, {}, ("tcp", tcp), data), begin + (0 if up else 2), begin + 16)

    yield frame(True, "syn", options=SYN_OPTIONS)
    yield frame(False, "syn", "ack", options=SYN_OPTIONS)
    yield frame(True, "ack")
    for _ in range(source.randrange(1, 6)):
        rare = RARE if source.random() < 1 / 32 else b""
        yield frame(True, "ack", "push", data=rare + _content(source, port, source.randrange(80, 400)))
        for _ in range(source.randrange(1, 4)):
            yield frame(False, "ack", data=_content(source, port, source.choice(SIZES)))
        yield frame(True, "ack")
    yield frame(True, "ack", "fin")
    yield frame(False, "ack", "fin")
    yield frame(True, "ack")


def _content(source: random.Random, port: int, size: int) -> bytes:
    """Draw what looks encrypted where it would be, and text elsewhere."""
    if port == 443:
        return source.randbytes(size)
    begin = source.randrange(len(TEXT) - size)
    return TEXT[begin : begin + size]


def _datagram(source: random.Random, ends: Ends) -> Iterator[Frame]:
    """Yield a UDP datagram, between ports that no protocol is known for."""
    ports = {"udp.srcport": source.randrange(20000, 65536), "udp.dstport": source.randrange(20000, 65536)}
    data = source.randbytes(source.choice((0, *SIZES)))
    yield Frame(ends.build(source.random() < 0.5, {}, ("udp", ports), data))


def _fragments(source: random.Random, ends: Ends) -> Iterator[Frame]:
    """Yield a UDP datagram in two fragments."""
    size = FIRST_OCTETS + source.choice(SIZES)
    datagram = struct.pack(">HHHH", 40000, 40001, size, 0) + source.randbytes(size - 8)
    ip: dict[str, object] = {"ip.id": source.randrange(1 << 16), "ip.proto": 17}
    first = ip | {"ip.flags.mf": 1}
    last = ip | {"ip.frag_offset": FIRST_OCTETS // 8}
    for header, octets in ((first, datagram[:FIRST_OCTETS]), (last, datagram[FIRST_OCTETS:])):
        yield Frame(ends.build(True, header, octets), ends.begin + 4, ends.begin + 10)


def _arp(source: random.Random, ends: Ends) -> Iterator[Frame]:
    """Yield an ARP packet: a request, a reply, a probe or an announcement."""
    spa, tpa = (f"10.0.0.{source.randrange(256)}" for _ in range(2))
    kind = source.choice(("request", "request", "reply", "probe", "announcement"))
    fields = {"arp.opcode": 2 if kind == "reply" else 1, "arp.spa": spa, "arp.tpa": tpa}
    if kind == "probe":
        fields["arp.spa"] = "0.0.0.0"
    elif kind == "announcement":
        fields["arp.tpa"] = spa
    yield Frame(wireproof.build([*ends.link(True), ("arp", fields)]).ljust(60, b"\0"))
