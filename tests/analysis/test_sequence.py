"""What the sequence says of segments: streams of which it is known which segment was lost, repeated or late."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wireproof.analysis import Analysis
from wireproof.analysis.tcp import TcpConversations
from wireproof.output.columns import columns
from wireproof.packet import Packet, Source, dissect

from .frames import (
    ACK,
    FIN,
    IPV4_LINK,
    MILLISECOND,
    MODULUS,
    PSH,
    SYN,
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

HANDSHAKE = [
    client(100, 0, SYN, options=scale(2)),
    server(500, 101, SYN | ACK, options=scale(3)),
    client(101, 501, ACK),
]


def told(packet: Packet) -> set[str]:
    """What is remarkable of a segment, by the last parts of the names."""
    return {
        name.removeprefix("tcp.analysis.")
        for layer in packet
        for value in layer.values
        if (name := value.info.name).startswith("tcp.analysis.") and value.info.type.wireshark == "FT_NONE"
    } - {"flags"}


def at_times(frames: Sequence[tuple[float, bytes]]) -> list[Packet]:
    """Analyse frames at these milliseconds."""
    analysis, packets = Analysis(), []
    for number, (time, frame) in enumerate(frames, 1):
        packets.append(dissect(frame, Source(number, len(frame), int(time * MILLISECOND), IPV4_LINK)))
        analysis.see(packets[-1])
    return packets


def after_handshake(*frames: tuple[float, bytes]) -> list[Packet]:
    """Analyse frames behind a handshake that took 10 milliseconds, at these milliseconds."""
    return at_times([*zip((0, 5, 10), HANDSHAKE, strict=True), *frames])[3:]


def test_an_acknowledgment_names_the_segment_and_the_time_since() -> None:
    packets = after_handshake((20, client(101, 501, ACK | PSH, b"abc")), (27, server(501, 104, ACK)))
    assert column(packets, "tcp.analysis.bytes_in_flight") == [3, None]
    assert column(packets, "tcp.analysis.acks_frame") == [None, 4]
    assert column(packets, "tcp.analysis.ack_rtt") == [None, 7 * MILLISECOND]
    assert column(packets, "tcp.analysis.initial_rtt") == [10 * MILLISECOND] * 2


def test_octets_since_the_last_push() -> None:
    flags = (ACK, ACK | PSH, ACK, ACK | PSH, ACK | PSH)
    frames = [(20.0 + at, client(101 + 5 * at, 501, flag, b"12345")) for at, flag in enumerate(flags)]
    packets = after_handshake(*frames)
    assert column(packets, "tcp.analysis.push_bytes_sent") == [5, 10, 5, 10, 5]
    assert column(packets, "tcp.analysis.bytes_in_flight") == [5, 10, 15, 20, 25]


def test_octets_that_were_acknowledged_out_of_order_are_not_in_flight() -> None:
    frames = [(20.0 + at, client(101 + 5 * at, 501, ACK, b"12345")) for at in range(4)]
    answer = server(501, 106, ACK, options=sack(111, 121))
    packets = after_handshake(*frames, (30, answer), (31, client(121, 501, ACK, b"x")))
    assert column(packets, "tcp.analysis.bytes_in_flight")[-1] == 6


DATA = client(101, 501, ACK, b"0123456789")
MORE = client(111, 501, ACK, b"0123456789")
SAME = server(501, 101, ACK)
KINDS: dict[str, tuple[list[tuple[float, bytes]], set[str]]] = {
    "retransmission": ([(20, DATA), (21, MORE), (300, DATA)], {"retransmission"}),
    "fast": (
        [(20, DATA), (21, MORE), (40, SAME), (41, SAME), (42, SAME), (43, DATA)],
        {"fast_retransmission", "retransmission"},
    ),
    "fast no more": ([(20, DATA), (21, MORE), (40, SAME), (41, SAME), (42, SAME), (63, DATA)], {"retransmission"}),
    "spurious": (
        [(20, DATA), (30, server(501, 111, ACK)), (40, DATA)],
        {"spurious_retransmission", "retransmission"},
    ),
    "late": ([(20, MORE), (29, DATA)], {"out_of_order"}),
    "too late": ([(20, MORE), (31, DATA)], {"retransmission"}),
    "gap": ([(20, MORE)], {"lost_segment"}),
    "unseen": ([(20, server(501, 111, ACK))], {"ack_lost_segment"}),
    "window": ([(20, server(501, 101, ACK, window=999))], {"window_update"}),
    "full": ([(20, client(101, 501, ACK, bytes(1000)))], {"window_full"}),
    "closed": ([(20, server(501, 101, ACK, window=0))], {"zero_window"}),
    "probe": ([(20, server(501, 101, ACK, window=0)), (21, client(101, 501, ACK, b"p"))], {"zero_window_probe"}),
    "probe answered": (
        [
            (20, server(501, 101, ACK, window=0)),
            (21, client(101, 501, ACK, b"p")),
            (22, server(501, 101, ACK, window=0)),
        ],
        {"zero_window_probe_ack", "zero_window"},
    ),
    "alive": ([(20, client(100, 501, ACK))], {"keep_alive"}),
    "alive answered": ([(20, SAME), (21, client(100, 501, ACK)), (22, SAME)], {"keep_alive_ack"}),
    "again": ([(20, SAME), (21, SAME)], {"duplicate_ack"}),
    "same ports": ([(20, client(9000, 0, SYN))], {"reused_ports"}),
    "fast open": ([(20, client(9000, 0, SYN, b"abc")), (21, server(7, 9004, SYN | ACK))], {"tfo_ack"}),
    "plain": ([(20, DATA)], set()),
}


@pytest.mark.parametrize(("frames", "expected"), KINDS.values(), ids=KINDS.keys())
def test_the_last_segment_is_told(frames: list[tuple[float, bytes]], expected: set[str]) -> None:
    assert told(after_handshake(*frames)[-1]) == expected


@pytest.mark.parametrize(("frames", "expected"), KINDS.values(), ids=KINDS.keys())
def test_what_is_remarkable_is_said_by_diagnoses_and_in_the_packet_list(
    frames: list[tuple[float, bytes]], expected: set[str]
) -> None:
    packet = after_handshake(*frames)[-1]
    said = [each.message for each in packet.diagnoses if each.field and each.field.name.startswith("tcp.analysis.")]
    assert len(said) == len(expected)
    assert set(said) <= set(packet["_ws.expert.message"])
    remarks = expected - {"tfo_ack"} - ({"retransmission"} if len(expected) == 2 else set())
    assert columns(packet).info.count("[TCP ") - columns(packet).info.count("INCORRECT") == len(remarks)


def test_a_retransmission_names_the_time_and_the_segment_that_was_not_acknowledged() -> None:
    packets = after_handshake((20, DATA), (21, MORE), (300, DATA))
    assert column(packets, "tcp.analysis.rto") == [None, None, 280 * MILLISECOND]
    assert column(packets, "tcp.analysis.rto_frame") == [None, None, 4]
    assert column(packets, "tcp.segment_data") == [None, None, b"0123456789"]


def test_duplicate_acknowledgments_are_counted_from_the_first_of_them() -> None:
    packets = after_handshake((20, DATA), (21, SAME), (22, SAME), (23, server(501, 111, ACK)), (24, SAME))
    assert column(packets, "tcp.analysis.duplicate_ack_num") == [None, 1, 2, None, None]
    assert column(packets, "tcp.analysis.duplicate_ack_frame") == [None, 2, 2, None, None]


def test_a_quote_is_not_analysed() -> None:
    packets = after_handshake((20, DATA), (30, quote(DATA)), (400, DATA))
    assert [told(packet) for packet in packets] == [set(), set(), {"retransmission"}]


def shuffled(sizes: Sequence[int], fates: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return segments as a capture has them: number, size and fate; one that is late comes behind the next one."""
    segments = [(at, size, fate) for at, (size, fate) in enumerate(zip(sizes, fates, strict=True))]
    found: list[tuple[int, int, str]] = []
    held: list[tuple[int, int, str]] = []
    for segment in segments:
        if segment[2] == "late":
            held.append(segment)
            continue
        if segment[2] != "lost":
            found.append(segment)
        found += held
        held = []
    return found + held


