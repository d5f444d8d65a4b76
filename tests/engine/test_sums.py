"""Checksums that are verified: the status and the sum are the reader's, whatever the frames and the schema."""

import random
import struct
from pathlib import Path
from typing import Any

import pytest
from construct import Byte, Bytes, GreedyBytes, Int16ub, Struct, this

import wireproof
from wireproof.dissectors.diagnosis import expert, malformed, short
from wireproof.dissectors.frame import frame
from wireproof.dissectors.schema import (
    Bits,
    Carry,
    Catalogue,
    Field,
    FieldType,
    InternetChecksum,
    LengthOf,
    Protocol,
    PseudoHeader,
    catalogue,
)
from wireproof.engine import compile_query
from wireproof.grammar import compile_filter
from wireproof.packet import Packet, Preferences, Source, dissect
from wireproof.packet.checksum import internet_checksum

from .frames import frames, sent, write

ALL = Preferences(frozenset({"ip.check_checksum", "tcp.check_checksum", "udp.check_checksum"}))
LINK = 147
FILTERS = """
ip.checksum.status == 1
ip.checksum.status == 0
ip.checksum.status == 2
all ip.checksum.status == 1
ip.checksum.status#2 == 1 or ip.checksum.status#[-1] == 0
tcp.checksum.status == 1
tcp.checksum.status == 0
tcp.checksum.status == 2
udp.checksum.status == 0
udp.checksum.status == 1
udp.checksum.status in {2, 3}
icmp.checksum.status == 0
icmp.checksum.status == 1
icmp.checksum.status == 2
ip.checksum_calculated == ip.checksum
tcp.checksum_calculated != tcp.checksum
udp.checksum_calculated < 30000
count(ip.checksum_calculated) > 1
@tcp.checksum.status == 00:00
""".strip().splitlines()


@pytest.fixture(scope="module")
def captured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    whole = frames(7, 1200)
    # Of frames of which there was more on the wire, so much is missing.
    cut = [each[:-9] if sent(index, each, 5) > len(each) else each for index, each in enumerate(whole)]
    return write(tmp_path_factory.mktemp("sums") / "frames.pcap", cut, cut=5)


@pytest.fixture(scope="module")
def packets(captured: Path) -> list[Packet]:
    with wireproof.open_capture(captured, preferences=ALL) as capture:
        return list(capture)


@pytest.mark.parametrize("text", FILTERS)
def test_generated_frames(captured: Path, packets: list[Packet], text: str) -> None:
    chosen = compile_filter(text, catalogue())
    query = compile_query(chosen, preferences=ALL)
    assert query.is_exact
    want = [packet.number for packet in packets if chosen.matches(packet)]
    assert [each.number for each in query.match_records(captured)] == want != []


def test_what_is_not_verified_has_no_sum(captured: Path) -> None:
    for text in ("ip.checksum_calculated", "ip.checksum.status < 2"):
        assert not list(compile_query(compile_filter(text, catalogue())).match_records(captured))


def schema(*, before: int, size: int, pseudo: bool, optional: bool, extent: Any) -> Catalogue:
    """A protocol whose checksum stands behind so many octets, in one that lends addresses of that size."""
    carrier = Protocol(
        "c",
        "Carrier",
        parts=(Struct("a" / Bytes(size), "b" / Bytes(size), "p" / Byte),),
        under={"link": (LINK,)},
        carries=(Carry("c.next", "p"),),
        pseudo_header=PseudoHeader("a", "b", "p") if pseudo else None,
    )
    summed = Protocol(
        "t",
        "Test",
        parts=(
            Struct("length" / Field("t.length", Byte, FieldType.UINT8)),
            Struct(Bytes(before), "sum" / Field("t.sum", Int16ub, FieldType.UINT16), Byte),
            Struct(Field("t.x", Bits("sum", 0xF0), FieldType.UINT16), "rest" / GreedyBytes),
        ),
        under={"c.next": tuple(range(256))},
        extent=this.length,
        computed={
            "t.length": LengthOf("layer"),
            "t.sum": InternetChecksum.of("t.sum", extent=extent, pseudo_header=True, optional=optional),
        },
    )
    return Catalogue([frame, expert, malformed, short, carrier, summed])


def made(dice: random.Random, before: int, size: int) -> bytes:
    """A frame of the schema, its sum right as a rule; few octets other than zero make a sum of zero likely."""
    body = bytearray(dice.choice([0, 0, dice.randrange(256)]) for _ in range(before + 4 + dice.randrange(90)))
    head = bytes(dice.choice([0, 0, dice.randrange(256)]) for _ in range(2 * size + 1))
    body[0] = dice.choice([len(body), len(body), len(body) - 1, 0, 255])
    body[before + 1 : before + 3] = bytes(2)
    covered = bytes(body[: body[0]] if before + 4 <= body[0] <= len(body) else body)
    right = internet_checksum(head[:-1] + struct.pack(">HH", head[-1], len(covered)) + covered)
    body[before + 1 : before + 3] = struct.pack(">H", dice.choice([right, right, right ^ 0xFFFF, 0]))
    return head + bytes(body)[: dice.choice([400, 400, dice.randrange(len(body))])]


@pytest.mark.parametrize("before", [1, 2, 7])
@pytest.mark.parametrize("optional", [False, True])
@pytest.mark.parametrize(("size", "pseudo", "extent"), [(4, True, "layer"), (2, False, "layer"), (6, True, "header")])
def test_other_schemas(tmp_path: Path, before: int, optional: bool, size: int, pseudo: bool, extent: str) -> None:
    known = schema(before=before, size=size, pseudo=pseudo, optional=optional, extent=extent)
    dice = random.Random(before * size)
    data = [made(dice, before, size) for _ in range(300)]
    path = write(tmp_path / "a.pcap", data, link=LINK, cut=5)
    packets = [
        dissect(each, Source(index + 1, sent(index, each, 5), 0, LINK), protocols=known)
        for index, each in enumerate(data)
    ]
    for text in ("t.sum.status == 0", "t.sum.status == 1", "t.sum.status > 1", "t.sum == t.sum_calculated"):
        chosen = compile_filter(text, known)
        query = compile_query(chosen, known)
        want = [packet.number for packet in packets if chosen.matches(packet)]
        assert [each.number for each in query.match_records(path)] == want, text
        assert query.is_exact
