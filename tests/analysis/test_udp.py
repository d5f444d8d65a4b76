"""UDP conversations: streams and their times."""

import struct

from wireproof.analysis.udp import UdpConversations
from wireproof.packet import Source, dissect

from .frames import IPV4_LINK, MILLISECOND, A, B, analysed, column, ipv4, quote, udp


def test_streams_are_numbered_as_they_begin_and_hold_both_directions() -> None:
    packets = analysed(
        [ipv4(17, udp((5, 6))), ipv4(17, udp((6, 5)), B, A), ipv4(17, udp((6, 5))), ipv4(17, udp((5, 6)), B, A)]
    )
    assert column(packets, "udp.stream") == [0, 0, 1, 1]
    assert column(packets, "udp.time_relative") == [0, MILLISECOND, 0, MILLISECOND]


def test_times_are_those_of_the_stream() -> None:
    packets = analysed([ipv4(17, udp((5, 6))), ipv4(17, udp((7, 8))), *[ipv4(17, udp((5, 6)))] * 2])
    assert column(packets, "udp.time_relative") == [0, 0, 2 * MILLISECOND, 3 * MILLISECOND]
    assert column(packets, "udp.time_delta") == [0, 0, 2 * MILLISECOND, MILLISECOND]


def test_a_header_that_is_cut_or_says_too_short_has_no_stream() -> None:
    packets = analysed(
        [
            ipv4(17, udp((5, 6))[:7]),
            ipv4(17, udp((5, 6), length=7)),
            (ipv4(17, udp((5, 6)))[:26], 29),
            ipv4(17, udp((5, 6), length=40)),
        ]
    )
    assert column(packets, "udp.stream") == [None, None, None, 0]


def test_a_quote_has_the_stream_but_no_times_and_does_not_move_the_clock() -> None:
    packets = analysed([ipv4(17, udp((5, 6))), quote(ipv4(17, udp((5, 6))), 28), ipv4(17, udp((5, 6)))])
    assert column(packets, "udp.stream") == [0, 0, 0]
    assert column(packets, "udp.time_delta") == [0, None, 2 * MILLISECOND]


def test_a_quote_may_begin_a_stream() -> None:
    packets = analysed([quote(ipv4(17, udp((9, 9)))), ipv4(17, udp((9, 9)))])
    assert column(packets, "udp.stream") == [0, 0]
    assert column(packets, "udp.time_relative") == [None, MILLISECOND]


def test_the_fields_stand_in_front_of_the_payload() -> None:
    (packet,) = analysed([ipv4(17, udp((5, 6)))])
    layer = packet.layer("udp")
    assert layer is not None
    names = [value.info.name for value in layer.values]
    assert names[-4:] == ["udp.stream", "udp.time_relative", "udp.time_delta", "udp.payload"]


def test_a_full_table_drops_the_conversation_that_was_silent_longest() -> None:
    streams = UdpConversations(limit=1)
    for port in (1, 2, 3, 1):
        header = struct.pack(">HHHH", port, 80, 8, 0)
        streams.see(dissect(ipv4(17, header), Source(link_type=IPV4_LINK)), 2)
    assert streams.dropped == 3
