"""What a stream that never ends leaves in memory: packets of ever new streams, fragments, addresses and stations.

    python -m benchmarks.growth --packets 10000000
    python -m benchmarks.growth --packets 400000 --engine reference

A live capture of days cannot be had, but what it could fill can: no packet here belongs to what came before it, so that
every table is full after the first of them, and all others have to make room. Wireproof reads them from a pipe, and the
memory that it holds is looked at as they come. It has to be the same from the time on at which the tables are full, and
in the end wireproof has to say what it forgot. Exits with 1 where one of these does not hold.
"""

from __future__ import annotations

import argparse
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

FILTER = (
    "tcp.analysis.retransmission || udp.time_delta > 9 || icmp.resp_to || arp.duplicate-address-detected || "
    'switch.cast == "unicast"'
)
"""Asks for what all tables tell; next to nothing passes."""
KINDS = (
    "TCP conversations",
    "UDP conversations",
    "ICMP echo requests",
    "MAC addresses",
    "addresses of ARP",
    "fragments",
)
AT_ONCE = 5000
LOOKS = 20
FULL_AFTER = 0.5
"""The part of the packets after which nothing may grow any more."""
LEEWAY = 4 << 20
"""Octets that memory may differ by all the same: allocators take it by the piece."""


def packets(number: int) -> tuple[bytes, ...]:
    """Return packets that belong to none before: of TCP, UDP, ICMP and ARP, and a first fragment."""
    station = b"\x02" + number.to_bytes(5, "big")
    host = struct.pack(">I", 0x0A000000 + number % 0x01000000)
    far = struct.pack(">I", 0xC0000000 + number // 0x10000)
    ethernet = b"\x02\xff\xff\xff\xff\xfe" + station

    def ipv4(protocol: int, body: bytes, flags: int = 0x4000) -> bytes:
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), number & 0xFFFF, flags, 64, protocol, 0)
        return ethernet + b"\x08\x00" + head + host + far + body

    ports = struct.pack(">HH", 1024 + number % 60000, 80)
    tcp = ports + struct.pack(">IIBBHHH", number, 1, 0x50, 0x18, 1024, 0, 0) + b"data"
    udp = ports + struct.pack(">HH", 12, 0) + b"data"
    echo = struct.pack(">BBHHH", 8, 0, number & 0xFFFF, number >> 16 & 0xFFFF, number & 0xFFFF)
    arp = struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) + station + host + bytes(6) + far
    return (
        ipv4(6, tcp),
        ipv4(17, udp),
        ipv4(1, echo),
        b"\xff" * 6 + station + b"\x08\x06" + arp,
        ipv4(17, bytes(64), flags=0x2000),
    )


def write(file: BinaryIO, count: int) -> Iterator[int]:
    """Write a capture of so many packets, a thousandth of a second apart; yield how many there are so far."""
    file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
    done = number = 0
    while done < count:
        parts = []
        for _ in range(AT_ONCE // 5):
            number += 1
            for data in packets(number):
                seconds, rest = divmod(done, 1000)
                parts += [struct.pack("<IIII", seconds, rest * 1000, len(data), len(data)), data]
                done += 1
        file.write(b"".join(parts))
        yield done


def resident(process: int) -> int:
    """Return the octets of memory that a process holds."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) << 10
    raise ProcessLookupError(process)


def follow(count: int, engine: str) -> tuple[list[tuple[int, int]], str]:
    """Have wireproof read so many packets; return how much it held after how many, and what it said in the end."""
    words = [sys.executable, "-m", "wireproof", "dissect", "--engine", engine, "-r", "-", "-Y", FILTER]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        held, wanted = [], count // LOOKS
        for done in write(process.stdin, count):
            if done >= wanted * (len(held) + 1):
                held.append((done, resident(process.pid)))
                print(f"{done:>12,} packets {held[-1][1] / (1 << 20):>10.1f} MiB", flush=True)
        process.stdin.close()
        said = process.stderr.read().decode()
    return held, said


def main() -> int:
    """Print how memory grows, and judge it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packets", type=int, default=10_000_000)
    parser.add_argument("--engine", choices=("compiled", "reference"), default="compiled")
    options = parser.parse_args()
    held, said = follow(options.packets, options.engine)
    print(said, end="")
    late = [octets for done, octets in held if done >= FULL_AFTER * options.packets]
    grown = max(late) - late[0]
    print(f"grown by {grown / (1 << 20):.1f} MiB since {FULL_AFTER:.0%} of the packets")
    unsaid = [kind for kind in KINDS if kind not in said]
    if unsaid:
        print(f"nothing was said of {', '.join(unsaid)}")
    return 1 if unsaid or grown > LEEWAY else 0


if __name__ == "__main__":
    sys.exit(main())
