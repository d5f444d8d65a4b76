"""Headers drawn from their schemas."""

from __future__ import annotations

import pytest
from construct import Bytes, GreedyBytes, If, Int8ub, Int16ub, Int24ub, Struct, this

from wireproof.dissectors.schema import AllZero, Bits, Field, FieldType, Protocol, catalogue
from wireproof.output.diagram import ROW, RULER, draw
from wireproof.output.header import pieces, words

UINT8, BYTES = FieldType.UINT8, FieldType.BYTES


def protocol(*members: object) -> Protocol:
    return Protocol("one", "One", parts=(Struct(*members),))


def test_bits_and_what_is_between_them() -> None:
    drawing = draw(
        protocol(
            "word" / Int16ub,
            Field("one.high", Bits("word", 0xF000), UINT8, "High"),
            Field("one.flag", Bits("word", 0x0100), FieldType.BOOLEAN, "Flag"),
            "rest" / Field("one.rest", Int16ub, title="Rest"),
        )
    )
    assert drawing.lines == [
        *RULER,
        "+-------+-----+-+---------------+-------------------------------+",
        "|  High |     |F|               |              Rest             |",
        "+-------+-----+-+---------------+-------------------------------+",
    ]
    assert drawing.notes == ["F: Flag"]


def test_what_reaches_over_rows_is_open_between_them() -> None:
    drawing = draw(protocol("kind" / Int8ub, "address" / Field("one.address", Bytes(6), BYTES, "Address")))
    assert drawing.lines[2:] == [
        "+---------------+-----------------------------------------------+",
        "|      kind     |                    Address                    |",
        "+---------------+                               +---------------+",
        "|                                               |",
        "+-----------------------------------------------+",
    ]


def test_what_the_packet_tells_is_on_a_row_of_its_own_and_noted() -> None:
    members = (
        "size" / Int8ub,
        "name" / Field("one.name", Bytes(this.size), BYTES, "Name"),
        "more" / If(this.size == 600, Field("one.more", Int24ub, title="More")),
    )
    payload = Struct("payload" / Field("one.payload", GreedyBytes, BYTES, "Payload"))
    drawing = draw(Protocol("one", "One", parts=(Struct(*members), payload)))
    assert drawing.lines[2:] == [
        "+---------------+",
        "|      size     |",
        "+---------------+-----------------------------------------------+",
        "|                          Name (1) ...                         |",
        "+-----------------------------------------------+---------------+",
        "|                    More (2)                   |",
        "+-----------------------------------------------+",
    ]
    assert drawing.notes == ["(1) octets: size", "(2) if size == 0x0258"]


def test_a_text_that_is_too_long_gives_way_to_the_name_of_the_standard() -> None:
    either = If(this.kind == 1, Field("one.first", Int8ub, title="Number of first"))
    drawing = draw(protocol("kind" / Int8ub, "count" / either))
    assert drawing.lines[4:6] == ["+---------------+", "|   count (1)   |"]
    assert drawing.notes == ["count: Number of first", "(1) if kind == 1"]


def test_bits_under_conditions_that_share_a_member_out() -> None:
    members = (
        If(this.word > 9, Field("one.high", Bits("word", 0xF0), UINT8, "High")),
        If(this.word > 9, Field("one.low", Bits("word", 0x0F), UINT8, "Low")),
    )
    assert draw(protocol("word" / Int8ub, *members)).lines[3] == "|  High |  Low  |"
    assert draw(protocol("word" / Int8ub, members[0])).lines[3] == "|      word     |"


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        (this.type == 5, "type == 5"),
        (this.type == 0x0800, "type == 0x0800"),
        ((this.a == 1) | (this.a == 2) | (this.b > 3), "a == 1 or a == 2 or b > 3"),
        (((this.a == 1) | (this.b == 2)) & (this.c != 3), "(a == 1 or b == 2) and c != 3"),
        ((this.control & 3) == 1, "(control & 3) == 1"),
        (8 + 2 * this.hln, "8 + (2 * hln)"),
        (AllZero("spa"), "spa is all zero"),
        (lambda context: True, "the packet says so"),
    ],
)
def test_expressions_in_words(expression: object, said: str) -> None:
    assert words(expression) == said


@pytest.mark.parametrize("each", catalogue().protocols.values(), ids=lambda each: each.name)
def test_every_header_is_drawn_whole(each: Protocol) -> None:
    drawing, known = draw(each), list(pieces(each))
    if not known:
        assert drawing == ([], [])
        return
    body = drawing.lines[2:]
    assert all(len(line) <= 2 * ROW + 1 and line.isascii() and line.isprintable() for line in drawing.lines)
    assert all(line[0] in "+|" and line[-1] in "+|" for line in body)
    assert all(line.startswith("|") for line in body[1::2])
    said = " ".join((*drawing.lines, *drawing.notes))
    assert all(piece.label in said for piece in known)


def test_the_fixed_part_of_a_header_has_its_size() -> None:
    sizes = {
        name: sum(piece.bits or 0 for piece in pieces(catalogue().protocols[name])) for name in ("udp", "ip", "tcp")
    }
    assert sizes == {"udp": 64, "ip": 160, "tcp": 160}
