"""Leaves that the reference decides by the values of their fields: the same answer, and no frame is dissected."""

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import wireproof
from wireproof.dissectors.schema import catalogue
from wireproof.engine import cache as objects
from wireproof.engine import compile_query
from wireproof.engine.asking import Asking
from wireproof.engine.query import Query, kept_query
from wireproof.grammar import compile_filter
from wireproof.grammar.special_addresses import blocks
from wireproof.packet import Packet

from .frames import frames, write

ASKED = [
    'frame matches "GET"',
    'frame.protocols matches "ip:ip"',
    'upper(frame.protocols) contains "ICMP"',
    'frame.protocols[-4:] == "data"',
    "frame.protocols[0,4] != 65:3a",
    'tcp.payload matches "^GE" and ip.ttl > 0',
    'not tcp.payload matches "[a-z]+"',
    'tcp matches "GET" xor udp',
    'ip#2 matches "^E"',
    'string(ip.src) contains ".1"',
    'string(eth.src) contains "00:0"',
    'all string(tcp.port) contains "0"',
    "tcp.seq_raw contains 1",
    'ip.host[0:2] == "10"',
    'ip.host > "10.0.0.1" or arp matches "a"',
    "len(ip.host) == 8",
    'upper(ip.host) matches "1$" and vlan.id > 0',
    'string(ip.id) matches "^1" or string(ip.src) contains "2"',
    '@ip.ttl matches "@"',
    'tcp.payload[0:2] matches "^g"',
    'eth.addr[3:3] matches "\\\\x00"',
    'count(ip.src) > 1 and (udp or tcp.payload matches "E")',
    'float(ip.ttl) + double(ip.id) > 64.5 or udp matches "a"',
    'not (arp or udp matches "d") or ip.src in {10.0.0.1, 10.0.0.2} and frame matches "abcd"',
    'tcp.option_kind == 2 and tcp.options matches "\\\\x02\\\\x04"',
]
LOWERED = [
    'tcp.flags.str matches "S"',
    'vals(ip.proto) matches "^t"',
    'upper(tcp.flags.str) contains "A"',
    'arp.kind matches "re"',
    'string(ip.ttl) == "64"',
    'string(ip.ttl) matches "^6"',
    'string(ip.src) == "10.0.0.1"',
    'string(eth.src) != "00:00:00:00:00:00"',
    'dec(tcp.srcport) == "80"',
    'hex(tcp.srcport) == "0x0050"',
    'hex(ip.proto) contains "6"',
    "ip.ttl contains 4",
    "float(ip.ttl) > 63.5",
    "double(tcp.srcport) == 80.0",
    "all double(tcp.port) !== 80.0",
    "63.5 <= float(ip.ttl) < 64.5",
    "double(ip.ttl) in {64.0, 1.0 .. 2.0}",
    'ip_special_name(ip.src) == "Private-Use"',
    "ip_special_mask(ip.src) & 2",
    "not ip_ula(ip.src)",
]


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("asking") / "frames.pcap", frames(7, 700))


@cache
def packets(path: Path) -> list[Packet]:
    with wireproof.open_capture(path) as opened:
        return list(opened)