@given(
    st.lists(
        st.tuples(st.integers(2, 1400), st.sampled_from(["sent", "sent", "lost", "repeated", "late"])),
        min_size=1,
        max_size=20,
    ),
    st.integers(0, MODULUS - 1),
    st.integers(0, MODULUS - 1),
)
def test_streams_with_a_known_truth_are_told_right(segments: list[tuple[int, str]], isn: int, other: int) -> None:
    """A sender with a window that it never fills: some segments never come, some twice, some behind the next one.

    Those of one octet are left out, which may be signs of life, and so is what would end the stream late or begin it.
    """
    sizes, fates = [size for size, _ in segments], [fate for _, fate in segments]
    fates = ["sent", *("sent" if before == "late" else fate for before, fate in itertools.pairwise(fates))]
    if fates[-1] == "late":
        fates[-1] = "sent"
    starts = [isn + 1 + sum(sizes[:at]) for at in range(len(sizes))]
    time = 10.0
    frames = [
        (0.0, client(isn, 0, SYN)),
        (5.0, server(other, isn + 1, SYN | ACK, window=(1 << 16) - 1)),
        (10.0, client(isn + 1, other + 1, ACK)),
    ]
    truth: list[set[str]] = []
    reached = isn + 1
    for at, size, fate in shuffled(sizes, fates):
        time += 1
        frames.append((time, client(starts[at], other + 1, ACK, bytes(size))))
        truth.append({"out_of_order"} if fate == "late" else {"lost_segment"} if starts[at] > reached else set())
        reached = max(reached, starts[at] + size)
        if fate == "repeated":
            time += 500
            frames.append((time, client(starts[at], other + 1, ACK, bytes(size))))
            truth.append({"retransmission"})
    packets = at_times(frames)[3:]
    if any((start + size) % MODULUS == 0 for start, size in zip(starts, sizes, strict=True)):
        return  # as in Wireshark, a number of 0 is none
    assert [told(packet) for packet in packets] == truth
    assert [packet["tcp.seq"][0] - 1 for packet in packets] == [
        (int.from_bytes(frame[24:28], "big") - isn - 1) % MODULUS for _, frame in frames[3:]
    ]


