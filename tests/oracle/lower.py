"""Frames of the link layer and of ARP, in every form that no recorded capture has: (octets, length on the wire)."""

import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

Frame = tuple[bytes, int]

BROADCAST, STATION, GROUP = "ffffffffffff", "020000000001", "030000000001"
HARDWARE = bytes.fromhex("020000000001")
FIRST, SECOND = bytes.fromhex("c0000201"), bytes.fromhex("c0000202")
REQUEST = bytes.fromhex("0001080006040001020000000001c0000201000000000000c0000202")
NSAP = bytes.fromhex("47000580ffe1000000f21a26d80020481a26d800")


def write(path: Path, frames: Iterable[Frame]) -> Path:
    """Write a pcap file."""
    records = [
        struct.pack("<IIII", index * 1000, 0, len(octets), wire) + octets for index, (octets, wire) in enumerate(frames)
    ]
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + b"".join(records))
    return path


def ethernet(kind: str, payload: bytes = b"", destination: str = BROADCAST, source: str = STATION) -> bytes:
    """An Ethernet frame, with its type or length in hexadecimal."""
    return bytes.fromhex(destination + source + kind) + payload


def tagged(*tags: str, payload: bytes = REQUEST) -> bytes:
    """A frame that begins with these tags, each a type and what is tagged; the last is the type of the payload."""
    return ethernet("", bytes.fromhex("".join(tags)) + payload)


def logical(payload: bytes) -> bytes:
    """A frame of IEEE 802.3 with an LLC payload."""
    return ethernet(f"{len(payload):04x}", payload)


def whole(*frames: bytes) -> list[Frame]:
    """Frames that were captured whole."""
    return [(octets, len(octets)) for octets in frames]


def cut(octets: bytes, lengths: range, wire: int | None = None) -> list[Frame]:
    """A frame cut to these lengths, as sent or, with a length on the wire, by the capture."""
    return [(octets[:length], wire or min(length, len(octets))) for length in lengths]


def atm(
    *parts: bytes, op: int = 1, number: int = 0x14, sub: int = 0, size: int = 4, to: int = 0, to_sub: int = 0
) -> bytes:
    """An ATM ARP packet: types and lengths of the sender's and the target's numbers and subaddresses."""
    head = struct.pack(">HHBBHBBBB", 19, 0x0800, number, sub, op, size, to, to_sub, size)
    return ethernet("0806", head + b"".join(parts))


def atm_arp() -> Iterator[Frame]:
    """Every format of an ATM number, every opcode, and every length that is too short."""
    for afi in (0x39, 0xBD, 0x47, 0xC5, 0x45, 0xC3, 0x11):
        address = bytes([afi]) + NSAP[1:]
        yield from whole(
            atm(address, FIRST, SECOND),
            atm(address, FIRST, address, SECOND, to=0x14),
            atm(address[:19], FIRST, SECOND, number=0x13),
            atm(address + b"x" * 12, FIRST, SECOND, number=0x20),
        )
    for op in (*range(27), 65535):
        yield from whole(atm(NSAP, NSAP, FIRST, NSAP, b"123", SECOND, op=op, sub=0x14, to=0x14, to_sub=0x43))
    for text in (b"15551234567", b"\xff\x80b", b"\xc3\xa4b"):
        kind = 0x40 | len(text)
        yield from whole(atm(text, FIRST, SECOND, number=kind), atm(NSAP, FIRST, text, SECOND, to=kind))
    yield from whole(atm(b"5" * 63, FIRST, b"abcde", SECOND, op=2, number=0xFF, to=0x85), atm(number=0, size=0))
    longest = atm(NSAP, b"abc", FIRST, NSAP, SECOND, sub=3, to=0x14)
    yield from cut(longest, range(14, len(longest) + 1))
    yield from cut(longest + bytes(3), range(14, len(longest) + 1, 3), len(longest) + 3)


def resolution(hardware: int, protocol: int, op: int, addresses: tuple[bytes, bytes, bytes, bytes]) -> bytes:
    """An ARP packet of the sizes that its addresses have."""
    sizes = len(addresses[0]), len(addresses[1])
    return ethernet("0806", struct.pack(">HHBBH", hardware, protocol, *sizes, op) + b"".join(addresses))


