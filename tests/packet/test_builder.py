"""Fields to bytes: what is filled in, what is refused, and that reading and building are each other's inverse."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wireproof
from wireproof.packet import Preferences, layers_of
from wireproof.packet import build as build_layers

MACS = {"eth.dst": "02:00:00:00:00:bb", "eth.src": "02:00:00:00:00:aa"}
ADDRESSES = {"ip.src": "192.0.2.1", "ip.dst": "192.0.2.2"}
CHECKED = Preferences(frozenset({"ip.check_checksum", "tcp.check_checksum", "udp.check_checksum"}))


def sum16(data: bytes) -> int:
    """RFC 1071 section 4.1, word by word."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def test_an_arp_request_is_the_one_of_rfc_826():
    frame = wireproof.build(
        [
            ("eth", {"eth.dst": "ff:ff:ff:ff:ff:ff", "eth.src": "02:00:00:00:00:aa"}),
            ("arp", {"arp.opcode": 1, "arp.sha": "02:00:00:00:00:aa", "arp.spa": "192.0.2.1", "arp.tpa": "192.0.2.2"}),
        ]
    )
    assert (
        frame.hex() == "ffffffffffff0200000000aa08060001080006040001" + "0200000000aac0000201" + "000000000000c0000202"
    )


def test_labels_and_addresses_and_bytes_are_taken_for_values():
    first = wireproof.build([("eth", MACS), ("arp", {"arp.opcode": "reply", "arp.spa": bytes((10, 0, 0, 1))})])
    second = wireproof.build([("eth", MACS), ("arp", {"arp.op": 2, "arp.src.proto_ipv4": "10.0.0.1"})])
    assert first == second


def test_numbers_of_what_follows_are_filled_in():
    frame = wireproof.build(
        [("eth", MACS), ("vlan", {"vlan.id": 7, "vlan.priority": 5}), ("ip", ADDRESSES), ("udp", {"udp.dstport": 9})]
    )
    assert frame[12:18].hex() == "8100" + "a007" + "0800"
    assert frame[27] == 17


def test_what_is_given_is_kept_even_if_it_is_wrong():
    frame = wireproof.build(
        [
            ("eth", {**MACS, "eth.type": 0x86DD}),
            ("ip", {**ADDRESSES, "ip.len": 999, "ip.checksum": 0xBEEF, "ip.hdr_len": 24, "ip.proto": 1}),
            ("udp", {"udp.length": 3, "udp.checksum": 0}),
        ]
    )
    assert frame[12:14].hex() == "86dd"
    assert frame[14] == 0x46
    assert frame[16:18] == (999).to_bytes(2, "big")
    assert frame[23] == 1
    assert frame[24:26].hex() == "beef"
    assert frame[38:42].hex() == "00030000"


def test_lengths_and_checksums_are_computed():
    payload = b"odd"
    frame = wireproof.build(
        [("eth", MACS), ("ip", {**ADDRESSES, "ip.options": b"\x94\x04\0\0"}), ("udp", {"udp.srcport": 1}), payload]
    )
    header, datagram = frame[14:38], frame[38:]
    assert header[0] == 0x46
    assert int.from_bytes(header[2:4], "big") == 24 + 8 + 3
    assert sum16(header) == 0
    assert int.from_bytes(datagram[4:6], "big") == 11
    assert sum16(header[12:20] + bytes((0, 17, 0, 11)) + datagram) == 0


def test_tcp_covers_its_options_and_the_addresses():
    frame = wireproof.build(
        [("ip", ADDRESSES), ("tcp", {"tcp.flags.syn": 1, "tcp.options": b"\x02\x04\x05\xb4"}), b"x"]
    )
    header, segment = frame[:20], frame[20:]
    assert segment[12] >> 4 == 6
    assert segment[13] == 2
    assert sum16(header[12:20] + bytes((0, 6, 0, len(segment))) + segment) == 0


