"""The benchmarks on a few packets: every row is there, and a wrong answer is none."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import pytest

import wireproof

SMALL, LARGE = 120, 240
FRAMES = 1500
FILTERS = ("ARP probe", "small network", "SYN without ACK", "vendor prefix", "ports in a set", "octets in a frame")
FEW, WITH_BPF = FILTERS[:4], FILTERS[:5]
FIELDS = ("two fields to a file", "eight fields to a file")
ALWAYS = {
    "loop, tcpdump / wireproof, few packets match, median": [""],
    "loop, tcpdump / wireproof, few packets match": FEW,
    "loop, tcpdump / wireproof, more than half match": ["ports in a set"],
    "loop, tcpdump / wireproof on one core, few packets match": FEW,
    "loop, wireproof on one core / reading the file": FEW,
    "filter, tcpdump / wireproof": WITH_BPF,
    "filter, tcpdump / wireproof on one core": WITH_BPF,
    "pcapng / pcap": [*(f"{name}, loop" for name in FILTERS), *FIELDS],
    "resident memory": [""],
    "resident memory, plain reader": ["pcap", "pcapng"],
}
WITH_TSHARK = {
    "filter, tshark / wireproof": FILTERS,
    "`-T fields`, tshark / wireproof": [*FIELDS, *(name.replace("a file", "nowhere") for name in FIELDS)],
    "100 packets printed, tshark / wireproof": ["all", "those that pass a filter"],
}
WITH_DPKT = {"records without a filter, dpkt / wireproof's plain reader": ["pcap", "pcapng"]}
WITH_LLVMLITE = {"compiling a filter": WITH_BPF}
COUNTERFEIT = """#!{python}
import os, sys
if "-w" in sys.argv:
    sys.argv[-1] = "udp"
