"""Datagrams put together of fragments, with the local tshark: every field of every frame, and filters."""

import re
from pathlib import Path

import pytest

from wireproof.dissectors.schema import Kind, catalogue

from ..packet import fragments
from . import ours
from .local import Tshark, side_by_side

OTHERS = re.compile(
    r"ip\.options|ip\.outside|.*\.(class|scope)|ip\.dst\.directed_broadcast|.*doubtful|tcp\.options\.mptcp.*"
)
NAMES = [
    "frame.protocols",
    *(
        name
        for name, info in catalogue().fields.items()
        if name.split(".")[0] in ("ip", "udp", "icmp", "data", "tcp", "_ws")
        and info.type.kind is not Kind.PROTOCOL
        and not OTHERS.fullmatch(name)
        and not name.startswith(("tcp.analysis", "tcp.completeness", "_ws.expert"))
    ),
]
FILTERS = (
    "udp",
    "udp.port == 54",
    "not udp and ip.frag_offset > 0",
    "ip.fragments",
    "ip.fragment.count > 4",
    "ip.fragment == 1",
    "ip.fragment.overlap.conflict",
    "ip.fragment.error",
    "ip.reassembled.length == 100",
    "ip.reassembled.data contains 58:58",
    "udp.payload contains 58:58",
    "udp[0:2] == 03:e8",
    "icmp.type == 8 or tcp.dstport == 80",
    "data.len == 60",
)


@pytest.fixture(scope="module")
def local(tshark: str, tmp_path_factory: pytest.TempPathFactory) -> Tshark:
    return Tshark(tshark, tmp_path_factory.mktemp("profile"))


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fragments.write(tmp_path_factory.mktemp("fragments") / "a.pcap", fragments.frames())


@pytest.mark.parametrize("checked", [True, False])
def test_fields_agree(local: Tshark, capture: Path, checked: bool) -> None:
    words = (
        ()
        if checked
        else ("-o", "ip.check_checksum:FALSE", "-o", "udp.check_checksum:FALSE", "-o", "tcp.check_checksum:FALSE")
    )
    known = {line.split("\t")[2] for line in local.listing("fields").splitlines() if line.startswith("F\t")}
    names = [name for name in NAMES if name in known]
    theirs = local.fields(capture, names, *words)
    mine = [ours.texts(packet) for packet in ours.packets(capture, ours.CHECKSUMS if checked else ours.DEFAULT)]
    assert len(theirs) == len(mine)
    wrong = [
        f"frame {number}: {name}: tshark {want.get(name)}, ours {got.get(name)}"[:300]
        for number, (want, got) in enumerate(zip(theirs, mine, strict=True), 1)
        for name in names
        if want.get(name) != got.get(name)
    ]
    assert not wrong, "\n".join(wrong)


def test_filters_agree(local: Tshark, capture: Path) -> None:
    for text, theirs in zip(FILTERS, side_by_side(lambda text: local.frames(capture, text), FILTERS), strict=True):
        assert ours.frames(capture, text) == theirs, text
        assert theirs, text