def test_a_udp_sum_of_zero_is_sent_as_ffff():
    # The payload is chosen so that everything sums to 0xffff, whose complement is zero (RFC 768).
    empty = wireproof.build([("ip", ADDRESSES), ("udp", {}), b"\0\0"])
    rest = int.from_bytes(empty[26:28], "big")
    frame = wireproof.build([("ip", ADDRESSES), ("udp", {}), rest.to_bytes(2, "big")])
    assert frame[26:28] == b"\xff\xff"
    assert wireproof.dissect(frame, link="ipv4", preferences=CHECKED)["udp.checksum.status"] == (1,)


def test_802_3_has_a_length_where_llc_follows():
    frame = wireproof.build([("eth", MACS), ("llc", {"llc.dsap": 0x42, "llc.ssap": 0x42}), b"bpdu"])
    assert frame[12:].hex() == "0007" + "424203" + b"bpdu".hex()


def test_a_bit_beside_the_whole_word_wins():
    frame = wireproof.build([("ip", ADDRESSES), ("tcp", {"tcp.flags": 0x012, "tcp.flags.syn": 0, "tcp.flags.fin": 1})])
    assert frame[33] == 0x11


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ([("eth", {"eth.dst": "02:00"})], ["eth.dst", "6"]),
        ([("eth", {"eth.dst": "nonsense"})], ["eth.dst"]),
        ([("eth", MACS), b"x"], ["eth.type", "needed"]),
        ([("udp", {"udp.srcport": 65536})], ["udp.srcport", "65535"]),
        ([("udp", {"udp.srcport": -1})], ["udp.srcport"]),
        ([("udp", {})], ["udp.checksum", "ip"]),
        ([("vlan", {"vlan.id": 4096})], ["vlan.id", "4095"]),
        ([("ip", {"ip.hdr_len": 22})], ["ip.hdr_len", "4"]),
        ([("ip", {"ip.src": "192.0.2.256"})], ["ip.src"]),
        ([("ip", {"ip.addr": "192.0.2.1"})], ["ip.addr", "ip.src"]),
        ([("ip", {"ip.checksum.status": 1})], ["computed"]),
        ([("ip", {"udp.length": 8})], ["udp.length", "ip"]),
        ([("arp", {"arp.opcode": "bogus"})], ["arp.opcode", "bogus"]),
        ([("arp.opcode", {})], ["arp.opcode", "field"]),
        ([("eth", {}), ("ieee8021ad", {"ieee8021ad.cvid": 2}), ("arp", {})], ["ieee8021ad.cvid", "place"]),
        ([("ip", {**ADDRESSES, "ip.options": b"\x01"}), ("udp", {})], ["ip.hdr_len", "4"]),
    ],
)
def test_what_does_not_fit_is_refused_by_name(layers, words):
    with pytest.raises(wireproof.BuildError) as caught:
        wireproof.build(layers)
    for word in words:
        assert word in str(caught.value)


def test_an_unknown_field_offers_the_nearest():
    with pytest.raises(wireproof.UnknownFieldError, match=r"udp\.srcport"):
        wireproof.build([("udp", {"udp.srcprt": 1})])


@pytest.mark.parametrize(
    "frame",
    [
        # A total length of zero, which shows as the length that is there (RFC 791 has no such thing; offload does).
        "020000000001 020000000002 0800 4500 0000 0001 0000 40 fd 0000 0a000001 0a000002 aabbcc",
        # A DRARP error: the target's protocol address is an error code (RFC 1931 section 2.2.3).
        "020000000001 020000000002 8035 0001 0800 06 04 0007 020000000001 0a000001 020000000002 03000000",
        # LLC with a supervisory frame, and SNAP with an organisation of its own.
        "020000000001 020000000002 0006 42 43 0105 0000",
        "020000000001 020000000002 000a aa aa 03 00000c 2000 0102",
        # A pair of tags under one EtherType.
        "020000000001 020000000002 88a8 2001 88a8 4002 0800 aabb",
    ],
)
def test_unusual_headers_are_built_again_as_well(frame):
    octets = bytes.fromhex(frame)
    assert build_layers(layers_of(wireproof.dissect(octets))) == octets