def arp() -> Iterator[Frame]:
    """Every opcode, for addresses of all kinds and sizes, and every error of DRARP."""
    for op in (*range(27), 65535):
        yield from whole(
            resolution(1, 0x0800, op, (HARDWARE, FIRST, HARDWARE, SECOND)),
            resolution(7, 0x0800, op, (b"\2", FIRST, b"\3", SECOND)),
            resolution(1, 0x0800, op, (b"", FIRST, b"", SECOND)),
        )
    for op in (1, 2, 3):
        for target in (bytes(6), HARDWARE):
            for sender, asked in ((bytes(4), FIRST), (FIRST, FIRST), (b"", b""), (bytes(4), bytes(4))):
                yield from whole(resolution(1, 0x0800, op, (HARDWARE, sender, target, asked)))
            for sender in (bytes(16), FIRST * 4):
                yield from whole(resolution(1, 0x86DD, op, (HARDWARE, sender, target, FIRST * 4)))
    for size in range(5):
        for status in range(7):
            octets = bytes([status] * size)
            yield from whole(resolution(1, 0x0800, 7, (HARDWARE, octets, HARDWARE, octets)))
    yield from whole(resolution(1, 0x0800, 2, (bytes.fromhex(GROUP), FIRST, HARDWARE, SECOND)))
    relay = resolution(15, 0x0800, 8, (bytes.fromhex("1841"), FIRST, bytes.fromhex("3091"), SECOND))
    yield from [*whole(relay), *cut(relay, range(14, len(relay)))]


def call_signs() -> Iterator[Frame]:
    """Addresses of AX.25, with the number of a station and without."""
    first, second = (bytes(letter << 1 for letter in letters) for letters in (b"W1AW  ", b"N0CALL"))
    for op in (1, 2, 3, 8):
        yield from whole(resolution(3, 0x00CC, op, (first + b"\x74", FIRST, second + b"\xe1", SECOND)))
        yield from whole(resolution(3, 0x00CC, op, (first, FIRST, second, SECOND)))


def addresses() -> Iterator[Frame]:
    """Group and individual addresses, and every meaning of the number behind them."""
    for destination in ("010000000001", BROADCAST, STATION):
        for source in ("010000000001", BROADCAST, STATION):
            for kind in ("0806", "0022", "05dd", "05ff", "0000", "05dc", "0600"):
                yield from whole(ethernet(kind, REQUEST, destination, source))


def bodies() -> list[bytes]:
    """Frames with octets left behind what they carry."""
    fields = bytes.fromhex("aaaa03000000") + b"\x08\x06"
    return [
        ethernet("0806", REQUEST),
        tagged("8100", "0005", "0806"),
        tagged("8100", "0005", "8100", "0006", "0806"),
        tagged("88a8", "0005", "0806"),
        tagged("88a8", "0005", "88a8", "0006", "0806"),
        tagged("88a8", "0005", "8100", "0006", "0806"),
        ethernet("0806", REQUEST, source=GROUP),
        ethernet("0022", fields + REQUEST[:26]),
        tagged("8100", "0005", "0024", payload=fields + REQUEST),
        ethernet("05fe", REQUEST),
        ethernet("0000", REQUEST),
        ethernet("0026", bytes.fromhex("424203") + bytes(35)),
        ethernet("1234", REQUEST),
        tagged("9100", "0005", "0806"),
    ]


def trailers() -> Iterator[Frame]:
    """Padding of zeros and of others, trailers, and check sequences, whole and cut."""
    for body in bodies():
        size = len(body)
        for tail in (b"", b"\0", b"\1", b"\0\0\1", b"abcdefghijklmnopqrstuvwxyz0123456789", bytes(100)):
            yield from whole(body + tail)
        for end in (59, 60, 64, 68):
            for fill in (0, 1):
                padded = body + bytes([fill] * max(0, end - size))
                yield from whole(
                    padded, padded + b"\1", padded + b"\1\2\3\4", padded + b"\1\2\3\4\5", padded + bytes(8)
                )
        for fill in (0, 1):
            padded = body + bytes([fill] * (60 - size)) + bytes(range(1, 9))
            yield from cut(padded, range(58, 69), 68)


