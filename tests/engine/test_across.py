"""Fields of several packets from machine code: what the reference tells, whatever the frames, and of every packet."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

pytest.importorskip("llvmlite")

import wireproof
from wireproof.analysis import Analysis
from wireproof.analysis.ruled import rules
from wireproof.dissectors.schema import catalogue
from wireproof.engine import NotLowerableError, Query, compile_query
from wireproof.grammar import compile_filter
from wireproof.interface.across import rules_of
from wireproof.packet import Packet, Preferences
from wireproof.packet.preferences import DUPLICATES, OF_STREAMS, STORMS

from ..analysis.addresses import addresses
from ..packet import fragments
from .frames import frames, mutated, write

NO_COLUMN = ("arp.duplicate-address-mac", "arp.moved", "arp.moved.from", "switch.cast")
TOLD = sorted({name for rule in rules() for name in rule.told}.difference(NO_COLUMN))
FILTERS = [
    "tcp.stream == 3",
    "tcp.seq > 2 && tcp.flags.syn == 0",
    "udp.stream in {0, 2..4} || icmp.resp_to",
    "frame.time_delta > 1.5 and tcp.analysis.flags or frame.time_relative < 3",
    "tcp.analysis.bytes_in_flight > 5 && !tcp.analysis.retransmission",
    "tcp.time_delta > 0.001 and not tcp.window_size < 1000",
    "tcp.completeness & 2 and ip.src == 10.0.0.1",
    "tcp.nxtseq != 1",
    "count(tcp.stream) == 1 && tcp.nxtseq > tcp.seq",
    'tcp.seq == 1 && frame matches "GE"',
    "arp.duplicate-address-frame > 20 || count(arp.duplicate-address-detected) == 2",
    "arp.duplicate-address-mac == 02:00:00:00:00:03 || arp.moved.from[5] == 4",
    'arp.moved == "conflict" || switch.cast == "unknown unicast" && frame.number < 90',
    'arp.moved matches "FAIL" and not arp.src.differs',
]


def conversations(dice: random.Random, count: int) -> list[bytes]:
    """Return frames of many streams, each with a few segments, datagrams, or requests and replies."""
    found = []
    for _ in range(count):
        pair = dice.randrange(300)
        ends = [bytes([10, 0, pair // 256, pair % 256]), bytes([10, 1, 0, 1])]
        ports = [1024 + pair, 80]
        if dice.random() < 0.5:
            ends.reverse()
            ports.reverse()
        kind = dice.choice([6, 6, 6, 17, 1])
        if kind == 6:
            flags = dice.choice([0x02, 0x12, 0x10, 0x18, 0x11, 0x04])
            options = (b"\3\3\7\1" if flags & 2 else b"") + dice.choice([b"", b"\1\1\x08\x0a" + bytes(8)])
            words = (
                *ports,
                dice.randrange(1 << 32),
                dice.randrange(1 << 32),
                0x50 + len(options) * 4,
                flags,
                500,
                0,
                0,
            )
            body = struct.pack(">HHIIBBHHH", *words) + options + bytes(dice.randrange(9) if flags & 8 else 0)
        elif kind == 17:
            body = struct.pack(">HHHH", *ports, 12, 0) + b"abcd"
        else:
            asks = ends[0][1] == 0
            body = struct.pack(">BBHHH", 8 if asks else 0, 0, 0xF000 + (0 if asks else 0x800), pair, 1)
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0x4000, 64, kind, 0) + b"".join(ends)
        found.append(bytes.fromhex("020000000002020000000001") + b"\x08\x00" + head + body)
    return found


def in_pieces(dice: random.Random, made: list[bytes]) -> list[bytes]:
    """Return frames, many of which are cut into fragments that come in any order and between others'."""
    found: list[tuple[float, bytes]] = []
    for place, frame in enumerate(made):
        payload, protocol = frame[34:], frame[23]
        if dice.random() < 0.4 or len(payload) <= 8:
            found.append((place, frame))
            continue
        size = 8 * dice.randint(1, (len(payload) - 1) // 8)
        tags = [dice.randrange(8)] * (dice.random() < 0.2)
        for piece in fragments.cut(payload, size, number=place, protocol=protocol):
            packet = piece[:10] + bytes(2) + frame[26:34] + piece[20:]
            end = b"padding" * (dice.random() < 0.1)
            found += [(place + 9 * dice.random(), fragments.ethernet(packet, *tags) + end)] * dice.choice([1, 1, 1, 2])
    return [frame for _, frame in sorted(found, key=lambda each: each[0])]


@pytest.fixture(scope="module", params=["nests", "conversations", "damaged", "addresses", "pieces"])
def capture(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Captures with everything that the engine reads, with more streams than tables begin with, and with damage."""
    dice = random.Random(5)
    made = {
        "nests": lambda: frames(31, 600),
        "conversations": lambda: conversations(dice, 900),
        "addresses": lambda: addresses(dice, 900),
        "pieces": lambda: in_pieces(dice, conversations(dice, 700)),
        "damaged": lambda: [mutated(dice, each)[: dice.randrange(30, 90)] for each in conversations(dice, 500)],
    }
    return write(tmp_path_factory.mktemp("across") / f"{request.param}.pcap", made[request.param]())


@pytest.fixture(scope="module")
def packets(capture: Path) -> list[Packet]:
    """The packets as the reference tells them."""
    with wireproof.open_capture(capture) as opened:
        return list(opened)


def test_both_engines_tell_the_same_of_every_packet(capture: Path) -> None:
    with wireproof.open_capture(capture) as opened:
        fast = opened.columns(TOLD, engine="compiled")
    with wireproof.open_capture(capture) as opened:
        slow = opened.columns(TOLD, engine="reference")
    for name in TOLD:
        assert list(fast[name]) == list(slow[name]), name
    assert any(value not in (None, []) for value in [*fast["tcp.stream"], *fast["arp.duplicate-address-frame"]])


@pytest.mark.parametrize("name", OF_STREAMS)
def test_both_engines_leave_out_what_is_switched_off(capture: Path, name: str) -> None:
    names, preferences = TOLD, Preferences(switched_off=frozenset({name}))
    with wireproof.open_capture(capture, preferences=preferences) as opened:
        fast = opened.columns(names, engine="compiled")
    with wireproof.open_capture(capture, preferences=preferences) as opened:
        slow = opened.columns(names, engine="reference")
    assert {each: list(fast[each]) for each in names} == {each: list(slow[each]) for each in names}
    with wireproof.open_capture(capture) as opened:
        usual = opened.columns(names, engine="compiled")
    has_streams = any(value not in (None, []) for value in usual["tcp.stream"])
    assert not has_streams or any(list(fast[each]) != list(usual[each]) for each in names)


@pytest.mark.parametrize(
    ("preferences", "expected"),
    [
        (Preferences(), {"arp.duplicate-address-frame"}),
        (Preferences(frozenset({STORMS})), {"arp.duplicate-address-frame", "arp.packet-storm-detected"}),
        (Preferences(switched_off=frozenset({DUPLICATES})), set()),
    ],
    ids=["usual", "storms", "no duplicates"],
)
def test_both_engines_look_for_what_of_arp_is_switched_on(
    tmp_path: Path, preferences: Preferences, expected: set[str]
) -> None:
    path = write(tmp_path / "addresses.pcap", addresses(random.Random(7), 400))
    octets = bytearray(path.read_bytes())
    place = 24
    while place < len(octets):  # all in one second
        octets[place : place + 4] = struct.pack("<I", 1_700_000_000)
        place += 16 + struct.unpack_from("<I", octets, place + 8)[0]
    path.write_bytes(octets)
    names = ["arp.duplicate-address-frame", "arp.packet-storm-detected", "_ws.expert.group"]
    found = {}
    for engine in ("compiled", "reference"):
        with wireproof.open_capture(path, preferences=preferences) as opened:
            table = opened.columns(names, engine=engine)  # type: ignore[arg-type]
            found[engine] = {name: list(table[name]) for name in names}
    assert found["compiled"] == found["reference"]
    assert {name for name in names[:2] if any(found["compiled"][name])} == expected


@pytest.mark.parametrize("text", FILTERS)
def test_a_filter_is_applied_after_all_packets_are_taken_in(capture: Path, packets: list[Packet], text: str) -> None:
    chosen = wireproof.Filter(text)
    with wireproof.open_capture(capture) as opened:
        numbers = [record.number for record in opened.select(chosen, engine="compiled")]
    assert numbers == [packet.number for packet in packets if chosen.matches(packet)]


def test_plain_packets_are_not_handed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for the few at which tables grow."""
    path, handed = write(tmp_path / "plain.pcap", conversations(random.Random(6), 1000)), []
    decide = Query.decide
    monkeypatch.setattr(Query, "decide", lambda *given: (handed.append(1), decide(*given))[1])
    with wireproof.open_capture(path) as opened:
        assert opened.count("tcp.stream >= 0", engine="compiled") > 300
    assert len(handed) < 10


def test_what_no_rule_tells_is_the_references() -> None:
    with pytest.raises(NotLowerableError, match=r"frame\.time_delta_displayed"):
        compile_query(compile_filter("frame.time_delta_displayed > 1", catalogue()), rules=rules())


def test_explain_says_which_rules_are_run() -> None:
    query = compile_query(compile_filter("tcp.stream == 1 && arp", catalogue()), rules=rules_of(["tcp"]))
    assert "rules of tcp over several packets" in query.explain()
    assert "call rule 0" in query.plan()


def test_a_filter_that_is_partly_the_references_is_all_of_it() -> None:
    """The reference would be asked of some frames, and would not have seen the others."""
    with pytest.raises(NotLowerableError):
        compile_query(compile_filter("tcp.stream == 1 && @tcp.seq == 00:00:00:01", catalogue()), rules=rules())


SHOWN = [
    "tcp.flags.push == 1",
    "arp || icmp",
    "frame.number > 20 && frame.len > 70",
    "tcp.stream == 5",
    "udp.port == 80",
    "ip.src == 10.0.0.9 || switch.bum",
    "frame.time_relative > 400 && ip",
]


def values(packet: Packet) -> list[object]:
    """Return all that a packet tells, in its order."""
    layers = [[(v.info.name, v.value, v.start, v.bits) for v in layer.values] for layer in packet.layers]
    return [packet.number, layers, [(each.message, each.group) for each in packet.diagnoses]]


@pytest.mark.parametrize("text", SHOWN)
def test_what_passes_is_read_with_what_came_before(capture: Path, text: str) -> None:
    found = {}
    for engine in ("compiled", "reference"):
        with wireproof.open_capture(capture) as opened:
            records = opened.records(wireproof.Filter(text), engine=engine)  # type: ignore[arg-type]
            found[engine] = [(record, values(packet)) for record, packet in records]
    assert found["compiled"] == found["reference"]


def test_what_fragments_make_whole_is_not_handed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for what follows on what tables grow at: neither to be filtered, nor to be counted, nor to be shown."""
    dice, read = random.Random(8), []
    path = write(tmp_path / "pieces.pcap", in_pieces(dice, conversations(dice, 1000)), cut=1 << 30)
    decide = Query.decide
    monkeypatch.setattr(Query, "decide", lambda *given: (read.append(1), decide(*given))[1])
    with wireproof.open_capture(path) as opened:
        wholes = sum(bool(packet.wholes) for packet in opened)
    for text in ("tcp.stream >= 0", "udp.stream >= 0 && frame.len > 20", "udp", "frame.time_delta > 0 && tcp.len > 0"):
        with wireproof.open_capture(path) as opened:
            assert opened.count(text, engine="compiled") > 10
        with wireproof.open_capture(path) as opened:
            opened.columns(["frame.len", "frame.cap_len", "udp.stream"], text, engine="compiled")
    with wireproof.open_capture(path) as opened:
        passed = list(opened.records(wireproof.Filter("tcp.stream == 7"), engine="compiled"))
    assert wholes > 300
    assert len(read) < len(passed) + 100


def test_no_packet_is_made_of_what_does_not_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, read = write(tmp_path / "plain.pcap", conversations(random.Random(6), 1000)), []
    decide = Query.decide
    monkeypatch.setattr(Query, "decide", lambda *given: (read.append(1), decide(*given))[1])
    with wireproof.open_capture(path) as opened:
        passed = list(opened.records(wireproof.Filter("tcp.stream == 7"), engine="compiled"))
    assert passed
    assert len(read) < len(passed) + 10


def test_every_analysis_has_a_rule() -> None:
    """Which machine code runs, so that no packet has to be read for what it tells to later ones."""
    assert {rule.protocol for rule in rules()} == {"frame", "tcp", "udp", "icmp", "eth", "arp"}
    assert all(Analysis().of(rule.protocol) for rule in rules())
