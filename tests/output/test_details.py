"""The detailed tree and the bytes, as tshark prints them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

import pytest

from wireproof.output import detail_lines, hexdump_lines, text_lines

from .frames import ARP_REQUEST, ETHERNET, frame, icmp, ipv4, tcp, udp

ETHERNET_TREE = """\
Ethernet II, Src: 02:00:00:00:00:02, Dst: 02:00:00:00:00:01
    Destination: 02:00:00:00:00:01
        Address: 02:00:00:00:00:01
        .... ..1. .... .... .... .... = LG bit: Locally administered address (this is NOT the factory default)
        .... ...0 .... .... .... .... = IG bit: Individual address (unicast)
    Source: 02:00:00:00:00:02
        Address: 02:00:00:00:00:02
        .... ..1. .... .... .... .... = LG bit: Locally administered address (this is NOT the factory default)
        .... ...0 .... .... .... .... = IG bit: Individual address (unicast)
"""
IPV4_TREE = """\
Internet Protocol Version 4, Src: 10.0.0.1, Dst: 10.0.0.2
    0100 .... = Version: 4
    .... 0101 = Header Length: 20 bytes (5)
    Differentiated Services Field: 0x00 (DSCP: CS0, ECN: Not-ECT)
        0000 00.. = Differentiated Services Codepoint: Default (0)
        .... ..00 = Explicit Congestion Notification: Not ECN-Capable Transport (0)
    Total Length: 30
    Identification: 0x1234 (4660)
    010. .... = Flags: 0x2, Don't fragment
        0... .... = Reserved bit: Not set
        .1.. .... = Don't fragment: Set
        ..0. .... = More fragments: Not set
    ...0 0000 0000 0000 = Fragment Offset: 0
    Time to Live: 64
    Protocol: UDP (17)
    Header Checksum: 0x1499 [correct]
    [Header checksum status: Good]
    [Calculated Checksum: 0x1499]
    Source Address: 10.0.0.1
    Destination Address: 10.0.0.2
