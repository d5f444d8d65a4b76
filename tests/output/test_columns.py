"""The columns of the packet list, as tshark prints them with names off."""

from __future__ import annotations

from dataclasses import replace

import pytest
from construct import Int8ub, Int16ub, Struct

from wireproof.dissectors.schema import Catalogue, Field, Protocol, Summary, catalogue
from wireproof.output import ColumnLayout, summary_line, tabs_line
from wireproof.output.columns import columns

from .frames import ARP_REQUEST, ETHERNET, frame, icmp, ipv4, tcp, udp

SPANNING_TREE = "Spanning Tree BPDU"
CISCO = "Cisco Systems, Inc"
QUOTED = ipv4(6, tcp(0x10)).split(" ", 3)[3]
"""A packet without its link layer, as an error message bears it."""


def arp(opcode: int, sender: str = "c0000201", target: str = "c0000202", hardware: str = "000000000000") -> str:
    return f"{ETHERNET} 0806 0001 0800 06 04 {opcode:04x} 020000000002 {sender} {hardware} {target}"


@pytest.mark.parametrize(
    ("octets", "protocol", "info"),
    [
        (arp(1), "ARP", "Who has 192.0.2.2? Tell 192.0.2.1"),
        (arp(2), "ARP", "192.0.2.1 is at 02:00:00:00:00:02"),
        (arp(1, target="c0000201"), "ARP", "ARP Announcement for 192.0.2.1"),
        (arp(1, target="c0000201", hardware="ffffffffffff"), "ARP", "Gratuitous ARP for 192.0.2.1 (Request)"),
        (arp(2, target="c0000201"), "ARP", "Gratuitous ARP for 192.0.2.1 (Reply)"),
        (arp(1, sender="00000000"), "ARP", "Who has 192.0.2.2? (ARP Probe)"),
        (arp(3), "RARP", "Who is 00:00:00:00:00:00? Tell 02:00:00:00:00:02"),
        (arp(4), "RARP", "00:00:00:00:00:00 is at 192.0.2.2"),
        (arp(5), "DRARP", "Who is 00:00:00:00:00:00? Tell 02:00:00:00:00:02"),
        (arp(7), "DRARP", "DRARP Error"),
        (arp(8), "Inverse ARP", "Who is 00:00:00:00:00:00? Tell 02:00:00:00:00:02"),
        (arp(9), "Inverse ARP", "02:00:00:00:00:02 is at 192.0.2.1"),
        (arp(10), "ARP", "ARP NAK"),
        (arp(14), "MARS", "MARS JOIN request from 02:00:00:00:00:02 at 192.0.2.1"),
        (arp(23), "MAPOS", "MAPOS UNARP request from 02:00:00:00:00:02 at 192.0.2.1"),
        (arp(24), "ARP", "Experimental 1 ( opcode 24 )"),
        (arp(26), "ARP", "Unknown ARP opcode 0x001a"),
        (f"{ETHERNET} 0806 0001 0800 00 04 0002 c0000201 c0000202", "ARP", "192.0.2.1 is at <No address>"),
        (arp(1)[:-9], "ARP", "[Malformed Packet]"),
        (f"{ETHERNET} 0806", "ARP", "[Malformed Packet]"),
    ],
)
def test_arp(octets: str, protocol: str, info: str) -> None:
    shown = columns(frame(octets))
    assert (shown.protocol, shown.info) == (protocol, info)


