"""First fragments that are never put together with others: read as far as they go, and not blamed for the rest."""

import struct

from wireproof.packet import Source, dissect

RAW_IP = 101
UDP = bytes.fromhex("45000030000120004011000001020304050607080400050000400000") + b"x" * 20
TCP = bytes.fromhex("4500003c00012000400600000102030405060708") + struct.pack(
    ">HHIIHHHH", 1234, 80, 1000, 0, 0x6002, 100, 0, 0
)


def test_a_length_that_other_fragments_fill_is_no_fault() -> None:
    packet = dissect(UDP[:40], Source(link_type=RAW_IP, wire_length=len(UDP)))
    assert packet["udp.length"] == (64,)
    assert packet["udp.length.bad"] == ()
    assert "_ws.malformed" not in packet


def test_what_is_missing_of_a_header_is_in_other_fragments() -> None:
    packet = dissect(TCP, Source(link_type=RAW_IP))
    assert packet["tcp.srcport"] == (1234,)
    assert packet["tcp.len"] == ()
    assert packet["tcp.short_segment"] == ()
    assert packet["_ws.unreassembled.expert"] == (True,)
    assert "_ws.malformed" not in packet
