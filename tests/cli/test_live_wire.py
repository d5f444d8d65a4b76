"""Live captures on a wire: two network namespaces with a veth pair, and the real tools, dumpcap and tcpdump."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pytest

from wireproof.capture import open_reader

from .conftest import FRAMES

Command = Callable[..., list[str]]

PROBE_NUMBER, REPLY_NUMBER = 0, 3  # in FRAMES
REPLIES = ("-Y", "arp.opcode == 2")
FIELDS = ("-T", "fields", "-e", "frame.number", "-e", "arp.src.proto_ipv4")
LONGEST = 30.0

# Found before a test takes the path away.
IP = shutil.which("ip") or ""
SETPRIV = shutil.which("setpriv")

# Sends a frame for each number that it reads.
SENDER = """
import socket, sys
frames = [bytes.fromhex(word) for word in sys.argv[1:]]
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
    wire.bind(("eth0", 0))
    print("ready", flush=True)
    for line in sys.stdin:
        wire.send(frames[int(line)])
"""


@dataclass
class Wire:
    """Two hosts of a wire, without addresses, and so silent: what the one is told to send, the other hears."""

    sends: str
    hears: str
    checkout: Path
    sender: subprocess.Popen[bytes] | None = None
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def send(self, *numbers: int) -> None:
        assert self.sender is not None
        assert self.sender.stdin is not None
        for number in numbers:
            self.sender.stdin.write(b"%d\n" % number)
        self.sender.stdin.flush()

    def start(
        self, *words: str, stdin: IO[bytes] | int = subprocess.DEVNULL, host: str = "", group: int | None = None
    ) -> subprocess.Popen[bytes]:
        """Run a program on the host that hears; `ip` becomes it, so that a signal to the process reaches it."""
        process = subprocess.Popen(
            [IP, "netns", "exec", host or self.hears, *words],
            cwd=self.checkout,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            process_group=group,
        )
        self.running.append(process)
        return process

    def pids(self) -> list[str]:
        """The processes on the host that hears."""
        return subprocess.run(
            [IP, "netns", "pids", self.hears], capture_output=True, text=True, check=True
        ).stdout.split()


def _ip(*words: str) -> None:
    subprocess.run([IP, *words], check=True, capture_output=True, timeout=LONGEST)


@contextmanager
def _namespace(name: str) -> Iterator[str]:
    try:
        _ip("netns", "add", name)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"network namespaces cannot be made here: {error}")
    try:
        # No neighbour discovery among the frames. A kernel without IPv6 lacks the file.
        silent = "f=/proc/sys/net/ipv6/conf/default/disable_ipv6; [ ! -e $f ] || echo 1 >$f"
        _ip("netns", "exec", name, "/bin/sh", "-c", silent)
        yield name
    finally:
        _ip("netns", "delete", name)


@contextmanager
def _ended(wire: Wire) -> Iterator[Wire]:
    try:
        yield wire
    finally:
        for process in wire.running:
            with suppress(OSError):
                process.kill()
            process.communicate()


@pytest.fixture
def wire(checkout: Path) -> Iterator[Wire]:
    """A wire of this test's own; when the test is over, nothing may run at its ends any more."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux makes network namespaces")
    if not IP:
        pytest.skip("ip (iproute2) is not installed")
    mark = f"wireproof-{os.getpid()}-{os.urandom(3).hex()}"
    with ExitStack() as stack:
        sends, hears = (stack.enter_context(_namespace(f"{mark}-{end}")) for end in "ab")
        try:
            _ip("link", "add", "eth0", "netns", sends, "type", "veth", "peer", "name", "eth0", "netns", hears)
        except subprocess.CalledProcessError as error:
            pytest.skip(f"veth pairs cannot be made here: {error}")
        for host in (sends, hears):
            _ip("-n", host, "link", "set", "eth0", "up")
        made = stack.enter_context(_ended(Wire(sends, hears, checkout)))
        made.sender = made.start(
            sys.executable, "-c", SENDER, *(frame.hex() for frame in FRAMES), host=sends, stdin=subprocess.PIPE
        )
        assert made.sender.stdout is not None
        assert made.sender.stdout.readline() == b"ready\n"
        yield made
        assert made.pids() == []


