"""What a capture tells of its packets beside them, told by both engines alike: check sequences, comments, flags."""

import io
import random
import struct
from pathlib import Path
from typing import Any

import pytest

import wireproof
from wireproof.capture import Record, open_reader
from wireproof.dissectors.schema import catalogue
from wireproof.engine import Query, Walk, compile_query
from wireproof.engine.told import TOLD_BY
from wireproof.grammar import compile_filter
from wireproof.packet import Packet, Source

from ..capture.craft import enhanced, interface, obsolete, option, pcap_header, pcap_record, section, simple
from .frames import frames

FILTERS = [
    "ip.len > 40",
    "udp.length == 28",
    "data.len >= 4",
    "eth.len.past_end",
    'frame.protocols contains "data"',
    "eth.padding",
    "eth.trailer",
    "eth.fcs",
    "eth.fcs == 0xdeadbeef",
    "vlan.trailer or eth.fcs.status == 2",
    "_ws.short",
    "_ws.malformed",
    "_ws.expert",
    "_ws.expert.severity == 0x00100000",
    "_ws.expert.group == 0x0b000000 or arp",
    "frame.comment",
    'frame.comment contains "1"',
    "pkt_comment and ip",
    "not frame.comment",
    "frame.comment.expert",
    "frame.packet_flags_direction == 1",
    "frame.p2p_dir == 0",
    "frame.packet_flags & 0x1e0",
    "frame.drop_count > 2",
    "frame.verdict.ebpf_tc == 2",
    "frame.packet_id == 9",
    "frame.interface_queue == 3",
    'frame.interface_description == "second"',
    'frame.interface_name == "second"',
    "not frame.interface_description",
    "frame.packet_id or frame.verdict",
    "frame.packet_flags and not frame.drop_count",
    "all frame.packet_flags_crc_error == 0",
    "min(frame.packet_flags_direction, 3) == 3",
    "max(frame.packet_id, 7) == 7",
    "count(frame.comment) > 1 or frame.packet_id > 2",
    "tcp.len > 0",
    "eth contains de:ad:be:ef",
]
CHECK = b"\xde\xad\xbe\xef"


def datagram(size: int) -> bytes:
    body = bytes(range(1, size + 1))
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + size, 1, 0, 64, 17, 0, b"\x0a\0\0\1", b"\x0a\0\0\2")
    return head + struct.pack(">HHHH", 1000, 2000, 8 + size, 0) + body


def trailed() -> list[bytes]:
    """Frames with all that can follow what the layers claim."""
    begin = bytes.fromhex("020000000002020000000001")
    bodies = [
        b"\x08\0" + datagram(20),
        b"\x08\0" + datagram(2) + bytes(16),
        b"\x08\0" + datagram(2) + bytes(12),
        b"\x08\0" + datagram(100) + b"TRAIL",
        b"\x81\0\0\5\x08\0" + datagram(2) + bytes(12),
        b"\x81\0\0\5\x08\0" + datagram(90) + b"TR",
        b"\x88\xb5" + bytes(range(60)),
        b"\0\x20\x42\x42\x03" + bytes(43),
        b"\0\x30\x42\x42\x03" + bytes(43),
        b"\x08\0\x45\0",
        b"\x08\0",
    ]
    whole = [begin + body + CHECK * (number % 3 > 0) for number, body in enumerate(bodies * 3)]
    return whole + frames(17, 60)


def told(number: int) -> bytes:
    """Options, different ones for every packet; some have none."""
    dice = random.Random(number)
    possible = [
        option(1, f"comment {number}".encode()),
        option(1, b""),
        option(2, struct.pack("<I", dice.choice([0, 1, 2, 0x80, 0x40, 0x1E1]))),
        option(2, b"short"),
        option(2, struct.pack("<I", 0x80)),
        option(4, struct.pack("<Q", dice.randrange(5))),
        option(5, struct.pack("<Q", 9)),
        option(6, struct.pack("<I", 3)),
        option(7, b"\1" + struct.pack("<q", 2)),
        option(7, b"\0hw"),
        option(99, b"unknown"),
        option(0),
    ]
    return b"".join(dice.sample(possible, dice.choice([0, 0, 1, 2, 4])))


