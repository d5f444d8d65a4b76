"""``-T pdml`` and ``-T psml``."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from wireproof.output import Chosen
from wireproof.output.pdml import PdmlDocument, PsmlDocument
from wireproof.packet import Packet

from .frames import ARP_REQUEST, ETHERNET, frame, icmp, ipv4, tcp, udp


def element(packet: Packet, *path: str, chosen: Chosen | None = None) -> dict[str, str]:
    """The attributes of what stands at the path of names in a packet."""
    document = PdmlDocument("a.pcap", chosen)
    found = ElementTree.fromstring(document.opening() + document.packet(packet) + document.closing())
    at = found.find("packet")
    for name in path:
        assert at is not None
        at = next(child for child in at if child.get("name") == name)
    assert at is not None
    return at.attrib


def test_a_document_says_what_it_is_of() -> None:
    opening = PdmlDocument("a & b.pcap").opening()
    assert opening.startswith('<?xml version="1.0" encoding="utf-8"?>\n<pdml version="0" creator="wireproof" time="')
    assert opening.endswith(' capture_file="a &amp; b.pcap">\n')


def test_a_packet_begins_with_its_numbers() -> None:
    packet = frame(ARP_REQUEST, number=17, wire_length=60)
    assert element(packet, "geninfo", "num")["value"] == "11"
    assert element(packet, "geninfo", "caplen") == {
        **{"name": "caplen", "pos": "0", "show": "42", "showname": "Captured Length", "value": "2a", "size": "42"}
    }
    assert element(packet, "geninfo", "timestamp")["value"] == "1700000000.001000000"


def test_a_field_has_words_place_value_and_octets() -> None:
    packet = frame(ipv4(17, udp("6869"), fragment="4000"))
    assert element(packet, "ip", "ip.proto") == {
        **{"name": "ip.proto", "showname": "Protocol: UDP (17)", "size": "1", "pos": "23", "show": "17", "value": "11"}
    }
    flag = element(packet, "ip", "ip.flags", "ip.flags.df")
    assert flag["showname"] == ".1.. .... = Don't fragment: Set"
    assert (flag["value"], flag["unmaskedvalue"]) == ("1", "40")
    assert element(packet, "ip", "ip.addr")["hide"] == "yes"
    assert "value" not in element(packet, "ip", "ip.checksum.status")


def test_a_protocol_reaches_over_its_header() -> None:
    packet = frame(ipv4(6, tcp(0x18, payload="6869")))
    ip, segment = element(packet, "ip"), element(packet, "tcp")
    assert (ip["pos"], ip["size"]) == ("14", "20")
    assert (segment["pos"], segment["size"]) == ("34", "20")
    assert segment["showname"].endswith("Seq: 1, Ack: 1, Len: 2")


def test_an_option_has_its_octets() -> None:
    option = element(frame(ipv4(6, tcp(2, options="020405b4"))), "tcp", "tcp.options", "tcp.options.mss")
    assert option["showname"] == "TCP Option - Maximum segment size: 1460 bytes"
    assert (option["show"], option["value"], option["pos"]) == ("02:04:05:b4", "020405b4", "54")


def test_data_is_a_field_in_a_wrapper_where_nothing_is_around_it() -> None:
    assert element(frame(ipv4(17, udp("6869"))), "fake-field-wrapper", "data")["value"] == "6869"
    assert element(frame(ipv4(1, icmp(8, 0, "00010002 6869"))), "icmp", "data")["value"] == "6869"


def test_what_is_wrong_is_said() -> None:
    expert = element(frame(f"{ETHERNET} 08"), "_ws.malformed", "_ws.expert")
    assert expert["showname"] == "Expert Info (Error/Malformed): Malformed Packet (Exception occurred)"


def test_what_is_not_chosen_is_named() -> None:
    assert element(frame(ARP_REQUEST), "eth", "filtered", chosen=Chosen(frozenset({"arp"})))["value"] == "eth"


def test_chosen_fields() -> None:
    document = PdmlDocument("")
    packet = ElementTree.fromstring(document.chosen(frame(ARP_REQUEST), {"arp.opcode": ["1"], "eth.addr": ["a", "b"]}))
    assert [(field.get("name"), field.get("value")) for field in packet.findall("field")] == [
        ("arp.opcode", "1"),
        ("eth.addr", "a"),
        ("eth.addr", "b"),
    ]


def test_the_packet_list() -> None:
    document = PsmlDocument()
    found = ElementTree.fromstring(document.opening() + document.packet(frame(ARP_REQUEST)) + document.closing())
    titles, packet = ([section.text for section in part] for part in found)
    assert titles == ["No.", "Time", "Source", "Destination", "Protocol", "Length", "Info"]
    assert packet[4:] == ["ARP", "42", "Who has 192.0.2.2? Tell 192.0.2.1"]
