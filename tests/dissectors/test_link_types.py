"""Link types other than Ethernet: frames written out by hand, short ones and broken ones."""

from ipaddress import IPv4Address

import pytest

from wireproof.interface import LINK_TYPES
from wireproof.packet import Packet, Source, dissect

INVERSE = "000f 0800 02 04 0008 1841 0a000001 3091 0a000002"
FRAME = "020000000001 020000000002 88b5 0102"


def read(link: str | int, octets: str, wire_length: int | None = None) -> Packet:
    number = LINK_TYPES[link] if isinstance(link, str) else link
    return dissect(bytes.fromhex(octets), Source(link_type=number, wire_length=wire_length))


@pytest.mark.parametrize("head", ["1841 03 80 000000 0806", "1841 0806"], ids=["snap", "cisco"])
def test_inverse_arp_over_frame_relay_tells_the_circuits(head):
    packet = read("frame-relay", f"{head} {INVERSE}")
    assert packet["fr.dlci"] == (100,)
    assert (packet["arp.src.dlci"], packet["arp.dst.dlci"]) == ((100,), (201,))
    assert packet["arp.src.hw"] == (b"\x18\x41",)
    assert packet["arp.dst.proto_ipv4"] == (IPv4Address("10.0.0.2"),)
    assert packet["frame.encap_type"] == (26,)
    assert packet.diagnoses == []


@pytest.mark.parametrize(
    ("address", "circuit"),
    [("1841", 100), ("fcf1", 1023), ("1840 05", 6401), ("1840 07", 100), ("1840 02 05", 819265), ("1840 02 07", 12801)],
)
def test_addresses_of_frame_relay_have_two_to_four_octets(address, circuit):
    packet = read("frame-relay", f"{address} 03 09")
    assert packet["fr.dlci"] == (circuit,)
    assert packet["fr.nlpid"] == (9,)


def test_frame_relay_without_what_it_should_have():
    assert read("frame-relay", "1841")["fr.dlci"] == (100,)
    assert [found.kind for found in read("frame-relay", "1841 03").diagnoses] == ["malformed"]
    assert [found.kind for found in read("frame-relay", "1841 03", wire_length=9).diagnoses] == ["short"]
    (bogus,) = read("frame-relay", "19 03 cc").diagnoses[:1]
    assert bogus.message == "Bogus 1-octet address field"
    (lapf,) = read("frame-relay", "0001 7f 00").diagnoses
    assert (lapf.group, lapf.severity.word) == ("Undecoded", "Warning")


def test_an_mpacket_is_a_preamble_a_frame_and_its_crc():
    packet = read("mpacket", f"55555555555555d5 {FRAME} 01020304")
    assert packet["fpp.preamble.smd"] == (0xD5,)
    assert packet["fpp.crc32"] == (0x01020304,)
    assert packet["fpp.mdata"] == (bytes.fromhex(FRAME),)
    assert packet["eth.src"] == ("02:00:00:00:00:02",)
    assert packet["data.data"] == (b"\1\2",)
    assert packet["eth.fcs"] == packet["eth.trailer"] == ()


def test_padding_in_an_mpacket_is_counted_from_its_frame_and_ends_before_the_crc():
    arp = "020000000001 020000000002 0806 0001 0800 06 04 0001 020000000002 c0000201 000000000000 c0000202"
    packet = read("mpacket", f"55555555555555d5 {arp} {'00' * 18} 01020304")
    assert packet["eth.padding"] == (bytes(18),)
    assert packet["eth.trailer"] == packet["eth.fcs"] == ()


def test_a_fragment_that_continues_a_frame_is_data():
    packet = read("mpacket", "55555555555561e6 0102 01020304")
    assert (packet["fpp.preamble.smd"], packet["fpp.preamble.frag_count"]) == ((0x61,), (0xE6,))
    assert packet["fpp.mcrc32"] == (0x01020304,)
    assert packet["data.data"] == (b"\1\2",)


def test_an_mpacket_without_room_for_its_crc_is_malformed():
    packet = read("mpacket", "55555555555555d5 0102")
    assert packet["fpp.preamble.smd"] == (0xD5,)
    assert packet["eth"] == packet["fpp.crc32"] == ()
    assert [found.kind for found in packet.diagnoses] == ["malformed"]


def test_both_versions_of_a_cooked_capture_have_the_same_fields():
    first = read("sll", "0004 0001 0004 0a000001 00000000 88b5 01")
    second = read("sll2", "88b5 0000 00000007 0001 04 04 0a000001 00000000 01")
    for packet in (first, second):
        assert packet["sll.pkttype"] == (4,)
        assert packet["sll.src.ipv4"] == (IPv4Address("10.0.0.1"),)
        assert packet["sll.unused"] == (bytes(4),)
        assert packet["sll.etype"] == (0x88B5,)
        assert packet["data.data"] == (b"\1",)
    assert (first["sll.ifindex"], second["sll.ifindex"]) == ((), (7,))


def test_a_family_in_network_order_is_not_turned_round():
    assert read("loop", "00000002")["null.family"] == (2,)
    assert read("loop", "02000000 01")["null.family"] == (0x02000000,)
    assert read("null", "02000000")["null.family"] == read("null", "00000002")["null.family"] == (2,)


@pytest.mark.parametrize("link", [147, 195, 9999])
def test_another_link_type_is_data_and_a_note(link):
    packet = read(link, "010203")
    (note,) = packet.diagnoses
    assert note.message == f"Link type {link} is not decoded"
    assert (note.group, note.severity.word) == ("Undecoded", "Note")
    assert packet["frame.unknown_link_type"] == (True,)
    assert packet["data.data"] == (b"\1\2\3",)
