"""Scenarios against stacks that run: Linux and its bridge in network namespaces, and programs on a UNIX socket."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from wireproof.capture import open_reader
from wireproof.cli import main
from wireproof.conformance.live import wire
from wireproof.conformance.live.page import OWN_STYLE
from wireproof.conformance.live.stored import notes_of
from wireproof.conformance.reports.markup import beginning
from wireproof.vectors import load_scenarios

LONGEST = 240
SERVER = """
import os, socket, sys, time
sys.path.insert(0, sys.argv[3])
from tests.conformance.faulty.stack import Stack
if os.path.exists(sys.argv[1]):
    os.unlink(sys.argv[1])
listening = socket.socket(socket.AF_UNIX)
listening.bind(sys.argv[1])
listening.listen(1)
client, _ = listening.accept()
begin = time.monotonic()
stack = Stack(lambda frame: client.sendall(len(frame).to_bytes(4, "big") + frame), sys.argv[2].split(",")[1:])
data = b""
while True:
    due = stack.next_event
    client.settimeout(0.5 if due is None else max(due - (time.monotonic() - begin), 0.0001))
    try:
        octets = client.recv(65536)
        if not octets:
            break
        data += octets
    except TimeoutError:
        pass
    stack.advance(time.monotonic() - begin)
    if stack.dead:
        raise SystemExit("the stack fell over")
    while len(data) >= 4 and len(data) - 4 >= (size := int.from_bytes(data[:4], "big")):
        stack.receive(data[4 : 4 + size])
        data = data[4 + size :]
