"""TCP conversations: streams, relative numbers, scaled windows, completeness, times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wireproof.analysis.tcp import TcpConversations
from wireproof.packet import Preferences, Source, dissect

from .frames import (
    ACK,
    FIN,
    IPV4_LINK,
    MILLISECOND,
    MODULUS,
    PSH,
    RST,
    SYN,
    A,
    B,
    analysed,
    client,
    column,
    ipv4,
    quote,
    sack,
    scale,
    server,
    tcp,
)

NUMBERS = ("tcp.seq", "tcp.nxtseq", "tcp.ack")


def exchange(x: int, y: int) -> list[bytes]:
    """A whole connection whose client begins at x and whose server at y."""
    return [
        client(x, 0, SYN),
        server(y, x + 1, SYN | ACK),
        client(x + 1, y + 1, ACK),
        client(x + 1, y + 1, PSH | ACK, b"abcde"),
        server(y + 1, x + 6, ACK, options=sack(x + 10, x + 20)),
        server(y + 1, x + 6, FIN | ACK, b"xyz"),
        client(x + 6, y + 5, FIN | ACK),
        server(y + 5, x + 7, ACK),
    ]


@given(st.integers(0, MODULUS - 1), st.integers(0, MODULUS - 1))
def test_numbers_are_relative_to_the_syns_wherever_they_begin_and_wrap_around(x: int, y: int) -> None:
    packets = analysed(exchange(x, y))
    assert column(packets, "tcp.seq") == [0, 0, 1, 1, 1, 1, 6, 5]
    assert column(packets, "tcp.nxtseq") == [1, 1, 1, 6, 1, 5, 7, 5]
    assert column(packets, "tcp.ack") == [0, 1, 1, 1, 6, 6, 5, 7]
    assert packets[4]["tcp.options.sack_le"] == (10,)
    assert packets[4]["tcp.options.sack_re"] == (20,)


@pytest.mark.parametrize("x", [MODULUS - 1, MODULUS - 3, MODULUS - 10, 0])
def test_wrap_around(x: int) -> None:
    packets = analysed(exchange(x, 500))
    assert column(packets, "tcp.seq")[:4] == [0, 0, 1, 1]
    assert packets[3]["tcp.seq_raw"] == ((x + 1) % MODULUS,)
    assert packets[3]["tcp.nxtseq"] == (6,)


@given(st.integers(0, MODULUS - 1), st.integers(0, MODULUS - 1))
def test_a_capture_that_begins_in_the_middle_counts_from_1(x: int, y: int) -> None:
    packets = analysed([client(x, y, ACK, b"ab"), server(y, x + 2, ACK, b"c"), client(x - 2, y + 1, ACK)])
    assert column(packets, "tcp.seq") == [1, 1, MODULUS - 1]
    assert column(packets, "tcp.nxtseq") == [3, 2, MODULUS - 1]
    assert column(packets, "tcp.ack") == [1, 3, 2]


def test_an_acknowledgment_number_without_the_flag_stays_as_it_is() -> None:
    packets = analysed([client(100, 7, SYN), client(100, 0, SYN), server(500, 101, SYN | ACK), client(101, 9, RST)])
    assert column(packets, "tcp.ack") == [7, 0, 1, 9]


def test_a_syn_with_another_number_begins_another_stream() -> None:
    packets = analysed(
        [
            client(100, 0, SYN),
            client(100, 0, SYN),
            client(200, 0, SYN),
            client(201, 0, ACK),
            server(100, 0, SYN),
        ]
    )
    assert column(packets, "tcp.stream") == [0, 0, 1, 1, 2]
    assert column(packets, "tcp.seq") == [0, 0, 0, 1, 0]


def test_a_syn_after_the_middle_of_a_stream_begins_another_one() -> None:
    packets = analysed([client(101, 501, ACK), client(300, 0, SYN), server(900, 301, SYN | ACK)])
    assert column(packets, "tcp.stream") == [0, 1, 1]


def test_an_accepting_segment_with_another_number_stays_in_the_stream_and_counts_anew() -> None:
    packets = analysed([client(100, 0, SYN), *(server(y, 101, SYN | ACK) for y in (500, 700)), client(101, 701, ACK)])
    assert column(packets, "tcp.stream") == [0, 0, 0, 0]
    assert column(packets, "tcp.seq") == [0, 0, 0, 1]
    assert column(packets, "tcp.ack") == [0, 1, 1, 1]


def test_streams_are_numbered_as_they_begin_and_hold_both_directions() -> None:
    def between(ports: tuple[int, int], source: bytes = A, destination: bytes = B) -> bytes:
        return ipv4(6, tcp(ports, 1, 1, ACK), source, destination)

    packets = analysed(
        [
            between((5, 6)),
            between((6, 5)),
            between((6, 5), B, A),
            between((5, 6), B, A),
            between((5, 5), A, A),
            between((5, 5), A, A),
            ipv4(4, between((5, 6))),
        ]
    )
    assert column(packets, "tcp.stream") == [0, 1, 0, 1, 2, 2, 0]


@pytest.mark.parametrize(
    ("mine", "theirs", "factors", "windows"),
    [
        (scale(7), scale(2), [None, None, 128, 4], [1000, 1000, 128_000, 4000]),
        (scale(0), scale(14), [None, None, 1, 16384], [1000, 1000, 1000, 16_384_000]),
        (scale(15), scale(255), [None, None, 16384, 16384], [1000, 1000, 16_384_000, 16_384_000]),
        (scale(7), b"", [None, None, -2, -2], [1000] * 4),
        (b"", scale(2), [None, None, -2, -2], [1000] * 4),
        (b"", b"", [None, None, -2, -2], [1000] * 4),
    ],
)
def test_windows_are_scaled_when_both_syns_say_so(
    mine: bytes, theirs: bytes, factors: list[int | None], windows: list[int]
) -> None:
    packets = analysed(
        [
            client(100, 0, SYN, options=mine),
            server(500, 101, SYN | ACK, options=theirs),
            client(101, 501, ACK),
            server(501, 101, ACK),
        ]
    )
    assert column(packets, "tcp.window_size_scalefactor") == factors
    assert column(packets, "tcp.window_size") == windows
    assert column(packets, "tcp.window_size_value") == [1000] * 4


def test_the_factor_is_unknown_without_a_handshake() -> None:
    packets = analysed([client(1, 1, ACK), server(500, 2, SYN | ACK, options=scale(3)), server(501, 2, ACK)])
    assert column(packets, "tcp.window_size_scalefactor") == [-1, None, 8]
    assert column(packets, "tcp.window_size") == [1000, 1000, 8000]


def test_completeness_is_what_was_seen_before() -> None:
    frames = [*exchange(100, 500), server(505, 0, RST), client(107, 505, ACK)]
    assert column(analysed(frames), "tcp.completeness") == [0, 1, 3, 7, 15, 15, 31, 31, 31, 63]


def test_completeness_of_what_begins_in_the_middle_does_not_count_the_first_segment() -> None:
    frames = [client(1, 1, ACK, b"a"), client(2, 1, ACK), client(2, 1, ACK)]
    assert column(analysed(frames), "tcp.completeness") == [0, 0, 4]


def test_completeness_begins_with_the_syn_of_reused_ports() -> None:
    frames = [client(100, 0, SYN), client(200, 0, SYN), client(201, 1, ACK, b"a"), client(202, 1, ACK)]
    assert column(analysed(frames), "tcp.completeness") == [0, 1, 1, 9]


def test_completeness_counts_the_data_of_a_first_syn() -> None:
    assert column(analysed([client(100, 0, SYN, b"ab"), client(101, 0, ACK)]), "tcp.completeness") == [0, 9]


def test_times_are_those_of_the_stream() -> None:
    frames = [client(1, 1, ACK), ipv4(6, tcp((7, 8), 1, 1, ACK)), server(1, 1, ACK), server(1, 1, ACK)]
    packets = analysed(frames)
    assert column(packets, "tcp.time_relative") == [0, 0, 2 * MILLISECOND, 3 * MILLISECOND]
    assert column(packets, "tcp.time_delta") == [0, 0, 2 * MILLISECOND, MILLISECOND]


def test_frames_without_a_time_have_none_in_the_stream() -> None:
    streams = TcpConversations()
    relative = []
    for time in (None, 5, None, 3):
        packet = dissect(client(1, 1, ACK), Source(time=time, link_type=IPV4_LINK))
        streams.see(packet, 2)
        relative += column([packet], "tcp.time_relative")
    assert relative == [None, 0, None, -2]


def test_a_quote_has_raw_numbers_and_belongs_to_the_stream_of_what_it_quotes() -> None:
    packets = analysed(
        [
            client(100, 0, SYN, options=scale(3)),
            server(500, 101, SYN | ACK, options=scale(4)),
            quote(client(101, 501, ACK)),
            client(101, 501, ACK),
            quote(server(501, 101, ACK), 28),
        ]
    )
    assert column(packets, "tcp.stream") == [0, 0, 0, 0, None]
    assert column(packets, "tcp.seq") == [0, 0, 101, 1, 501]
    assert column(packets, "tcp.ack") == [0, 1, 501, 1, None]
    assert column(packets, "tcp.nxtseq") == [1, 1, None, 1, None]
    assert column(packets, "tcp.window_size") == [1000, 1000, 1000, 8000, None]
    assert column(packets, "tcp.window_size_scalefactor") == [None, None, 8, 8, None]


def test_a_quote_alone_does_not_fix_where_a_side_counts_from() -> None:
    packets = analysed([quote(client(900, 501, ACK)), client(101, 501, ACK)])
    assert column(packets, "tcp.seq") == [900, 1]


@pytest.mark.parametrize(
    ("octets", "present"),
    [
        (3, ()),
        (15, ()),
        (16, ("tcp.stream", "tcp.seq", "tcp.nxtseq", "tcp.ack", "tcp.window_size")),
        (19, ("tcp.stream", "tcp.seq", "tcp.nxtseq", "tcp.ack", "tcp.window_size")),
        (20, ("tcp.stream", "tcp.seq", "tcp.nxtseq", "tcp.ack", "tcp.window_size", "tcp.time_relative")),
    ],
)
def test_a_header_that_the_capture_cut_has_what_is_there(octets: int, present: tuple[str, ...]) -> None:
    frame = client(7, 9, ACK, b"abc")
    (packet,) = analysed([(frame[: 20 + octets], len(frame))])
    names = ("tcp.stream", "tcp.seq", "tcp.nxtseq", "tcp.ack", "tcp.window_size", "tcp.time_relative")
    assert tuple(name for name in names if name in packet) == present


def test_a_header_that_reaches_beyond_the_segment_has_raw_numbers() -> None:
    packets = analysed([client(100, 500, ACK, words=15), client(150, 500, ACK), client(200, 500, ACK, words=15)])
    assert [column(packets, name) for name in NUMBERS] == [[100, 1, 200], [None, 1, None], [500, 1, 500]]
    assert column(packets, "tcp.completeness") == [0, 0, 4]


def test_a_data_offset_below_5_leaves_a_stream_and_a_sequence_number() -> None:
    packets = analysed([client(100, 500, ACK, words=3), client(150, 500, ACK), client(300, 0, SYN, words=4)])
    assert [column(packets, name) for name in NUMBERS] == [[1, 51, 0], [None, 51, None], [None, 1, None]]
    assert column(packets, "tcp.stream") == [0, 0, 1]
    assert column(packets, "tcp.time_relative") == [None, MILLISECOND, None]


def test_the_fields_stand_in_the_order_of_wireshark_and_lie_where_the_raw_ones_do() -> None:
    (packet,) = analysed([client(7, 9, ACK, b"abc", options=sack(10, 20))])
    layer = packet.layer("tcp")
    assert layer is not None
    names = [value.info.name for value in layer.values]
    assert names[4:15] == [
        "tcp.stream",
        "tcp.completeness",
        "tcp.src.state",
        "tcp.dst.state",
        "tcp.len",
        "tcp.seq",
        "tcp.seq_raw",
        "tcp.nxtseq",
        "tcp.ack",
        "tcp.ack_raw",
        "tcp.hdr_len",
    ]
    place = names.index("tcp.window_size_value")
    assert names[place + 1 : place + 3] == ["tcp.window_size", "tcp.window_size_scalefactor"]
    assert names[-6:] == [
        "tcp.time_relative",
        "tcp.time_delta",
        "tcp.analysis",
        "tcp.analysis.bytes_in_flight",
        "tcp.analysis.push_bytes_sent",
        "tcp.payload",
    ]
    where = {value.info.name: (value.start // 8 - 20, value.bits) for value in layer.values}
    assert where["tcp.seq"] == where["tcp.seq_raw"] == (4, 32)
    assert where["tcp.ack"] == where["tcp.ack_raw"] == (8, 32)
    assert where["tcp.options.sack_le"] == (22, 32)


def test_a_full_table_drops_the_conversation_that_was_silent_longest() -> None:
    streams = TcpConversations(limit=2)
    seen = []
    for port in (1, 2, 1, 3, 1, 2):
        packet = dissect(ipv4(6, tcp((port, 80), 1, 1, ACK)), Source(link_type=IPV4_LINK), Preferences())
        streams.see(packet, 2)
        seen += packet["tcp.stream"]
    assert seen == [0, 1, 0, 2, 0, 3]
    assert streams.dropped == 2


@given(st.lists(st.tuples(st.binary(max_size=60), st.integers(0, 90)), max_size=6), st.booleans())
def test_no_segment_makes_it_fail(segments: list[tuple[bytes, int]], quoted: bool) -> None:
    frames = [ipv4(6, data) for data, _ in segments]
    if quoted:
        frames = [quote(frame) for frame in frames]
    analysed([(frame, len(frame) + more) for frame, (_, more) in zip(frames, segments, strict=True)])


def test_the_side_that_closes_first_is_told_from_the_other() -> None:
    packets = analysed([*exchange(100, 500), client(105, 505, FIN | ACK)])
    assert [bool(packet["tcp.connection.fin_active"]) for packet in packets[5:]] == [True, False, False, False]
    assert [bool(packet["tcp.connection.fin_passive"]) for packet in packets[5:]] == [False, True, False, True]
    assert "This frame initiates the connection closing" in [each.message for each in packets[5].diagnoses]


@pytest.mark.parametrize("asked", range(8))
@pytest.mark.parametrize("answered", range(8))
def test_three_flags_count_where_both_sides_agreed(asked: int, answered: int) -> None:
    """draft-ietf-tcpm-accurate-ecn section 3.1.1."""
    frames = [
        client(100, 0, SYN | asked << 6),
        server(500, 101, SYN | ACK | answered << 6),
        client(101, 501, ACK | 5 << 6),
        server(501, 101, ACK | 3 << 6),
    ]
    counts = [packet["tcp.flags.ace"] for packet in analysed(frames)]
    agreed = asked == 7 and answered in (2, 3, 4, 6)
    assert counts == ([(), (), (5,), (3,)] if agreed else [()] * 4)