@pytest.fixture(params=["dumpcap", "tcpdump"])
def tool(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """One of the tools, the only program on the path."""
    name: str = request.param
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    folder = tmp_path / "only"
    folder.mkdir()
    (folder / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(folder))
    return name


def wait_for(stream: IO[bytes] | None, text: bytes) -> None:
    """Read lines up to one with this text."""
    assert stream is not None
    for line in stream:
        if text in line:
            return
    pytest.fail(f"{text!r} was not said")


def finished(process: subprocess.Popen[bytes]) -> tuple[int, list[str], str]:
    out, err = process.communicate(timeout=LONGEST)
    return process.returncode, out.decode().splitlines(), err.decode()


# A capture that another program makes.


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ((*REPLIES, "-l"), "192.0.2.2 is at 02:00:00:00:00:02"),
        ((*REPLIES, "-l", *FIELDS), "3\t192.0.2.2"),
        ((*REPLIES, "-l", *FIELDS, "--engine", "compiled"), "3\t192.0.2.2"),
        ((*REPLIES, "-l", *FIELDS, "--engine", "reference"), "3\t192.0.2.2"),
    ],
)
def test_a_pipe_of_tcpdump_is_filtered_live(words: tuple[str, ...], shown: str, wire: Wire, command: Command) -> None:
    tcpdump = shutil.which("tcpdump")
    if tcpdump is None:
        pytest.skip("tcpdump is not installed")
    producer = wire.start(tcpdump, "-i", "eth0", "-U", "--immediate-mode", "-w", "-")
    consumer = wire.start(*command("dissect", "-", *words), stdin=producer.stdout or 0)
    assert producer.stdout is not None
    assert consumer.stdout is not None
    producer.stdout.close()  # the consumer alone has it
    producer.stdout = None
    wait_for(producer.stderr, b"listening on")
    for turn in range(3):
        wire.send(PROBE_NUMBER, PROBE_NUMBER, REPLY_NUMBER)
        line = consumer.stdout.readline().decode()
        assert shown.replace("3\t", f"{3 * turn + 3}\t") in line
    assert producer.poll() is None, "it is not live any more"
    assert consumer.poll() is None
    producer.send_signal(signal.SIGINT)
    assert finished(consumer) == (0, [], "")
    assert producer.wait(LONGEST) == 0


# Captures of our own.


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (REPLIES, "192.0.2.2 is at 02:00:00:00:00:02"),
        ((*REPLIES, *FIELDS), "3\t192.0.2.2"),
        (("-f", "arp[6:2] = 2", *FIELDS), "1\t192.0.2.2"),
        ((*FIELDS, "arp[6:2]", "=", "2"), "1\t192.0.2.2"),
        ((*REPLIES, "-s", "50", "-T", "fields", "-e", "frame.cap_len", "-e", "frame.len"), "50\t60"),
    ],
)
def test_an_interface(words: tuple[str, ...], shown: str, tool: str, wire: Wire, command: Command) -> None:
    process = wire.start(*command("-i", "eth0", *words))
    assert process.stdout is not None
    wait_for(process.stderr, b"Capturing on 'eth0'")
    wire.send(PROBE_NUMBER, PROBE_NUMBER, REPLY_NUMBER)
    assert shown in process.stdout.readline().decode()
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert finished(process) == (0, [], "")


@pytest.mark.parametrize(("words", "count"), [((), "promiscuity 1 "), (("-p",), "promiscuity 0 ")])
def test_promiscuous_mode(words: tuple[str, ...], count: str, tool: str, wire: Wire, command: Command) -> None:
    process = wire.start(*command("-i", "eth0", *words))
    wait_for(process.stderr, b"Capturing on")
    shown = subprocess.run([IP, "-d", "-n", wire.hears, "link", "show", "eth0"], capture_output=True, text=True)
    assert count in shown.stdout
    process.send_signal(signal.SIGINT)
    assert finished(process) == (0, [], "")


def test_dumpcap_names_the_interface(wire: Wire, command: Command) -> None:
    if shutil.which("dumpcap") is None:
        pytest.skip("dumpcap is not installed")
    process = wire.start(*command("-q", "-i", "eth0", "-T", "fields", "-e", "frame.interface_name", "-c", "1"))
    while process.poll() is None:  # without a word when it has begun
        wire.send(PROBE_NUMBER)
        time.sleep(0.1)
    assert finished(process) == (0, ["eth0"], "")


