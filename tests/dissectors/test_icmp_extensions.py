"""Extensions of ICMP where the standards say more than Wireshark reads."""

import struct

from wireproof.packet import Packet, Source, dissect

from ..oracle.crafted import icmp
from ..oracle.crafted_icmp import STACK, error, extension, thing

RAW_IPV4 = 228


def read(data: bytes) -> Packet:
    return dissect(data, Source(link_type=RAW_IPV4))


def test_a_name_that_fills_its_object_is_read() -> None:
    """RFC 5837 section 4.3: the length counts itself, and is a multiple of four."""
    packet = read(error(extension(thing(2, 2, b"\x08ge-0/0\0"))))
    assert packet["icmp.int_info.name_length"] == (8,)
    assert packet["icmp.int_info.name"] == ("ge-0/0",)


def test_a_name_that_does_not_fit_is_none() -> None:
    packet = read(error(extension(thing(2, 2, b"\x20abc"), thing(1, 1, STACK))))
    assert packet["icmp.int_info.name"] == ()
    assert packet["icmp.mpls.label"] == (16, 32)


def test_an_address_of_another_family_is_octets() -> None:
    """RFC 5837 section 4.2."""
    packet = read(error(extension(thing(2, 4, bytes.fromhex("0019000001020304")), thing(1, 1, STACK))))
    assert packet["icmp.int_info.afi"] == (25,)
    assert packet["icmp.int_info.ipunknown"] == (b"\1\2\3\4",)
    assert packet["icmp.mpls.ttl"] == (64, 255)


def test_the_type_of_an_object_is_told_once() -> None:
    assert read(error(extension(thing(1, 7, b"abcd"))))["icmp.ext.ctype"] == (7,)


def test_an_agent_s_extension_is_as_long_as_it_says() -> None:
    """RFC 5944 section 1.10: the length counts the octets behind it."""
    begin = bytes.fromhex("010207080a00000100000001")
    packet = read(icmp("0900", begin + bytes.fromhex("2006112233445566") + bytes.fromhex("1007000100028000ff130118")))
    assert packet["icmp.mip.content"] == (bytes.fromhex("112233445566"),)
    assert packet["icmp.mip.type"] == (32, 16, 19)
    assert packet["icmp.mip.prefixlength"] == (24,)


def test_microseconds_are_fewer_than_a_million() -> None:
    """Wireshark takes more than half of 2**32 of them for a negative number, and that for a time."""
    data = icmp("0800", bytes(4) + struct.pack("<II", 5, 0x80000000) + b"data")
    packet = dissect(data, Source(link_type=RAW_IPV4, time=5_000_000_000))
    assert packet["icmp.data_time"] == ()
    assert len(packet["data.data"][0]) == 12


def test_what_is_missing_of_an_extension_ends_it_alone() -> None:
    whole = error(extension(thing(1, 1, STACK), thing(2, 8, b"\0\0\0\7"), sum=0))
    packet = dissect(whole[:-2], Source(link_type=RAW_IPV4, wire_length=len(whole)))
    assert packet["icmp.mpls.label"] == (16, 32)
    assert packet["icmp.int_info.index"] == ()
    assert packet["udp.payload"] == (b"hello",)
    assert [diagnosis.kind for diagnosis in packet.diagnoses] == ["short"]
