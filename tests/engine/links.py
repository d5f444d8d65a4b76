"""Frames of link types other than Ethernet, written out: what each carries, and what is wrong with some."""

from __future__ import annotations

import struct
import zlib

from wireproof.packet.checksum import internet_checksum

OWN = bytes.fromhex("0200000000aa")
PREAMBLE = b"\x55" * 7


def _datagram() -> bytes:
    head = bytes.fromhex("4500 0020 0001 0000 40 11 0000 0a000001 0a000002")
    head = head[:10] + internet_checksum(head).to_bytes(2, "big") + head[12:]
    return head + bytes.fromhex("0fa0 0009 000c 0000") + b"abcd"


UDP = _datagram()
ARP = bytes.fromhex("0001 0800 06 04 0001 020000000002 c0000201 000000000000 c0000202")


def inverse_arp(opcode: int = 8, *, hardware: int = 15, size: int = 2) -> bytes:
    """Inverse ARP between the circuits 100 and 201, whose addresses are cut or filled to a size."""
    first, second = (bytes.fromhex(text)[:size].ljust(size, b"\0") for text in ("1841", "3091"))
    addresses = first + bytes((10, 0, 0, 1)) + second + bytes((10, 0, 0, 2))
    return struct.pack(">HHBBH", hardware, 0x0800, size, 4, opcode) + addresses


def cooked(protocol: int, *, kind: int = 0, hardware: int = 1, size: int = 6, address: bytes = OWN) -> bytes:
    """A header of Linux cooked capture, version 1."""
    return struct.pack(">HHH8sH", kind, hardware, size, address, protocol)


def cooked_2(protocol: int, *, kind: int = 0, hardware: int = 1, size: int = 6, address: bytes = OWN) -> bytes:
    """A header of version 2."""
    return struct.pack(">HHIHBB8s", protocol, 0, 3, hardware, kind, size, address)


def snap(organisation: int, number: int) -> bytes:
    """Control, NLPID and SNAP header of Frame Relay."""
    return b"\x03\x80" + organisation.to_bytes(3, "big") + number.to_bytes(2, "big")


