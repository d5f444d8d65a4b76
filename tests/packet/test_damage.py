"""Damaged frames: cut anywhere, and with any octet changed, each gives a packet, in time that grows with the frame."""

import os
import random
from collections.abc import Iterator

from wireproof.dissectors.schema.reading import Window
from wireproof.packet import Packet, Preferences, Source, dissect

from ..engine.frames import frames
from ..oracle import crafted

CHECKED = Preferences(frozenset({"ip.check_checksum", "tcp.check_checksum", "udp.check_checksum", "eth.check_fcs"}))
SEED = 20_240
STEP = 1 if os.environ.get("WIREPROOF_FULL") == "1" else 10
READS_PER_OCTET, READS_PER_FRAME = 12, 400


def whole() -> list[bytes]:
    """Two hundred frames: nests of tags and tunnels, and every option, header and message that there is."""
    dice = random.Random(SEED)
    packets = [*crafted.options_of_ip(), *crafted.options_of_tcp(), *crafted.headers(), *crafted.messages()]
    ethernet = bytes.fromhex("020000000002 020000000001 0800")
    return [*(ethernet + packet for packet in dice.sample(packets, 120)), *frames(SEED, 80)]


def damaged(frame: bytes) -> Iterator[tuple[bytes, int]]:
    """The frame's prefixes, as sent and as cut by the capture, and the frame with each octet changed."""
    for size in range(len(frame)):
        yield frame[:size], size
        yield frame[:size], len(frame)
    for place, octet in enumerate(frame):
        for changed in (0x00, 0xFF, octet ^ 0xFF, *(octet ^ 1 << bit for bit in range(8))):
            yield frame[:place] + bytes((changed,)) + frame[place + 1 :], len(frame)


class _Counter:
    """Counts what is read of a frame: the time that it takes, without a clock."""

    def __init__(self) -> None:
        self.reads = 0
        self.read = Window.read

    def __call__(self, window: Window, size: int | None = -1, /) -> bytes:
        self.reads += 1
        return self.read(window, size)


def test_every_damaged_frame_gives_a_packet(monkeypatch) -> None:
    counter = _Counter()
    monkeypatch.setattr(Window, "read", lambda window, size=-1, /: counter(window, size))
    dice, tried = random.Random(SEED), 0
    for frame in whole():
        for octets, size in damaged(frame):
            if dice.randrange(STEP):
                continue
            counter.reads = 0
            packet = dissect(octets, Source(wire_length=size), CHECKED)
            check(packet, octets)
            assert counter.reads <= READS_PER_FRAME + READS_PER_OCTET * len(octets), octets.hex()
            tried += 1
    assert tried > 120_000 // STEP


def check(packet: Packet, octets: bytes) -> None:
    """It is one, and no expression failed on it."""
    assert packet["frame.cap_len"] == (len(octets),)
    assert not any("failed" in diagnosis.message for diagnosis in packet.diagnoses), octets.hex()
