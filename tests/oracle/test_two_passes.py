"""``-2``: what later frames tell about earlier ones, with the local tshark."""

from pathlib import Path

import pytest

from wireproof import open_capture
from wireproof.interface.capture import look_ahead
from wireproof.packet import Packet

from ..analysis.conversations import conversations
from ..packet import fragments
from . import ours
from .local import Tshark
from .test_conversations import written

NAMES = [
    "ip.reassembled_in",
    "ip.fragment",
    "icmp.resp_in",
    "icmp.resp_to",
    "icmp.no_resp",
    "icmp.resp_not_found",
]


def echoes() -> list[bytes]:
    """Requests and replies: one that is answered, one that is not, one that is answered twice, one in fragments."""
    found = []
    for number, kinds in enumerate(((8, 0), (8,), (8, 0, 0), (0,)), 1):
        for kind in kinds:
            found.append(fragments.ipv4(fragments.echo(kind, bytes([number]) * 20), protocol=1, number=number))
    for kind in (8, 0):
        found += fragments.cut(fragments.echo(kind, bytes(60)), 32, protocol=1, number=50 + kind)
    return [fragments.ethernet(each) for each in found]


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fragments.write(tmp_path_factory.mktemp("passes") / "a.pcap", [*fragments.frames(), *echoes()])


def second_pass(path: Path) -> list[Packet]:
    with open_capture(path, preferences=ours.DEFAULT) as opened:
        opened.hindsight = look_ahead(path, ours.DEFAULT)
        return list(opened)


def test_conversations_agree(tshark: str, tmp_path: Path) -> None:
    """What has been seen of a conversation when it ends, in both engines."""
    local, path = Tshark(tshark, tmp_path), written(tmp_path / "a.pcap", conversations(3, 40))
    names = ["tcp.completeness", "tcp.analysis.initial_rtt", "tcp.stream", "tcp.analysis.flags"]
    theirs = local.fields(path, names, "-2")
    assert theirs != local.fields(path, names)
    found = second_pass(path)
    assert [{name: ours.texts(packet).get(name) for name in names} for packet in found] == [
        {name: frame.get(name) for name in names} for frame in theirs
    ]
    for engine in ("compiled", "reference"):
        with open_capture(path) as opened:
            opened.hindsight = look_ahead(path, engine=engine)
            table = opened.columns(names, engine=engine)
            assert list(table["tcp.completeness"]) == [list(packet["tcp.completeness"]) for packet in found]


def test_fields_agree(tshark: str, capture: Path, tmp_path: Path) -> None:
    local = Tshark(tshark, tmp_path)
    (tmp_path / "preferences").write_text("nameres.mac_name: FALSE\n")
    theirs, mine = local.fields(capture, NAMES, "-2"), [ours.texts(packet) for packet in second_pass(capture)]
    assert len(theirs) == len(mine)
    for number, (want, got) in enumerate(zip(theirs, mine, strict=True), 1):
        for name in NAMES:
            assert want.get(name) == got.get(name), (number, name)
    assert sum("ip.reassembled_in" in each for each in mine) > 50
    assert sum("icmp.resp_in" in each for each in mine) >= 3
    assert any("icmp.no_resp" in each for each in mine)
