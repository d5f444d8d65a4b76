"""What has no place on the link, where the user says which networks it has: in both engines."""

from functools import cache
from ipaddress import IPv4Network
from pathlib import Path

import pytest

import wireproof
from wireproof.dissectors.schema import catalogue
from wireproof.engine import compile_query
from wireproof.grammar import compile_filter
from wireproof.packet import Packet, Preferences

from ..oracle.lower import whole, write

NAMES = ("arp.src.off_link", "arp.dst.off_link", "ip.dst.directed_broadcast", "ip.outside")
ETHERNET = "ffffffffffff020000000001"


def arp(op: int, sender: str, target: str) -> bytes:
    """An ARP packet of these addresses."""
    return bytes.fromhex(f"{ETHERNET}08060001080006040{op:03x}020000000001{sender}000000000000{target}")


def ipv4(source: str, target: str) -> bytes:
    """An IPv4 packet of these addresses, of no protocol."""
    return bytes.fromhex(f"{ETHERNET}08004500001400000000403b0000{source}{target}")


FRAMES = [
    arp(1, "c0000201", "c0000202"),
    arp(1, "c0000201", "c0000302"),
    arp(1, "c0000301", "c0000202"),
    arp(2, "c0000301", "c0000302"),
    arp(1, "00000000", "c0000202"),
    arp(1, "a9fe0102", "a9fe0304"),
    arp(1, "c0000201", "00000000"),
    ipv4("c0000201", "c00002ff"),
    ipv4("c0000301", "c00002ff"),
    ipv4("0a000001", "0a000002"),
    ipv4("0a000001", "c0000202"),
    ipv4("00000000", "ffffffff"),
    ipv4("c0000201", "0affffff"),
    ipv4("c0000201", "c0000203"),
]
TOLD = {
    (): {},
    ("192.0.2.0/24",): {
        "arp.src.off_link": {3, 4},
        "arp.dst.off_link": {2},
        "ip.dst.directed_broadcast": {8, 9},
        "ip.outside": {10},
    },
    ("192.0.2.0/24", "10.0.0.0/8"): {
        "arp.src.off_link": {3, 4},
        "arp.dst.off_link": {2},
        "ip.dst.directed_broadcast": {8, 9, 13},
    },
    ("192.0.2.2/31",): {
        "arp.src.off_link": {1, 2, 3, 4, 7},
        "arp.dst.off_link": {2},
        "ip.outside": {8, 9, 10, 13},
    },
    ("0.0.0.0/0",): {"ip.dst.directed_broadcast": {12}},
}


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("net") / "frames.pcap", whole(*FRAMES))


@cache
def packets(path: Path, preferences: Preferences) -> list[Packet]:
    with wireproof.open_capture(path, preferences=preferences) as opened:
        return list(opened)


@pytest.mark.parametrize("networks", TOLD)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_told(capture: Path, networks: tuple[str, ...], name: str) -> None:
    preferences = Preferences(networks=tuple(map(IPv4Network, networks)))
    chosen = compile_filter(name, catalogue())
    query = compile_query(chosen, preferences=preferences)
    found = [packet.number for packet in packets(capture, preferences) if chosen.matches(packet)]
    assert set(found) == TOLD[networks].get(name, set())
    assert [record.number for record in query.match_records(capture)] == found
    assert query.is_exact


def test_each_cites_its_rule(capture: Path) -> None:
    preferences = Preferences(networks=(IPv4Network("192.0.2.0/24"),))
    said = [diagnosis for packet in packets(capture, preferences) for diagnosis in packet.diagnoses]
    assert {diagnosis.reference for diagnosis in said} == {"RFC 1122 section 3.3.1.1", "RFC 1812 section 5.3.5.2"}
    assert all(diagnosis.own for diagnosis in said)
