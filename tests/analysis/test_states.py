"""The states of both sides of a connection (RFC 9293, section 3.3.2), on the conversations of its figures."""

from __future__ import annotations

import pytest

from .frames import ACK, FIN, RST, SYN, analysed, client, server

LISTEN, SYN_SENT, SYN_RECEIVED, ESTABLISHED = "LISTEN", "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED"
FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING = "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING"
LAST_ACK, TIME_WAIT, CLOSED = "LAST-ACK", "TIME-WAIT", "CLOSED"

SHAKEN = (client(100, 0, SYN), server(300, 101, SYN | ACK), client(101, 301, ACK))
OPENED = [(SYN_SENT, LISTEN), (ESTABLISHED, SYN_RECEIVED), (ESTABLISHED, ESTABLISHED)]


def states(frames: list[bytes]) -> list[tuple[str | None, str | None]]:
    """The states of client and server after each segment."""
    found = []
    for packet in analysed(frames):
        pair = packet.label("tcp.src.state"), packet.label("tcp.dst.state")
        found.append(pair if packet["tcp.dstport"] == (80,) else pair[::-1])
    return found


def test_a_handshake_and_a_close() -> None:
    """Figures 6 and 12."""
    frames = [
        *SHAKEN,
        client(101, 301, ACK, b"abc"),
        client(104, 301, FIN | ACK),
        server(301, 105, ACK),
        server(301, 105, FIN | ACK),
        client(105, 302, ACK),
    ]
    assert states(frames) == [
        *OPENED,
        (ESTABLISHED, ESTABLISHED),
        (FIN_WAIT_1, CLOSE_WAIT),
        (FIN_WAIT_2, CLOSE_WAIT),
        (TIME_WAIT, LAST_ACK),
        (TIME_WAIT, CLOSED),
    ]


def test_both_sides_ask_at_the_same_time() -> None:
    """Figure 7."""
    frames = [client(100, 0, SYN), server(300, 0, SYN), client(100, 301, SYN | ACK), server(300, 101, SYN | ACK)]
    assert states(frames) == [
        (SYN_SENT, LISTEN),
        (SYN_RECEIVED, SYN_RECEIVED),
        (SYN_RECEIVED, ESTABLISHED),
        (ESTABLISHED, ESTABLISHED),
    ]


def test_both_sides_close_at_the_same_time() -> None:
    """Figure 13."""
    frames = [
        *SHAKEN,
        client(101, 301, FIN | ACK),
        server(301, 101, FIN | ACK),
        client(102, 302, ACK),
        server(302, 102, ACK),
    ]
    assert states(frames)[3:] == [
        (FIN_WAIT_1, CLOSE_WAIT),
        (CLOSING, CLOSING),
        (CLOSING, TIME_WAIT),
        (TIME_WAIT, TIME_WAIT),
    ]


def test_a_refused_connection_is_closed() -> None:
    assert states([client(100, 0, SYN), server(0, 101, RST | ACK)]) == [(SYN_SENT, LISTEN), (CLOSED, CLOSED)]


def test_a_side_that_was_asked_listens_again_after_a_reset() -> None:
    """Section 3.10.7.4, and figure 9: an old SYN is answered, and reset."""
    frames = [client(90, 0, SYN), server(300, 91, SYN | ACK), client(91, 0, RST)]
    assert states(frames)[2] == (CLOSED, LISTEN)


def test_a_reset_of_what_is_established_closes_both() -> None:
    assert states([*SHAKEN, server(301, 101, RST | ACK)])[3] == (CLOSED, CLOSED)


def test_what_begins_in_the_middle_is_established() -> None:
    assert states([client(101, 301, ACK, b"a"), server(301, 102, FIN | ACK)]) == [
        (ESTABLISHED, ESTABLISHED),
        (CLOSE_WAIT, FIN_WAIT_1),
    ]


def test_a_fin_behind_a_gap_counts_when_it_is_acknowledged() -> None:
    frames = [*SHAKEN, client(111, 301, FIN | ACK), server(301, 101, ACK), server(301, 112, ACK)]
    assert states(frames)[3:] == [(FIN_WAIT_1, ESTABLISHED), (FIN_WAIT_1, ESTABLISHED), (FIN_WAIT_2, CLOSE_WAIT)]


def test_a_fin_that_comes_again_changes_nothing() -> None:
    frames = [*SHAKEN, client(101, 301, FIN | ACK), client(101, 301, FIN | ACK), server(301, 102, ACK)]
    assert states(frames)[3:] == [(FIN_WAIT_1, CLOSE_WAIT), (FIN_WAIT_1, CLOSE_WAIT), (FIN_WAIT_2, CLOSE_WAIT)]


@pytest.mark.parametrize("seq", [100, 5000])
def test_a_new_connection_between_the_same_ports_begins_again(seq: int) -> None:
    frames = [*SHAKEN, server(301, 101, RST), client(seq, 0, SYN)]
    assert states(frames)[3:] == [(CLOSED, CLOSED), (SYN_SENT, LISTEN)]


def test_a_syn_that_is_not_acknowledged_stays_sent() -> None:
    frames = [client(100, 0, SYN), server(300, 91, SYN | ACK), client(91, 0, RST)]
    assert states(frames) == [(SYN_SENT, LISTEN), (SYN_SENT, SYN_RECEIVED), (CLOSED, LISTEN)]


def test_the_state_can_be_asked_for_by_its_name() -> None:
    from wireproof import Filter

    packets = analysed(list(SHAKEN))
    chosen = Filter('tcp.src.state == "ESTABLISHED" and tcp.dst.state == "ESTABLISHED"')
    assert [chosen.matches(packet) for packet in packets] == [False, False, True]