os.execv({program!r}, sys.argv)
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which captures are found again."""
    return tmp_path_factory.mktemp("captures")


@pytest.fixture
def run(checkout: Path, folder: Path) -> Run:
    """Run the benchmarks on a few packets, with other programs where a folder of them is named."""
    if shutil.which("tcpdump") is None:
        pytest.skip("tcpdump is not installed")

    def run(*words: str, programs: Path | None = None) -> subprocess.CompletedProcess[str]:
        count = ("--small", str(SMALL), "--large", str(LARGE), "--runs", "1", "--folder", str(folder))
        path = os.pathsep.join([str(each) for each in (programs, os.environ["PATH"]) if each])
        command = [sys.executable, str(checkout / "benchmarks" / "run"), *count, *words]
        return subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PATH": path})

    return run


@pytest.fixture
def modules(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The benchmarks' modules can be imported, and nothing of the checkout comes before what is installed."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(checkout)])


def test_every_row_is_there(run: Run, tmp_path: Path) -> None:
    def measure(*what: str) -> list[list[str]]:
        output = tmp_path / f"{what[0]}.md"
        done = run("--output", str(output), *what, "--folder", str(tmp_path / what[0]))
        assert done.returncode == 0, done.stderr
        assert output.read_text(encoding="utf-8") == done.stdout
        return [
            [cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines() if line[:1] == "|"
        ]

    with ThreadPoolExecutor() as pool:  # it is the starts of many processes that take time
        halves = pool.map(lambda what: measure(*what), (["filters"], ["fields", "hundred", "compiling", "records"]))
        lines = list(chain.from_iterable(halves))
    expected = dict(ALWAYS)
    expected |= WITH_TSHARK if shutil.which("tshark") else {}
    expected |= WITH_DPKT if find_spec("dpkt") else {}
    expected |= WITH_LLVMLITE if find_spec("llvmlite") else {}
    # compared, what, wanted, measured, mark, medians
    rows = {(cells[0], cells[1]): cells[2:] for cells in lines if len(cells) == 6}
    assert {(group, name) for group, names in expected.items() for name in names} <= rows.keys()
    for wanted, measured, mark, _ in rows.values():
        assert (mark == "-") == (measured == "-" or wanted == "-") or wanted == "wanted"
    # compared, wanted, measured, mark: one line of each kind of comparison
    assert all(any(cells[0].startswith(group) for cells in lines if len(cells) == 4) for group in expected)


def test_a_wrong_answer_is_rejected(run: Run, tmp_path: Path) -> None:
    """tcpdump finds something else: no table, but who found what."""
    counterfeit = tmp_path / "tcpdump"
    counterfeit.write_text(COUNTERFEIT.format(python=sys.executable, program=shutil.which("tcpdump")), encoding="utf-8")
    counterfeit.chmod(0o755)
    output = tmp_path / "results.md"
    done = run("--no-tshark", "--output", str(output), "filters", programs=tmp_path)
    assert done.returncode == 1
    assert f"ARP probe, {SMALL} packets: tcpdump found" in done.stderr
    assert not done.stdout
    assert not output.exists()


def test_a_list_that_differs_is_rejected(run: Run, tmp_path: Path) -> None:
    silent = tmp_path / "tshark"
    silent.write_text("#!/bin/sh\n", encoding="utf-8")
    silent.chmod(0o755)
    done = run("hundred", programs=tmp_path)
    assert done.returncode == 1
    assert "tshark 0 (" in done.stderr


def test_a_program_that_fails_is_rejected(run: Run, tmp_path: Path) -> None:
    failing = tmp_path / "tcpdump"
    failing.write_text("#!/bin/sh\necho no permission >&2\nexit 3\n", encoding="utf-8")
    failing.chmod(0o755)
    done = run("--no-tshark", "filters", programs=tmp_path)
    assert done.returncode == 1
    assert "exit status 3\nno permission" in done.stderr


def test_the_table_goes_into_a_page(run: Run, tmp_path: Path) -> None:
    results, page = tmp_path / "results.md", tmp_path / "page.md"
    results.write_text("above\n<!-- benchmarks -->\nnew\n<!-- /benchmarks -->\nbelow\n", encoding="utf-8")
    page.write_text("before\n<!-- benchmarks -->\nold\n<!-- /benchmarks -->\nafter\n", encoding="utf-8")
    done = run("--output", str(results), "--readme", str(page))
    assert done.returncode == 0, done.stderr
    expected = "before\n<!-- benchmarks -->\nnew\n<!-- /benchmarks -->\nafter\n"
    assert page.read_text(encoding="utf-8") == expected


@pytest.mark.usefixtures("modules")
def test_tshark_runs_once_for_the_same(tmp_path: Path) -> None:
    from benchmarks.answers import Answers, of_text
    from benchmarks.kept import Tshark
    from benchmarks.running import Command

    kept, capture, printed = tmp_path / "kept.json", tmp_path / "capture", tmp_path / "printed"
    ran = tmp_path / "ran"

    def seconds(option: str, content: bytes) -> float:
        capture.with_name(content.decode()).write_bytes(content)
        code = f"open({str(ran)!r}, 'a').write('x'); print('line')"
        words = (sys.executable, "-c", code, option, str(capture.with_name(content.decode())))
        command = Command("tshark", words, os.environ, "what", of_text, printed=printed)
        return Tshark(kept).seconds(command, capture.with_name(content.decode()), Answers())

    first = seconds("-a", b"one")
    assert seconds("-a", b"one") == first
    assert ran.read_text() == "x"
    seconds("-b", b"one")
    seconds("-a", b"two")
    assert ran.read_text() == "xxx"
    assert [entry["count"] for entry in json.loads(kept.read_text(encoding="utf-8"))] == [1, 1, 1]


@pytest.fixture(scope="module")
def mix(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[wireproof.Packet]]:
    """A small capture in both formats."""
    preferences = wireproof.Preferences(frozenset({"ip.check_checksum", "tcp.check_checksum"}))
    found = {}
    for form in ("pcap", "pcapng"):
        path = tmp_path_factory.mktemp("mix") / f"mix.{form}"
        maker = [sys.executable, str(checkout / "benchmarks" / "make_capture.py")]
        subprocess.run([*maker, str(FRAMES), str(path), "--format", form], check=True)
        with wireproof.open_capture(path, preferences=preferences) as capture:
            found[form] = list(capture)
    return found


def test_both_formats_hold_the_same(mix: dict[str, list[wireproof.Packet]]) -> None:
    names = ("frame.time_epoch", "frame.cap_len", "frame.len")
    pcap, pcapng = ([(packet.data, *(packet[name] for name in names)) for packet in mix[form]] for form in mix)
    assert len(pcap) == FRAMES
    assert pcap == pcapng


@pytest.mark.parametrize(
    ("display_filter", "least", "most"),
    [
        ("tcp.options", 0.4, 0.75),
        ("udp", 0.15, 0.4),
        ("arp.opcode == 2", 0.005, 0.05),
        ("arp.opcode == 1 && arp.spa == 0.0.0.0", 0.005, 0.05),
        ("arp.opcode == 1 && arp.spa == arp.tpa", 0.005, 0.05),
        ("vlan", 0.1, 0.25),
        ("count(vlan.id) == 2", 0.02, 0.1),
        ("ip.flags.mf == 1", 0.01, 0.06),
        ("ip.frag_offset > 0", 0.01, 0.06),
        ("frame.cap_len < frame.len", 0.005, 0.04),
        ("tcp.port in {80, 443, 8080}", 0.4, 0.7),
        ('frame contains "wireproof"', 0.0005, 0.02),
        ("ip.checksum.status == 1", 0.8, 1),
        ("ip.checksum.status == 0 || tcp.checksum.status == 0", 0, 0),
    ],
)
def test_the_mix(mix: dict[str, list[wireproof.Packet]], display_filter: str, least: float, most: float) -> None:
    chosen = wireproof.Filter(display_filter)
    assert least <= sum(map(chosen.matches, mix["pcap"])) / FRAMES <= most
