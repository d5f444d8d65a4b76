"""Conversations made by dice: whole ones and halves, in which everything goes wrong that may.

Frames are IPv4 without a link layer, each with its time in nanoseconds. The dice make the same of the same seed.
"""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass, field

from wireproof.packet.checksum import internet_checksum

from .frames import ACK, FIN, MODULUS, PSH, RST, SYN, A, B, ipv4, sack, scale, tcp

MICROSECOND, MILLISECOND, SECOND = 10**3, 10**6, 10**9
Timed = tuple[int, bytes]
PAUSES = (0, 0, 10 * MICROSECOND, 100 * MICROSECOND, MILLISECOND, 2 * MILLISECOND, 5 * MILLISECOND, 20 * MILLISECOND)


def summed(packet: bytes) -> bytes:
    """Fill the checksum of a segment in."""
    segment = packet[20:]
    total = internet_checksum(packet[12:20] + struct.pack(">HH", 6, len(segment)) + segment)
    return packet[:36] + total.to_bytes(2, "big") + packet[38:]


@dataclass
class Side:
    """What a side has sent: where it began, what comes next, what the other acknowledged; its window, and segments."""

    first: int
    next: int
    acknowledged: int
    window: int = 1000
    sent: list[tuple[int, int]] = field(default_factory=list)


class Maker:
    """Makes one conversation."""

    def __init__(self, dice: random.Random, port: int) -> None:
        self.dice, self.port = dice, port
        self.time = dice.randrange(MILLISECOND)
        self.frames: list[Timed] = []
        firsts = [dice.choice([0, 100, MODULUS - 50, dice.randrange(MODULUS)]) for _ in range(2)]
        self.sides = [Side(first, first, first) for first in firsts]

    def emit(self, side: int, seq: int, ack: int, flags: int, data: bytes = b"", *, options: bytes = b"") -> None:
        ports, ends = ((self.port, 80), (A, B)) if side == 0 else ((80, self.port), (B, A))
        window = self.sides[side].window
        segment = tcp(ports, seq, ack if flags & ACK else 0, flags, data, window=window, options=options)
        self.frames.append((self.time, summed(ipv4(6, segment, *ends))))

    def handshake(self) -> None:
        """Three segments, or fewer, the first one perhaps twice."""
        dice, (client, server) = self.dice, self.sides
        shift = dice.choice([None, None, 0, 2, 7])
        options = b"" if shift is None else scale(shift)
        self.emit(0, client.first, 0, SYN, options=options)
        self.time += dice.choice([MILLISECOND, 100 * MICROSECOND, 50 * MILLISECOND])
        client.next = client.acknowledged = client.first + 1
        if dice.random() < 0.2:
            self.time += SECOND
            self.emit(0, client.first, 0, SYN, options=options)
        if dice.random() < 0.9:
            self.time += dice.choice([MILLISECOND, 100 * MICROSECOND])
            self.emit(1, server.first, client.next, SYN | ACK, options=options)
            server.next = server.acknowledged = server.first + 1
            self.time += dice.choice([MILLISECOND, 100 * MICROSECOND, 50 * MILLISECOND])
            if dice.random() < 0.9:
                self.emit(0, client.next, server.next, ACK)

    def step(self) -> None:
        """One thing that a side does."""
        dice, side = self.dice, self.dice.randrange(2)
        mine, other = self.sides[side], self.sides[1 - side]
        self.time += dice.choice([*PAUSES, 100 * MILLISECOND]) if dice.random() < 0.97 else -MILLISECOND
        if dice.random() < 0.15:
            mine.window = dice.choice([0, 0, 1000, 2000, 10])
        ack = other.acknowledged if dice.random() < 0.5 else other.next
        options = b""
        if dice.random() < 0.1:
            left = ack + dice.choice([1, 5, 10, 20])
            options = sack(left, left + dice.choice([1, 5, 10])) + b"\1\1"
        size = dice.choice([1, 1, 5, 10, 10, 10, 20, other.window if other.window < 1500 else 7])
        data, push = dice.randbytes(size), PSH if dice.random() < 0.3 else 0
        match dice.choices(range(len(WEIGHTS)), WEIGHTS)[0]:
            case 0:  # data
                self.send(mine, side, ack, push, data, options)
                other.acknowledged = ack
            case 1:  # acknowledgments, perhaps several
                for _ in range(dice.choice([1, 1, 1, 2, 3, 4])):
                    self.emit(side, mine.next, ack, ACK, options=options)
                    self.time += dice.choice([10 * MICROSECOND, MILLISECOND])
                other.acknowledged = ack
            case 2 if mine.sent:  # what was sent already, or some of it and more
                seq, length = dice.choice(mine.sent[-4:])
                self.emit(side, seq, ack, ACK | push, bytes(dice.choice([length, length, 1, length + 3])))
            case 3:  # a gap, and data behind it
                gap = dice.choice([1, 5, 10, 30])
                mine.sent.append((mine.next, gap))
                mine.next += gap
                self.send(mine, side, ack, push, data, options)
            case 4:  # a sign of life
                self.emit(side, mine.next - 1, ack, ACK, dice.choice([b"", b"x"]))
            case 5:  # a probe of a window, which may count
                self.emit(side, mine.next, ack, ACK, b"p")
                mine.next += dice.randrange(2)
            case 6:  # what was never seen is acknowledged
                self.emit(side, mine.next, other.next + dice.choice([1, 5, 10]), ACK)
            case 7:  # an end
                flags = dice.choice([FIN | ACK, FIN, RST, RST | ACK])
                self.emit(side, mine.next, ack, flags, dice.choice([b"", b"the end"]))
                mine.next += bool(flags & FIN and dice.random() < 0.7)
            case 8:  # another beginning, or the same again
                seq = dice.choice([mine.first, mine.first, dice.randrange(MODULUS)])
                self.emit(side, seq, ack, dice.choice([SYN, SYN, SYN | ACK]))
            case 9:  # old numbers
                self.emit(side, mine.next, dice.choice([other.acknowledged - 5, other.next - 3]), ACK)
            case 10:
                self.emit(side, mine.next - dice.choice([2, 3, 11, 25]), ack, ACK)
            case 11:
                self.emit(side, mine.next - 1, ack, ACK, data + b"zz")

    def send(self, mine: Side, side: int, ack: int, push: int, data: bytes, options: bytes) -> None:
        self.emit(side, mine.next, ack, ACK | push, data, options=options)
        mine.sent.append((mine.next, len(data)))
        mine.next += len(data)


WEIGHTS = (35, 20, 15, 6, 4, 3, 3, 3, 2, 3, 3, 3)


def conversation(dice: random.Random, port: int) -> list[Timed]:
    """Return the frames of one conversation."""
    maker = Maker(dice, port)
    if dice.random() < 0.6:
        maker.handshake()
    for _ in range(dice.randrange(1, 40)):
        maker.step()
    return maker.frames


def conversations(seed: int, count: int) -> list[Timed]:
    """Return the frames of conversations that go on at the same time, in the order in which they are made."""
    dice = random.Random(seed)
    waiting = [conversation(dice, 2000 + number) for number in range(count)]
    found: list[Timed] = []
    while waiting:
        each = dice.choice(waiting[:8])
        found.append(each.pop(0))
        waiting = [other for other in waiting if other]
    return found
