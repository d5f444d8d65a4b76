"""``-z``: the summaries of captures, line by line, with the local tshark."""

from pathlib import Path

import pytest

from wireproof.cli import main

from ..packet import fragments
from .answers import Answers
from .deviations import Deviations
from .local import Tshark, side_by_side

SUMMARIES = [
    *(f"{what},{kind}" for what in ("conv", "endpoints") for kind in ("tcp", "udp", "ip", "eth")),
    "conv,tcp,tcp.port == 80",
    "endpoints,ip,udp",
    "io,phs",
    "io,phs,udp",
    "expert",
    "flow,tcp,network",
    "flow,tcp,standard,tcp.port == 80",
    "io,stat,1,COUNT(ip.addr)ip.addr,SUM(ip.ttl)ip.ttl,AVG(ip.ttl)ip.ttl,FRAMES,BYTES()ip",
    "io,stat,0.05,MIN(tcp.len)tcp.len,MAX(tcp.time_delta)tcp.time_delta",
    "io,stat,0.5",
    "io,stat,0.25,ip,udp,tcp.port == 80",
    *(f"follow,tcp,{form},0" for form in ("ascii", "hex", "raw")),
    "follow,udp,ascii,0",
]
SHARED = ("sc_http_chunk.pcap", "syn_tcp_flow.pcap", "td_whois.pcap", "syn_ethernet.pcap", "syn_ip.pcap")
ODD = ("syn_arp_forms.pcap", "syn_cut_tcp_snapped.pcap", "syn_tcp_forms.pcap")
"""Where some differ on purpose."""


@pytest.fixture(scope="module")
def local(tshark: str, tmp_path_factory: pytest.TempPathFactory) -> Tshark:
    folder = tmp_path_factory.mktemp("profile")
    found = Tshark(tshark, folder)
    (folder / "preferences").write_text("nameres.mac_name: FALSE\n")
    return found


def compare(local: Tshark, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = side_by_side(lambda text: local.document(path, "-q", "-z", text), SUMMARIES)
    for text, want in zip(SUMMARIES, theirs, strict=True):
        assert main(["-n", "-q", "-r", str(path), "-z", text]) == 0
        assert capsys.readouterr().out.splitlines() == want.splitlines(), text


@pytest.mark.parametrize("name", SHARED)
def test_shared_captures(answers: Answers, local: Tshark, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    compare(local, answers.capture(name), capsys)


def test_what_differs_is_on_the_list(answers: Answers, local: Tshark, capsys: pytest.CaptureFixture[str]) -> None:
    deviations = Deviations("summaries")
    for name in ODD:
        path = answers.capture(name)
        theirs = side_by_side(lambda text, path=path: local.document(path, "-q", "-z", text), SUMMARIES)
        for text, want in zip(SUMMARIES, theirs, strict=True):
            main(["-n", "-q", "-r", str(path), "-z", text])
            same = capsys.readouterr().out.splitlines() == want.splitlines()
            assert same or deviations.explain(text, name), (name, text)
    assert not deviations.stale()


def test_fragments_and_tunnels(local: Tshark, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    compare(local, fragments.write(tmp_path / "a.pcap", fragments.frames()), capsys)