def mpacket(delimiters: str, frame: bytes, change: int = 0) -> bytes:
    """Preamble, frame and CRC, of which some bits are turned over."""
    preamble = (PREAMBLE + bytes(1))[: 8 - len(delimiters) // 2] + bytes.fromhex(delimiters)
    return preamble + frame + struct.pack(">I", int.from_bytes(struct.pack("<I", zlib.crc32(frame)), "big") ^ change)


_MARK = bytes.fromhex("1841")
_ETHERNET = OWN + OWN
_FORMS = [
    {"protocol": 0x0800},
    {"protocol": 0x0800, "kind": 4, "size": 4, "address": bytes((10, 0, 0, 1))},
    {"protocol": 0x0800, "hardware": 772, "size": 0, "address": b""},
    {"protocol": 0x0800, "size": 3, "address": b"abc"},
    {"protocol": 0x0800, "size": 9, "address": b"abcdefgh"},
    {"protocol": 0x0800, "hardware": 778},
    {"protocol": 0x9999, "kind": 2},
]
_COOKED = [
    *((form, UDP) for form in _FORMS),
    ({"protocol": 0x0806, "kind": 1}, ARP),
    ({"protocol": 0x0806}, ARP + bytes(20)),
    ({"protocol": 0x0806}, ARP + bytes(40) + b"x"),
    ({"protocol": 0x0806, "hardware": 778}, ARP),
    ({"protocol": 4}, bytes.fromhex("aaaa03 000000 0800") + UDP),
    ({"protocol": 3}, _ETHERNET + b"\x08\0" + UDP),
    ({"protocol": 1}, b"abc"),
    ({"protocol": 0x0600}, b"abc"),
    ({"protocol": 0x8100}, bytes.fromhex("0005 0800") + UDP),
]
_COOKED_LENGTHS = (0, 1, 4, 5, 6, 11, 12, 13, 14, 15, 19)

FRAMES: dict[int, list[bytes]] = {
    0: [
        *(bytes.fromhex(head) + UDP for head in ("02000000", "00000002", "18000000", "00000800", "00080000")),
        *(bytes.fromhex(head) + UDP for head in ("00020000", "00000200", "0000ffff", "12345678", "00000006")),
        bytes.fromhex("00000806") + ARP,
    ],
    108: [bytes.fromhex(head) + UDP for head in ("00000002", "02000000", "00000018", "00000800", "00080000")],
    101: [UDP, b"\x60" + bytes(39)],
    12: [UDP],
    14: [UDP],
    228: [UDP],
    113: [cooked(**form) + rest for form, rest in _COOKED] + [cooked(0x0800)[:size] for size in _COOKED_LENGTHS],
    276: [cooked_2(**form) + rest for form, rest in _COOKED] + [cooked_2(0x0800)[:size] for size in _COOKED_LENGTHS],
    107: [
        _MARK + b"\x03\xcc" + UDP,
        _MARK + b"\x03\0\xcc" + UDP,
        _MARK + snap(0, 0x0800) + UDP,
        _MARK + snap(0xF8, 0x0800) + UDP,
        _MARK + snap(0, 0x9999) + UDP,
        _MARK + snap(0x123456, 7) + UDP,
        _MARK + snap(0x80C2, 7) + _ETHERNET + b"\x08\0" + UDP,
        *(_MARK + snap(0, 0x0806) + inverse_arp(opcode) for opcode in (8, 9, 1)),
        _MARK + snap(0, 0x0806) + inverse_arp(hardware=1, size=6),
        _MARK + snap(0, 0x0806) + inverse_arp(size=4),
        _MARK + b"\x08\0" + UDP,
        _MARK + b"\x20\0" + b"abc",
        *(_MARK + b"\x03" + bytes((number,)) + b"abc" for number in (0x08, 0x81, 0xCF)),
        bytes.fromhex("1a4f 03cc") + UDP,
        bytes.fromhex("184005 03cc") + UDP,
        bytes.fromhex("184007 03cc") + UDP,
        bytes.fromhex("18400205 03cc") + UDP,
        bytes.fromhex("18400207 03cc") + UDP,
        bytes.fromhex("19 03cc") + UDP,
        bytes.fromhex("0001 03 09") + b"abc",
        *((_MARK + snap(0, 0x0806) + inverse_arp())[:size] for size in range(11)),
        *(bytes.fromhex("18400205 03")[:size] for size in (3, 4, 5)),
    ],
    274: [
        *(mpacket(mark, _ETHERNET + b"\x08\6" + ARP) for mark in ("d5", "e6", "4c")),
        mpacket("d5", _ETHERNET + b"\x08\0" + UDP),
        *(mpacket(mark, _ETHERNET + b"\x08\6" + ARP, 0xFFFF0000) for mark in ("d5", "e6", "4c", "7f", "b3")),
        *(mpacket(mark, _ETHERNET + b"\x08\6" + ARP, 0x100) for mark in ("d5", "e6", "4c", "7f", "b3")),
        *(mpacket(mark, bytes(60), change) for mark in ("07", "19") for change in (0, 1, 0xFFFF0000)),
        b"\x50" + mpacket("d5", _ETHERNET + b"\x08\0" + UDP)[1:],
    ],
}
"""By link type: what tshark reads in the same way."""

OTHERS: dict[int, list[bytes]] = {
    0: [b"\2\0", b"\2\0\0\0"],
    107: [
        _MARK + b"\x08\x06" + inverse_arp(),
        _MARK + b"\x99\x99abc",
        bytes.fromhex("0001 7f") + b"abc",
        bytes.fromhex("1841 af") + b"abc",
        bytes.fromhex("1840020203 03cc") + UDP,
    ],
    274: [
        mpacket("d5", (_ETHERNET + b"\x08\6" + ARP).ljust(60, b"\0")),
        mpacket("d5", (_ETHERNET + b"\x81\0\0\5\x08\6" + ARP).ljust(60, b"\0") + b"abcdefgh"),
        *(mpacket(mark, bytes(60)) for mark in ("61e6", "11")),
        PREAMBLE,
        PREAMBLE + b"\xd5abc",
        PREAMBLE + b"\xd5" + bytes(14),
    ],
    147: [b"abc", b""],
    9999: [b"abc"],
}
"""What it reads in another way, or not at all."""
