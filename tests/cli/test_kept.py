"""The same work a second time: what was prepared is found again, says the same, and is not taken for something else."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from wireproof.capture import PcapWriter, Record
from wireproof.cli import main
from wireproof.dissectors import entries
from wireproof.dissectors.schema import catalogue
from wireproof.engine import cache, compile_query, kept_query
from wireproof.grammar import compile_filter
from wireproof.packet import Preferences

from .test_engine import frame

PROGRAM = """
import json, os, sys
from wireproof.cli import main
from wireproof.engine import cache
cache._IMPORTED = 1 << 63  # no source is being edited
status = main(sys.argv[1:])
sys.stdout.flush()
heavy = sorted({"construct", "lark", "wireproof.grammar.compiled"} & set(sys.modules))
with open(os.environ["TOLD"], "w") as told:
    json.dump([status, heavy], told)
"""


class Ran(NamedTuple):
    """What a command printed, what it wrote, its status, and which of the libraries it took that take their time."""

    printed: bytes
    said: bytes
    written: bytes | None
    status: int
    heavy: list[str]


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A capture that machine code pays for."""
    source = random.Random(7)
    path = tmp_path_factory.mktemp("kept") / "large.pcap"
    with path.open("wb") as file:
        writer = PcapWriter(file, 1)
        for number in range(1, 5001):
            octets = frame(source)
            writer.write(Record(number, octets, len(octets), number * 1_000_000_000, 1, 0, 0))
    return path


def run(folder: Path, capture: Path, *words: str, **environment: str) -> Ran:
    copy = folder / "copy.pcap"
    copy.unlink(missing_ok=True)
    words = tuple(str(copy) if word == "COPY" else word for word in words)
    known = {**os.environ, "WIREPROOF_CACHE": str(folder / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM, "dissect", str(capture), *words],
        env={**known, "TOLD": str(folder / "told"), **environment},
        capture_output=True,
        timeout=120,
    )
    status, heavy = json.loads((folder / "told").read_text())
    return Ran(done.stdout, done.stderr, copy.read_bytes() if copy.exists() else None, status, heavy)


FIELDS = ["-T", "fields", "-e", "frame.number", "-e", "ip.src", "-e", "udp.srcport"]


@pytest.mark.parametrize(
    "words",
    [
        ["-Y", "ip.src == 192.0.2.0/28", "-w", "COPY"],
        ["-Y", "udp.srcport > 1000", "--count"],
        [*FIELDS, "-E", "header=y"],
        ["-Y", "vlan or arp.opcode == 2", "-T", "csv", "-e", "eth.src", "-e", "vlan.id"],
    ],
    ids=" ".join,
)
def test_a_second_run_says_the_same_and_compiles_nothing(words: list[str], capture: Path, tmp_path: Path) -> None:
    first, second = run(tmp_path, capture, *words), run(tmp_path, capture, *words)
    assert first.status == 0, first.said
    assert first.heavy
    assert second == first._replace(heavy=[])


def test_the_reference_is_asked_about_what_it_decides(capture: Path, tmp_path: Path) -> None:
    words = ["-Y", 'udp and frame matches "77"', "-w", "COPY"]
    first, second = run(tmp_path, capture, *words), run(tmp_path, capture, *words)
    assert first.status == 0, first.said
    assert first == second
    assert run(tmp_path, capture, *words, "--engine", "reference").written == second.written


def test_a_faulty_filter_is_told_each_time(capture: Path, tmp_path: Path) -> None:
    for _ in range(2):
        found = run(tmp_path, capture, "-Y", "ip.sorce == 1", "--count")
        assert found.status == 2
        assert b"ip.sorce" in found.said