@pytest.mark.parametrize(
    ("octets", "protocol", "info"),
    [
        (f"{ETHERNET} 88b5 00", "0x88b5", "Local Experimental Ethertype 1"),
        (f"{ETHERNET} 1234 00", "0x1234", "Ethernet II"),
        (f"{ETHERNET} 05ff 00", "Ethernet", "Ethernet Unknown: Invalid length/type: 0x05ff (1535)"),
        (f"{ETHERNET} 08", "Ethernet", "[Malformed Packet]"),
        (f"{ETHERNET} 8100 b064 1234", "0x1234", "PRI: 5  DEI: 1  ID: 100"),
        (f"{ETHERNET} 8100 b064", "VLAN", "PRI: 5  DEI: 1  ID: 100[Malformed Packet]"),
        (f"{ETHERNET} 8100", "VLAN", "[Malformed Packet]"),
        (
            f"{ETHERNET} 0003 424203",
            "LLC",
            f"U, func=UI; DSAP {SPANNING_TREE} Individual, SSAP {SPANNING_TREE} Command",
        ),
        (f"{ETHERNET} 0003 1213 bf", "LLC", "U F, func=XID; DSAP 0x12 Individual, SSAP 0x12 Response"),
        (
            f"{ETHERNET} 0004 43420109",
            "LLC",
            f"S P, func=RR, N(R)=4; DSAP {SPANNING_TREE} Group, SSAP {SPANNING_TREE} Command",
        ),
        (
            f"{ETHERNET} 0004 42420206",
            "LLC",
            f"I, N(R)=3, N(S)=1; DSAP {SPANNING_TREE} Individual, SSAP {SPANNING_TREE} Command",
        ),
        (f"{ETHERNET} 0008 aaaa03 00000c 2000", "LLC", f"U, func=UI; SNAP, OUI 0x00000C ({CISCO}), PID 0x2000"),
    ],
)
def test_links(octets: str, protocol: str, info: str) -> None:
    shown = columns(frame(octets))
    assert (shown.protocol, shown.info) == (protocol, info)


def broken(header: str) -> str:
    """An IPv4 packet that begins with other octets."""
    octets = ipv4(17, udp("00")).split()
    octets[3] = header + octets[3][len(header) :]
    return " ".join(octets)


@pytest.mark.parametrize(
    ("octets", "source", "info"),
    [
        (ipv4(253, "00"), "10.0.0.1", "Unknown (253)"),
        (ipv4(47, "00"), "10.0.0.1", "Generic Routing Encapsulation (47)"),
        (ipv4(47, ""), "10.0.0.1", ""),
        (ipv4(17, udp("00"), fragment="2000"), "10.0.0.1", "Fragmented IP protocol (proto=UDP 17, off=0, ID=1234)"),
        (ipv4(1, "00", fragment="00b9"), "10.0.0.1", "Fragmented IP protocol (proto=ICMP 1, off=1480, ID=1234)"),
        (ipv4(17, udp("00"), length=19), "02:00:00:00:00:02", "Bogus IP length (19, less than header length 20)"),
        (broken("44"), "02:00:00:00:00:02", "Bogus IP header length (16, must be at least 20)"),
        (broken("65"), "02:00:00:00:00:02", "Bogus IPv4 version (6, must be 4)"),
        (ipv4(17, "0fa0"), "10.0.0.1", "[Malformed Packet]"),
    ],
)
def test_ipv4(octets: str, source: str, info: str) -> None:
    shown = columns(frame(octets))
    assert (shown.source, shown.protocol, shown.info) == (source, "IPv4", info)


@pytest.mark.parametrize(
    ("message", "info"),
    [
        (icmp(8, 0, "0001 0015"), "Echo (ping) request  id=0x0001, seq=21/5376, ttl=64"),
        (icmp(0, 0, "0001 0015"), "Echo (ping) reply    id=0x0001, seq=21/5376, ttl=64"),
        (icmp(3, 3, "00000000"), "Destination unreachable (Port unreachable)"),
        (icmp(3, 16, "00000000"), "Destination unreachable (Unknown code: 16)"),
        (icmp(4, 0, "00000000"), "Source quench (flow control)"),
        (icmp(5, 1, "0a000003" + QUOTED), "Redirect             (Redirect for host)"),
        (icmp(11, 0, "00000000"), "Time-to-live exceeded (Time to live exceeded in transit)"),
        (icmp(9, 0, "01020304 0a000003 00000000"), "Mobile IP Advertisement (Normal router advertisement)"),
        (icmp(10, 0, "00000000"), "Router solicitation "),
        (icmp(99, 0, "00000000"), "Unknown ICMP (obsolete or malformed?)"),
        (icmp(8, 0, "0001"), "Echo (ping) request [Malformed Packet]"),
    ],
)
def test_icmp(message: str, info: str) -> None:
    shown = columns(frame(ipv4(1, message)))
    assert (shown.protocol, shown.info) == ("ICMP", info)