@pytest.fixture
def dissected(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the frames that the reference is given as a whole."""
    given: list[int] = []
    decide = Query.decide

    def noted(self: Query, data: bytes, source: Any, *others: Any) -> Packet | None:
        given.append(source.number)
        return decide(self, data, source, *others)

    monkeypatch.setattr(Query, "decide", noted)
    return given


def wanted(path: Path, text: str) -> list[int]:
    chosen = compile_filter(text, catalogue())
    return [packet.number for packet in packets(path) if chosen.matches(packet)]


@pytest.mark.parametrize("text", ASKED)
def test_what_is_asked(capture: Path, text: str, dissected: list[int]) -> None:
    query = compile_query(compile_filter(text, catalogue()))
    assert [record.number for record in query.match_records(capture)] == wanted(capture, text)
    assert query.leaves.asked
    assert not query.leaves.refused
    assert len(dissected) < len(packets(capture)) // 20  # those whose layers are handed over, if any


@pytest.mark.parametrize("text", LOWERED)
def test_what_is_told_by_a_number_is_not_asked(capture: Path, text: str, dissected: list[int]) -> None:
    query = compile_query(compile_filter(text, catalogue()))
    assert [record.number for record in query.match_records(capture)] == wanted(capture, text)
    assert not query.leaves.asked
    assert not query.leaves.refused


def test_some_pass_and_some_do_not(capture: Path) -> None:
    """Or the tests above would say nothing."""
    idle = [text for text in (*ASKED, *LOWERED) if len(wanted(capture, text)) in (0, len(packets(capture)))]
    assert len(idle) < 8, idle


def test_columns_of_frames_that_were_asked_about(capture: Path) -> None:
    text = 'tcp.payload matches "^GE"'
    with wireproof.open_capture(capture) as opened:
        fast = opened.columns(["frame.number", "tcp.srcport"], text, engine="compiled")
    with wireproof.open_capture(capture) as opened:
        slow = opened.columns(["frame.number", "tcp.srcport"], text, engine="reference")
    for name in ("frame.number", "tcp.srcport"):
        assert list(fast[name]) == list(slow[name]) != []


def test_a_kept_query_asks_as_the_one_that_was_kept(
    capture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIREPROOF_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(objects, "_IMPORTED", 1 << 63)  # no source is being edited
    objects._installation.cache_clear()
    text = 'string(ip.src) contains ".1" and (udp or frame matches "GET")'
    compile_query(compile_filter(text, catalogue()), keep=True)
    kept = kept_query(text)
    assert kept is not None
    assert [record.number for record in kept.match_records(capture)] == wanted(capture, text)


def test_more_values_than_there_is_room_for(tmp_path: Path, dissected: list[int]) -> None:
    options = b"\x01" * 36
    tags = b"\x81\0\0\1" * 40
    frame = bytes(12) + tags + b"\x08\0\x4e\0\0\x38\0\0\0\0\x40\xff\0\0" + bytes(8) + options
    path = write(tmp_path / "many.pcap", [frame] * 3)
    text = " or ".join(f'string(vlan.id#{number}) matches "^9"' for number in range(1, 9)) + ' or frame matches "@"'
    query = compile_query(compile_filter(text, catalogue()))
    assert [record.number for record in query.match_records(path)] == wanted(path, text) == [1, 2, 3]
    assert dissected == [1, 2, 3]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_exception_comes_out(capture: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]) -> None:
    def failing(*_: object) -> Callable[..., bool]:
        raise error

    monkeypatch.setattr(Asking, "_values", failing)
    query = compile_query(compile_filter('frame matches "GET"', catalogue()))
    with pytest.raises(error):
        list(query.match_records(capture))


def test_octets_that_moved(tmp_path: Path) -> None:
    """A record larger than the buffer has it replaced, and places count in the new one."""
    large = bytes(12) + b"\x88\xb5" + bytes(200_000) + b"GET"
    path = write(tmp_path / "large.pcap", [large, bytes(60), large] * 6, cut=1000)
    text = 'frame matches "GET$"'
    query = compile_query(compile_filter(text, catalogue()))
    found = [record.number for record in query.match_records(io.BytesIO(path.read_bytes()))]
    assert found == wanted(path, text) != []


def test_special_blocks_at_their_edges(tmp_path: Path) -> None:
    addresses = []
    for block in blocks():
        size = 1 << 32 - block.addresses.length
        first = block.addresses.prefix * size
        addresses += [first + place for place in (-1, 0, size - 1, size) if 0 <= first + place < 1 << 32]
    head = bytes(12) + b"\x08\0\x45\0\0\x14\0\0\0\0\x40\xff\0\0"
    path = write(
        tmp_path / "edges.pcap", [head + address.to_bytes(4, "big") + bytes(30) for address in addresses], cut=9999
    )
    names = {block.name.decode().replace('"', '\\"') for block in blocks()}
    for text in (*(f'ip_special_name(ip.src) == "{name}"' for name in names), "ip_special_mask(ip.src) & 8"):
        query = compile_query(compile_filter(text, catalogue()))
        assert [record.number for record in query.match_records(path)] == wanted(path, text) != []
