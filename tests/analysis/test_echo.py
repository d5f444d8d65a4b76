"""ICMP echo: which request a reply answers."""

import struct

import pytest

from wireproof.analysis import Analysis
from wireproof.analysis.echo import Echoes
from wireproof.analysis.session import KEPT
from wireproof.packet import Source, dissect

from .frames import IPV4_LINK, A, B, C, analysed, column, icmp, ipv4, quote


def echo(kind: int, ident: int, seq: int, data: bytes = b"ping", code: int = 0) -> bytes:
    ends = (A, B) if kind == 8 else (B, A)
    return icmp(kind, code, struct.pack(">HH", ident, seq) + data, *ends)


def answered(frames: list[bytes]) -> list[int | None]:
    return column(analysed(frames), "icmp.resp_to")


def test_a_reply_names_the_frame_of_its_request() -> None:
    assert answered([echo(8, 7, 1), echo(8, 7, 2), echo(0, 7, 2), echo(0, 7, 1)]) == [None, None, 2, 1]


def test_a_request_is_answered_once_and_the_last_one_counts() -> None:
    frames = [echo(8, 7, 1), echo(8, 7, 1), echo(0, 7, 1), echo(0, 7, 1), echo(8, 7, 1), echo(0, 7, 1)]
    assert answered(frames) == [None, None, 2, None, None, 5]


@pytest.mark.parametrize(
    "reply",
    [
        echo(0, 8, 1),
        echo(0, 7, 2),
        echo(0, 7, 1, b"pong"),
        echo(0, 7, 1, code=1),
        echo(14, 7, 1),
        icmp(0, 0, struct.pack(">HH", 7, 1) + b"ping", C, A),
        echo(0, 7, 1)[:24],
    ],
    ids=["identifier", "sequence number", "data", "code", "type", "address", "cut"],
)
def test_another_reply_is_not_an_answer(reply: bytes) -> None:
    assert answered([echo(8, 7, 1), reply, echo(0, 7, 1)]) == [None, None, 1]


@pytest.mark.parametrize(
    ("request_sum", "reply_sum"), [(0x1000, 0x1800), (0xF900, 0x0101), (0xF7FF, 0), (0xFFFF, 0x800)]
)
def test_checksums_are_compared_in_ones_complement(request_sum: int, reply_sum: int) -> None:
    request = ipv4(1, struct.pack(">BBHHH", 8, 0, request_sum, 7, 1))
    reply = ipv4(1, struct.pack(">BBHHH", 0, 0, reply_sum, 7, 1), B, A)
    assert answered([request, reply]) == [None, 1]


def test_quotes_neither_ask_nor_answer() -> None:
    frames = [echo(8, 7, 1), quote(echo(0, 7, 1)), echo(0, 7, 1), quote(echo(8, 7, 2)), echo(0, 7, 2)]
    assert answered(frames) == [None, None, 1, None, None]


def test_the_field_stands_behind_the_sequence_number() -> None:
    layer = analysed([echo(8, 7, 1), echo(0, 7, 1)])[1].layer("icmp")
    assert layer is not None
    names = [value.info.name for value in layer.values]
    assert names[names.index("icmp.seq_le") + 1] == "icmp.resp_to"


def test_a_full_table_drops_the_oldest_request() -> None:
    echoes = Echoes(limit=1)
    for seq in (1, 2, 3):
        echoes.see(dissect(echo(8, 7, seq), Source(link_type=IPV4_LINK)), 2)
    assert echoes.dropped == 2


def test_the_analysis_says_what_was_dropped() -> None:
    assert Analysis().dropped == dict.fromkeys(KEPT, 0)
    assert list(Analysis().forgotten()) == []
