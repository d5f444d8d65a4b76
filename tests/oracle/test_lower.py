"""Crafted frames of the link layer and of ARP, field by field, with the local tshark."""

import os
from pathlib import Path

import pytest

from wireproof.dissectors.schema import catalogue
from wireproof.packet import Preferences
from wireproof.packet.names import PLACES
from wireproof.packet.preferences import MAC_NAMES

from . import lower, ours
from .local import Tshark

PROTOCOLS = ("eth", "vlan", "ieee8021ad", "ieee8021ah", "llc", "arp")
NAMES = (
    *("frame.protocols", "data.data", "locamation-im.llc.pid", "mausb.pid"),
    *("_ws.expert.message", "_ws.expert.severity", "_ws.expert.group"),
    *("_ws.malformed", "_ws.malformed.expert", "_ws.short"),
)
# Vendors are named where names are resolved; what takes more than one packet is elsewhere.
LEFT_OUT = frozenset(
    {
        *(f"eth.{which}.oui_resolved" for which in ("dst", "src", "addr")),
        *("arp.duplicate-address-detected", "arp.duplicate-address-frame"),
        "arp.seconds-since-duplicate-address-frame",
        "arp.packet-storm-detected",
    }
)
# tshark counts a second ARP dissector for AX.25, which adds nothing.
ALSO_LEFT_OUT = {"call signs": {"frame.protocols"}}
CHECKED = Preferences(frozenset({"eth.check_fcs"}))


@pytest.fixture(scope="module")
def names(local: Tshark) -> list[str]:
    """The names of all fields of these protocols, tshark's own list."""
    rows = (line.split("\t") for line in local.listing("fields").splitlines())
    found = [row[2] for row in rows if row[0] == "F" and row[2].split(".")[0] in PROTOCOLS]
    return [*NAMES, *PROTOCOLS[:3], "llc", "arp", *dict.fromkeys(name for name in found if name not in LEFT_OUT)]


def differences(
    theirs: list[dict[str, list[str]]], path: Path, preferences: Preferences, left_out: set[str]
) -> list[str]:
    """Return what differs, frame by frame."""
    found = []
    packets = ours.packets(path, preferences)
    assert len(packets) == len(theirs)
    for packet, want in zip(packets, theirs, strict=True):
        got = ours.texts(packet)
        for name in sorted(want.keys() | (got.keys() & set(NAMES))):
            if name not in left_out and want.get(name) != got.get(name):
                found.append(f"{packet.number} {packet.data.hex()} {name}: {want.get(name)} ours {got.get(name)}")
    return found


@pytest.mark.parametrize("group", lower.GROUPS)
def test_fields(local: Tshark, names: list[str], tmp_path: Path, group: str) -> None:
    path = lower.write(tmp_path / "frames.pcap", lower.GROUPS[group]())
    wrong = differences(local.fields(path, names), path, ours.CHECKSUMS, ALSO_LEFT_OUT.get(group, set()))
    assert not wrong, "\n".join(wrong[:20])


def test_check_sequences(local: Tshark, names: list[str], tmp_path: Path) -> None:
    path = lower.write(tmp_path / "frames.pcap", lower.checks())
    wrong = differences(local.fields(path, names, "-o", "eth.check_fcs:TRUE"), path, CHECKED, set())
    assert not wrong, "\n".join(wrong[:20])


def test_each_field_is_known(names: list[str]) -> None:
    known = catalogue()
    missing = [name for name in names if known.find(name) is None and not name.startswith("ieee8021ah")]
    assert not missing


def test_each_field_has_a_frame(local: Tshark, names: list[str], tmp_path: Path) -> None:
    """Or the comparison would say nothing of it; a few take a preference."""
    seen: set[str] = set()
    for group, frames in lower.GROUPS.items():
        path = lower.write(tmp_path / f"{group}.pcap", frames())
        seen.update(name for packet in ours.packets(path) for name in ours.texts(packet))
    idle = {info.name for protocol in catalogue().protocols.values() for info in protocol.idle}
    without = set(names) - seen - idle - {"eth.fcs_bad"}
    assert {name for name in without if not name.startswith("ieee8021ah")} == set()


@pytest.mark.skipif(not any(map(os.path.isfile, PLACES)), reason="no table of vendors")
def test_names(local: Tshark, tmp_path: Path) -> None:
    """Of stations and of groups, where names are wanted; a group that no protocol has is named by nobody here."""
    names = [f"eth.{which}{part}_resolved" for which in ("dst", "src", "addr") for part in ("", ".oui")]
    pairs = {
        "00000c123456": "ffffffffffff",
        "080027123456": "0180c2000000",
        "00005e000101": "0180c200000e",
        "00000c07ac05": "01000ccccccc",
        "001bc5000123": "01005e7f0102",
        "000000000000": "3333ff123456",
        "fcffff123456": "0180c2000002",
    }
    frames = [lower.ethernet("9999", b"x" * 46, group, station) for station, group in pairs.items()]
    path = lower.write(tmp_path / "frames.pcap", lower.whole(*frames))
    theirs = local.fields(path, names, "-N", "m")
    for packet, want in zip(ours.packets(path, Preferences(frozenset({MAC_NAMES}))), theirs, strict=True):
        got = ours.texts(packet)
        assert {name: got.get(name) for name in names} == {name: want.get(name) for name in names}
