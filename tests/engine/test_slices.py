"""Slices that go beyond the ends of a value, and headers that are not there to their end: both engines the same."""

from pathlib import Path

import pytest

import wireproof
from wireproof.dissectors.schema import catalogue
from wireproof.engine import compile_query
from wireproof.grammar import compile_filter

from .frames import write

ETHERNET = bytes(12) + b"\x08\x00"
ADDRESSES = bytes((10, 0, 0, 1, 10, 0, 0, 2))


def ipv4(first: int, total: int, body: bytes, protocol: int = 17) -> bytes:
    """Return a frame with a header of that first octet and total length."""
    head = bytes((first, 0)) + total.to_bytes(2, "big") + bytes((0, 1, 0, 0, 64, protocol, 0, 0)) + ADDRESSES
    return ETHERNET + head + body


FRAMES = [
    ipv4(0x45, 40, bytes(20)),
    ipv4(0x4F, 33, bytes(30)),  # a header of 60 octets in a packet of 33
    ipv4(0x44, 33, bytes(30)),  # of 16
    ipv4(0x55, 33, bytes(30)),  # version 5
    ipv4(0x45, 19, bytes(30)),
    ipv4(0x46, 40, bytes(2)),  # options that are not all there
    ipv4(0x45, 40, bytes(12) + b"\x50" + bytes(7), 6),
    ipv4(0x45, 40, bytes(12) + b"\xf0" + bytes(7), 6),  # a TCP header of 60 octets in 20
    ipv4(0x45, 40, bytes(12) + b"\x40" + bytes(7), 6),  # of 16
    ipv4(0x45, 26, bytes(6), 6),
    ETHERNET[:12] + b"\x08\x06" + bytes.fromhex("0001080006040001") + bytes(20),
]
CASES = {
    "len(ip) == 20": [1, 4, 5, 7, 8, 9, 10],
    "len(ip) == 16": [3],
    "len(ip) > 20": [2, 6],
    "len(tcp) == 20": [7, 8, 9],
    "len(tcp) == 6": [10],
    "ip[12:4] == 0a:00:00:01": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    "ip[16:4] != 0a:00:00:02": [3],
    "ip[30:]": [],  # not all that the header says is there
    "arp[26:4] == arp[27:4]": [11],
    "arp[26:4] < 00": [11],
    "arp[26:4] > 00": [],
    "arp[0,100] == 00": [11],
    "arp[0,100] == 00:00": [],
    "arp[0,100] != 00:00": [11],
    "arp[0,100]": [11],
    "arp[100]": [],
    "not arp[100] and arp": [11],
    'arp[100:2] matches ""': [],
    'arp[100:2] contains ""': [],
    "len(arp[100:2]) == 0": [11],
    "all eth.addr[5:2] != 00:00 and arp": [11],
    "all eth.addr[5:2] == 00:00 and arp": [],
    "eth.src[6:2] & ff:ff != 00:00 and arp": [11],
    "arp[100:4][0] == arp[100:3][0]": [11],
}


@pytest.mark.parametrize("text", CASES)
def test_both_engines_take_what_is_there(text: str, tmp_path: Path) -> None:
    file = write(tmp_path / "frames.pcap", FRAMES)
    chosen = compile_filter(text, catalogue())
    with wireproof.open_capture(file) as capture:
        packets = list(capture)
    assert [packet.number for packet in packets if chosen.matches(packet)] == CASES[text]
    assert [record.number for record in compile_query(chosen).match_records(file)] == CASES[text]
