"""Link types other than Ethernet: frames written out by hand, short ones and broken ones."""

import struct
import zlib
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


def mpacket(delimiter: str, octets: str, change: int = 0, *, begin: str = "55" * 6) -> Packet:
    """An mPacket with its CRC, of which some bits are turned over."""
    frame = bytes.fromhex(octets)
    check = int.from_bytes(struct.pack("<I", zlib.crc32(frame)), "big") ^ change
    return read("mpacket", f"{begin} {delimiter} {octets} {check:08x}")


def test_an_mpacket_is_a_preamble_a_frame_and_its_crc():
    packet = mpacket("55d5", FRAME)
    assert packet["fpp.preamble.smd"] == (0xD5,)
    assert packet["fpp.crc32"] == (0xE9C0CDC8,)
    assert packet["fpp.checksum.status"] == (1,)
    assert packet["fpp.mdata"] == (bytes.fromhex(FRAME),)
    assert packet["eth.src"] == ("02:00:00:00:00:02",)
    assert packet["data.data"] == (b"\1\2",)
    assert packet["eth.fcs"] == packet["eth.trailer"] == packet["fpp.crc32_bad"] == ()
    assert packet.diagnoses == []


@pytest.mark.parametrize("delimiter", ["d5", "e6", "4c", "7f", "b3"])
def test_a_crc_of_an_mpacket_that_is_wrong_leaves_its_frame_as_data(delimiter):
    packet = mpacket(f"55{delimiter}", FRAME, 1)
    assert packet["eth"] == ()
    assert packet["data.data"] == (bytes.fromhex(FRAME),)
    assert packet["fpp.checksum.status"] == (0,)
    (said,) = packet.diagnoses
    name, right = ("CRC", 0xE9C0CDC8) if delimiter == "d5" else ("mCRC", 0xE9C0CDC8 ^ 0xFFFF0000)
    assert said.message == f"Bad {name} checksum [should be 0x{right:08x}]"
    assert (said.group, said.severity.word) == ("Checksum", "Error")
    assert (packet["fpp.crc32_bad"], packet["fpp.mcrc32_bad"]) == (((True,), ()) if name == "CRC" else ((), (True,)))


def test_the_first_part_of_a_frame_is_told_by_its_crc():
    part, whole = mpacket("55e6", FRAME, 0xFFFF0000), mpacket("55e6", FRAME)
    assert (part["fpp.mcrc32"], part["fpp.crc32"]) == ((0xE9C0CDC8 ^ 0xFFFF0000,), ())
    assert (whole["fpp.mcrc32"], whole["fpp.crc32"]) == ((), (0xE9C0CDC8,))
    assert part["fpp.checksum.status"] == whole["fpp.checksum.status"] == (1,)
    assert (part["eth"], whole["eth.src"]) == ((), ("02:00:00:00:00:02",))
    assert part.diagnoses == whole.diagnoses == []
    express = mpacket("55d5", FRAME, 0xFFFF0000)  # which has no parts
    assert (express["fpp.checksum.status"], express["fpp.crc32_bad"]) == ((0,), (True,))


def test_what_asks_whether_frames_may_come_in_parts_has_the_crc_of_a_part():
    for delimiter in ("07", "19"):
        packet, wrong = mpacket(f"55{delimiter}", "00" * 60, 0xFFFF0000), mpacket(f"55{delimiter}", "00" * 60)
        assert packet["fpp.mcrc32"] == (0xF7761204,)
        assert packet.diagnoses == []
        assert wrong["fpp.mcrc32_bad"] == (True,)
        assert packet["data.len"] == (60,)
        assert packet["fpp.checksum.status"] == (() if delimiter == "07" else (1,))


def test_half_an_octet_of_preamble_is_padded():
    packet = mpacket("55d5", FRAME, begin="53" + "55" * 5)
    assert packet["fpp.preamble.pad"] == ()
    packet = mpacket("55d5", FRAME, begin="50" + "55" * 5)
    assert packet["fpp.preamble.pad"] == (0,)
    assert packet["eth.src"] == ("02:00:00:00:00:02",)


def test_padding_in_an_mpacket_is_counted_from_its_frame_and_ends_before_the_crc():
    arp = "020000000001 020000000002 0806 0001 0800 06 04 0001 020000000002 c0000201 000000000000 c0000202"
    packet = mpacket("55d5", f"{arp} {'00' * 18}")
    assert packet["eth.padding"] == (bytes(18),)
    assert packet["eth.trailer"] == packet["eth.fcs"] == ()


def test_a_fragment_that_continues_a_frame_is_data():
    packet = read("mpacket", "55555555555561e6 0102 01020304")
    assert (packet["fpp.preamble.smd"], packet["fpp.preamble.frag_count"]) == ((0x61,), (0xE6,))
    assert packet["fpp.mcrc32"] == (0x01020304,)
    assert packet["fpp.checksum.status"] == (2,)  # it goes over the parts before this one as well
    assert packet.diagnoses == []
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
