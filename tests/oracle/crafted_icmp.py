"""ICMP messages that have more behind what they quote: extensions, and agents of Mobile IP; and pings with a time."""

from __future__ import annotations

import struct

from wireproof.packet.checksum import internet_checksum

from .crafted import icmp, udp

STACK = bytes.fromhex("00010140000201ff")
INDEX, IPV4, MTU = bytes.fromhex("00000007"), bytes.fromhex("000100000a000001"), bytes.fromhex("000005dc")
EXTENDED = ("2a00", "2b00")


def thing(number: int, kind: int, body: bytes = b"", length: int | None = None) -> bytes:
    """An object of a class and a type in it, of the right length unless another is given."""
    return struct.pack(">HBB", 4 + len(body) if length is None else length, number, kind) + body


def extension(*things: bytes, version: int = 2, sum: int | None = None, reserved: int = 0) -> bytes:
    """Objects behind a head with the right checksum, unless another is given."""
    head = struct.pack(">HH", version << 12 | reserved, 0) + b"".join(things)
    right = internet_checksum(head) if sum is None else sum
    return head[:2] + right.to_bytes(2, "big") + head[4:]


def error(
    behind: bytes, kind: str = "0b00", words: int = 32, quote: bytes = b"", room: int = 128, rest: str = ""
) -> bytes:
    """An error message with a quote, filled up, and something behind it; `rest` is the second half of its head."""
    begin = bytes.fromhex(rest) if rest else bytes([0, words, 0, 0])
    return icmp(kind, begin + (quote or udp(b"hello")).ljust(room, b"\0") + behind)


def named(text: bytes) -> bytes:
    """The name of an interface, with a length that counts itself and with octets to spare."""
    return bytes([len(text) + 1]) + text + bytes(3)


def extended(behind: bytes, kind: str = EXTENDED[0]) -> bytes:
    """An extended echo."""
    return icmp(kind, bytes.fromhex("12340501") + behind)


def extensions() -> list[bytes]:
    """Extensions of errors: heads, classes, and where they begin."""
    stack = thing(1, 1, STACK)
    found = [error(extension(stack), words=words) for words in (0, 32, 31, 60)]
    found += [
        error(extension(stack, **more)) for more in ({"sum": 0}, {"sum": 0x1234}, {"version": 1, "reserved": 0xABC})
    ]
    found += [
        error(behind)
        for behind in (b"", b"\x20", b"\x20\0\0", extension(), extension(b"\0\1"), extension(stack, version=3))
    ]
    found += [
        error(extension(thing(1, 1, body, length)))
        for body, length in ((STACK[:5], None), (b"", None), (STACK[:4], 40))
    ]
    found += [error(extension(thing(*each))) for each in ((0, 1, b"abcd"), (9, 2, b"abcd"), (9, 2), (9, 2, b"abcd", 2))]
    found += [error(extension(stack), words=40), error(extension(stack), words=40, room=160)]
    found += [error(extension(stack), words=10, room=40)]
    found += [error(extension(stack), kind, rest=rest) for kind, rest in (("0304", "00200578"), ("0c00", "05200000"))]
    found += [error(extension(stack), "0303"), error(extension(stack), "0400", 0)]
    found += [error(extension(stack), "0501", rest=rest) for rest in ("0a000001", "0a400001")]
    for size, words, room in ((200, 32, 128), (100, 32, 128), (101, 32, 128), (300, 50, 200)):
        found.append(error(extension(stack), words=words, quote=udp(bytes(size))[: room + 100], room=room))
    return [*found, error(extension(stack), words=50, quote=error(extension(thing(2, 8, INDEX))), room=200)]


def interfaces() -> list[bytes]:
    """What extensions say of interfaces, and extended echoes that ask about one."""
    stack = thing(1, 1, STACK)
    about = [
        *((0x08, INDEX), (0x0C, INDEX + IPV4), (0x04, bytes.fromhex("00020000") + bytes(15) + b"\1"), (0x01, MTU)),
        *((0x02, named(b"eth0")), (0x03, named(b"eth") + MTU), (0xCF, INDEX + IPV4 + named(b"abc") + MTU)),
        *((0x3F, INDEX + IPV4 + named(b"abcdefg") + MTU), (0x00, b""), (0x08, b""), (0x04, b"")),
    ]
    found = [error(extension(thing(2, kind, body))) for kind, body in about]
    found += [error(extension(thing(2, 8), stack)), error(extension(thing(2, 2), stack))]
    found += [error(extension(*[thing(2, 8, INDEX)] * 5)), error(extension(stack, thing(2, 8, INDEX)))]
    asked = [
        *((1, b"eth0"), (1, b"eth0\0\0\0\0"), (2, INDEX), (3, bytes.fromhex("000104000a000001")), (1, b""), (2, b"\0")),
        *((3, bytes.fromhex("00021000") + bytes(16)), (3, bytes.fromhex("000108000a0000010a000002"))),
        *((3, bytes.fromhex("40050600") + bytes(6)), (3, bytes.fromhex("000103000a0000")), (4, IPV4), (3, b"\0\1")),
    ]
    found += [extended(extension(thing(3, kind, body))) for kind, body in asked]
    found += [extended(extension(thing(3, kind, body), stack)) for kind, body in ((1, b""), (2, b""), (0, b"xx"))]
    found += [extended(extension(thing(3, 1, b"ab", 20))), extended(b""), extended(b"\x20\0")]
    return [*found, extended(extension(thing(3, 1, b"eth0")), EXTENDED[1])]


# Behind the addresses of an advertisement: agents, lengths of prefixes, challenges, padding.
MOBILE = """
- 100600010002fc3f 100a00010002ffff0a000003 100e00010002ffff0a0000030a000004 130218ff 180411223344 00 0000130118 2000
10 100400010002 1801 1300 1800
""".split()  # noqa: SIM905


def agents() -> list[bytes]:
    """Advertisements of routers that are agents."""
    begin, address = bytes.fromhex("01020708"), bytes.fromhex("0a00000100000001")
    bodies = [b"" if each == "-" else bytes.fromhex(each) for each in MOBILE]
    found = [icmp("0900", begin + address + body) for body in bodies]
    return [*found, icmp("0910", begin + address + bodies[1]), icmp("0905", begin + address + bodies[1])]


def pings() -> list[bytes]:
    """Echoes that begin with a time, about as many seconds after 1970 as they have before them, or with none."""
    times = ((0, 5), (3, 999_999), (3, 1_000_000), (86_399, 0), (86_400, 0), (86_407, 1), (86_450, 1), (0xFFFFFFFF, 1))
    found = []
    for form in ("<II", ">II"):
        for place, time in enumerate((*times, (0xFFFFA000, 7), (1_700_000_000, 5))):
            kind = ("0800", "0000")[place % 2]
            found.append(icmp(kind, struct.pack(">HH", 1, len(found)) + struct.pack(form, *time) + b"abcdefgh"))
    time = struct.pack("<II", 1, 1)
    found += [icmp("0800", b"\0\2" + bytes([0, size]) + (time + b"x")[:size]) for size in (7, 8, 9)]
    quoted = icmp("0800", b"\0\3\0\1" + time + b"abcdefgh")
    return [*found, icmp("0b00", bytes(4) + quoted), icmp("0b00", bytes(4) + quoted[:36])]
