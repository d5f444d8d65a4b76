"""The rules of the record: it may only rise, and says so when it has."""

import json
from pathlib import Path

import pytest

from . import deviations
from .agreement import Count, Record, Tally
from .deviations import Deviations
from .features import features


def tally(**counts: tuple[int, int]) -> Tally:
    """Counts as they would have been made one by one."""
    made = Tally()
    for name, (equal, of) in counts.items():
        for number in range(of):
            made.add(name, f"frame {number}", True, number < equal)
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A record of two names and one disagreement."""
    path = tmp_path / "record.json"
    record = Record(path, update=True)
    assert record.hold("fields", "source", tally(whole=(4, 4), part=(2, 5)), ["b", "a"]) == []
    return path


def test_same_numbers_pass(path: Path) -> None:
    assert Record(path, update=False).hold("fields", "source", tally(whole=(4, 4), part=(2, 5)), ["a", "b"]) == []


@pytest.mark.parametrize(
    "now",
    [
        {"whole": (3, 4), "part": (2, 5)},
        {"whole": (4, 5), "part": (2, 5)},
        {"whole": (4, 4), "part": (3, 7)},
        {"part": (2, 5)},
        {"whole": (4, 4), "part": (2, 5), "new": (0, 1)},
    ],
    ids=["less equal", "more different", "both", "gone", "new and different"],
)
@pytest.mark.parametrize("update", [False, True])
def test_a_fall_fails_and_is_not_recorded(path: Path, now: dict[str, tuple[int, int]], update: bool) -> None:
    before = path.read_text()
    wrong = Record(path, update=update).hold("fields", "source", tally(**now), ["a", "b"])
    assert wrong[0].startswith("fallen")
    assert path.read_text() == before


def test_a_rise_fails_until_it_is_recorded(path: Path) -> None:
    risen = tally(whole=(5, 5), part=(3, 4), new=(1, 1))
    wrong = Record(path, update=False).hold("fields", "source", risen, ["a"])
    assert [line.split(":")[0] for line in wrong[:4]] == ["risen  new", "risen  part", "risen  whole", "agrees now  b"]
    assert "--update-agreement" in wrong[-1]
    assert Record(path, update=True).hold("fields", "source", risen, ["a"]) == []
    assert Record(path, update=False).hold("fields", "source", risen, ["a"]) == []
    assert json.loads(path.read_text())["fields"]["disagreeing"] == ["a"]


def test_what_rises_beside_a_fall_is_recorded_alone(path: Path) -> None:
    mixed = tally(whole=(3, 4), part=(3, 5))
    assert Record(path, update=True).hold("fields", "source", mixed, ["a", "c"])
    kept = json.loads(path.read_text())["fields"]
    assert kept["counts"] == {"part": {"equal": 3, "of": 5}, "whole": {"equal": 4, "of": 4}}
    assert kept["disagreeing"] == ["a"]


def test_other_answers_are_recorded_anew(path: Path) -> None:
    other = tally(whole=(1, 4))
    assert "other answers" in Record(path, update=False).hold("fields", "other", other)[0]
    assert Record(path, update=True).hold("fields", "other", other) == []
    assert json.loads(path.read_text())["fields"]["counts"] == {"whole": {"equal": 1, "of": 4}}


def test_differences_are_kept_with_the_count() -> None:
    made = Tally()
    assert made.add("arp.opcode", "frame 1", ["1"], ["1"])
    assert not made.add("arp.opcode", "frame 2", ["1"], None)
    assert made.counts == {"arp.opcode": Count(1, 2)}
    assert made.differences == {"arp.opcode": ["frame 2: tshark ['1'], ours nothing"]}


def test_deviations_explain_what_they_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [
        {"in": ["fields"], "what": "ip\\.options", "reason": "ours"},
        {"in": ["fields"], "what": "arp\\..*", "captures": {"a.pcap": [1, 2], "b.pcap": None}, "reason": "theirs"},
        {"in": ["fields"], "what": "tcp", "ours": ["1"], "reason": "as it should be"},
    ]
    path = tmp_path / "deviations.json"
    path.write_text(json.dumps(entries))
    monkeypatch.setattr(deviations, "PATH", path)
    known = Deviations("fields")
    assert known.explain("arp.opcode", "a.pcap", 1)
    assert known.explain("ip.options", "c.pcap", 9)
    assert not known.explain("ip.options.more", "c.pcap", 9)
    assert not known.explain("arp.opcode", "a.pcap", 3)
    assert not known.explain("arp.opcode", "c.pcap", 1)
    assert not known.explain("tcp", "a.pcap", 1, ["0"])
    assert [line.partition("fields, ")[2] for line in known.stale()] == ["a.pcap frame 2", "b.pcap", "any capture"]
    assert Deviations("filters").stale() == []


def test_the_deviations_on_file_are_well_formed() -> None:
    assert deviations.entries()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("arp", ["presence"]),
        ("not arp.isprobe", ["presence", "logic"]),
        ('arp.opcode == "request"', ["comparison", "labels", "quoted text"]),
        ("tcp.port in {80, 443 .. 500}", ["sets", "set ranges"]),
        ("eth.dst[0] & 1", ["slices", "arithmetic"]),
        ("ip.addr == 10.0.0.0/8 and ip", ["presence", "comparison", "logic", "CIDR", "addresses"]),
        ("all ip.src#2 != 10.0.0.1", ["comparison", "layers", "addresses", "any and all"]),
        ("count(ip.addr) > 2", ["comparison", "functions"]),
        ('tcp.payload matches "[a-z] + in {1}"', ["matches", "quoted text"]),
    ],
)
def test_features_of_a_filter(text: str, expected: list[str]) -> None:
    assert features(text) == expected
