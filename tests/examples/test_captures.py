"""The captures beside the scripts are what the scripts make, and hold what they are there to show."""

import runpy
import sys
from pathlib import Path

import pytest

import wireproof

MADE = {"make_arp_forms.py": "arp_forms.pcap", "make_tagged.py": "tagged.pcap"}
LARGEST = 200_000  # bytes


def frames(capture: Path, display_filter: str) -> list[int]:
    with wireproof.open_capture(capture) as opened:
        return [packet.number for packet in opened.filter(display_filter)]


@pytest.mark.parametrize(("script", "capture"), MADE.items())
def test_the_script_makes_the_capture(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, capture: str
) -> None:
    output = tmp_path / capture
    monkeypatch.setattr(sys, "argv", [script, str(output)])
    runpy.run_path(str(checkout / "examples" / script), run_name="__main__")
    assert output.read_bytes() == (checkout / "examples" / capture).read_bytes()


def test_every_script_that_makes_a_capture_is_tested(checkout: Path) -> None:
    assert {path.name for path in (checkout / "examples").glob("make_*.py")} == set(MADE)


def test_captures_are_small(checkout: Path) -> None:
    captures = [path for path in (checkout / "examples").iterdir() if path.suffix in (".pcap", ".pcapng")]
    assert captures
    assert not [path.name for path in captures if path.stat().st_size > LARGEST]


def test_lan_has_the_probes(checkout: Path) -> None:
    lan = checkout / "examples" / "lan.pcapng"
    assert frames(lan, "arp.opcode == 1 && arp.spa == 0.0.0.0") == [1, 3, 4]


@pytest.mark.parametrize("capture", ["lan.pcapng", *MADE.values()])
def test_every_frame_is_read_to_the_end(checkout: Path, capture: str) -> None:
    path = checkout / "examples" / capture
    assert frames(path, "_ws.malformed || _ws.short") == []


@pytest.mark.parametrize(
    ("display_filter", "expected"),
    [
        ("vlan", [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ("vlan.id == 10", [1, 2, 3, 4, 6, 7, 8, 9]),
        ("vlan.id == 100", [6, 7]),
        ("vlan.id == 0 && vlan.priority == 7", [5]),
        ("vlan.dei == 1", [4]),
        ("eth.type == 0x8100 && vlan.etype == 0x8100", [6, 7]),
        ("ieee8021ad", [8, 9, 10]),
        ("ieee8021ad.id == 100 && vlan.id == 10", [8, 9]),
        ("frame.len == 64 && vlan.trailer == 00:00:00:00", [2]),
        ("arp", [1, 2, 6, 8, 10]),
        ("udp", [3, 4, 5, 7, 9]),
    ],
)
def test_tagged_has_every_tag(checkout: Path, display_filter: str, expected: list[int]) -> None:
    assert frames(checkout / "examples" / "tagged.pcap", display_filter) == expected