def test_several_interfaces(wire: Wire, command: Command, tmp_path: Path) -> None:
    """The capture filter is for all of them, and each packet says where it came from."""
    if shutil.which("dumpcap") is None:
        pytest.skip("dumpcap is not installed")
    _ip("-n", wire.hears, "link", "set", "lo", "up")
    new = tmp_path / "new.pcapng"
    words = ("-i", "lo", "-i", "eth0", "-f", "arp[6:2] = 2", "-w", str(new))
    process = wire.start(*command(*words, "-T", "fields", "-e", "frame.interface_name", "-e", "arp.opcode"))
    assert process.stdout is not None
    wait_for(process.stderr, b"Capturing on 'lo' and 'eth0'")
    wire.send(PROBE_NUMBER, PROBE_NUMBER, REPLY_NUMBER)
    assert process.stdout.readline() == b"eth0\t2\n"
    process.send_signal(signal.SIGINT)
    assert finished(process) == (0, [], "")
    with open_reader(new) as reader:
        assert [record.data for record in reader] == [FRAMES[REPLY_NUMBER]]
        assert [each.name for each in reader.interfaces] == ["lo", "eth0"]


def test_a_terminals_control_c_reaches_the_tool_as_well(
    tool: str, wire: Wire, command: Command, tmp_path: Path
) -> None:
    new = tmp_path / "new.pcap"
    process = wire.start(*command("-i", "eth0", "-w", str(new), *FIELDS), group=0)
    assert process.stdout is not None
    wait_for(process.stderr, b"Capturing on")
    wire.send(REPLY_NUMBER)
    assert process.stdout.readline() == b"1\t192.0.2.2\n"
    os.killpg(process.pid, signal.SIGINT)
    assert finished(process) == (0, [], "")
    assert [record.data for record in open_reader(new)] == [FRAMES[REPLY_NUMBER]]


def test_a_file(tool: str, wire: Wire, command: Command, tmp_path: Path) -> None:
    new = tmp_path / "new.pcap"
    process = wire.start(*command("-i", "eth0", "-w", str(new), "-P", "-a", "packets:5"))
    wait_for(process.stderr, b"Capturing on")
    wire.send(*range(5))
    status, lines, err = finished(process)
    assert (status, len(lines), err) == (0, 5, "")
    assert [record.data for record in open_reader(new)] == list(FRAMES)
    # Times are now, in nanoseconds.
    assert all(abs((record.time or 0) / 1e9 - time.time()) < 300 for record in open_reader(new))
    assert any((record.time or 0) % 1000 for record in open_reader(new))


def test_a_duration(tool: str, wire: Wire, command: Command) -> None:
    process = wire.start(*command("-i", "eth0", "--count", "-a", "duration:1.5"))
    wait_for(process.stderr, b"Capturing on")
    wire.send(*range(5))
    assert finished(process) == (0, ["5"], "")


def test_an_interface_that_goes_away(tool: str, wire: Wire, command: Command) -> None:
    process = wire.start(*command("-i", "eth0", *FIELDS))
    assert process.stdout is not None
    wait_for(process.stderr, b"Capturing on")
    wire.send(REPLY_NUMBER)
    assert process.stdout.readline() == b"1\t192.0.2.2\n"
    _ip("-n", wire.sends, "link", "delete", "eth0")
    status, lines, err = finished(process)
    assert (status, lines, err.count("\n")) == (2, [], 1)
    assert err.startswith(f"wireproof: {tool}: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("-i", "eth9"), "eth9"),
        (("-i", "-w"), "-w"),
        (("-i", "eth0", "-f", "-w nonsense"), "syntax error"),
        (("-i", "eth0", "nonsense", "here"), "syntax error"),
    ],
)
def test_what_does_not_exist(words: tuple[str, ...], said: str, tool: str, wire: Wire, command: Command) -> None:
    status, lines, err = finished(wire.start(*command(*words)))
    assert (status, lines, err.count("\n")) == (2, [], 1)
    assert err.startswith(f"wireproof: {tool}: ")
    assert said in err


def test_no_permission(tool: str, wire: Wire, command: Command) -> None:
    if SETPRIV is None:
        pytest.skip("setpriv (util-linux) is not installed")
    process = wire.start(SETPRIV, "--bounding-set=-net_raw,-net_admin", *command("-i", "eth0"))
    status, lines, err = finished(process)
    assert (status, lines) == (2, [])
    assert err.startswith(f"wireproof: {tool} has no permission to capture: capture as root, or once: ")
    assert err.count("\n") == 1


def test_interfaces(tool: str, wire: Wire, command: Command) -> None:
    status, lines, err = finished(wire.start(*command("-D")))
    assert (status, err) == (0, "")
    assert any("eth0" in line for line in lines)
