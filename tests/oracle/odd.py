"""Frames that nobody sends: of every protocol, with lengths, options and orders that a table of cases would not have.

A seed makes the same frames every time. Each is of a connection and with an identification of its own, so that none
says anything of another.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple, TypeVar

from wireproof.packet.checksum import internet_checksum

from .crafted import IP_OPTIONS, TCP_OPTIONS
from .crafted_icmp import INDEX, IPV4, MTU, STACK, extension, thing

LISTS = {name: [bytes.fromhex(each) for each in lists] for name, lists in (("ip", IP_OPTIONS), ("tcp", TCP_OPTIONS))}
ADDRESSES = [
    ipaddress.ip_address(each).packed
    for each in ("198.51.100.1", "203.0.113.9", "10.0.0.1", "224.0.0.5", "224.0.0.18", "239.1.1.1", "0.0.0.0")
]
STATIONS = [
    bytes.fromhex(each)
    for each in ("020000000001", "001122334455", "01005e000001", "ffffffffffff", "0180c2000000", "030000000001")
]
ETHERTYPES = (0x0800, 0x0806, 0x8035, 0x8100, 0x88A8, 0x9100, 0x88B5, 0x05DD, 0x0000, 0x86DD)
TYPES = (0, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 30, 40, 42, 43)
ACCESS_POINTS = (0x06, 0xAA, 0x42, 0xFE, 0xFF, 0xE0, 0x00, 0x98)
ORGANIZATIONS = (0, 0xF8, 0x00000C, 0x123456)
CONTROLS = (b"\x03", b"\x13", b"\xbf", b"\xaf", b"\xe3", b"\x43", b"\x01\x00", b"\x05\x01", b"\x09\x03", b"\x00\x00")
Item = TypeVar("Item")


class Frame(NamedTuple):
    """What was captured of a frame, and its length on the wire."""

    data: bytes
    length: int


class Odd:
    """A source of frames; `number` tells them apart."""

    def __init__(self, seed: int) -> None:
        self.random, self.number = Random(seed), 0

    def frames(self, count: int) -> list[Frame]:
        """So many frames, one in five of them cut: on the wire, or by the capture."""
        return [self._frame() for _ in range(count)]

    def _frame(self) -> Frame:
        self.number += 1
        data = self._choice(STATIONS) + self._choice(STATIONS) + self._typed(3)
        if self._one_in(4):
            data = data.ljust(60, self._choice((b"\0", b"\0", b"\1")))
        if self._one_in(6):
            data += self._octets(12)
        whole = len(data)
        if self._one_in(5):
            data = data[: self.random.randrange(14, whole + 1)]
        return Frame(data, self._choice((whole, len(data))))

    def _typed(self, depth: int) -> bytes:
        """An EtherType or a length, and what it announces."""
        make: Callable[[], bytes] = self._choice((self._packet, self._packet, self._packet, self._arp, self._llc))
        if depth and self._one_in(4):
            make = lambda: self._tag(depth - 1)  # noqa: E731
        if self._one_in(12):
            return self._choice(ETHERTYPES).to_bytes(2, "big") + make()[2:]
        return make()

    def _tag(self, depth: int) -> bytes:
        number = self._choice((0, 1, 0xFFF, self.random.randrange(4096)))
        tag = number | self.random.randrange(16) << 12
        return self._choice((b"\x81\0", b"\x88\xa8", b"\x91\0")) + tag.to_bytes(2, "big") + self._typed(depth)

    def _llc(self) -> bytes:
        service, source = self._choice(ACCESS_POINTS), self._choice(ACCESS_POINTS) | self._one_in(3)
        if self._one_in(2):
            service, source = 0xAA, 0xAA
        head = bytes([service, source]) + self._choice((b"\x03", self._choice(CONTROLS)))
        if service == source == 0xAA:
            head += self._choice(ORGANIZATIONS).to_bytes(3, "big") + self._typed(0)
        else:
            head += self._choice((self._packet()[2:], self._octets(30)))
        length = len(head) + (self.random.randrange(-3, 9) if self._one_in(5) else 0)
        return max(length, 1).to_bytes(2, "big") + head

    def _arp(self) -> bytes:
        hardware, protocol, sizes = 1, 0x0800, [6, 4]
        if self._one_in(2):
            hardware = self._choice((1, 6, 15, 19, 19, 7, 32, 0, 65535))
            protocol = self._choice((0x0800, 0xCC, 0x86DD, 0x8137))
            sizes = [self._choice((6, 7, 2, 0, 8, self.random.randrange(21))), self._choice((4, 0, 16, 1))]
        opcode = self._choice((*range(1, 11), 0, 23, 65535))
        if hardware == 19:
            return b"\x08\x06" + self._atm(opcode)
        own = [self._choice((bytes(size), self._octets(size).ljust(size, b"\2"))) for size in sizes]
        target = [
            self._choice((bytes(size), sender, self.random.randbytes(size)))
            for size, sender in zip(sizes, own, strict=True)
        ]
        head = struct.pack(">HHBBH", hardware, protocol, *sizes, opcode)
        return self._choice((b"\x08\x06", b"\x80\x35")) + head + b"".join((*own, *target))

    def _atm(self, opcode: int) -> bytes:
        size, below = (self._choice((0, 20, 0x54, 0x4F, 7, 0x60)) for _ in range(2))
        first, second = self._choice((0, 0, 20, 0x45)), self._choice((0, 4, 4, 6))
        numbers = [bytes([self._choice((0x39, 0x47, 0x45, 0xBD, 0xC5, 0xC3, 0))]) + self.random.randbytes(19)] * 2
        body = numbers[0][: size & 63].ljust(size & 63, b"1") + bytes(first & 63) + bytes([10, 0, 0, 1, 5, 6])[:second]
        body += numbers[1][: below & 63].ljust(below & 63, b"2") + b"\x0a\0\0\2"
        return struct.pack(">HHBBHBBBB", 19, 0x0800, size, first, opcode, second, below, 0, 4) + body

    def _packet(self) -> bytes:
        """An IPv4 packet below its EtherType."""
        return b"\x08\0" + self._ipv4(2)

    def _ipv4(self, depth: int) -> bytes:
        makes: list[tuple[int, Callable[[bytes], bytes]]] = [(6, self._tcp), (6, self._tcp), (17, self._udp)]
        makes += [(1, lambda pseudo: self._icmp(depth)), (1, lambda pseudo: self._icmp(depth))]
        makes += [(253, lambda pseudo: self._octets(40)), (89, lambda pseudo: self._octets(9))]
        if depth:
            makes.append((4, lambda pseudo: self._ipv4(depth - 1)))
        protocol, make = self._choice(makes)
        addresses = self._choice(ADDRESSES) + self._choice(ADDRESSES)
        options = self._options("ip") if self._one_in(3) else b""
        payload = make(addresses)
        size = length = 20 + len(options) + len(payload)
        if self._one_in(8):
            length = self._choice((0, 19, 20, size - 1, size + 1, size - 8, size + 30, self.random.randrange(size + 9)))
        first = 0x45 + len(options) // 4
        if self._one_in(30):
            first = self._choice((0x44, 0x4F, 0x55, 0x46, 0x40, 0x35))
        fragment = self._choice((0, 0, 0, 0x4000, 0x4000, 0x8000))
        words = (first, self.random.randrange(256), max(length, 0), self._identity(), fragment)
        header = struct.pack(">BBHHHBBH", *words, self._choice((0, 1, 4, 5, 64, 255)), protocol, 0)
        header += addresses + options
        return _summed(header, 10, self._sum(header)) + payload

    def _options(self, of: str) -> bytes:
        """A list of options of up to 40 octets, of which one in four is cut or has an octet changed."""
        found = b"".join(self._choice(LISTS[of]) for _ in range(self.random.randrange(1, 4)))
        if self._one_in(4):
            found = found[: self.random.randrange(len(found) + 1)]
        if self._one_in(4) and found:
            place = self.random.randrange(len(found))
            found = found[:place] + self.random.randbytes(1) + found[place + 1 :]
        found = found[:40]
        return found + self._choice((b"\0", b"\0", b"\1")) * (-len(found) % 4)

    def _tcp(self, addresses: bytes) -> bytes:
        options = self._options("tcp") if self._one_in(2) else b""
        offset = 5 + len(options) // 4
        if self._one_in(12):
            offset = self.random.randrange(16)
        flags = self._choice((0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x14, 0xC2, 0x52, self.random.randrange(4096)))
        numbers = (self.random.getrandbits(32), self._choice((0, self.random.getrandbits(32))))
        words = (self._port(), 80, *numbers, offset << 12 | flags, self.random.getrandbits(16), 0)
        segment = struct.pack(">HHIIHHHH", *words, self._choice((0, 0, 7))) + options + self._octets(30)
        pseudo = addresses + struct.pack(">HH", 6, len(segment))
        return _summed(segment, 16, self._sum(pseudo + segment))

    def _udp(self, addresses: bytes) -> bytes:
        payload = self._octets(40)
        size = length = 8 + len(payload)
        if self._one_in(5):
            length = self._choice((0, 7, 8, size - 1, size + 1, size + 40, self.random.randrange(size + 9)))
        port = self._choice((80, 33434, 33435, 33464, 2000))
        datagram = struct.pack(">HHHH", self._port(), port, max(length, 0), 0) + payload
        pseudo = addresses + struct.pack(">HH", 17, max(length, 0))
        return _summed(datagram, 6, self._choice((0, self._sum(pseudo + datagram))))

    def _icmp(self, depth: int) -> bytes:
        kind, code = self._choice(TYPES), self._choice((0, 0, 1, 4, 5, 16, self.random.randrange(256)))
        rest = (
            self.random.randbytes(4)
            if self._one_in(4) and kind != 4
            else bytes([0, self._choice((0, 0, 32, 31, 5)), 0, 0])
        )
        body = self._octets(30)
        if kind in (3, 4, 5, 11, 12) and depth:
            body = self._ipv4(depth - 1)
            body = body[: self.random.randrange(len(body) + 1)] if self._one_in(3) else body
            body = body.ljust(128, b"\0") + self._extension() if self._one_in(3) else body
        elif kind in (42, 43) or (kind == 3 and self._one_in(2)):
            body = self._extension()
        elif kind == 9:
            count, entry = self._choice((0, 1, 2, 3)), self._choice((2, 2, 1, 3))
            rest, body = bytes([count, entry, 7, 8]), self.random.randbytes(count * 8) + self._octets(20)
        message = bytes([kind, code, 0, 0]) + rest + body
        return _summed(message, 2, self._sum(message))

    def _extension(self) -> bytes:
        bodies = (STACK, INDEX, IPV4, MTU, INDEX + IPV4 + b"\5eth0\0\0\0" + MTU, b"", self._octets(12))
        things = [
            thing(self._choice((1, 2, 3, 4, 9)), self.random.randrange(256), self._choice(bodies))
            for _ in range(self.random.randrange(3))
        ]
        built = extension(*things, version=self._choice((2, 2, 2, 1)))
        return built[: self.random.randrange(len(built) + 1)] if self._one_in(4) else built

    def _sum(self, octets: bytes) -> int:
        """The right checksum, and one time in ten a wrong one."""
        right = internet_checksum(octets)
        return self._choice((0, 0xFFFF, right ^ 1)) if self._one_in(10) else right

    def _octets(self, most: int) -> bytes:
        size = self.random.randrange(most + 1)
        return self._choice((bytes(size), self.random.randbytes(size), (b"Hello world, " * 9)[:size]))

    def _identity(self) -> int:
        self.number += 1
        return self.number & 0xFFFF

    def _port(self) -> int:
        self.number += 1
        return 1024 + self.number % 60000

    def _one_in(self, count: int) -> bool:
        return self.random.randrange(count) == 0

    def _choice(self, among: Sequence[Item]) -> Item:
        return self.random.choice(among)


def _summed(octets: bytes, place: int, sum: int) -> bytes:
    return octets[:place] + sum.to_bytes(2, "big") + octets[place + 2 :]
