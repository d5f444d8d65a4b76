"""``wireproof arp-table`` and ``mac-table``: text, JSON, filters, both engines, and what is wrong with their input."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ..engine.frames import frames, write
from .conftest import Result

Run = Callable[..., Result]


@pytest.fixture
def forms(checkout: Path) -> Path:
    return checkout / "examples" / "arp_forms.pcap"


def test_the_table_as_text(run: Run, forms: Path) -> None:
    out = run("arp-table", str(forms)).out
    assert out.startswith("ARP table: 7 addresses\nAddress ")
    assert "192.0.2.12 from 02:00:00:00:00:66 to 02:00:00:00:00:0c in frame 13: conflict" in out
    assert "conflict in frame 12: 02:00:00:00:00:66 has the address; defended once" in out
    assert "frame 27: sent by 02:00:00:00:00:f2 on behalf of 00:00:5e:00:01:01" in out


def test_the_table_at_a_frame(run: Run, forms: Path) -> None:
    found = json.loads(run("arp-table", "--json", str(forms), "-Y", "frame.number <= 4").out)
    assert [entry["address"] for entry in found["entries"]] == ["192.0.2.10", "192.0.2.11"]
    assert found["entries"][0]["last_seen_frame"] == 3


def test_ages(run: Run, forms: Path) -> None:
    found = json.loads(run("arp-table", "--json", "--age", "60", str(forms)).out)
    assert [entry["address"] for entry in found["entries"]] == ["192.0.2.10", "192.0.2.80"]
    assert found["aged"] == 7  # one of them twice


def test_the_mac_table(run: Run, checkout: Path) -> None:
    path = checkout / "examples" / "lan.pcapng"
    found = json.loads(run("mac-table", "--json", str(path), "--station", "02-00-00-00-00-0a").out)
    assert [station["mac"] for station in found["stations"]] == ["02:00:00:00:00:0a", "02:00:00:00:00:0b"]
    assert found["frames"] == {"unicast": 40, "multicast": 0, "broadcast": 8, "unknown unicast": 0}
    assert found["accepted"] == {"its own address": 19}
    listed = run("mac-table", str(path), "--station", "02:00:00:00:00:0b", "--frames", "-c", "2").out.splitlines()
    assert [line.split("  ")[-1] for line in listed[:2]] == ["broadcast", "not accepted"]


def test_both_engines_say_the_same(run: Run, tmp_path: Path) -> None:
    path = write(tmp_path / "a.pcap", frames(5, 1500))
    for command in (("arp-table", "--age", "100"), ("mac-table",), ("mac-table", "-Y", "vlan")):
        both = [run(*command, "--json", str(path), "--engine", engine).out for engine in ("compiled", "reference")]
        assert both[0] == both[1]


@pytest.mark.parametrize("command", ["arp-table", "mac-table"])
def test_what_is_wrong(run: Run, command: str, forms: Path, tmp_path: Path) -> None:
    assert run(command, str(tmp_path / "none.pcap")).status == 2
    assert run(command, str(forms), "-Y", "arp.opcod").status == 2
    assert run(command, str(forms), "--age", "soon").status == 1
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(forms.read_bytes()[:500])
    done = run(command, str(cut))
    assert (done.status, bool(done.out)) == (2, True)
    assert "cut.pcap" in done.err


def test_a_station_is_a_mac_address(run: Run, forms: Path) -> None:
    done = run("mac-table", str(forms), "--station", "10.0.0.1")
    assert done.status == 1
    assert "no MAC address" in done.err