def pcapng() -> bytes:
    interfaces = [
        interface(options=option(2, b"first")),
        interface(options=option(3, b"second") + option(13, b"\0")),
        interface(options=option(13, b"\2") + option(15, b"hardware")),
        interface(options=option(13, b"\4")),
        interface(113, options=option(13, b"\4")),
    ]
    kinds = (
        lambda number, data: enhanced(data, index=number % 5, options=told(number)),
        lambda number, data: enhanced(data[:-3], index=number % 5, wire=len(data), options=told(number)),
        lambda number, data: obsolete(data, index=number % 5, drops=number, options=told(number)),
        lambda number, data: simple(data),
    )
    blocks = [kinds[number % 7 % 4](number, data) for number, data in enumerate(trailed())]
    return section() + b"".join(interfaces) + b"".join(blocks)


def pcap(length: int | None) -> bytes:
    word = 1 if length is None else 1 | 1 << 26 | length // 2 << 28
    records = [
        pcap_record(data[: len(data) - (number % 5 == 4) * 3], wire=len(data)) for number, data in enumerate(trailed())
    ]
    return pcap_header(link_type=word) + b"".join(records)


CAPTURES = {"pcapng": pcapng(), **{f"pcap, {length}": pcap(length) for length in (None, 0, 2, 4, 6)}}
PACKETS: dict[str, list[Packet]] = {}


def packets(name: str) -> list[Packet]:
    """What the reference reads."""
    if name not in PACKETS:
        with wireproof.open_capture(io.BytesIO(CAPTURES[name])) as capture:
            PACKETS[name] = list(capture)
    return PACKETS[name]


def walked(name: str, query: Query) -> list[Record]:
    with open_reader(io.BytesIO(CAPTURES[name])) as reader:
        return [record for batch in Walk(query, reader).batches() for record in batch.records()]


@pytest.mark.parametrize("text", FILTERS)
def test_both_engines_agree(text: str) -> None:
    chosen = compile_filter(text, catalogue())
    query = compile_query(chosen)
    for name in CAPTURES:
        want = [packet.number for packet in packets(name) if chosen.matches(packet)]
        assert [record.number for record in walked(name, query)] == want, name


def test_the_filters_let_some_through() -> None:
    for text in FILTERS:
        chosen = compile_filter(text, catalogue())
        assert any(chosen.matches(packet) for name in CAPTURES for packet in packets(name)), text


def test_a_length_of_the_check_sequence_is_heeded_by_machine_code() -> None:
    """Only what two layers may have of a trailer is left to the reference."""
    query = compile_query(compile_filter("ip.len > 40 and udp.length == 28 and data.len >= 4", catalogue()))
    assert query.is_exact


@pytest.mark.parametrize("name", sorted(TOLD_BY))
def test_records_without_options_are_not_left_to_the_reference(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def decide(self: Query, data: bytes, source: Source, *others: Any) -> Packet | None:
        asked.append(source.number)
        return decided(self, data, source, *others)

    decided = Query.decide
    monkeypatch.setattr(Query, "decide", decide)
    query = compile_query(compile_filter(f"{name} and not ip", catalogue()))
    walked("pcap, None", query)
    assert not asked
    walked("pcapng", query)
    has_told = [packet.number for packet in packets("pcapng") if name in packet and "ip" not in packet]
    assert set(has_told) <= set(asked)
    assert len(asked) < len([packet for packet in packets("pcapng") if "ip" not in packet])


@pytest.mark.parametrize("name", CAPTURES)
def test_records_are_whole(name: str) -> None:
    with open_reader(io.BytesIO(CAPTURES[name])) as reader:
        whole = list(reader)
    assert walked(name, compile_query(compile_filter("", catalogue()))) == whole
    if name == "pcapng":
        assert any(record.comments for record in whole)
        assert len({record.fcs_length for record in whole}) > 3


@pytest.mark.parametrize("names", [["frame.number", "frame.comment"], ["frame.packet_flags", "eth.fcs"], ["data.data"]])
def test_columns(tmp_path: Path, names: list[str]) -> None:
    """What is in no column of machine code is read by the reference, for all packets."""
    path = tmp_path / "capture"
    for data in CAPTURES.values():
        path.write_bytes(data)
        tables = []
        for engine in ("compiled", "reference"):
            with wireproof.open_capture(path) as capture:
                tables.append(capture.columns(names, "frame.len > 50", engine=engine))
        for name in names:
            assert str(tables[0][name]) == str(tables[1][name])