def test_a_quoted_packet_does_not_write_into_the_columns() -> None:
    shown = columns(frame(ipv4(1, icmp(3, 1, "00000000" + QUOTED))))
    assert (shown.source, shown.protocol, shown.info) == (
        "10.0.0.1",
        "ICMP",
        "Destination unreachable (Host unreachable)",
    )


@pytest.mark.parametrize(
    ("datagram", "info"),
    [
        (udp("6869"), "4000 → 5000 Len=2"),
        (udp("6869", length=7), "4000 → 5000 [BAD UDP LENGTH 7 < 8]"),
        (udp("6869", length=11), "4000 → 5000 [BAD UDP LENGTH 11 > IP PAYLOAD LENGTH] Len=3"),
        ("0fa0 1388 000a 1111 6869", "4000 → 5000 Len=2 [UDP CHECKSUM INCORRECT]"),
        ("0fa0 1388", "4000 → 5000[Malformed Packet]"),
    ],
)
def test_udp(datagram: str, info: str) -> None:
    shown = columns(frame(ipv4(17, datagram)))
    assert (shown.protocol, shown.info) == ("UDP", info)


def tcp_info(segment: str) -> str:
    """The text behind the ports and numbers, which the analysis may make relative."""
    shown = columns(frame(ipv4(6, segment)))
    assert shown.protocol == "TCP"
    assert shown.info.startswith("40000 → 80")
    return shown.info.removeprefix("40000 → 80")


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        (0x000, "[<None>]"),
        (0x002, "[SYN]"),
        (0x012, "[SYN, ACK]"),
        (0x018, "[PSH, ACK]"),
        (0xFFF, "[FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE, Reserved]"),
    ],
)
def test_tcp_flags(flags: int, text: str) -> None:
    assert tcp_info(tcp(flags)).startswith(f" {text} Seq=")


def test_tcp_says_only_what_the_flags_make_valid() -> None:
    assert "Ack=" not in tcp_info(tcp(0x002))
    assert "Ack=" in tcp_info(tcp(0x010))
    assert "Urg=" not in tcp_info(tcp(0x010))
    assert tcp_info(tcp(0x030)).endswith(" Urg=7 Len=0")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ("020405b4", " MSS=1460"),
        ("020305b4", ""),
        ("01030307", " WS=128"),
        ("010303ff", " WS=16384"),
        ("01010402", " SACK_PERM"),
        ("0101080a0000000100000002", " TSval=1 TSecr=2"),
        ("060600000009 0101", " ECHO=9"),
        ("1312" + "00" * 16 + "0101", " MD5"),
        ("22020101", " TFO=R"),
        ("2204aabb", " TFO=C"),
        ("fe04f989", " TFO=R"),
        ("fe04abcd", " ExID=ABCD"),
        ("1c048005", " USER_TO=5"),
        ("1d040001", "TCP AO"),
        ("ac05000001 010101", " EE0B=1"),
        ("020405b4 01010402", " MSS=1460 SACK_PERM"),
        ("00020405", ""),
    ],
)
def test_tcp_options_are_said_in_their_order(options: str, text: str) -> None:
    assert tcp_info(tcp(0x010, options=options)).endswith(f" Len=0{text}")


def test_what_is_wrong_with_a_segment_is_said() -> None:
    assert tcp_info(tcp(0x10, offset=4)).endswith(", bogus TCP header length (16, must be at least 20)")
    assert " [TCP CHECKSUM INCORRECT] Len=1" in tcp_info(tcp(0x10, payload="00")[:-2] + "01")
    assert tcp_info("9c400050") == "[Malformed Packet]"