"""


@pytest.fixture
def environment(checkout: Path) -> dict[str, str]:
    """What a script finds the program under test by."""
    found = {**os.environ, "WIREPROOF": f"{sys.executable} -m wireproof"}
    if not os.environ.get("WIREPROOF_INSTALLED"):
        found["PYTHONPATH"] = str(checkout)
    return found


def needs_namespaces() -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux makes network namespaces")
    ip = shutil.which("ip")
    if ip is None:
        pytest.skip("ip (iproute2) is not installed")
    mark = f"wireproof-try-{os.getpid()}"
    if subprocess.run([ip, "netns", "add", mark], capture_output=True).returncode:
        pytest.skip("network namespaces cannot be made here")
    subprocess.run([ip, "netns", "delete", mark], check=True)


def namespaces() -> set[str]:
    words = subprocess.run(["ip", "netns"], capture_output=True, text=True, check=True).stdout.split("\n")
    return {word.split()[0] for word in words if word.startswith("wireproof-") and word}


def script(
    name: str, folder: Path, environment: Mapping[str, str], checkout: Path, *words: str, good: bool = True
) -> dict[str, Any]:
    """Run one of the scripts, which goes as expected or not; return the verdicts by id."""
    needs_namespaces()
    run = subprocess.Popen(
        ["sh", str(checkout / "examples" / "stacks" / name), str(folder), *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    out, err = run.communicate(timeout=LONGEST)
    assert run.returncode == (0 if good else 3), out[-3000:] + err[-3000:]
    assert not [each for each in namespaces() if f"-{run.pid}" in each]
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert ElementTree.parse(folder / "report.xml").getroot().get("failures") == ("0" if good else "3")
    assert "<h1>Stacks by requirement</h1>" in (folder / "report.html").read_text(encoding="utf-8")
    return {"stack": report["stack"], **{result["id"]: result["verdict"] for result in report["results"]}}


# Real stacks.


def test_linux(tmp_path: Path, environment: dict[str, str], checkout: Path) -> None:
    found = script("linux.sh", tmp_path, environment, checkout)
    assert found["stack"] == "linux"
    assert found["arp-request-is-answered"] == found["tcp-handshake"] == found["ip-fragments-in-order"] == "pass"
    assert found["arp-unsolicited-reply-creates-an-entry"] == "known"
    assert found["arp-hardware-type-6"] == "observed"
    assert found["switch-learns"] == "not applicable"
    assert found["ip-source-class-e-is-discarded"] == "known", "the gateway is there, or nothing would be answered"
    assert not {"fail", "crash", "inconclusive"} & set(found.values())
    assert sum(verdict == "pass" for verdict in found.values()) > 250
    with open_reader(tmp_path / "captures" / "arp-request-is-answered.pcapng") as reader:
        records = list(reader)
    assert any("arp-request-is-answered: " in comment for comment in records[0].comments)
    assert len(records) >= 4


def test_linux_configured_otherwise(tmp_path: Path, environment: dict[str, str], checkout: Path) -> None:
    settings = {"SYSCTL": "net.ipv4.conf.eth0.arp_accept=1 net.ipv4.conf.eth0.drop_unicast_in_l2_multicast=1"}
    ids = (
        "arp-unsolicited-reply-creates-an-entry",
        "arp-announcement-creates-no-entry",
        "ip-unicast-in-a-broadcast-frame",
    )
    chosen = [word for id in ids for word in ("--select", id)]
    found = script("linux.sh", tmp_path, environment | settings, checkout, *chosen, good=False)
    assert [found[id] for id in ids] == ["mended", "fail", "mended"], "it learns, also what it should not"


def test_the_bridge(tmp_path: Path, environment: dict[str, str], checkout: Path) -> None:
    found = script("bridge.sh", tmp_path, environment, checkout)
    assert found["switch-learns"] == found["switch-station-moves"] == found["switch-flushed-is-unknown"] == "pass"
    assert not {"fail", "crash", "inconclusive"} & set(found.values())


def test_pytcp(tmp_path: Path, environment: dict[str, str], checkout: Path) -> None:
    index = subprocess.run([sys.executable, "-m", "venv", "--help"], capture_output=True)
    if index.returncode or sys.version_info[:2] != (3, 11):
        pytest.skip("PyTCP 2.7.6 is run with Python 3.11")
    found = script("pytcp.sh", tmp_path, environment, checkout)
    assert found["arp-request-is-answered"] == found["udp-echo"] == found["tcp-handshake"] == "pass"
    assert found["udp-checksum-of-zero-is-sent-as-ones"] == found["tcp-closed-port-ignores-a-reset"] == "known"
    assert not {"fail", "crash"} & set(found.values())
    assert sum(verdict == "pass" for verdict in found.values()) > 190


@pytest.mark.parametrize("signalled", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_it_leaves_nothing_behind(
    tmp_path: Path, environment: dict[str, str], checkout: Path, signalled: signal.Signals
) -> None:
    needs_namespaces()
    run = subprocess.Popen(
        ["sh", str(checkout / "examples" / "stacks" / "linux.sh"), str(tmp_path), "--slow"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 60
    pids: list[str] = []
    while len(pids) < 2 and time.monotonic() < until:
        time.sleep(0.5)
        mine = [each for each in namespaces() if f"-{run.pid}-" in each]
        pids = [
            pid
            for each in mine
            for pid in subprocess.run(["ip", "netns", "pids", each], capture_output=True, text=True).stdout.split()
        ]
    assert len(pids) >= 2, "the run did not begin"
    time.sleep(1)
    run.send_signal(signalled)
    assert run.wait(60) == (130 if signalled == signal.SIGINT else 143)
    assert not [each for each in namespaces() if f"-{run.pid}-" in each]
    assert not [pid for pid in pids if Path("/proc", pid).exists()]


STACKS = {
    "linux": "linux",
    "bridge": "bridge",
    "pytcp": "pytcp",
    "lwip": "lwip",
    "gvisor": "gvisor",
    "slirp": "libslirp",
    "dhcpcd": "dhcpcd",
    "avahi": "avahi-autoipd",
}
"""Scripts, and what the reports call what they prove."""


def test_the_published_matrix_is_of_these_stacks_and_scenarios(checkout: Path) -> None:
    folder = checkout / "examples" / "stacks"
    assert {path.stem for path in folder.glob("*.sh")} == {*STACKS, "common"}
    page = (checkout / "docs" / "live-matrix.html").read_text(encoding="utf-8")
    head = page[: page.index("<h2>Requirements</h2>")]
    assert all(f"<th scope=row>{name}<" in head for name in STACKS.values())
    assert page.startswith("".join(beginning(STACKS.values(), OWN_STYLE))), "it is of today's tool"
    told = {scenario.id: scenario.sentence for scenario in load_scenarios()}
    said = dict(re.findall(r"<li class=\w+><b>([^<]+)</b> [a-z ]+: ([^<]*)", page))
    assert {id: html.unescape(sentence) for id, sentence in said.items()} == told
    ids = set(told)
    for name in STACKS:
        for id, reason in notes_of((folder / f"{name}.txt").read_text(encoding="utf-8").splitlines()).items():
            assert id in ids
            assert reason
            assert html.escape(reason) in page, "wireproof conform matrix"


# A stack of our own behind a UNIX socket.


def server_of(folder: Path) -> Path:
    """Return a program that runs the stack of the tests at a UNIX socket."""
    server = folder / "server.py"
    server.write_text(SERVER, encoding="utf-8")
    return server


def live(tmp_path: Path, checkout: Path, faults: str, *words: str) -> tuple[int, dict[str, Any]]:
    """Run scenarios against the stack of the tests as a program; return the status and the results by id."""
    path, server = tmp_path / "stack.sock", server_of(tmp_path)
    report = tmp_path / "report.json"
    command = f"{sys.executable} {server} {path} ,{faults} {checkout}"
    where = ["--unix", str(path), "--dut-cmd", command, "--address", "10.99.0.2/16", "--patience", "20"]
    status = main(["conform", "live", *where, "--offers", "tcp,udp", "--json", str(report), *words])
    results = json.loads(report.read_text())["results"]
    return status, {result["id"]: result for result in results}


def test_a_unix_socket(tmp_path: Path, checkout: Path) -> None:
    status, results = live(tmp_path, checkout, "", "--select", "arp", "--select", "icmp", "--exclude", "icmp-source*")
    assert status == 0
    assert {result["verdict"] for result in results.values()} == {"pass", "observed"}


def test_a_failure_shows_its_packets(tmp_path: Path, checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, results = live(tmp_path, checkout, "arp-reply-broadcast", "--select", "ACD-027", "--select", "ARP-017")
    assert status == 3
    failed = results["arp-reply-is-unicast"]
    assert failed["verdict"] == "fail"
    assert failed["earlier"] == ["fail"], "it was run again, alone"
    assert any("Who has 10.99.0.2?" in line for line in failed["ladder"])
    out = capsys.readouterr().out
    assert "ACD-027 (RFC 5227, 2.6)" in out
    assert "1 failed" in out


def test_a_stack_that_dies_ends_one_scenario(tmp_path: Path, checkout: Path) -> None:
    status, results = live(
        tmp_path,
        checkout,
        "illegal-option-kills",
        "--select",
        "TCP-008",
        "--select",
        "TCP-019",
        "--select",
        "arp-request*",
        "--exclude",
        "control",
    )
    crashed = {id for id, result in results.items() if result["verdict"] == "crash"}
    assert crashed == {id for id in results if id.startswith("tcp-illegal-option")}
    assert results["tcp-handshake"]["verdict"] == "pass"
    assert status == 3


def test_expected_failures_and_what_is_withheld(tmp_path: Path, checkout: Path) -> None:
    known, withheld = tmp_path / "known.txt", tmp_path / "withheld.txt"
    known.write_text("arp-reply-is-unicast  # as it is broadcast\narp-request-is-answered\n")
    withheld.write_text("arp-probe-is-answered\n")
    words = ("--select", "arp-r*", "--select", "arp-probe-is-answered", "--expected-failures", str(known))
    page = tmp_path / "report.html"
    words = (*words, "--html", str(page), "--withhold", str(withheld))
    status, results = live(tmp_path, checkout, "arp-reply-broadcast", *words)
    assert status == 3
    assert results["arp-reply-is-unicast"]["verdict"] == "known"
    assert "earlier" not in results["arp-reply-is-unicast"], "once is enough for what is known"
    assert results["arp-request-is-answered"]["verdict"] == "mended"
    assert results["arp-request-is-answered"]["earlier"] == ["pass"], "what surprises is run again, alone"
    assert results["arp-probe-is-answered"]["verdict"] == "withheld"
    assert "<li>as it is broadcast<" in page.read_text(encoding="utf-8"), "the reason stands beside it"


def test_a_stack_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "stack.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen(1)
        words = ["conform", "live", "--unix", str(path), "--address", "10.99.0.2/16", "--patience", "1"]
        assert main(words) == 2
    assert "the stack did not answer within 1 s" in capsys.readouterr().err


def test_as_a_plugin_of_pytest(tmp_path: Path, checkout: Path, environment: dict[str, str]) -> None:
    server, own = server_of(tmp_path), tmp_path / "test_own.py"
    own.write_text("def test_own():\n    pass\n")
    path = tmp_path / "stack.sock"
    command = f"{sys.executable} {server} {path} ,arp-reply-broadcast {checkout}"
    # What was installed, or built in the checkout once, is found by its entry point.
    is_found = entry_points(group="pytest11", name="wireproof-live")
    plugin = [] if is_found else ["-p", "wireproof.conformance.live.plugin"]
    words = ["--wireproof-stack", "10.99.0.2/16", "--wireproof-stack-unix", str(path), "--wireproof-stack-cmd", command]
    chosen = [
        "--wireproof-scenario",
        "ACD-027",
        "--wireproof-scenario",
        "ARP-017",
        "--wireproof-no-scenario",
        "control",
    ]
    run = [sys.executable, "-m", "pytest", *plugin, *words, *chosen, "-p", "no:cacheprovider", "-q", "-rf", str(own)]
    done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=LONGEST)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 3 passed" in done.stdout
    assert "arp-reply-is-unicast  fail (SHOULD NOT)" in done.stdout
    assert "Who has 10.99.0.2?" in done.stdout


# Safety and wrong usage.


def test_the_default_routes_interface_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(wire, "default_route_interfaces", lambda: frozenset({"nowhere0"}))
    words = ["conform", "live", "--iface", "nowhere0", "--address", "10.99.0.2/16"]
    for told in ([], ["--default-route-too"]):
        assert main([*words, *told]) == 1
        assert "nowhere0 carries this machine's default route" in capsys.readouterr().err
    assert main([*words, "--default-route-too", "--default-route-too"]) == 2
    assert "cannot open the interface 'nowhere0'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "the stack needs --address"),
        (["--address", "10.0.0.1/24"], "the stack is at one of --iface, --tap and --unix"),
        (["--address", "10.0.0.1/24", "--iface", "a", "--unix", "b"], "at one of --iface"),
        (["--address", "nonsense", "--iface", "a"], "nonsense"),
        (["--address", "10.0.0.1/24", "--iface", "a", "--select", "nonsense"], "'nonsense' is no id, group"),
        (["--address", "10.0.0.1/24", "--iface", "a", "--offers", "tea"], "not tea"),
        (["--address", "10.0.0.1/24", "--iface", "a", "--jobs", "0"], "--jobs is 1 or more"),
    ],
)
def test_wrong_usage(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conform", "live", *words]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_scenarios_are_chosen_by_what_they_are_about() -> None:
    from wireproof.conformance.live.selection import chosen

    everything = chosen([], [], slow=True)
    assert len(everything) == len(load_scenarios())
    assert not any(scenario.slow for scenario in chosen([], [], slow=False))
    assert {scenario.group for scenario in chosen(["arp"], [], slow=True)} == {"arp"}
    assert all("TCP-008" in scenario.requirements for scenario in chosen(["TCP-008"], [], slow=True))
    assert not any("control" in scenario.needs for scenario in chosen(["tcp"], ["control"], slow=True))
