"""Make the capture that the benchmarks read: a mix of frames, the same for the same count and seed.

    python benchmarks/make_capture.py 1000000 /tmp/mix.pcap

Of a hundred frames about 62 are TCP (with options, data of many sizes), 24 UDP, 8 ARP forms and 6 fragments; a sixth
of all bears an 802.1Q tag, some two; one in fifty was cut by the capture.
"""

from __future__ import annotations

import argparse
import random
import struct
from collections.abc import Iterator

import wireproof

DIFFERENT = 4096  # frames that are built; the capture draws from them
SIZES = (0, 0, 0, 12, 100, 512, 1200, 1448)
SYN_OPTIONS = bytes.fromhex("020405b40402080a0000000a00000000 01030307".replace(" ", ""))
TIMESTAMPS = bytes.fromhex("0101080a0000000b0000000a")


def frame(source: random.Random) -> bytes:
    """Build one frame of the mix."""
    tags = [("vlan", {"vlan.id": source.randrange(1, 64)})] * (source.random() < 0.16) * source.choice((1, 1, 1, 2))
    vendor = source.choice(("02:00:00",) * 30 + ("00:1b:21", "00:0c:29"))
    eth = ("eth", {"eth.dst": "02:00:00:00:00:fe", "eth.src": f"{vendor}:00:00:{source.randrange(256):02x}"})
    kind = source.random()
    if kind < 0.08:
        return wireproof.build([eth, *tags, ("arp", arp(source))]).ljust(60, b"\0")
    ip = {
        "ip.src": f"10.{source.randrange(4)}.{source.randrange(256)}.{source.randrange(256)}",
        "ip.dst": f"192.0.2.{source.randrange(256)}",
        "ip.id": source.randrange(65536),
    }
    payload = bytes(source.choice(SIZES))
    ports = source.choice((80, 443, 443, 53, 22, 8080)), source.randrange(1024, 65536)
    if kind < 0.14:
        fragment = {"ip.flags.mf": source.random() < 0.5, "ip.frag_offset": 185, "ip.proto": 17}
        return wireproof.build([eth, *tags, ("ip", ip | fragment), payload or b"rest"])
    if kind < 0.38:
        udp = {"udp.srcport": ports[0], "udp.dstport": ports[1]}
        return wireproof.build([eth, *tags, ("ip", ip), ("udp", udp), payload])
    tcp = {"tcp.srcport": ports[0], "tcp.dstport": ports[1], "tcp.seq_raw": source.randrange(1 << 32)}
    if source.random() < 0.05:
        tcp |= {"tcp.flags.syn": 1, "tcp.options": SYN_OPTIONS}
        return wireproof.build([eth, *tags, ("ip", ip), ("tcp", tcp)])
    tcp |= {"tcp.flags.ack": 1, "tcp.options": TIMESTAMPS}
    return wireproof.build([eth, *tags, ("ip", ip), ("tcp", tcp), payload])


def arp(source: random.Random) -> dict[str, object]:
    """Return the fields of one ARP packet: a request, a reply, a probe or an announcement."""
    spa, tpa = (f"10.0.0.{source.randrange(256)}" for _ in range(2))
    kind = source.choice(("request", "request", "reply", "probe", "announcement"))
    if kind == "probe":
        return {"arp.opcode": 1, "arp.spa": "0.0.0.0", "arp.tpa": tpa}
    return {"arp.opcode": 2 if kind == "reply" else 1, "arp.spa": spa, "arp.tpa": spa if kind[0] == "a" else tpa}


def records(count: int, seed: int = 1) -> Iterator[bytes]:
    """Yield the file header and the records of a pcap file."""
    source = random.Random(seed)
    frames = [frame(source) for _ in range(DIFFERENT)]
    yield struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
    for number in range(count):
        octets = frames[source.randrange(DIFFERENT)]
        kept = octets[:54] if source.random() < 0.02 else octets
        yield struct.pack("<IIII", 1_700_000_000 + number // 1000, number % 1000 * 1000, len(kept), len(octets)) + kept


def main() -> None:
    """Write the capture."""
    parser = argparse.ArgumentParser(description="Make the capture that the benchmarks read.")
    parser.add_argument("count", type=int)
    parser.add_argument("path")
    options = parser.parse_args()
    with open(options.path, "wb") as file:
        file.writelines(records(options.count))


if __name__ == "__main__":
    main()
