"""What fell out of tables with a bound is counted, and said when the capture has been read."""

from collections.abc import Callable
from pathlib import Path

import pytest

from wireproof.analysis import Analysis
from wireproof.analysis.session import KEPT
from wireproof.analysis.tcp import TcpConversations
from wireproof.capture import PcapWriter, Record

from ..analysis.conversations import conversations
from ..analysis.frames import IPV4_LINK
from ..packet import fragments
from .conftest import Result

Run = Callable[..., Result]
SECOND = 10**9


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    """The first fragments of two datagrams, and a packet that comes long after."""
    first, second = (fragments.ethernet(fragments.ipv4(bytes(64), more=True, number=each)) for each in (1, 2))
    path = tmp_path / "waiting.pcap"
    with path.open("wb") as stream:
        writer = PcapWriter(stream, 1)
        for number, (time, frame) in enumerate(((0, first), (1, second), (200, first), (500, second)), 1):
            writer.write(Record(number, frame, len(frame), time * SECOND, 1, 0, 0))
    return path


@pytest.mark.parametrize("words", [[], ["-Y", "udp"], ["-Y", "udp", "--count"], ["-q", "-z", "conv,udp"]], ids=" ".join)
@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_fragments_that_waited_too_long(
    run: Run, waiting: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], engine: str
) -> None:
    pytest.importorskip("llvmlite")
    monkeypatch.setattr("wireproof.interface.PAYS", 0)
    engine = "auto" if "-z" in words and engine == "compiled" else engine
    monkeypatch.setattr("wireproof.interface.capture.PAYS", 0)
    done = run("-r", str(waiting), "--engine", engine, *words)
    assert done.status == 0
    assert done.err == "wireproof: datagrams whose fragments were forgotten after 120 s: 3\n"


def test_conversations_without_room(monkeypatch: pytest.MonkeyPatch) -> None:
    from wireproof.packet import Source, dissect

    monkeypatch.setattr("wireproof.analysis.session.TcpConversations", lambda **given: TcpConversations(7, 12, **given))
    analysis = Analysis()
    for number, (time, frame) in enumerate(conversations(5, 40), 1):
        analysis.see(dissect(frame, Source(number, len(frame), time, IPV4_LINK)))
    said = dict(each.split(" that were forgotten for want of room: ") for each in analysis.forgotten())
    assert set(said) == {KEPT["tcp"], KEPT["tcp segments"]}
    assert all(int(count) > 0 for count in said.values())
