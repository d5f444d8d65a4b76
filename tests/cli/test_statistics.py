"""``-z`` and ``-2``: JSON, several at once, what a stream lacks, and what is refused."""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from ..engine.frames import frames
from ..packet import fragments
from .conftest import Result

Run = Callable[..., Result]
A, B = b"\x0a\0\0\1", b"\x0a\0\0\2"


def segment(is_client: bool, seq: int, ack: int, flags: int, data: bytes = b"") -> bytes:
    source, destination, ports = (A, B, (40000, 80)) if is_client else (B, A, (80, 40000))
    head = struct.pack(">HHIIHHHH", *ports, seq, ack, 0x5000 | flags, 512, 0, 0)
    packet = bytearray(fragments.ipv4(head + data, protocol=6))
    packet[12:20] = source + destination
    return fragments.ethernet(bytes(packet))


@pytest.fixture
def lossy(tmp_path: Path) -> Path:
    """Data in another order, twice, overlapping, and some of it missing."""
    return fragments.write(
        tmp_path / "lossy.pcap",
        [
            segment(False, 1000, 0, 0x12),
            segment(True, 500, 1001, 0x18, b"hello"),
            segment(False, 1001, 505, 0x18, b"one"),
            segment(False, 1007, 505, 0x18, b"thr"),
            segment(False, 1004, 505, 0x18, b"two"),
            segment(False, 1004, 505, 0x18, b"two"),
            segment(False, 1020, 505, 0x18, b"lost before"),
            segment(True, 505, 1031, 0x10),
            segment(False, 1029, 505, 0x18, b"reMORE"),
            segment(True, 600, 1035, 0x18, b"at the end"),
        ],
    )


def test_a_stream_with_its_gaps(run: Run, lossy: Path) -> None:
    (found,) = json.loads(run("-q", "-T", "json", "-r", str(lossy), "-z", "follow,tcp,raw,0").out)
    pieces = [
        (each["side"], each.get("missing") or bytes.fromhex(each["octets"])) for each in found["result"]["pieces"]
    ]
    assert pieces == [
        *((1, b"hello"), (0, b"one"), (0, b"two"), (0, b"thr"), (0, 10), (0, b"lost before")),
        *((0, b"MORE"), (1, 95), (1, b"at the end")),
    ]
    assert found["result"]["ends"] == ["10.0.0.2:80", "10.0.0.1:40000"]


def test_json_of_all(run: Run, lossy: Path) -> None:
    names = ["conv,tcp", "endpoints,ip", "io,phs", "io,stat,1", "expert"]
    words = [word for name in names for word in ("-z", name)]
    found = {each["name"]: each["result"] for each in json.loads(run("-q", "-T", "json", "-r", str(lossy), *words).out)}
    assert list(found) == names
    assert (found["conv,tcp"][0]["frames_sent"], found["conv,tcp"][0]["frames_received"]) == (7, 3)
    assert [end["end"] for end in found["endpoints,ip"]] == ["10.0.0.2", "10.0.0.1"]
    assert found["io,phs"][0]["carries"][0]["carries"][0]["protocol"] == "tcp"


