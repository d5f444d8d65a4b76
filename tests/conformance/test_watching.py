"""What recorded captures show of a host."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wireproof.capture import PcapWriter, Record
from wireproof.cli import main
from wireproof.interface import build

HOST, OTHER = "192.0.2.10", "192.0.2.11"
MAC, OTHER_MAC = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
ALL = "ff:ff:ff:ff:ff:ff"
SECOND = 10**9


def arp(operation: int, spa: str, tpa: str, *, mac: str = MAC, to: str = ALL, tha: str = "00:00:00:00:00:00") -> bytes:
    fields = {"arp.opcode": operation, "arp.src.hw_mac": mac, "arp.src.proto_ipv4": spa}
    return build(
        [
            ("eth", {"eth.src": mac, "eth.dst": to}),
            ("arp", {**fields, "arp.dst.hw_mac": tha, "arp.dst.proto_ipv4": tpa}),
        ]
    )


def echo(kind: int, source: str, to: str, sequence: int) -> bytes:
    macs = (MAC, OTHER_MAC) if source == HOST else (OTHER_MAC, MAC)
    icmp = {"icmp.type": kind, "icmp.code": 0, "icmp.ident": 1, "icmp.seq": sequence}
    link = {"eth.src": macs[0], "eth.dst": macs[1]}
    return build([("eth", link), ("ip", {"ip.src": source, "ip.dst": to, "ip.ttl": 64}), ("icmp", icmp)])


def judged(tmp_path: Path, frames: list[tuple[float, bytes]], status: int) -> dict[str, str]:
    capture, report = tmp_path / "seen.pcap", tmp_path / "seen.json"
    with capture.open("wb") as file:
        writer = PcapWriter(file, 1, nanoseconds=True)
        for number, (time, frame) in enumerate(frames, 1):
            writer.write(Record(number, frame, len(frame), int((1000 + time) * SECOND), 1, 0, 0))
    assert main(["conform", "capture", str(capture), "--host", HOST, "--json", str(report)]) == status
    results = json.loads(report.read_text())["results"]
    return {result["id"].removeprefix("watch-"): result["verdict"] for result in results}


def test_a_host_that_claims_its_address_well(tmp_path: Path) -> None:
    probe, announcement = arp(1, "0.0.0.0", HOST), arp(1, HOST, HOST)
    times = [(0.0, probe), (1.2, probe), (2.9, probe), (4.9, announcement), (6.9, announcement)]
    found = judged(tmp_path, times, 0)
    for rule in ("probes-are-three", "probes-are-spaced", "announcements-are-two", "announcements-are-spaced"):
        assert found[rule] == "pass"
    assert found["tcp-checksum"] == found["echo-is-answered"] == "not seen"


def test_a_host_that_hurries(tmp_path: Path) -> None:
    probe, announcement = arp(1, "0.0.0.0", HOST), arp(1, HOST, HOST)
    found = judged(tmp_path, [(0.0, probe), (0.5, probe), (1.0, announcement), (1.1, announcement)], 3)
    assert found["probes-are-three"] == found["probes-are-spaced"] == found["announcements-are-spaced"] == "fail"
    assert found["announcements-are-two"] == "pass"


def test_requests_that_flood(tmp_path: Path) -> None:
    slow = [(second, arp(1, HOST, OTHER)) for second in (0.0, 1.0, 2.0)]
    assert judged(tmp_path, slow, 0)["arp-requests-are-rare"] == "pass"
    fast = [(second / 10, arp(1, HOST, OTHER)) for second in range(10)]
    assert judged(tmp_path, fast, 3)["arp-requests-are-rare"] == "fail"
    many = [(number / 10, arp(1, HOST, f"192.0.2.{100 + number}")) for number in range(10)]
    assert judged(tmp_path, many, 0)["arp-requests-are-rare"] == "pass"


def test_what_is_asked_is_answered(tmp_path: Path) -> None:
    question = arp(1, OTHER, HOST, mac=OTHER_MAC)
    answer = arp(2, HOST, OTHER, to=OTHER_MAC, tha=OTHER_MAC)
    end = (9.0, arp(1, HOST, "192.0.2.99"))
    assert judged(tmp_path, [(0.0, question), (0.1, answer), end], 0)["arp-request-for-the-host-is-answered"] == "pass"
    assert judged(tmp_path, [(0.0, question), end], 3)["arp-request-for-the-host-is-answered"] == "fail"
    both = [(0.0, echo(8, OTHER, HOST, 1)), (0.1, echo(8, OTHER, HOST, 2)), (0.2, echo(0, HOST, OTHER, 2)), end]
    assert judged(tmp_path, both, 3)["echo-is-answered"] == "fail"
    both.insert(3, (0.3, echo(0, HOST, OTHER, 1)))
    assert judged(tmp_path, both, 0)["echo-is-answered"] == "pass"


def test_the_example(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conform", "capture", str(checkout / "examples" / "lan.pcapng"), "--host", HOST]) == 3
    out = capsys.readouterr().out
    assert "watch-probe-target-is-zero  fail (SHOULD)" in out
    assert "32 rules" in out


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["examples/lan.pcapng", "--host", "nobody"], 1, "--host"),
        (["examples/lan.pcapng", "--host", "203.0.113.1"], 2, "no Ethernet frame with a packet of 203.0.113.1"),
        (["examples/nothing.pcapng", "--host", HOST], 2, "nothing.pcapng"),
    ],
)
def test_wrong_usage(
    words: list[str], status: int, said: str, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["conform", "capture", str(checkout / words[0]), *words[1:]]) == status
    assert said in capsys.readouterr().err
