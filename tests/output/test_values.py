"""Values and protocols as ``-T fields`` prints them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from wireproof.dissectors.schema import Base, FieldInfo, FieldType
from wireproof.output import format_value, item_text
from wireproof.packet import Value

from .frames import ARP_REQUEST, ETHERNET, frame, icmp, ipv4, udp


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("kind", "base", "value", "text"),
    [
        (FieldType.UINT8, Base.DEC, 7, "7"),
        (FieldType.UINT8, Base.HEX, 7, "0x07"),
        (FieldType.UINT16, Base.HEX, 0x800, "0x0800"),
        (FieldType.UINT16, Base.HEX_DEC, 1, "0x0001"),
        (FieldType.UINT16, Base.DEC_HEX, 1, "1"),
        (FieldType.UINT24, Base.HEX, 1, "0x000001"),
        (FieldType.UINT24, Base.OUI, 131072, "131072"),
        (FieldType.UINT32, Base.HEX, 0xDEADBEEF, "0xdeadbeef"),
        (FieldType.INT32, Base.DEC, -2, "-2"),
        (FieldType.FRAMENUM, Base.NONE, 38, "38"),
        (FieldType.BOOLEAN, Base.NONE, True, "1"),
        (FieldType.BOOLEAN, Base.NONE, False, "0"),
        (FieldType.NONE, Base.NONE, True, "1"),
        (FieldType.BYTES, Base.NONE, b"\x00\xff", "00ff"),
        (FieldType.ETHER, Base.NONE, b"\x02\0\0\0\0\xaa", "02:00:00:00:00:aa"),
        (FieldType.IPV4, Base.NONE, 0xC0000201, "192.0.2.1"),
        (FieldType.STRING, Base.NONE, "a\tb\x1b[31m", r"a\tb\033[31m"),
        (FieldType.ABSOLUTE_TIME, Base.NONE, 1_700_000_000_001_000_000, "Nov 14, 2023 22:13:20.001000000 UTC"),
        (FieldType.ABSOLUTE_TIME, Base.NONE, 1, "Jan  1, 1970 00:00:00.000000001 UTC"),
        (FieldType.ABSOLUTE_TIME, Base.NONE, -1, "Dec 31, 1969 23:59:59.999999999 UTC"),
        (FieldType.ABSOLUTE_TIME, Base.NONE, 10**28, "Not representable"),
        (FieldType.RELATIVE_TIME, Base.NONE, 0, "0.000000000"),
        (FieldType.RELATIVE_TIME, Base.NONE, -1_500_000_000, "-1.500000000"),
        (FieldType.RELATIVE_TIME, Base.NONE, -1, "-0.000000001"),
    ],
)
def test_a_value_is_printed_by_its_type(kind: FieldType, base: Base, value: Any, text: str) -> None:
    info = FieldInfo("a.field", kind, base=base, labels={1: "a label"})
    assert format_value(Value(info, value, 0, 0)) == text


ANSWERED = ARP_REQUEST.replace("0001 020000000002", "0002 020000000002")
TCP_TEXT = "Transmission Control Protocol, Src Port: 40000, Dst Port: 80"


@pytest.mark.parametrize(
    ("octets", "name", "text"),
    [
        (ARP_REQUEST, "frame", "Frame 1: 42 bytes on wire (336 bits), 42 bytes captured (336 bits)"),
        (ARP_REQUEST, "eth", "Ethernet II, Src: 02:00:00:00:00:02, Dst: 02:00:00:00:00:01"),
        (ARP_REQUEST, "arp", "Address Resolution Protocol (request)"),
        (ANSWERED, "arp", "Address Resolution Protocol (reply)"),
        (ANSWERED.replace("c0000202", "c0000201"), "arp", "Address Resolution Protocol (reply/gratuitous ARP)"),
        (ARP_REQUEST.replace("c0000202", "c0000201"), "arp", "Address Resolution Protocol (ARP Announcement)"),
        (ARP_REQUEST.replace("c0000201", "00000000"), "arp", "Address Resolution Protocol (ARP Probe)"),
        (ARP_REQUEST.replace("0001 02", "001a 02"), "arp", "Address Resolution Protocol (opcode 0x001a)"),
        (ARP_REQUEST[:-9], "arp", "arp"),
        (f"{ETHERNET} 05ff", "eth", "Ethernet Unknown, Src: 02:00:00:00:00:02, Dst: 02:00:00:00:00:01"),
        (f"{ETHERNET} 0003 424203", "eth", "IEEE 802.3 Ethernet "),
        (f"{ETHERNET} 0003 424203", "llc", "llc"),
        (f"{ETHERNET} 8100 b064 0800", "vlan", "802.1Q Virtual LAN, PRI: 5, DEI: 1, ID: 100"),
        (ipv4(17, udp("6869")), "ip", "Internet Protocol Version 4, Src: 10.0.0.1, Dst: 10.0.0.2"),
        (ipv4(17, udp("6869")), "udp", "User Datagram Protocol, Src Port: 4000, Dst Port: 5000"),
        (ipv4(17, udp("6869")), "data", "6869"),
        (ipv4(1, icmp(8, 0, "0001 0002")), "icmp", "icmp"),
        (ARP_REQUEST, "_ws.malformed", None),
        (f"{ETHERNET} 08", "_ws.malformed", "[Malformed Packet: Ethernet]"),
        (ipv4(6, "9c400050"), "tcp", TCP_TEXT),
    ],
)
def test_a_protocol_is_printed_as_its_line(octets: str, name: str, text: str | None) -> None:
    packet = frame(octets)
    texts = [item_text(layer, packet) for layer in packet.layers if layer.protocol.name == name]
    assert texts[:1] == ([] if text is None else [text])


def test_a_cut_packet_says_in_which_protocol() -> None:
    packet = frame(ARP_REQUEST[:-9], wire_length=42)
    assert item_text(packet.layers[-1], packet) == "[Packet size limited during capture: ARP/RARP truncated]"


def test_expert_information_says_how_grave_it_is() -> None:
    packet = frame(f"{ETHERNET} 05ff")
    texts = [item_text(layer, packet) for layer in packet.layers if layer.protocol.name == "_ws.expert"]
    assert texts == ["Expert Info (Warning/Protocol): Invalid length/type: 0x05ff (1535)"]


def test_a_clock_time_is_in_the_time_zone_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "EST5EDT")
    time.tzset()
    info = FieldInfo("frame.time", FieldType.ABSOLUTE_TIME)
    text = format_value(Value(info, 1_700_000_000_000_000_000, 0, 0))
    assert text == "Nov 14, 2023 17:13:20.000000000 EST"
