"""Datagrams cut into fragments, for the tests of what puts them together again."""

import struct
from pathlib import Path

from wireproof.packet.checksum import internet_checksum

A, B = b"\x0a\0\0\1", b"\x0a\0\0\2"
MAC = bytes.fromhex("020000000002020000000001")


def ipv4(payload: bytes, offset: int = 0, more: bool = False, *, number: int = 1, protocol: int = 17) -> bytes:
    """A packet with a right checksum; the offset is in octets."""
    word = more << 13 | offset // 8
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), number, word, 64, protocol, 0) + A + B
    return head[:10] + internet_checksum(head).to_bytes(2, "big") + head[12:] + payload


def cut(data: bytes, size: int, **fields: int) -> list[bytes]:
    """The fragments of what an IPv4 packet carries, each of that size but the last."""
    return [ipv4(data[at : at + size], at, at + size < len(data), **fields) for at in range(0, len(data), size)]


def udp(data: bytes, ports: tuple[int, int] = (1000, 54)) -> bytes:
    return struct.pack(">HHHH", *ports, 8 + len(data), 0) + data


def tcp(data: bytes) -> bytes:
    return struct.pack(">HHIIHHHH", 1000, 80, 1, 1, 0x5018, 512, 0, 0) + data


def echo(kind: int, data: bytes) -> bytes:
    message = bytes([kind, 0, 0, 0, 0, 1, 0, 1]) + data
    return message[:2] + internet_checksum(message).to_bytes(2, "big") + message[4:]


def ethernet(packet: bytes, *tags: int) -> bytes:
    return MAC + b"".join(struct.pack(">HH", 0x8100, tag) for tag in tags) + b"\x08\0" + packet


DATA = udp(bytes(range(92)))  # a hundred octets


def in_some_order() -> list[bytes]:
    """Datagrams whose fragments come in order, turned round, twice, with others' octets, too long, and not all."""
    found: list[bytes] = []
    found += cut(DATA, 32, number=1)
    found += cut(DATA, 32, number=2)[::-1]
    for number in range(3, 13):
        a, b, c, d = cut(DATA, 32, number=number)
        same = ipv4(DATA[16:48], 16, True, number=number)
        other = ipv4(b"X" * 32, 16, True, number=number)
        found += {
            3: [a, a, b, c, d],
            4: [a, same, b, c, d],
            5: [a, other, b, c, d],
            6: [a, d, ipv4(b"Y" * 32, 96, True, number=number), b, c],
            7: [d, ipv4(b"Z" * 8, 120, number=number), a, b, c],
            8: [a, b, c],
            9: [a, b, c, d, a, d],
            10: [b, c, d, c, a],
            11: [a, d, c, ipv4(b"X" * 32, 32, True, number=number), b],
            12: [ipv4(b"X" * 16, 8, True, number=number), a, d, c, b, b],
        }[number]
    return found


def odd() -> list[bytes]:
    """What is no fragment that can be put together, or only with care: bare, cut, empty, of odd lengths."""
    a, b, c, d = cut(DATA, 32, number=70)
    found = [a, b[:-6], c, d]
    found += [ipv4(b"", 32, True, number=72)]
    found += [ipv4(DATA[:13], 0, True, number=73), ipv4(DATA[16:], 16, number=73)]
    wrong = bytearray(cut(DATA, 64, number=74)[1])
    wrong[10] ^= 0xFF
    found += [cut(DATA, 64, number=74)[0], bytes(wrong)]
    found += [ipv4(b"\1" * 1480, at, True, number=75) for at in range(0, 1 << 16, 1480)]
    found += [ipv4(b"\1" * 1480, 65528, number=75)]
    return found + [ipv4(piece, number=76, protocol=1) for piece in quotes()]


def quotes() -> list[bytes]:
    """Errors that quote fragments, whole ones among them."""
    return [b"\x0b\0\0\0\0\0\0\0" + piece for piece in cut(DATA, 32, number=77)]


def within() -> list[bytes]:
    """Frames: fragments in VLANs, in tunnels, of tunnels, and of what is cut itself."""
    found = [ethernet(packet, 5) for packet in cut(DATA, 32, number=20)]
    a, b, c, d = cut(DATA, 32, number=20)
    found += [ethernet(a, 6), ethernet(b, 7), ethernet(c, 6), ethernet(d, 6)]
    found += [ethernet(packet, 3, 5) for packet in cut(DATA, 32, number=24)]
    inner = cut(DATA, 32, number=21)
    found += [ethernet(ipv4(packet, number=100 + at, protocol=4)) for at, packet in enumerate(inner)]
    tunnel = ipv4(DATA, number=50)
    found += [ethernet(packet) for packet in cut(tunnel, 64, number=22, protocol=4)]
    for at, packet in enumerate(cut(DATA, 64, number=30)):
        found += [ethernet(piece) for piece in cut(packet, 32, number=40 + at, protocol=4)]
    for number, protocol, payload in (
        (60, 1, echo(8, bytes(60))),
        (61, 6, tcp(b"GET / HTTP/1.0\r\n\r\n" + bytes(50))),
        (62, 253, bytes(60)),
    ):
        found += [ethernet(packet) for packet in cut(payload, 40, number=number, protocol=protocol)]
    last = cut(DATA, 32, number=71)
    return [*found, *map(ethernet, last[:3]), ethernet(last[3]) + bytes(22)]


def frames() -> list[bytes]:
    """All of these."""
    return [*map(ethernet, in_some_order()), *within(), *map(ethernet, odd())]


def write(path: Path, data: list[bytes]) -> Path:
    """Write frames to a capture, a millisecond apart."""
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    records = b""
    for number, each in enumerate(data):
        records += struct.pack("<IIII", number // 1000, number % 1000 * 1000, len(each), len(each)) + each
    path.write_bytes(head + records)
    return path