def test_json_of_segments_and_functions(run: Run, lossy: Path) -> None:
    names = ["flow,tcp,network,tcp.len > 0", "io,stat,0,SUM(tcp.len),AVG(tcp.len),MAX(frame.time_relative),COUNT(tcp)"]
    words = [word for name in names for word in ("-z", name)]
    flow, sums = (each["result"] for each in json.loads(run("-q", "-T", "json", "-r", str(lossy), *words).out))
    assert len(flow) == 8
    assert flow[0] == {
        **{"frame": 2, "time": 0.001, "conversation": 0, "source": "10.0.0.1:40000", "destination": "10.0.0.2:80"},
        **{"flags": "PSH, ACK", "length": 5, "seq": 501, "ack": 1},
    }
    total = sum(map(len, SIZES))
    (interval,) = sums["intervals"]
    assert interval["columns"] == [{"sum": total}, {"avg": total // 10}, {"max": 0.009}, {"count": 10}]


def test_times_are_spread_over_the_intervals_that_they_take(run: Run, lossy: Path) -> None:
    """A packet's time since the first one lasts from the first one on: of ten packets, nine last through the first."""
    name = "io,stat,0.001,LOAD(frame.time_relative)"
    (found,) = json.loads(run("-q", "-T", "json", "-r", str(lossy), "-z", name).out)
    loads = [each["columns"][0]["load"] for each in found["result"]["intervals"]]
    assert loads == [9, 8, 7, 6, 5, 4, 3, 2, 1]


def test_packets_come_first_without_q(run: Run, lossy: Path) -> None:
    lines = run("-r", str(lossy), "-Y", "frame.number == 1", "-z", "io,phs").lines
    assert lines[0].split()[0] == "1"
    assert "Protocol Hierarchy Statistics" in lines
    assert any(line.endswith(f"frames:10 bytes:{sum(54 + len(d) for d in SIZES)}") for line in lines)


SIZES = (b"", b"hello", b"one", b"thr", b"two", b"two", b"lost before", b"", b"reMORE", b"at the end")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("-z", "nothing"), 1, "expected conv"),
        (("-z", "conv,ipx"), 1, "expected one of eth, ip, tcp, udp"),
        (("-z", "conv,tcp,tcp.prt"), 2, "tcp.prt"),
        (("-z", "io,stat,soon"), 1, "no number of seconds"),
        (("-z", "io,stat,1,SUM()frame.len"), 1, "wants the name of a field"),
        (("-z", "io,stat,1,SUM(frame.lne)"), 1, "did you mean frame.len"),
        (("-z", "io,stat,1,MAX(eth.src)eth.src"), 1, "has no numbers"),
        (("-z", "io,stat,1,LOAD(frame.len)frame.len"), 1, "relative times"),
        (("-z", "io,stat,1,BYTES(frame.len)"), 1, "takes no field"),
        (("-z", "follow,tcp,ascii,first"), 1, "N being a number"),
        (("-z", "flow,any"), 1, "expected flow,tcp"),
        (("-z", "flow,tcp,wide"), 1, "expected flow,tcp"),
    ],
)
def test_what_is_refused(run: Run, lossy: Path, words: tuple[str, ...], status: int, said: str) -> None:
    done = run("-q", "-r", str(lossy), *words)
    assert done.status == status
    assert said in done.err


def test_two_passes_take_a_file(run: Run, lossy: Path) -> None:
    done = run("-2", "-r", "-")
    assert done.status == 1
    assert "takes a file" in done.err


def test_the_info_column_of_a_second_pass(run: Run, tmp_path: Path) -> None:
    path = fragments.write(
        tmp_path / "a.pcap", [fragments.ethernet(each) for each in fragments.cut(fragments.DATA, 32)]
    )
    assert [line.endswith("[Reassembled in #4]") for line in run("-2", "-r", str(path)).lines] == [True] * 3 + [False]
    assert not any("Reassembled" in line for line in run("-r", str(path)).lines)


GATHERED = [
    *(f"conv,{kind}" for kind in ("tcp", "udp", "ip", "eth")),
    "conv,tcp,tcp.analysis.flags",
    "endpoints,udp",
    "endpoints,ip,ip.ttl > 1",
    "io,stat,0.01",
    "io,stat,0.02,tcp,SUM(tcp.len),COUNT(ip.addr)tcp,MAX(frame.time_relative)udp,COUNT(udp.payload),COUNT(tcp)",
    "follow,tcp,hex,0",
    "follow,udp,ascii,1",
    "io,phs",
    *("expert", "expert,note,tcp", "flow,tcp", "flow,tcp,network,tcp.port == 80 or ip.ttl > 9"),
]


def test_columns_tell_the_same_as_packets(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tunnels, fragments, what error messages quote, and frames that are cut."""
    pytest.importorskip("llvmlite")
    shorter = [frame[: 20 + 7 * number] for number, frame in enumerate(fragments.frames()[-12:])]
    path = fragments.write(tmp_path / "a.pcap", [*fragments.frames(), *shorter, *frames(7, 200)])
    monkeypatch.setattr("wireproof.interface.PAYS", 0)
    monkeypatch.setattr("wireproof.interface.capture.PAYS", 0)
    for text in GATHERED:
        slow = run("-q", "-r", str(path), "-z", text, "--engine", "reference")
        fast = run("-q", "-r", str(path), "-z", text)
        assert (fast.out, fast.err, fast.status) == (slow.out, slow.err, slow.status), text


def test_columns_tell_of_damage(run: Run, lossy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wireproof.interface.PAYS", 0)
    monkeypatch.setattr("wireproof.interface.capture.PAYS", 0)
    lossy.write_bytes(lossy.read_bytes()[:-3])
    done = run("-q", "-r", str(lossy), "-z", "io,stat,0", "-z", "expert")
    assert done.status == 2
    assert "|      9 |" in done.out
    assert "record 10 is cut" in done.err
