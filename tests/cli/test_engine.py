"""Filters as machine code on the command line: the same answers as frame by frame, and a word where there are none."""

from __future__ import annotations

import csv
import importlib
import io
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

import wireproof
from wireproof.capture import PcapWriter, Record
from wireproof.interface import PAYS

from .conftest import Result

Run = Callable[..., Result]

FILTERS = [
    "arp",
    "arp.opcode == 1 && arp.spa == 0.0.0.0",
    "ip.addr == 192.0.2.0/28",
    "udp.port in {1000..1010, 2000}",
    "not udp",
    'udp.payload matches "7+"',
    "frame.number > 3000",
    "vlan.id == 5 or udp.length > 20",
]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A capture that is large enough for machine code to pay."""
    source = random.Random(1)
    path = tmp_path_factory.mktemp("large") / "large.pcap"
    with path.open("wb") as file:
        writer = PcapWriter(file, 1)
        for number in range(1, 5001):
            writer.write(Record(number, frame(source), 90, number * 1_000_000, 1, 0, 0))
    assert path.stat().st_size > PAYS
    return path


def frame(source: random.Random) -> bytes:
    tags = [("vlan", {"vlan.id": source.randrange(8)})] if source.random() < 0.3 else []
    if source.random() < 0.3:
        probe = {"arp.opcode": source.choice((1, 2)), "arp.spa": source.choice(("0.0.0.0", "192.0.2.9"))}
        return wireproof.build([("eth", {}), *tags, ("arp", probe)])
    ip = {"ip.src": f"192.0.2.{source.randrange(256)}", "ip.dst": "198.51.100.1"}
    udp = {"udp.srcport": source.randrange(900, 2100), "udp.dstport": 9}
    return wireproof.build([("eth", {}), *tags, ("ip", ip), ("udp", udp), b"%d" % source.randrange(10**9)])


@pytest.mark.parametrize("text", FILTERS)
def test_fields_are_the_same(text: str, large: Path, run: Run) -> None:
    words = ("-r", large, "-Y", text, "-T", "fields", "-e", "frame.number", "-e", "ip.src", "-e", "udp.length")
    fast, slow = run(*words), run(*words, "--engine", "reference")
    assert (fast.status, fast.err) == (0, "")
    assert fast.out == slow.out != ""


@pytest.mark.parametrize("text", FILTERS[:3])
def test_files_are_the_same(text: str, large: Path, tmp_path: Path, run: Run) -> None:
    for engine in ("auto", "compiled", "reference"):
        assert run("-r", large, "-Y", text, "-w", tmp_path / engine, "--engine", engine).status == 0
    assert len({(tmp_path / engine).read_bytes() for engine in ("auto", "compiled", "reference")}) == 1


def test_a_count_is_of_records_that_are_read(large: Path, run: Run) -> None:
    words = ("-r", large, "-c", "50", "-Y", "arp", "-T", "fields", "-e", "frame.number")
    fast, slow = run(*words), run(*words, "--engine", "reference")
    assert fast.out == slow.out != ""


def test_damage_is_told_behind_the_frames_before_it(large: Path, tmp_path: Path, run: Run) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(large.read_bytes()[:-7])
    words = ("-r", cut, "-Y", "arp", "-T", "fields", "-e", "frame.number")
    fast, slow = run(*words), run(*words, "--engine", "reference")
    assert fast == slow
    assert fast.status == 2
    assert "at byte" in fast.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("-Y", "tcp.options.sack_le > 1", "-T", "fields", "-e", "frame.number"),
            "tcp.options.sack_le: more than one packet",
        ),
        (("-Y", "frame.time_delta_displayed > 1"), "frame.time_delta_displayed: more than one packet"),
        (("-Y", "arp", "-z", "io,phs"), "every packet is to be read"),
    ],
)
def test_machine_code_that_cannot_be_is_refused(words: tuple[str, ...], said: str, large: Path, run: Run) -> None:
    result = run("-r", large, *words, "--engine", "compiled")
    assert (result.status, result.out) == (1, "")
    assert said in result.err


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("-V",),
        ("-T", "json"),
        ("-T", "fields", "-e", "frame.number", "-e", "frame.time_delta_displayed"),
        ("-c", "200"),
        ("-2",),
    ],
)
def test_packets_are_printed_as_the_reference_prints_them(words: tuple[str, ...], large: Path, run: Run) -> None:
    """What machine code finds is told with all that the packets before it tell."""
    text = "arp.opcode == 2 and frame.number > 4000 or udp.stream == 3"
    plain = run("-r", large, "-Y", text, *words, "--engine", "reference")
    assert run("-r", large, "-Y", text, *words) == plain
    assert plain.status == 0


@pytest.mark.parametrize("engine", ["auto", "compiled", "reference"])
def test_a_stream_is_read_as_a_file_is(large: Path, run: Run, engine: Literal["auto", "compiled", "reference"]) -> None:
    words = ("-Y", "arp", "-T", "fields", "-e", "frame.number")
    with large.open("rb") as stream, wireproof.open_capture(stream) as capture:
        found = [record.number for record in capture.select("arp", engine=engine)]
    assert [str(number) for number in found] == run("-r", large, *words).lines


def test_a_capture_is_walked_over_once(large: Path) -> None:
    with wireproof.open_capture(large) as capture:
        assert capture.count("arp") > 100
        with pytest.raises(wireproof.CaptureError, match="read already"):
            capture.count("arp")


@pytest.mark.parametrize("text", FILTERS)
def test_counts_are_the_same(text: str, large: Path, run: Run) -> None:
    found = {run("-r", large, "-Y", text, "--count", "--engine", engine).out for engine in ("compiled", "reference")}
    assert found == {f"{len(run('-r', large, '-Y', text, '-T', 'fields', '-e', 'frame.number').lines)}\n"}


def test_a_count_stops_where_it_is_told_to(large: Path, run: Run) -> None:
    assert run("-r", large, "-c", "70", "--count").out == "70\n"


def test_a_count_of_a_damaged_capture_tells_of_the_damage(large: Path, tmp_path: Path, run: Run) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(large.read_bytes()[:-7])
    result = run("-r", cut, "--count")
    assert (result.status, result.out) == (2, "4999\n")
    assert "record 5000 is cut" in result.err


def test_a_copy_of_a_damaged_capture_has_what_is_whole(large: Path, tmp_path: Path, run: Run) -> None:
    cut, copy = tmp_path / "cut.pcap", tmp_path / "copy.pcap"
    cut.write_bytes(large.read_bytes()[:-7])
    result = run("-r", cut, "-w", copy, "--engine", "compiled")
    assert result.status == 2
    assert "record 5000 is cut" in result.err
    assert run("-r", copy, "--count").out == "4999\n"
    assert large.read_bytes().startswith(copy.read_bytes())


def test_csv_is_read_by_a_csv_reader(large: Path, run: Run) -> None:
    words = ("-r", large, "-Y", "vlan", "-T", "csv", "-e", "frame.number", "-e", "eth.addr", "-e", "_ws.col.Info")
    names, *rows = csv.reader(io.StringIO(run(*words).out))
    assert names == ["frame.number", "eth.addr", "_ws.col.Info"]
    assert len(rows) > 100
    assert {len(row) for row in rows} == {3}
    assert all(row[1].count(",") == 1 for row in rows)
    fast = run(*words[:-2]).out
    assert fast == run(*words[:-2], "--engine", "reference").out
    assert list(csv.reader(io.StringIO(fast)))[1:] == [row[:2] for row in rows]


@pytest.mark.parametrize("form", ["arrow", "parquet"])
@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_tables_are_read_by_pyarrow(large: Path, form: str, engine: str, checkout: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    fields = [word for name in ("frame.number", "ip.src", "arp.opcode", "frame.time") for word in ("-e", name)]
    command = [sys.executable, "-m", "wireproof", "-r", large, "-Y", "vlan", "-T", form, *fields, "--engine", engine]
    done = subprocess.run(command, cwd=checkout, capture_output=True, check=True)
    if form == "parquet":
        table = importlib.import_module("pyarrow.parquet").read_table(io.BytesIO(done.stdout))
    else:
        table = pyarrow.ipc.open_file(io.BytesIO(done.stdout)).read_all()
    with wireproof.open_capture(large) as capture:
        packets = list(capture.filter("vlan"))
    assert table["frame.number"].to_pylist() == [packet.number for packet in packets]
    assert table["ip.src"].to_pylist() == [[str(value) for value in packet["ip.src"]] for packet in packets]


def test_tables_are_not_for_a_terminal_or_without_fields(large: Path, run: Run) -> None:
    assert "needs the names of fields" in run("-r", large, "-T", "parquet").err
    assert "use one of them" in run("-r", large, "-T", "arrow", "-e", "ip.src", "-w", "x").err


def test_tables_without_pyarrow_name_the_remedy(large: Path, checkout: Path) -> None:
    code = "import sys; sys.modules['pyarrow'] = None; from wireproof.cli import main; sys.exit(main(sys.argv[1:]))"
    words = ["-r", str(large), "-T", "arrow", "-e", "ip.src"]
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=checkout, capture_output=True, text=True)
    assert done.returncode == 2
    assert "pip install 'wireproof[arrow]'" in done.stderr


def test_explain_says_what_runs_where(run: Run) -> None:
    result = run("explain", 'arp.opcode == 1 and frame matches "x"')
    assert result.status == 0
    compiled, reference = result.out.split("the reference")
    assert "arp.opcode == 1" in compiled
    assert "a regular expression" in reference


def test_explain_prints_the_plan(run: Run) -> None:
    assert "layer arp" in run("explain", "--plan", "arp.opcode == 1").out


def test_explain_tells_of_fields_across_packets(run: Run) -> None:
    assert "tcp.stream" in run("explain", "tcp.stream == 1").out


def test_explain_shows_where_a_filter_is_wrong(run: Run) -> None:
    result = run("explain", "tcp.prot == 1")
    assert result.status == 2
    assert "did you mean tcp.port?" in result.err


def test_without_llvmlite_everything_works_and_says_so_once(large: Path, run: Run, checkout: Path) -> None:
    words = ["-r", str(large), "-Y", "arp", "-T", "fields", "-e", "frame.number"]
    code = "import sys; sys.modules['llvmlite'] = None; from wireproof.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run([sys.executable, "-c", code, *words], cwd=checkout, capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stdout == run(*words).out
    assert done.stderr.count("llvmlite is not installed") == 1
    forced = subprocess.run(
        [sys.executable, "-c", code, *words, "--engine", "compiled"], cwd=checkout, capture_output=True
    )
    assert forced.returncode == 1
