"""Ports with the names of their services."""

import pytest

import wireproof
from wireproof.output import item_text, text_lines
from wireproof.output.columns import columns
from wireproof.packet import Packet, Preferences, ports
from wireproof.packet.preferences import PORT_NAMES

from .frames import ipv4, tcp

TABLE = b"""# 443/tcp is a comment
domain\t53/tcp/udp\t# Domain Name Server
http\t\t80/tcp
ftp 1000/tcp
only-udp 1000/udp
"""


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_table", lambda: TABLE)
    ports.service.cache_clear()


@pytest.mark.parametrize(
    ("transport", "port", "name"),
    [
        *(("udp", 53, "domain"), ("tcp", 53, "domain"), ("tcp", 80, "http"), ("udp", 80, None)),
        *(("tcp", 1000, "ftp"), ("udp", 1000, "only-udp"), ("tcp", 443, None), ("tcp", 8, None), ("tcp", 3, None)),
    ],
)
def test_names(transport: str, port: int, name: str | None) -> None:
    assert ports.service(transport, port) == name


def named(octets: str) -> Packet:
    return wireproof.dissect(bytes.fromhex(octets), preferences=Preferences(frozenset({PORT_NAMES})))


def test_where_a_name_is_shown() -> None:
    packet = named(ipv4(17, "0035 1388 0008 0000"))
    layer = packet.layer("udp")
    assert layer is not None
    title = "User Datagram Protocol, Src Port: domain (53), Dst Port: 5000 (5000)"
    assert item_text(layer, packet) == title
    lines = list(text_lines(packet, summary=False, details=True))
    assert title in lines
    assert "    Source Port: domain (53)" in lines
    assert "    Destination Port: 5000 (5000)" in lines


def test_the_packet_list_has_a_name_in_front_of_a_number() -> None:
    assert columns(named(ipv4(6, tcp(0x02)))).info.startswith("40000 → http(80) [SYN]")


def test_without_the_wish_nothing_is_named() -> None:
    assert columns(wireproof.dissect(bytes.fromhex(ipv4(6, tcp(0x02))))).info.startswith("40000 → 80 [SYN]")
