"""Fragments in both engines: what they make whole is found in the same frames, in one walk and in several ranges."""

from pathlib import Path

import pytest

import wireproof
from wireproof.dissectors.schema import catalogue
from wireproof.engine import compile_query, ranges
from wireproof.grammar import compile_filter
from wireproof.packet import Preferences
from wireproof.packet.preferences import DEFAULT

from ..capture.craft import enhanced, interface, option, section
from ..packet import fragments
from .frames import write

OFF = Preferences(switched_off=frozenset({"ip.defragment"}))
FILTERS = """
udp
udp.port == 54 and ip.frag_offset > 0
not udp
tcp.dstport == 80 or icmp.type == 8
data
udp.payload contains 58:58 or udp.payload matches "Z"
ip.src#2 == 10.0.0.1 and not icmp
frame.protocols contains "ip:udp"
udp.length > 50 and vlan
frame.number > 50 and udp
_ws.malformed or eth.padding
len(udp.payload) == 92
arp
ip.fragment.count > 2 or ip.fragment.overlap
not ip.fragments and ip.id == 5
ip.reassembled.length > 60 && udp
ip.reassembled.doubtful
!(ip.fragment == 601)
count(ip.fragment) == 3 || icmp.type == 8
""".strip().splitlines()
NAMES = [
    "frame.number",
    "frame.protocols",
    "udp.dstport",
    "ip.id",
    "udp.payload",
    "ip.fragment",
    "ip.fragment.count",
    "ip.fragments",
]


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    whole = [fragments.ethernet(fragments.ipv4(fragments.udp(b"whole", (1, 2)), number=9))] * 300
    return fragments.write(tmp_path_factory.mktemp("fragments") / "a.pcap", [*whole, *fragments.frames(), *whole])


@pytest.fixture(scope="module")
def pcapng(capture: Path) -> Path:
    with wireproof.open_capture(capture) as opened:
        blocks = [enhanced(record.data) for record in opened.reader]
    path = capture.with_suffix(".pcapng")
    path.write_bytes(section() + interface() + b"".join(blocks))
    return path


def numbers(path: Path, text: str, preferences: Preferences = DEFAULT) -> list[int]:
    with wireproof.open_capture(path, preferences=preferences) as opened:
        return [packet.number for packet in opened.filter(text)]


@pytest.mark.parametrize("text", FILTERS)
def test_the_same_frames(capture: Path, text: str) -> None:
    query = compile_query(compile_filter(text, catalogue()))
    assert [record.number for record in query.match_records(capture)] == numbers(capture, text)


def test_the_same_frames_of_pcapng(pcapng: Path) -> None:
    for text in FILTERS[:4]:
        query = compile_query(compile_filter(text, catalogue()))
        assert [record.number for record in query.match_records(pcapng)] == numbers(pcapng, text)


@pytest.mark.parametrize("order", ["<", ">"])
def test_records_of_either_order(tmp_path: Path, order: str) -> None:
    """Of a datagram that is made whole, machine code is given a record as those of the capture are."""
    data = fragments.frames()
    paths = [write(tmp_path / f"{kind}.pcap", data, order=order, magic=kind) for kind in (0xA1B2C3D4, 0xA1B2CD34)]
    blocks = [enhanced(each, order=order, options=option(1, b"told", order=order) * (len(each) % 3)) for each in data]
    paths.append(tmp_path / "c.pcapng")
    paths[-1].write_bytes(section(order) + interface(order=order) + b"".join(blocks))
    for path in paths:
        for text in FILTERS[:8]:
            query = compile_query(compile_filter(text, catalogue()))
            found = [(record.number, record.data) for record in query.match_records(path)]
            assert [number for number, _ in found] == numbers(path, text)
            assert all(frame == data[number - 1] for number, frame in found)


def test_what_differs_in_a_frame_that_was_never_cut_is_the_references() -> None:
    texts = {
        "udp": True,
        "udp.port == 54 && frame.len > 9 && ip.src == 10.0.0.1": True,
        "udp && ip.len > 9": False,
        "udp && frame contains 01:02": False,
        "udp && ip[2:2] == 00:1c": False,
        "udp && ip.flags.mf": False,
        "ip.fragment.count == 2": False,
        "udp && eth.trailer": False,
        "udp && _ws.expert": False,
    }
    found = {text: compile_query(compile_filter(text, catalogue())).outline.rejoins for text in texts}
    assert found == texts


def test_what_does_not_depend_on_them_does_not_gather_them() -> None:
    gathering = {
        text: compile_query(compile_filter(text, catalogue())).gathers for text in ("eth", "udp", "ip.id == 1")
    }
    assert gathering == {"eth": False, "udp": True, "ip.id == 1": True}
    assert not compile_query(compile_filter("udp", catalogue()), preferences=OFF).gathers


@pytest.mark.parametrize("kind", ["pcap", "pcapng"])
@pytest.mark.parametrize("size", [3000, 1 << 20])
def test_ranges(capture: Path, pcapng: Path, kind: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "RANGE_BYTES", size)
    path = capture if kind == "pcap" else pcapng
    for text in (*FILTERS[:3], "frame.number > 350 and udp"):
        want, lines = numbers(path, text), []
        for jobs in (1, 4):
            with wireproof.open_capture(path) as opened:
                opened.jobs = jobs
                assert opened.count(text, engine="compiled") == len(want), (text, jobs)
            with wireproof.open_capture(path) as opened:
                opened.jobs = jobs
                found = opened.lines(NAMES, display_filter=text, engine="compiled")
                assert found is not None
                lines.append(b"".join(found))
        assert [int(line.split(b"\t")[0]) for line in lines[0].splitlines()] == want
        assert lines[0] == lines[1]


def test_columns(capture: Path) -> None:
    tables = []
    for engine in ("reference", "compiled"):
        with wireproof.open_capture(capture) as opened:
            table = opened.columns(NAMES, "udp", engine=engine)  # type: ignore[arg-type]
            tables.append([list(table[name]) for name in NAMES])
    assert tables[0] == tables[1]
    assert len(tables[0][0]) > 610


def test_a_record_that_passed_is_dissected_with_what_it_makes_whole(capture: Path) -> None:
    for engine in ("reference", "compiled"):
        with wireproof.open_capture(capture) as opened:
            found = [opened.dissect(record) for record in opened.select("udp.dstport == 54", engine=engine)]  # type: ignore[arg-type]
        assert len(found) > 10
        assert all(packet["udp.dstport"] == (54,) for packet in found)


def test_switched_off(capture: Path) -> None:
    query = compile_query(compile_filter("udp.dstport == 54", catalogue()), preferences=OFF)
    assert (
        [record.number for record in query.match_records(capture)] == numbers(capture, "udp.dstport == 54", OFF) == []
    )
