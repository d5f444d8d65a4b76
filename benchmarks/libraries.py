"""Print as JSON how many seconds a Python library takes to find each SYN without ACK, and how many it finds.

    python benchmarks/libraries.py dpkt /tmp/mix.pcap

The library is imported before the clock is started.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

SYN, SYN_ACK = 0x02, 0x12


def with_dpkt(path: str) -> Callable[[], int]:
    """Return what looks through a capture with dpkt."""
    import dpkt

    def count() -> int:
        found = 0
        with open(path, "rb") as file:
            for _, octets in dpkt.pcap.Reader(file):
                above = dpkt.ethernet.Ethernet(octets).data
                tcp = above.data if isinstance(above, dpkt.ip.IP) else None
                found += isinstance(tcp, dpkt.tcp.TCP) and tcp.flags & SYN_ACK == SYN
        return found

    return count


def with_scapy(path: str) -> Callable[[], int]:
    """Return what looks through a capture with scapy."""
    from scapy.layers.inet import TCP
    from scapy.utils import PcapReader

    def count() -> int:
        with PcapReader(path) as reader:
            return sum(TCP in packet and int(packet[TCP].flags) & SYN_ACK == SYN for packet in reader)

    return count


if __name__ == "__main__":
    count = {"dpkt": with_dpkt, "scapy": with_scapy}[sys.argv[1]](sys.argv[2])
    start = time.perf_counter()
    found = count()
    print(json.dumps([time.perf_counter() - start, found]))
