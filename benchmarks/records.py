"""Print as JSON how many seconds a reader takes for the records of a capture, how many they are, and their octets.

    python benchmarks/records.py dpkt /tmp/mix.pcap

Nothing is done with a record but to count its octets. The reader is imported before the clock is started.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))  # last: an installed wireproof comes first


def with_dpkt(path: str) -> Callable[[], tuple[int, int]]:
    """Return what reads a capture with dpkt."""
    import dpkt

    def read() -> tuple[int, int]:
        count = octets = 0
        with open(path, "rb") as file:
            for _, data in dpkt.pcapng.Reader(file) if path.endswith("ng") else dpkt.pcap.Reader(file):
                count += 1
                octets += len(data)
        return count, octets

    return read


def with_wireproof(path: str) -> Callable[[], tuple[int, int]]:
    """Return what reads a capture with our plain reader."""
    from wireproof.capture import open_reader

    def read() -> tuple[int, int]:
        count = octets = 0
        with open_reader(path) as reader:
            for record in reader:
                count += 1
                octets += len(record.data)
        return count, octets

    return read


if __name__ == "__main__":
    read = {"dpkt": with_dpkt, "wireproof": with_wireproof}[sys.argv[1]](sys.argv[2])
    start = time.perf_counter()
    found = read()
    print(json.dumps([time.perf_counter() - start, *found]))