def test_a_packet_that_the_capture_cut_says_so() -> None:
    shown = columns(frame(ARP_REQUEST[:-9], wire_length=42))
    assert (shown.length, shown.info) == ("42", "[Packet size limited during capture]")


@pytest.mark.parametrize(
    ("octets", "source", "destination"),
    [
        ("0200", "", ""),
        ("020000000001 02", "", "02:00:00:00:00:01"),
        (f"{ETHERNET}", "02:00:00:00:00:02", "02:00:00:00:00:01"),
    ],
)
def test_an_address_that_is_whole_is_shown(octets: str, source: str, destination: str) -> None:
    shown = columns(frame(octets))
    assert (shown.source, shown.destination) == (source, destination)


def test_the_line_is_laid_out_as_tsharks() -> None:
    assert summary_line(frame(ARP_REQUEST)) == (
        "    1   0.000000 02:00:00:00:00:02 → 02:00:00:00:00:01 ARP 42 Who has 192.0.2.2? Tell 192.0.2.1"
    )
    assert summary_line(frame(ipv4(17, udp("6869")), number=123456)) == (
        "123456   0.000000     10.0.0.1 → 10.0.0.2     UDP 44 4000 → 5000 Len=2"
    )
    assert tabs_line(frame(ipv4(17, udp("6869")))) == (
        "    1\t  0.000000\t    10.0.0.1\t→\t10.0.0.2    \tUDP\t44\t4000 → 5000 Len=2"
    )


@pytest.mark.parametrize(
    ("style", "digits", "text"),
    [
        ("r", 6, "0.000000"),
        ("r", 9, "0.000000000"),
        ("d", 6, "0.000000"),
        ("dd", 6, "0.000000"),
        ("e", 6, "1700000000.001000"),
        ("e", 0, "1700000000"),
        ("u", 6, "22:13:20.001000"),
        ("ud", 9, "2023-11-14 22:13:20.001000000"),
        ("udoy", 6, "2023/318 22:13:20.001000"),
    ],
)
def test_time_styles(style: str, digits: int, text: str) -> None:
    packet = replace(frame(ARP_REQUEST), time_digits=digits)
    assert columns(packet, ColumnLayout(style)).time == text


def test_an_unknown_time_style_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"unknown time style 'x'; known are .*udoy.*"):
        ColumnLayout("x")


def toy(summary: Summary) -> Catalogue:
    """The catalogue with one more protocol, as another distribution would bring it along."""
    protocol = Protocol(
        "toy",
        "Toy Protocol",
        parts=(
            Struct("kind" / Field("toy.kind", Int8ub, title="Kind")),
            Struct("size" / Field("toy.size", Int16ub, title="Size")),
        ),
        under={"eth.type": (0x88B5,)},
        summary=summary,
    )
    return Catalogue([*catalogue().protocols.values(), protocol])


TOY = Summary(tree="Toy, Kind: {toy.kind}", protocol="TOY", info="Kind {toy.kind}[, size {toy.size}]")


@pytest.mark.parametrize(
    ("summary", "octets", "protocol", "info"),
    [
        (TOY, "07 0003", "TOY", "Kind 7, size 3"),
        (TOY, "07", "TOY", "Kind 7[Malformed Packet]"),
        (TOY, "", "TOY", "[Malformed Packet]"),
        (Summary(), "07 0003", "Ethernet", "Ethernet II"),
        (Summary(protocol="TOY"), "07 0003", "TOY", "Ethernet II"),
        (Summary(info="size {toy.size}"), "07", "Ethernet", "Ethernet II[Malformed Packet]"),
    ],
)
def test_a_protocol_gets_its_columns_from_its_summary(summary: Summary, octets: str, protocol: str, info: str) -> None:
    shown = columns(frame(f"{ETHERNET} 88b5 {octets}", known=toy(summary)))
    assert (shown.protocol, shown.info) == (protocol, info)