def test_a_member_that_is_no_field_can_be_given_by_its_own_name():
    frame = wireproof.build([("ip", {**ADDRESSES, "ip.total_length": 0, "ip.proto": 253}), b"x"])
    assert frame[2:4] == b"\0\0"
    pair = {"ieee8021ad.svid": 1, "ieee8021ad.type": 0x88A8, "ieee8021ad.cvid": 2}
    assert wireproof.build([("ieee8021ad", {**pair, "ieee8021ad.inner_type": 0x0800})]).hex() == "000188a800020800"


octets = st.binary
words = st.integers(0, 0xFFFF)
macs = st.binary(min_size=6, max_size=6)
ipv4 = st.binary(min_size=4, max_size=4)
tags = st.lists(
    st.fixed_dictionaries(
        {"vlan.id": st.integers(0, 4095), "vlan.priority": st.integers(0, 7), "vlan.dei": st.booleans()}
    ),
    max_size=3,
)
padded = st.integers(0, 10).flatmap(lambda count: st.binary(min_size=4 * count, max_size=4 * count))
ip_fields = st.fixed_dictionaries(
    {"ip.src": ipv4, "ip.dst": ipv4, "ip.id": words, "ip.ttl": st.integers(0, 255), "ip.flags.df": st.booleans()},
    optional={"ip.options": padded, "ip.dsfield": st.integers(0, 255)},
)
udp_fields = st.fixed_dictionaries({"udp.srcport": words, "udp.dstport": words})
tcp_fields = st.fixed_dictionaries(
    {
        "tcp.srcport": words,
        "tcp.dstport": words,
        "tcp.seq_raw": st.integers(0, 0xFFFFFFFF),
        "tcp.ack_raw": st.integers(0, 0xFFFFFFFF),
        "tcp.flags": st.integers(0, 0xFFF),
        "tcp.window_size_value": words,
        "tcp.urgent_pointer": words,
    },
    optional={"tcp.options": padded},
)
arp_fields = st.integers(0, 20).flatmap(
    lambda size: st.fixed_dictionaries(
        {
            "arp.hw.type": st.sampled_from([2, 4, 5]),  # addresses of 3, AX.25, have fields of their own
            "arp.opcode": st.integers(1, 6),
            "arp.src.hw": st.binary(min_size=size, max_size=size),
            "arp.dst.hw": st.binary(min_size=size, max_size=size),
            "arp.spa": ipv4,
            "arp.tpa": ipv4,
        }
    )
)
upper = st.one_of(
    st.tuples(st.just("arp"), arp_fields).map(lambda layer: [layer]),
    st.tuples(ip_fields, udp_fields, st.binary(max_size=40)).map(lambda p: [("ip", p[0]), ("udp", p[1]), p[2]]),
    st.tuples(ip_fields, tcp_fields, st.binary(max_size=40)).map(lambda p: [("ip", p[0]), ("tcp", p[1]), p[2]]),
    st.tuples(ip_fields, words, st.binary(max_size=40)).map(
        lambda p: [("ip", p[0]), ("icmp", {"icmp.type": 8, "icmp.ident": p[1], "icmp.seq": 1}), p[2]]
    ),
)
frames = st.tuples(macs, macs, tags, upper).map(
    lambda p: [("eth", {"eth.dst": p[0], "eth.src": p[1]}), *(("vlan", tag) for tag in p[2]), *p[3]]
)


@given(frames)
def test_what_is_built_reads_back_with_the_same_values(layers):
    packet = wireproof.dissect(wireproof.build(layers), preferences=CHECKED)
    for layer in layers:
        if isinstance(layer, bytes):
            continue
        for name, value in layer[1].items():
            info = packet.catalogue.field(name)
            # The header of a packet with a source route holds the next stop.
            names = [info.name, *(["ip.cur_rt"] if info.name == "ip.dst" else [])]
            found = [entry.value for name in names for entry, _ in packet.values(name)]
            if value != b"":
                wanted = int.from_bytes(value, "big") if info.type.name == "IPV4" else value
                assert wanted in found, name
    for name in ("ip", "udp", "tcp", "icmp"):
        if name in packet:
            assert packet[f"{name}.checksum.status"] == (1,)


@given(frames)
def test_reading_and_building_again_gives_the_same_bytes(layers):
    frame = wireproof.build(layers)
    assert build_layers(layers_of(wireproof.dissect(frame))) == frame