def test_other_options_are_other_work(capture: Path, tmp_path: Path) -> None:
    """Names in another order, another style, another preference: nothing is taken for one of the others."""
    text = ["-Y", "ip.checksum.status == 1"]
    for _ in range(2):
        plain = run(tmp_path, capture, *text, "--count")
        verified = run(tmp_path, capture, *text, "--count", "-o", "ip.check_checksum:TRUE")
        assert plain.printed == b"0\n"
        assert int(verified.printed) > 0
        forth = run(tmp_path, capture, "-T", "fields", "-e", "ip.src", "-e", "ip.dst").printed
        back = run(tmp_path, capture, "-T", "fields", "-e", "ip.dst", "-e", "ip.src").printed
        first = run(tmp_path, capture, "-T", "fields", "-e", "ip.src", "-e", "ip.dst", "-E", "separator=,").printed
        assert len({forth, back, first}) == 3


def test_what_is_printed_is_the_same_of_files_of_another_kind(capture: Path, tmp_path: Path) -> None:
    """The query is kept, but not its machine code for records that are laid out otherwise."""
    words = ["-Y", "arp.opcode == 2 and frame.number > 4900"]
    first, second = run(tmp_path, capture, *words), run(tmp_path, capture, *words)
    assert first.printed.count(b"ARP") > 5
    assert second.heavy == ["construct"]  # which packets are made by
    assert second.printed == first.printed
    assert main(["dissect", str(capture), "-w", str(tmp_path / "fine.pcap"), "-F", "nsecpcap"]) == 0
    assert run(tmp_path, tmp_path / "fine.pcap", *words).printed.count(b"ARP") == first.printed.count(b"ARP")


def test_a_date_depends_on_the_time_zone(capture: Path, tmp_path: Path) -> None:
    words = ["-Y", 'frame.time < "1970-01-01 01:00:00"', "--count"]
    for _ in range(2):
        assert run(tmp_path, capture, *words, TZ="UTC").printed == b"3599\n"
        assert run(tmp_path, capture, *words, TZ="CET-1").printed == b"0\n"


def test_no_cache_no_keeping(capture: Path, tmp_path: Path) -> None:
    for _ in range(2):
        found = run(tmp_path, capture, "-Y", "arp", "--count", WIREPROOF_CACHE="off")
        assert found.status == 0
        assert found.heavy


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which queries are kept, with one in it."""
    monkeypatch.setenv("WIREPROOF_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "_IMPORTED", 1 << 63)
    cache._installation.cache_clear()
    compile_query(compile_filter("arp", catalogue()), names=["eth.src", "frame.comment"], keep=True)
    return tmp_path / "cache"


def test_what_is_kept_is_what_was_found_out(kept: Path) -> None:
    query = compile_query(compile_filter("arp", catalogue()), names=["eth.src", "frame.comment"])
    found = kept_query("arp", names=["eth.src", "frame.comment"])
    assert found is not None
    assert found.outline == query.outline
    assert [column.name for column in found.columns] == ["eth.src"]
    assert list(found.not_told) == ["frame.comment"]
    assert found.plan() == query.plan()


def test_nothing_else_is_found(kept: Path) -> None:
    names = ["eth.src", "frame.comment"]
    assert kept_query("arp ", names=names) is None
    assert kept_query("arp", names=names[::-1]) is None
    assert kept_query("arp", names=names, singles=True) is None
    assert kept_query("arp", Preferences(frozenset({"ip.check_checksum"})), names) is None


def test_protocols_of_others_may_change_unseen(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "is_likely", lambda group: True)
    assert kept_query("arp", names=["eth.src", "frame.comment"]) is None
    before = sorted(kept.iterdir())
    compile_query(compile_filter("ip", catalogue()), keep=True)
    assert sorted(kept.iterdir()) == before


def test_damage_is_no_answer(kept: Path) -> None:
    dice = random.Random(3)
    (entry,) = kept.iterdir()
    octets = bytearray(entry.read_bytes())
    octets[dice.randrange(len(octets))] ^= 1
    entry.write_bytes(octets)
    assert kept_query("arp", names=["eth.src", "frame.comment"]) is None