def take(limit: int, waiting: int, frames: list[bytes]) -> tuple[TcpConversations, list[Any]]:
    """Analyse frames in tables of these bounds; return the octets in flight of each."""
    tables, found = TcpConversations(limit, waiting), []
    for number, frame in enumerate(frames, 1):
        packet = dissect(frame, Source(number, len(frame), number * MILLISECOND, IPV4_LINK))
        tables.see(packet, 2)
        found.append(next(iter(packet["tcp.analysis.bytes_in_flight"]), None))
    return tables, found


def test_segments_that_wait_are_bounded_and_the_silent_conversation_forgets_first() -> None:
    frames = [ipv4(6, tcp((1000 + at % 3, 80), 1 + 10 * (at // 3), 1, ACK, bytes(10))) for at in range(3000)]
    tables, octets = take(100, 500, frames)
    assert tables.waiting.rows <= 501
    assert tables.pool.dropped[0] >= 2500
    assert all(number is not None and 0 < number <= 10_000 for number in octets)


def test_a_conversation_that_falls_out_gives_its_segments_back() -> None:
    frames = [ipv4(6, tcp((1000 + at, 80), 1, 1, ACK, b"abc")) for at in range(5000)]
    tables, octets = take(10, 500, frames)
    assert (tables.dropped, tables.pool.dropped[0], tables.pool.used[0] <= 11) == (4990, 0, True)
    assert octets == [3] * 5000


def test_a_side_that_is_never_acknowledged_keeps_a_bound() -> None:
    frames = [client(1 + at, 1, ACK, b"x") for at in range(1200)]
    tables, octets = take(10, 1 << 20, frames)
    assert octets == list(range(1, 1201))
    assert tables.waiting.rows == 2048


def test_no_end_of_the_stream_is_needed() -> None:
    packets = analysed([client(1, 1, FIN | ACK, b"ab"), server(1, 4, ACK)])
    assert column(packets, "tcp.analysis.bytes_in_flight") == [2, None]
    assert column(packets, "tcp.analysis.acks_frame") == [None, 1]
