"""Make a capture that the benchmarks read, the same for the same count: a mix of traffic, one frame in fifty cut short.

    python benchmarks/make_capture.py 1000000 /tmp/mix.pcap
    python benchmarks/make_capture.py 1000000 /tmp/mix.pcapng --format pcapng

Both hold the same frames at the same times. The files are written here, byte by byte, and not by what is measured.
"""

from __future__ import annotations

import argparse
import random
import struct
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

sys.path.append(str(Path(__file__).resolve().parent.parent))  # last: an installed wireproof comes first

from benchmarks.traffic import frames

SNAPLEN = 262144
ETHERNET = 1
BEGIN = 1_700_000_000_000_000  # microseconds
PACE = 1000  # microseconds from one frame to the next
CUT = 54  # octets that are left of a frame cut short


class Record(NamedTuple):
    """A frame as the capture holds it; the time in microseconds."""

    time: int
    octets: bytes
    wire_length: int


def records(count: int, seed: int = 1) -> Iterator[Record]:
    """Yield that many records."""
    source = random.Random(seed)
    for number, octets in enumerate(islice(frames(seed), count)):
        kept = octets[:CUT] if source.random() < 0.02 else octets
        yield Record(BEGIN + number * PACE, kept, len(octets))


def pcap(count: int) -> Iterator[bytes]:
    """Yield the octets of a pcap file: its header, and the records."""
    yield struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, SNAPLEN, ETHERNET)
    for time, octets, wire_length in records(count):
        yield struct.pack("<IIII", time // 1_000_000, time % 1_000_000, len(octets), wire_length) + octets


def pcapng(count: int) -> Iterator[bytes]:
    """Yield the octets of a pcapng file: a section header, an interface and enhanced packet blocks, without options."""
    yield struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
    yield struct.pack("<IIHHII", 1, 20, ETHERNET, 0, SNAPLEN, 20)
    for time, octets, wire_length in records(count):
        padded = octets + bytes(-len(octets) % 4)
        length = 32 + len(padded)
        head = struct.pack("<IIIIIII", 6, length, 0, time >> 32, time & 0xFFFFFFFF, len(octets), wire_length)
        yield head + padded + struct.pack("<I", length)


FORMATS = {"pcap": pcap, "pcapng": pcapng}


def main() -> None:
    """Write the capture."""
    parser = argparse.ArgumentParser(description="Make a capture that the benchmarks read.")
    parser.add_argument("count", type=int, help="frames")
    parser.add_argument("path")
    parser.add_argument("--format", choices=FORMATS, default="pcap")
    options = parser.parse_args()
    with open(options.path, "wb") as file:
        file.writelines(FORMATS[options.format](options.count))


if __name__ == "__main__":
    main()
