"""Packets of ARP made by dice: few stations and few addresses, so that these move, are claimed twice and withdrawn."""

from __future__ import annotations

import random
import struct

STATIONS = [bytes([2, 0, 0, 0, 0, number]) for number in range(6)]
VIRTUAL = [bytes.fromhex("00005e000105"), bytes.fromhex("00000c07ac01"), bytes.fromhex("00000c9f0001")]
NOBODY = [bytes(6), b"\1" + bytes(5), b"\xff" * 6]


def addresses(dice: random.Random, count: int, *, cut: float = 0.05) -> list[bytes]:
    """Return Ethernet frames, some of other hardware or protocols, and a share that is too short."""
    found, stations = [], [*STATIONS, *VIRTUAL, *NOBODY]
    for _ in range(count):
        sender, target = dice.choice(stations), dice.choice(stations)
        has, asked = (bytes([192, 0, 2, dice.choice([0, 1, 2, 3, dice.randrange(256)])]) for _ in range(2))
        asked = has if dice.random() < 0.3 else asked
        has = bytes(4) if dice.random() < 0.1 else has
        hardware = dice.choice([1] * 20 + [6, 7])
        protocol = dice.choice([0x0800] * 20 + [0xCC, 0x86DD])
        sizes = dice.choice([6] * 15 + [0]), dice.choice([4] * 20 + [0])
        head = struct.pack(">HHBBH", hardware, protocol, *sizes, dice.choice([1] * 8 + [2] * 6 + [3, 8, 9, 0, 7]))
        body = b"".join(part[:size] for part, size in zip((sender, has, target, asked), sizes * 2, strict=True))
        source = sender if dice.random() < 0.9 else dice.choice(stations)
        frame = b"\xff" * 6 + source + b"\x08\x06" + head + body
        found.append(frame[: dice.randrange(20, len(frame))] if dice.random() < cut else frame)
    return found
