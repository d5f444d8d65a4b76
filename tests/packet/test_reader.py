"""Bytes to a tree: what is read, where it lies, and what is said of input that is short, cut or broken."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wireproof
from wireproof.packet import Preferences, Source, dissect

# Who has 192.0.2.2? Tell 192.0.2.1, padded to 60 octets; written out by hand from RFC 826.
ARP = bytes.fromhex(
    "ffffffffffff 0200000000aa 0806 0001 0800 06 04 0001 0200000000aa c0000201 000000000000 c0000202" + "00" * 18
)
# 10.0.0.1:7 > 10.0.0.2:9, two octets of payload; both checksums are right (RFC 791, RFC 768).
UDP = bytes.fromhex(
    "0200000000bb 0200000000aa 0800 4500001e00010000401166cc0a0000010a000002 00070009000a835e 6869" + "00" * 16
)
CHECKED = Preferences(frozenset({"ip.check_checksum", "tcp.check_checksum", "udp.check_checksum"}))


def test_values_have_the_types_users_expect():
    packet = wireproof.dissect(ARP)
    assert packet["arp.opcode"] == (1,)
    assert packet["arp.src.hw_mac"] == ("02:00:00:00:00:aa",)
    assert packet["arp.src.proto_ipv4"] == (ipaddress.IPv4Address("192.0.2.1"),)
    assert packet["eth.padding"] == (bytes(18),)
    assert packet["eth.dst.ig"] == (True,)
    assert packet["ip.src"] == ()
    assert packet.label("arp.opcode") == "request"


def test_a_protocol_is_its_header_and_the_frame_is_everything():
    packet = wireproof.dissect(UDP)
    assert packet["frame"] == (UDP,)
    assert packet["eth"] == (UDP[:14],)
    assert packet["ip"] == (UDP[14:34],)
    assert packet["udp"] == (UDP[34:42],)


def test_an_alias_is_the_field():
    packet = wireproof.dissect(ARP)
    assert packet["arp.spa"] == packet["arp.src.proto_ipv4"]
    assert packet["arp.tha"] == ("00:00:00:00:00:00",)
    assert packet["arp.hrd"] == (1,)


def test_an_unknown_name_offers_the_nearest():
    with pytest.raises(wireproof.UnknownFieldError) as caught:
        wireproof.dissect(ARP)["arp.opcod"]
    assert "arp.opcode" in caught.value.suggestions
    assert "arp.opcode" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "start", "bits"),
    [
        ("eth.dst", 0, 48),
        ("eth.dst.lg", 6, 1),
        ("eth.dst.ig", 7, 1),
        ("eth.src.oui", 48, 24),
        ("eth.type", 96, 16),
        ("ip.version", 112, 4),
        ("ip.hdr_len", 116, 4),
        ("ip.dsfield.dscp", 120, 6),
        ("ip.dsfield.ecn", 126, 2),
        ("ip.flags", 160, 3),
        ("ip.flags.mf", 162, 1),
        ("ip.frag_offset", 163, 13),
        ("ip.dst", 240, 32),
        ("udp.length", 304, 16),
        ("udp.payload", 336, 16),
        ("eth.padding", 352, 128),
    ],
)
def test_a_value_knows_its_bits(name, start, bits):
    ((value, _),) = wireproof.dissect(UDP).values(name)
    assert (value.start, value.bits) == (start, bits)


def test_layers_end_where_their_headers_say():
    packet = wireproof.dissect(UDP)
    assert [(layer.protocol.name, layer.start, layer.header_end, layer.end) for layer in packet.layers[1:]] == [
        ("eth", 0, 14, 60),
        ("ip", 14, 34, 44),
        ("udp", 34, 42, 44),
        ("data", 42, 44, 44),
    ]


def test_general_fields_have_a_value_from_each_that_feeds_them():
    packet = wireproof.dissect(UDP)
    assert packet["ip.addr"] == (ipaddress.IPv4Address("10.0.0.1"), ipaddress.IPv4Address("10.0.0.2"))
    assert packet["udp.port"] == (7, 9)
    assert packet["eth.addr"] == ("02:00:00:00:00:bb", "02:00:00:00:00:aa")


def test_checksums_are_verified_only_when_asked_for():
    assert wireproof.dissect(UDP)["ip.checksum.status"] == (2,)
    packet = wireproof.dissect(UDP, preferences=CHECKED)
    assert packet["ip.checksum.status"] == packet["udp.checksum.status"] == (1,)
    assert packet["ip.checksum_calculated"] == (0x66CC,)


@pytest.mark.parametrize("place", [24, 40])
def test_a_wrong_checksum_is_found(place):
    wrong = bytearray(UDP)
    wrong[place] ^= 0x01
    packet = wireproof.dissect(bytes(wrong), preferences=CHECKED)
    name = "ip" if place == 24 else "udp"
    assert packet[f"{name}.checksum.status"] == (0,)
    assert packet[f"{name}.checksum_calculated"] != packet[f"{name}.checksum"]


def test_a_udp_checksum_of_zero_means_that_there_is_none():
    without = UDP[:40] + b"\0\0" + UDP[42:]
    assert wireproof.dissect(without)["udp.checksum.status"] == (3,)


def test_a_checksum_that_the_capture_cut_is_not_judged():
    packet = dissect(UDP[:43], Source(wire_length=len(UDP)), CHECKED)
    assert packet["udp.checksum.status"] == (2,)
    assert packet["ip.checksum.status"] == (1,)


def test_short_on_the_wire_is_malformed_and_says_what_was_missing():
    packet = wireproof.dissect(ARP[:30])
    (diagnosis,) = packet.diagnoses
    assert diagnosis.kind == "malformed"
    assert diagnosis.layer == "arp"
    assert diagnosis.part == "arp.sha"
    assert (diagnosis.expected, diagnosis.available) == (28, 16), "the four addresses are read all or none"
    assert packet["arp.opcode"] == (1,)
    assert packet["arp.src.hw_mac"] == ()
    assert "_ws.malformed" in packet
    assert "_ws.short" not in packet


def test_cut_by_the_capture_is_short_and_no_expert_information():
    packet = dissect(ARP[:30], Source(wire_length=60))
    assert [diagnosis.kind for diagnosis in packet.diagnoses] == ["short"]
    assert "_ws.short" in packet
    assert "_ws.malformed" not in packet
    assert "_ws.expert" not in packet


def test_ethernet_is_all_or_nothing():
    packet = wireproof.dissect(ARP[:13])
    assert packet["eth.dst"] == ()
    assert "eth" not in packet
    assert packet["frame.protocols"] == ("eth",)


@pytest.mark.parametrize(
    ("octets", "last", "broken"),
    [
        ("55", "ip.version", "ip.bogus_ip_version"),
        ("44", "ip.hdr_len", "ip.bogus_header_length"),
        ("4500 0013", "ip.len", "ip.bogus_ip_length"),
    ],
)
def test_a_broken_rule_stops_the_layer_where_it_stands(octets, last, broken):
    header = bytes.fromhex(octets)
    packet = wireproof.dissect(UDP[:14] + header + UDP[14 + len(header) :])
    assert packet[last]
    assert packet["ip.id"] == ()
    assert packet[broken] == (True,)
    assert "udp" not in packet
    assert "_ws.malformed" not in packet


def test_a_total_length_past_the_end_is_said_and_read_on():
    packet = wireproof.dissect(UDP[:16] + b"\x01\x00" + UDP[18:])
    assert packet["ip.bogus_ip_length"] == (True,)
    assert "udp" in packet


def test_a_total_length_of_zero_stands_for_what_is_there():
    packet = wireproof.dissect(UDP[:16] + b"\0\0" + UDP[18:])
    assert packet["ip.len"] == (46,)


def test_a_fragment_is_not_read_as_the_next_protocol():
    packet = wireproof.dissect(UDP[:20] + b"\x20\x00" + UDP[22:])
    assert "udp" not in packet
    assert packet["data.len"] == (10,)


def test_unusual_arp_sizes_give_bytes_and_no_size_gives_nothing():
    arcnet = ARP[:14] + bytes.fromhex("0007 0800 01 04 0001 aa c0000201 00 c0000202")
    packet = wireproof.dissect(arcnet)
    assert packet["arp.src.hw"] == (b"\xaa",)
    assert packet["arp.src.hw_mac"] == ()
    unarp = ARP[:14] + bytes.fromhex("0001 0800 00 04 0002 c0000201 ffffffff")
    packet = wireproof.dissect(unarp)
    assert packet["arp.src.hw"] == packet["arp.src.hw_mac"] == ()
    assert packet["arp.tpa"] == (ipaddress.IPv4Address("255.255.255.255"),)


def test_tags_in_tags_are_layers_of_their_own():
    double = UDP[:12] + bytes.fromhex("8100 2001 8100 4002") + UDP[12:]
    packet = wireproof.dissect(double)
    assert packet["vlan.id"] == (1, 2)
    assert packet["vlan.priority"] == (1, 2)
    assert packet["frame.protocols"] == ("eth:ethertype:vlan:ethertype:vlan:ethertype:ip:udp:data",)
    inner = packet.layer("vlan", 2)
    assert inner is not None
    assert inner["vlan.id"] == (2,)


def test_802_3_ends_at_its_length_and_its_rest_is_padding():
    frame = UDP[:12] + bytes.fromhex("0005 424203 6869") + bytes(41)
    packet = wireproof.dissect(frame)
    assert packet["eth.len"] == (5,)
    assert packet["eth.type"] == ()
    assert packet["llc.dsap"] == (0x42,)
    assert packet["data.data"] == (b"hi",)
    assert packet["eth.padding"] == (bytes(41),)


@pytest.mark.parametrize(("number", "field"), [(1500, "eth.len"), (1501, "eth.invalid_lentype"), (1536, "eth.type")])
def test_a_number_behind_the_addresses_is_a_length_or_a_type_or_neither(number, field):
    packet = wireproof.dissect(UDP[:12] + number.to_bytes(2, "big") + UDP[14:])
    assert packet[field] == (number,)
    assert sum(bool(packet[name]) for name in ("eth.len", "eth.invalid_lentype", "eth.type")) == 1


def test_an_icmp_error_quotes_the_packet_it_is_about():
    quoted = UDP[14:42]
    error = bytes.fromhex("0303 0000 00000000") + quoted
    outer = bytes.fromhex("4500 0038 0000 0000 4001 0000 0a000002 0a000001")
    packet = wireproof.dissect(UDP[:14] + outer + error)
    assert packet["ip.src"] == (ipaddress.IPv4Address("10.0.0.2"), ipaddress.IPv4Address("10.0.0.1"))
    assert packet["udp.dstport"] == (9,)
    assert [diagnosis.kind for diagnosis in packet.diagnoses if diagnosis.kind != "rule"] == []


def test_an_endless_stack_of_tags_ends():
    packet = wireproof.dissect(UDP[:12] + bytes.fromhex("88a80001") * 5000)
    assert len(packet.layers) < 80
    assert any("layers" in diagnosis.message for diagnosis in packet.diagnoses)


def test_of_the_tags_in_one_another_the_first_twenty_are_read():
    packet = wireproof.dissect(UDP[:12] + bytes.fromhex("81000001") * 5000)
    assert packet["vlan.id"] == (1,) * 20
    assert packet["vlan.too_many_tags"] == (True,)
    assert [diagnosis.message for diagnosis in packet.diagnoses] == ["Too many nested VLAN tags"]


def test_tcp_options_are_read_one_by_one():
    options = bytes.fromhex("020405b4 0402 080a0000000a00000000 01 030307")
    segment = bytes.fromhex("0050 9c40 00000001 00000000 a002 faf0 0000 0000") + options
    header = bytes.fromhex("4500 003c 0000 0000 4006 0000 0a000001 0a000002")
    packet = wireproof.dissect(UDP[:14] + header + segment)
    assert packet["tcp.option_kind"] == (2, 4, 8, 1, 3)
    assert packet["tcp.options.mss_val"] == (1460,)
    assert packet["tcp.options.timestamp.tsval"] == (10,)
    assert packet["tcp.options.wscale.shift"] == (7,)
    assert packet["tcp.options"] == (options,)
    assert packet["tcp.flags.str"] == ("··········S·",)


@pytest.mark.parametrize("broken", ["0200", "0201", "02ff", "0203aa"])
def test_an_option_of_a_wrong_length_ends_the_list_and_not_the_layer(broken):
    options = bytes.fromhex(broken).ljust(4, b"\x01")
    segment = bytes.fromhex("0050 9c40 00000001 00000000 6002 faf0 0000 0000") + options + b"payload"
    total = (20 + len(segment)).to_bytes(2, "big").hex()
    header = bytes.fromhex(f"4500 {total} 0000 0000 4006 0000 0a000001 0a000002")
    packet = wireproof.dissect(UDP[:14] + header + segment)
    assert packet["tcp.option.len.invalid"] == (True,)
    assert packet["tcp.options.mss_val"] == ()
    assert packet["tcp.payload"] == (b"payload",)


@pytest.mark.parametrize("frame", [ARP, UDP], ids=["arp", "udp"])
def test_every_prefix_and_every_changed_octet_gives_a_packet(frame):
    for length in range(len(frame) + 1):
        for wire in (length, len(frame)):
            packet = dissect(frame[:length], Source(wire_length=wire), CHECKED)
            assert not any("failed" in diagnosis.message for diagnosis in packet.diagnoses)
    for place in range(len(frame)):
        for changed in (0x00, 0xFF, frame[place] ^ 0xFF, *(frame[place] ^ 1 << bit for bit in range(8))):
            packet = dissect(frame[:place] + bytes((changed,)) + frame[place + 1 :], Source(), CHECKED)
            assert not any("failed" in diagnosis.message for diagnosis in packet.diagnoses)


@given(st.binary(max_size=200), st.sampled_from([0, 1, 101, 113, 228, 147]))
def test_any_bytes_give_a_packet(data, link_type):
    packet = dissect(data, Source(link_type=link_type), CHECKED)
    assert packet["frame.len"] == (len(data),)
    assert not any("failed" in diagnosis.message for diagnosis in packet.diagnoses)
    for layer in packet.layers:
        for value in layer.values:
            assert 0 <= value.start <= value.start + value.bits <= 8 * len(data)


@pytest.mark.parametrize(
    ("link_type", "head", "path"),
    [
        (0, "02000000", "null:ip:udp:data"),
        (0, "00000002", "null:ip:udp:data"),
        (0, "18000000", "null:data"),
        (101, "", "raw:ip:udp:data"),
        (228, "", "ip:udp:data"),
        (113, "0000 0001 0006 0200000000aa 0000 0800", "sll:ethertype:ip:udp:data"),
        (113, "0000 0001 0006 0200000000aa 0000 0004", "sll:llc:data"),
        (113, "0000 0001 0006 0200000000aa 0000 0001", "sll:data"),
        (276, "0800 0000 00000002 0001 00 06 0200000000aa 0000", "sll:ethertype:ip:udp:data"),
        (108, "00000002", "null:ip:udp:data"),
        (108, "02000000", "null:data"),
        (107, "1841 03 cc", "fr:ip:udp:data"),
        (107, "1841 03 80 000000 0800", "fr:ip:udp:data"),
        (107, "1841 0800", "fr:ip:udp:data"),
        (147, "", "data"),
    ],
)
def test_link_types_lead_to_what_they_carry(link_type, head, path):
    packet = dissect(bytes.fromhex(head) + UDP[14:44], Source(link_type=link_type))
    assert packet["frame.protocols"] == (path,)
    assert packet["udp.dstport"] == ((9,) if "udp" in path else ())


def test_raw_ip_of_another_version_is_no_broken_ipv4():
    packet = dissect(b"\x60" + bytes(39), Source(link_type=101))
    assert packet["frame.protocols"] == ("raw:data",)
    assert packet.diagnoses == []


@pytest.mark.parametrize(("captured", "kinds"), [(44, []), (50, ["short"]), (60, [])])
def test_padding_that_the_capture_cut_is_short(captured, kinds):
    packet = dissect(UDP[:captured], Source(wire_length=60))
    assert [diagnosis.kind for diagnosis in packet.diagnoses] == kinds
    assert packet["eth.padding"] == ((bytes(16),) if captured == 60 else ())