"""


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def layer_text(octets: str, name: str, **source: int) -> str:
    """The tree of one layer."""
    lines = list(detail_lines(frame(octets, **source)))
    first = next(place for place, line in enumerate(lines) if line.startswith(name))
    # The bytes of a data layer stand at the margin as well.
    inner = itertools.takewhile(lambda line: line[:1] in ("", " ", "0"), lines[first + 1 :])
    return "".join(f"{line}\n" for line in (lines[first], *inner))


def test_ethernet_bits_and_children() -> None:
    assert layer_text(ARP_REQUEST, "Ethernet") == ETHERNET_TREE + "    Type: ARP (0x0806)\n"


def test_ipv4_bits_labels_and_made_lines() -> None:
    assert layer_text(ipv4(17, udp("6869"), fragment="4000"), "Internet Protocol") == IPV4_TREE


def test_arp() -> None:
    assert layer_text(ARP_REQUEST, "Address") == (
        "Address Resolution Protocol (request)\n"
        "    Hardware type: Ethernet (1)\n"
        "    Protocol type: IPv4 (0x0800)\n"
        "    Hardware size: 6\n"
        "    Protocol size: 4\n"
        "    Opcode: request (1)\n"
        "    Sender MAC address: 02:00:00:00:00:02\n"
        "    Sender IP address: 192.0.2.1\n"
        "    Target MAC address: 00:00:00:00:00:00\n"
        "    Target IP address: 192.0.2.2\n"
    )


def test_a_frame_says_when_and_how_long() -> None:
    text = layer_text(ARP_REQUEST, "Frame")
    for line in (
        "Frame 1: 42 bytes on wire (336 bits), 42 bytes captured (336 bits)",
        "    Encapsulation type: Ethernet (1)",
        "    Arrival Time: Nov 14, 2023 22:13:20.001000000 UTC",
        "    [Time shift for this packet: 0.000000000 seconds]",
        "    Epoch Time: 1700000000.001000000 seconds",
        "    [Time since reference or first frame: 0.000000000 seconds]",
        "    Frame Number: 1",
        "    Frame Length: 42 bytes (336 bits)",
        "    [Frame is marked: False]",
        "    [Protocols in frame: eth:ethertype:arp]",
    ):
        assert f"{line}\n" in text


def test_a_tag_shows_its_bits() -> None:
    text = layer_text(f"{ETHERNET} 8100 b064 0806", "802.1Q")
    assert "    101. .... .... .... = Priority: " in text
    assert (
        "    ...1 .... .... .... = DEI: Eligible\n    .... 0000 0110 0100 = ID: 100\n    Type: ARP (0x0806)\n" in text
    )


def test_tcp_flags_hang_below_the_flags() -> None:
    text = layer_text(ipv4(6, tcp(0x018, payload="6869")), "Transmission")
    assert "    0101 .... = Header Length: 20 bytes (5)\n    Flags: 0x018 (PSH, ACK)\n" in text
    assert "        000. .... .... = Reserved: Not set\n        ...0 .... .... = Accurate ECN: Not set\n" in text
    assert "        .... ...1 .... = Acknowledgment: Set\n        .... .... 1... = Push: Set\n" in text
    assert "        [TCP Flags: ·······AP···]\n    Window: 8192\n" in text
    assert "    TCP payload (2 bytes)\n" in text


def test_tcp_options_hang_below_a_line_each() -> None:
    text = layer_text(ipv4(6, tcp(0x002, options="020405b4 01030307")), "Transmission")
    assert (
        "    Options: (8 bytes), Maximum segment size, No-Operation (NOP), Window scale\n"
        "        TCP Option - Maximum segment size: 1460 bytes\n"
        "            Kind: Maximum Segment Size (2)\n"
        "            Length: 4\n"
        "            MSS Value: 1460\n"
        "        TCP Option - No-Operation (NOP)\n"
        "            Kind: No-Operation (1)\n"
        "        TCP Option - Window scale: 7 (multiply by 128)\n"
        "            Kind: Window Scale (3)\n"
        "            Length: 3\n"
        "            Shift count: 7\n"
    ) in text


@pytest.mark.parametrize(
    ("octets", "line"),
    [
        (ipv4(17, udp("6869")), "    Checksum: 0x0000 [zero-value ignored]"),
        (
            ipv4(17, "0fa0 1388 000a 1111 6869"),
            '    Checksum: 0x1111 incorrect, should be 0x6046 (maybe caused by "UDP checksum offload"?)',
        ),
        (ipv4(1, icmp(8, 0, "0001 0002")), "    Sequence Number (LE): 512 (0x0200)"),
        (ipv4(1, icmp(3, 3, "00000000")), "    Code: 3 (Port unreachable)"),
        (ipv4(17, udp("6869", length=7)), "    Length: 7 (bogus, must be >= 8)"),
        (f"{ETHERNET} 0003 424203", "        0100 001. = SAP: Spanning Tree BPDU"),
    ],
)
def test_lines_that_say_more(octets: str, line: str) -> None:
    assert line in list(detail_lines(frame(octets)))


def test_a_broken_rule_is_said_below_the_field() -> None:
    lines = list(detail_lines(frame(f"{ETHERNET} 05ff")))
    place = lines.index("    Invalid length/type: 0x05ff (1535)")
    assert lines[place + 1 :] == [
        "        [Expert Info (Warning/Protocol): Invalid length/type: 0x05ff (1535)]",
        "            [Invalid length/type: 0x05ff (1535)]",
        "            [Severity level: Warning]",
        "            [Group: Protocol]",
    ]


def test_a_malformed_packet_ends_in_its_diagnosis() -> None:
    assert list(detail_lines(frame(f"{ETHERNET} 08")))[-5:] == [
        "[Malformed Packet: Ethernet]",
        "    [Expert Info (Error/Malformed): Malformed Packet (Exception occurred)]",
        "        [Malformed Packet (Exception occurred)]",
        "        [Severity level: Error]",
        "        [Group: Malformed]",
    ]


def test_what_an_error_message_quotes_is_within_it() -> None:
    quoted = ipv4(17, udp("")).split(" ", 3)[3]
    lines = list(detail_lines(frame(ipv4(1, icmp(3, 3, "00000000" + quoted)))))
    assert "    Internet Protocol Version 4, Src: 10.0.0.1, Dst: 10.0.0.2" in lines
    assert "    User Datagram Protocol, Src Port: 4000, Dst Port: 5000" in lines
    assert "        Source Port: 4000" in lines


def test_data_comes_with_its_bytes() -> None:
    assert layer_text(ipv4(17, udp("6869")), "Data") == (
        "Data (2 bytes)\n"
        "\n"
        "0000  68 69                                             hi\n"
        "    Data: 6869\n"
        "    [Length: 2]\n"
    )


def test_the_flags_of_arp_follow_its_opcode() -> None:
    probe = ARP_REQUEST.replace("c0000201", "00000000")
    lines = list(detail_lines(frame(probe)))
    place = lines.index("    Opcode: request (1)")
    assert lines[place + 1] == "    [Is probe: True]"


def test_data_is_shown_once_with_all_bytes() -> None:
    lines = list(text_lines(frame(ipv4(17, udp("6869"))), summary=False, details=True, octets=True))
    assert sum(line.startswith("0000  ") for line in lines) == 1


def test_long_bytes_are_cut_off() -> None:
    assert f"    Data: {'61' * 36}…\n" in layer_text(ipv4(17, udp("61" * 37)), "Data")


def test_only_the_chosen_layers_are_opened() -> None:
    assert list(detail_lines(frame(ipv4(17, udp(""))), {"udp"}))[:4] == [
        "Frame 1: 42 bytes on wire (336 bits), 42 bytes captured (336 bits)",
        "Ethernet II, Src: 02:00:00:00:00:02, Dst: 02:00:00:00:00:01",
        "Internet Protocol Version 4, Src: 10.0.0.1, Dst: 10.0.0.2",
        "User Datagram Protocol, Src Port: 4000, Dst Port: 5000",
    ]


@pytest.mark.parametrize(
    ("size", "first", "last"),
    [
        (1, "0000  00                                                .", None),
        (17, "0000  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f   ................", "0010  10  "),
        (0x10000, "0000  00 01 ", "fff0  f0 f1 "),
        (0x10001, "00000  00 01 ", "10000  00 "),
    ],
)
def test_hexdump(size: int, first: str, last: str | None) -> None:
    lines = list(hexdump_lines(bytes(place & 0xFF for place in range(size))))
    assert lines[0].startswith(first)
    assert last is None or lines[-1].startswith(last)


def test_hexdump_shows_printable_ascii_only() -> None:
    assert list(hexdump_lines(b" ~\x7f\x80\x1b")) == [
        "0000  20 7e 7f 80 1b                                     ~...",
    ]
    assert list(hexdump_lines(b"")) == []


@pytest.mark.parametrize(
    ("wanted", "shape"),
    [
        ({}, "S"),
        ({"summary": False, "details": True}, "D_"),
        ({"summary": False, "octets": True}, "X_"),
        ({"octets": True}, "S_X_"),
        ({"details": True}, "SD_"),
        ({"details": True, "octets": True}, "SD_X_"),
    ],
)
def test_the_parts_of_a_packet_and_the_empty_lines_between(wanted: dict[str, bool], shape: str) -> None:
    kinds = {"    1": "S", "Frame": "D", "0000 ": "X", "": "_"}
    lines = text_lines(frame("0200"), **wanted)  # type: ignore[arg-type]
    assert "".join(kinds.get(line[:5], "") for line in lines) == shape
