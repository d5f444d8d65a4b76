"""Frames to try the engine on: nests of tags, tunnels and quotes, TCP with options, ARP forms, and mutations."""

import random
import struct
from pathlib import Path

from wireproof.packet.checksum import internet_checksum

LIKELY = (0, 1, 4, 5, 6, 8, 0x11, 0x45, 0x46, 0x4F, 0x60, 0x81, 0xF0, 0xFF)


def tcp(dice: random.Random) -> bytes:
    """A segment with some options, malformed ones among them."""
    options = b""
    while len(options) < 30 and dice.random() < 0.7:
        options += dice.choice(
            [
                b"\1",
                b"\2\4" + bytes([dice.randrange(8), 0]),
                b"\3\3" + bytes([dice.randrange(15)]),
                b"\x08\x0a" + bytes(8),
                b"\4\2",
                b"\x22\x06abcd",
                bytes([dice.randrange(3, 250), dice.randrange(6)]),
            ]
        )
    options += bytes(-len(options) % 4)
    ports = dice.choice([80, 443, 1000]), dice.choice([80, 22, 1000])
    flags = dice.choice([2, 16, 18])
    head = struct.pack(">HHIIBBHHH", *ports, dice.randrange(4), 0, (5 + len(options) // 4) << 4, flags, 512, 0, 0)
    return head + options + b"GET /"[: dice.randrange(6)]


def summed(dice: random.Random, data: bytes, place: int | None, addresses: bytes, protocol: int) -> bytes:
    """The octets with the right checksum at a place, as often as not; with addresses, that of a pseudo header too."""
    if place is None or dice.random() < 0.5 or len(data) < place + 2:
        return data
    pseudo = addresses and addresses + struct.pack(">HH", protocol, len(data))
    right = internet_checksum(pseudo + data, never_zero=protocol == 17)
    return data[:place] + struct.pack(">H", right) + data[place + 2 :]


def ipv4(dice: random.Random, depth: int) -> bytes:
    """A packet, perhaps with packets in it: tunnelled, or quoted by an ICMP error."""
    roll = dice.random()
    if depth > 0 and roll < 0.45:
        number, body = 4, ipv4(dice, depth - 1)
    elif depth > 0 and roll < 0.65:
        quote = ipv4(dice, depth - 1)[: dice.choice([28, 60, 400])]
        number, body = 1, bytes([dice.choice([3, 11, 5, 12]), dice.choice([0, 4]), 0, 0, 0, 0, 0, 0]) + quote
    elif roll < 0.8:
        number, body = 6, tcp(dice)
    elif roll < 0.9:
        number, body = 1, bytes([dice.choice([0, 8, 13, 17]), 0]) + bytes(dice.randrange(20))
    else:
        number, body = 17, struct.pack(">HHHH", dice.choice([53, 80]), dice.choice([53, 80]), 12, 0) + b"abcd"
    options = bytes(4 * dice.choice([0, 0, 0, 1, 3])) if dice.random() < 0.7 else b"\x83\x07\x04\x0a\0\0\1\0"
    addresses = b"".join(bytes([10, 0, 0, dice.randrange(3)]) for _ in range(2))
    body = summed(dice, body, {6: 16, 17: 6, 1: 2}.get(number), addresses if number != 1 else b"", number)
    length = 20 + len(options) + len(body)
    fragment = dice.choice([0, 0, 0, 0x4000, 0x2000])
    head = struct.pack(
        ">BBHHHBBH8s",
        *(0x45 + len(options) // 4, 0, length, dice.randrange(3), fragment, dice.choice([1, 64]), number, 0),
        addresses,
    )
    return summed(dice, head + options, 10, b"", 0) + body


def arp(dice: random.Random) -> bytes:
    """An ARP packet, usual sizes or not."""
    hardware, protocol = dice.choice([(6, 4), (6, 4), (6, 4), (4, 4), (0, 0), (6, 0), (20, 16)])
    own = bytes([2, 0, 0, 0, 0, 1, *range(20)])[:hardware]
    head = struct.pack(">HHBBH", dice.choice([1, 6, 19]), 0x0800, hardware, protocol, dice.randrange(1, 9))
    addresses = [bytes([10, 0, 0, dice.randrange(2), *bytes(20)])[:protocol] for _ in range(2)]
    sender = dice.choice([addresses[0], bytes(protocol), addresses[1]])
    return head + own + sender + bytes(hardware) + addresses[1]


def frame(dice: random.Random) -> bytes:
    """An Ethernet frame."""
    kind, body = 0x0800, b""
    roll = dice.random()
    if roll < 0.75:
        body = ipv4(dice, dice.choice([0, 0, 1, 2, 3, 10]))
    elif roll < 0.95:
        kind, body = 0x0806, arp(dice)
    else:
        kind = dice.choice([0x0800, 0x9000, 0x0600, 1501])
    if dice.random() < 0.1:  # SNAP, or another service access point, under a length
        body = (
            dice.choice([b"\xaa\xaa\x03\0\0\0", b"\xaa\xaa\x03\0\0\1", b"\x42\x42\x03"])
            + struct.pack(">H", kind)
            + body
        )
        kind = dice.choice([len(body), max(len(body) - 5, 1)])
    for _ in range(dice.choice([0, 0, 0, 1, 2, 3, 8])):
        tag = dice.choice([0x8100, 0x8100, 0x88A8, 0x9100])
        body, kind = struct.pack(">HH", dice.randrange(4) | dice.randrange(8) << 13, kind) + body, tag
    whole = (
        bytes([dice.choice([0, 1, 2]), 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, dice.randrange(3)])
        + struct.pack(">H", kind)
        + body
    )
    return whole + bytes([dice.choice([0, 0, 0, 7])]) * dice.choice([0, 0, 4, 18, 46])


def mutated(dice: random.Random, data: bytes) -> bytes:
    """The frame with a few octets changed, or cut, or neither."""
    changed = bytearray(data)
    for _ in range(dice.randint(0, 4)):
        if changed:
            place = dice.randrange(min(len(changed), 80))
            changed[place] = dice.choice([*LIKELY, dice.randrange(256)])
    if dice.random() < 0.4:
        changed = changed[: dice.randrange(len(changed) + 1)]
    return bytes(changed)


def frames(seed: int, count: int) -> list[bytes]:
    """So many frames; the same ones for the same seed."""
    dice = random.Random(seed)
    return [mutated(dice, frame(dice)) if index % 2 else frame(dice) for index in range(count)]


def sent(index: int, data: bytes, cut: int) -> int:
    """What a record says that there was of it on the wire."""
    return len(data) + (index % 3 - 1) * 9 * (not index % cut) * (len(data) > 9)


def write(
    path: Path,
    data: list[bytes],
    *,
    order: str = "<",
    magic: int = 0xA1B2C3D4,
    link: int = 1,
    cut: int = 7,
    whole: list[int] | None = None,
) -> Path:
    """Write a pcap file; every `cut`-th record says that there was more of it on the wire, or less.

    `whole` are the octets on the wire instead.
    """
    entry = struct.Struct(order + ("IIII8x" if magic == 0xA1B2CD34 else "IIII"))
    records = b"".join(
        entry.pack(
            1_700_000_000 + index,
            index,
            len(each),
            sent(index, each, cut) if whole is None else whole[index],
        )
        + each
        for index, each in enumerate(data)
    )
    path.write_bytes(struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 262144, link) + records)
    return path