def checks() -> Iterator[Frame]:
    """Check sequences that are right and wrong, behind a trailer, in the other order, and cut."""
    frame = ethernet("0806", REQUEST) + bytes(18)
    for body in (frame, frame + b"abcd"):
        check = zlib.crc32(body).to_bytes(4, "little")
        yield from whole(body + check, body + check[::-1], body + bytes(4), body)
    yield (frame + zlib.crc32(frame).to_bytes(4, "little"))[:62], 64


def tags() -> Iterator[Frame]:
    """Lengths in tags, one tag in the other up to more than are read, every number, and every length too short."""
    payload = bytes.fromhex("424203") + bytes(25)
    for length in (0, 1, 2, 3, 4, 28, 29, 46, 47, 1500):
        for kind in ("8100", "88a8", "9100"):
            yield from whole(tagged(kind, "0005", f"{length:04x}", payload=payload))
        yield from whole(ethernet(f"{length:04x}", payload))
    for count in (1, 2, 5, 20):
        for kind in ("8100", "88a8"):
            yield from whole(tagged(*(f"{kind}{number:04x}" for number in range(1, count + 1)), "0806"))
    for number in ("0000", "0fff", "1000", "ffff", "e000", "5fff"):
        yield from whole(
            tagged("8100", number, "0806"),
            tagged("88a8", number, "0806"),
            tagged("88a8", "2005", "8100", number, "0806"),
            tagged("88a8", "2005", "88a8", number, "0806"),
        )
    for frame in (
        tagged("8100", "0005", "8100", "0006", "0806", payload=b""),
        tagged("88a8", "0005", "88a8", "0006", "0806", payload=b""),
        tagged("88a8", "0005", "0806", payload=b""),
        tagged("8100", "0005", "0022", payload=bytes.fromhex("aaaa03000000")),
    ):
        yield from cut(frame, range(12, len(frame) + 1))
        yield from cut(frame, range(len(frame) + 1), 60)


def too_many_tags() -> Iterator[Frame]:
    """One tag more than are read, and some more."""
    for count in (21, 22, 30):
        yield from whole(tagged(*(f"8100{number:04x}" for number in range(1, count + 1)), "0806"))


def links() -> Iterator[Frame]:
    """Every form of the control field in command and response, and every organisation that has numbers of its own."""
    for source in (0x42, 0x43):
        for low in range(0x00, 0x100, 2 if source == 0x42 else 6):
            yield from whole(logical(bytes([0x42, source, low, 0x00]) + b"abc"))
            yield from whole(logical(bytes([0x42, source, low, 0xFF]) + b"abc"))
        for control in range(1, 0x100, 2):
            if control & 0xEF != 0xAF:  # whose information is of a protocol that is not dissected
                yield from whole(logical(bytes([0x42, source, control, 0x0B]) + b"abc"))
    for organization in (
        *(0x000000, 0x0000F8, 0x00000C, 0x00005E, 0x000081, 0x0001E8, 0x001090, 0x0017F2, 0x001958, 0x004096, 0x0040D6),
        *(0x00805F, 0x0080C2, 0x00E02B, 0x00E02F, 0x00E052, 0x080007, 0x506F9A, 0x123456),
    ):
        for number in (0x0000, 0x0001 if organization != 0x0080C2 else 0x0002, 0x0806, 0x8100, 0x2000):
            head = bytes.fromhex("aaaa03") + organization.to_bytes(3, "big") + number.to_bytes(2, "big")
            yield from whole(logical(head + (REQUEST if number == 0x0806 else b"\0\5\x12\x34abcd")))
    for control in (b"\x03", b"\x13", b"\0\0", b"\2\2", b"\1\0", b"\5\1", b"\xe3", b"\x0f"):
        for source in (0xAA, 0xAB, 0x42):
            for head in ("0000000806", "00000c0806"):
                yield from whole(logical(bytes([0xAA, source]) + control + bytes.fromhex(head) + REQUEST))
    yield from cut(logical(bytes.fromhex("aaaa030000000806")), range(14, 23))
    yield from cut(logical(bytes.fromhex("42420000")), range(14, 19))


GROUPS = {
    "atm arp": atm_arp,
    "arp": arp,
    "call signs": call_signs,
    "addresses": addresses,
    "trailers": trailers,
    "tags": tags,
    "too many tags": too_many_tags,
    "llc": links,
}
"""The frames that are asked about as everything else is; those of `checks` are asked about with verification on."""
