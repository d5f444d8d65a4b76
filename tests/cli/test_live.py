"""Live captures, with tools that the tests write: what they are given, what they may do wrong, and how all ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wireproof.capture import live, open_reader

from .conftest import FRAMES, Result

Run = Callable[..., Result]
Command = Callable[..., list[str]]
Fake = Callable[..., None]
NUMBERS = ("-T", "fields", "-e", "frame.number")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the tools are scripts that begin with #!")

# What the tools really say, of Wireshark 4.0 and tcpdump 4.99.
DUMPCAP_REFUSED = """\
Capturing on 'Loopback: lo'
dumpcap: You do not have permission to capture on device "lo".
(socket: Operation not permitted)
Please check to make sure you have sufficient permissions.

On Debian and Debian derivatives such as Ubuntu, if you have installed Wireshark from a package, try running

    sudo dpkg-reconfigure wireshark-common
"""
DUMPCAP_FILTER = """\
Capturing on 'Loopback: lo'
dumpcap: Invalid capture filter "xx" for interface 'lo'.

That string isn't a valid capture filter (can't parse filter expression: syntax error).
See the User's Guide for a description of the capture filter syntax.
"""
DUMPCAP_INTERFACE = """\
Capturing on 'nope'
dumpcap: There is no device named "nope".
(No such device exists)
"""
TCPDUMP_REFUSED = """\
tcpdump: lo: You don't have permission to perform this capture on that device
(socket: Operation not permitted)
"""
TCPDUMP_DIED = """\
tcpdump: listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes
tcpdump: pcap_loop: The interface disappeared
2 packets captured
2 packets received by filter
0 packets dropped by kernel
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder where programs are looked for; empty."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def fake(tools: Path, capture: Path) -> Iterator[Fake]:
    """Write a tool of some lines of Python; when the test is over, each that ran must be gone."""
    notes = tools.parent / "pids"

    def put(*lines: str, name: str = "dumpcap") -> None:
        path = tools / name
        opening = [
            f"#!{sys.executable} -ESs",
            "import os, signal, sys, time",
            f"with open({str(notes)!r}, 'a') as notes: print(os.getpid(), file=notes)",
            f"packets = open({str(capture)!r}, 'rb').read()",
            "def send(octets): os.write(1, octets)",
            "def say(text): os.write(2, text.encode())",
        ]
        path.write_text("\n".join([*opening, *lines, ""]))
        path.chmod(0o755)

    yield put
    for pid in notes.read_text().split() if notes.exists() else ():
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)


@contextmanager
def started(command: list[str], checkout: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the program, which has ended when this is left."""
    process = subprocess.Popen(command, cwd=checkout, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        with process:
            try:
                yield process
                process.wait(30)
            finally:
                process.terminate()
    finally:
        process.kill()


def is_one_line(result: Result, *parts: str) -> None:
    assert (result.status, result.err.count("\n")) == (2, 1), result
    assert result.err.startswith("wireproof: ")
    for part in parts:
        assert part in result.err


# What the tools are given.


@pytest.mark.parametrize(
    ("words", "dumpcap", "tcpdump"),
    [
        (["-i", "eth0"], ["-w", "-", "-q", "-i", "eth0"], ["-w", "-", "-i", "eth0", "--"]),
        (
            ["-i", "-x", "-f", "-w /etc/passwd; $(true)", "-s", "64", "-p"],
            ["-w", "-", "-p", "-s", "64", "-q", "-f", "-w /etc/passwd; $(true)", "-i", "-x"],
            ["-w", "-", "-p", "-s", "64", "-i", "-x", "--", "-w /etc/passwd; $(true)"],
        ),
        (
            ["--interface=1", "--snapshot-length", "0", "--no-promiscuous-mode", "not", "port", "22"],
            ["-w", "-", "-p", "-s", "0", "-q", "-f", "not port 22", "-i", "1"],
            ["-w", "-", "-p", "-s", "0", "-i", "1", "--", "not port 22"],
        ),
    ],
)
@pytest.mark.parametrize("tool", ["dumpcap", "tcpdump"])
def test_arguments(
    tool: str, words: list[str], dumpcap: list[str], tcpdump: list[str], fake: Fake, run: Run, tmp_path: Path
) -> None:
    given = tmp_path / "given"
    fake("import json", f"open({str(given)!r}, 'w').write(json.dumps(sys.argv[1:]))", "send(packets)", name=tool)
    assert run(*NUMBERS, *words).status == 0
    seen = json.loads(given.read_text())
    if tool == "dumpcap":
        assert seen == dumpcap
    else:
        assert [
            word for word in seen if word not in ("-U", "--immediate-mode", "--time-stamp-precision=nano")
        ] == tcpdump


def test_several_interfaces(fake: Fake, run: Run, tmp_path: Path) -> None:
    """What goes for all of them stands in front of them."""
    given = tmp_path / "given"
    fake("import json", f"open({str(given)!r}, 'w').write(json.dumps(sys.argv[1:]))", "send(packets)")
    result = run("-i", "eth0", "-f", "arp", "-i", "2", "-s", "99", "--count")
    assert result == Result(0, "5\n", "Capturing on 'eth0' and '2'\n")
    assert json.loads(given.read_text()) == ["-w", "-", "-s", "99", "-q", "-f", "arp", "-i", "eth0", "-i", "2"]


def test_several_interfaces_take_dumpcap(fake: Fake, run: Run) -> None:
    fake("send(packets)", name="tcpdump")
    is_one_line(run("-i", "eth0", "-i", "lo"), "tcpdump captures on one interface", "apt install wireshark-common")


def test_dumpcap_is_taken_where_both_are(fake: Fake, run: Run) -> None:
    fake("send(packets)")
    fake("sys.exit(1)", name="tcpdump")
    assert run("-i", "eth0", "--count") == Result(0, "5\n", "Capturing on 'eth0'\n")


# What is printed.


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (NUMBERS, ["1", "2", "3", "4", "5"]),
        ((*NUMBERS, "-Y", "arp.opcode == 2"), ["4"]),
        ((*NUMBERS, "-Y", "arp.opcode == 2", "--engine", "compiled"), ["4"]),
        ((*NUMBERS, "-Y", "arp.opcode == 2", "--engine", "reference"), ["4"]),
        ((*NUMBERS, "-c", "2"), ["1", "2"]),
        ((*NUMBERS, "-a", "packets:2"), ["1", "2"]),
        ((*NUMBERS, "-a", "packets:4", "--autostop", "packets:3", "-c", "9"), ["1", "2", "3"]),
        (("--count", "-Y", "arp"), ["4"]),
        (("--count", "-a", "packets:3"), ["3"]),
    ],
)
def test_what_is_printed(words: tuple[str, ...], shown: list[str], fake: Fake, run: Run) -> None:
    fake("send(packets)")
    result = run("-i", "eth0", *words)
    assert (result.status, result.lines, result.err) == (0, shown, "Capturing on 'eth0'\n")


def test_a_capture_goes_on_behind_its_last_packet(fake: Fake, run: Run) -> None:
    """A bound ends it, though more could come."""
    fake("send(packets)", "time.sleep(600)")
    assert run("-i", "eth0", "-c", "5", *NUMBERS).lines == ["1", "2", "3", "4", "5"]


def test_details(fake: Fake, run: Run) -> None:
    fake("send(packets)")
    assert "    Opcode: reply (2)" in run("-i", "eth0", "-V").lines


def test_quiet(fake: Fake, run: Run) -> None:
    fake("send(packets)")
    assert run("-q", "-i", "eth0") == Result(0, "", "")


@pytest.mark.parametrize(
    ("tool", "said"),
    [
        ("dumpcap", "Packets received/dropped on interface 'lo': 5/9 (pcap:4/dumpcap:3/flushed:2/ps_ifdrop:0) (55%)"),
        ("tcpdump", "5 packets captured\n12 packets received by filter\n7 packets dropped by kernel\n"),
    ],
)
def test_dropped_packets_are_told(tool: str, said: str, fake: Fake, run: Run) -> None:
    fake("send(packets)", f"say({said!r})", name=tool)
    result = run("-q", "-i", "lo", "--count")
    assert (result.status, result.out) == (0, "5\n")
    assert result.err == "wireproof: 7 packets were dropped, as they came faster than they were taken\n"


def test_a_name_steers_no_terminal(fake: Fake, run: Run) -> None:
    fake("send(packets)")
    assert run("-i", "eth\x1b[0\n", "--count").err == "Capturing on 'eth\\x1b[0\\n'\n"


def test_a_file_is_written(fake: Fake, run: Run, tmp_path: Path) -> None:
    fake("send(packets)")
    new = tmp_path / "new.pcap"
    assert run("-i", "eth0", "-w", new, "-Y", "arp").status == 0
    assert [record.data for record in open_reader(new)] == list(FRAMES[:4])


def test_interfaces(fake: Fake, run: Run) -> None:
    fake("assert sys.argv[1:] == ['-D']", "send(b'1. eth0\\n2. a\\x1b[31m (b)\\n')", "say('3. aside')")
    assert run("-D") == Result(0, "1. eth0\n'2. a\\x1b[31m (b)'\n", "")
    assert run("--list-interfaces").status == 0


# What goes wrong.


@pytest.mark.parametrize("words", [("-i", "eth0"), ("-D",)])
def test_no_tool(words: tuple[str, ...], tools: Path, run: Run) -> None:
    is_one_line(run(*words), "neither is installed: sudo apt install wireshark-common (or tcpdump)")


@pytest.mark.parametrize("words", [("-i", "eth0"), ("-D",)])
def test_a_tool_of_a_group(words: tuple[str, ...], tools: Path, run: Run) -> None:
    (tools / "dumpcap").touch(0o600)
    is_one_line(run(*words), f"no permission to run {tools}/dumpcap", "adduser YOUR-NAME wireshark")


@pytest.mark.parametrize("words", [("-i", "eth0"), ("-D",)])
def test_a_tool_that_cannot_be_run(words: tuple[str, ...], tools: Path, run: Run) -> None:
    (tools / "dumpcap").write_bytes(b"\x7fELF nonsense")
    (tools / "dumpcap").chmod(0o755)
    is_one_line(run(*words), "cannot run", "Exec format error")


@pytest.mark.parametrize(
    ("tool", "said", "parts"),
    [
        (
            "dumpcap",
            DUMPCAP_REFUSED,
            ["dumpcap has no permission to capture", "as root", "dpkg-reconfigure", "adduser"],
        ),
        ("tcpdump", TCPDUMP_REFUSED, ["tcpdump has no permission to capture", "as root", "setcap", "tools/tcpdump"]),
        ("dumpcap", DUMPCAP_FILTER, ["dumpcap: Invalid capture filter \"xx\" for interface 'lo'.", "syntax error).\n"]),
        ("dumpcap", DUMPCAP_INTERFACE, ['dumpcap: There is no device named "nope". (No such device exists)\n']),
        ("tcpdump", "tcpdump: can't parse filter expression: syntax error\n", ["tcpdump: can't parse filter"]),
        ("dumpcap", "", ["dumpcap ended with status 1 and gave no reason"]),
        ("dumpcap", "\x1b[31mred\x07\r\nwireproof: forged\n", ["dumpcap: \\x1b[31mred\\x07 wireproof: forged\n"]),
    ],
)
def test_a_tool_that_fails(tool: str, said: str, parts: list[str], fake: Fake, run: Run) -> None:
    fake(f"say({said!r})", "sys.exit(1)", name=tool)
    result = run("-i", "eth0")
    is_one_line(result, *parts)
    assert result.out == ""
    is_one_line(run("-D"))


def test_a_tool_that_talks_without_end(fake: Fake, run: Run) -> None:
    fake("for _ in range(100): say('x' * 99_999 + '\\n')", "say('dumpcap: at last\\n' + 'y' * 1000)", "sys.exit(1)")
    result = run("-i", "eth0")
    is_one_line(result, "dumpcap: xxx")
    assert len(result.err) < 500


@pytest.mark.parametrize("after", ["time.sleep(600)", "sys.exit(0)"])
def test_garbage(after: str, fake: Fake, run: Run) -> None:
    fake("send(b'garbage in any format')", after)
    is_one_line(run("-i", "eth0"), "eth0: at byte 0: starts with 67 61 72 62")


@pytest.mark.parametrize("status", [0, 1])  # dumpcap has 0 when an interface goes away
@pytest.mark.parametrize("cut", [0, 10])
def test_a_tool_that_dies_midway(cut: int, status: int, fake: Fake, run: Run) -> None:
    """Every whole packet is printed, and the reason is the tool's, not that a record is cut."""
    fake(f"send(packets[: 24 + 2 * 76 + {cut}])", f"say({TCPDUMP_DIED!r})", f"sys.exit({status})", name="tcpdump")
    result = run("-i", "eth0", *NUMBERS)
    assert (result.status, result.lines) == (2, ["1", "2"])
    assert result.err == "Capturing on 'eth0'\nwireproof: tcpdump: pcap_loop: The interface disappeared\n"


def test_a_tool_that_is_killed(fake: Fake, run: Run) -> None:
    fake("send(packets)", "os.kill(os.getpid(), signal.SIGKILL)")
    result = run("-q", "-i", "eth0", *NUMBERS)
    is_one_line(result, "dumpcap was ended by signal 9")
    assert len(result.lines) == 5


def test_a_damaged_stream_of_a_tool_that_thinks_all_is_well(fake: Fake, run: Run) -> None:
    fake("send(packets[:200])")
    is_one_line(run("-q", "-i", "eth0"), "eth0: at byte 176: record 3 is cut")


def test_a_tool_that_says_nothing(fake: Fake, run: Run) -> None:
    fake("time.sleep(600)")
    assert run("-i", "eth0", "-a", "duration:0.3", *NUMBERS) == Result(0, "", "Capturing on 'eth0'\n")


@pytest.mark.parametrize("last", ["time.sleep(600)", "os.close(1); time.sleep(600)"])
def test_a_tool_that_does_not_end(last: str, fake: Fake, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "GRACE", 0.2)
    fake("signal.signal(signal.SIGTERM, signal.SIG_IGN)", "send(packets)", last)
    assert len(run("-i", "eth0", "-a", "duration:0.5", *NUMBERS).lines) == 5


def test_a_file_that_cannot_be_written(fake: Fake, run: Run, tmp_path: Path) -> None:
    fake("send(packets)", "time.sleep(600)")
    is_one_line(run("-q", "-i", "eth0", "-w", tmp_path / "none" / "new.pcap"), "cannot write")


def test_what_the_engine_cannot_do_ends_the_capture(fake: Fake, run: Run) -> None:
    fake("send(packets)", "time.sleep(600)")
    result = run("-q", "-i", "eth0", "--engine", "compiled", "-Y", "tcp.options.sack_le == 1")
    assert (result.status, result.err.count("\n")) == (1, 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("-f arp -r FILE", "-f is for a capture that is made here: add -i INTERFACE"),
        ("dissect FILE -a duration:1", "-a is for a capture"),
        ("dissect FILE -p", "-p is for a capture"),
        ("dissect FILE -s 0", "-s is for a capture"),
        ("dissect FILE -i eth0", "a file to read, 'FILE', and an interface to capture on"),
        ("-i eth0 -r FILE", "-r reads a file and -i captures"),
        ("-i eth0 -f arp -i lo -f ip", "-f 'arp' and -f 'ip': there is one capture filter, for all interfaces"),
        ("-i eth0 -f arp ip", "two capture filters: -f 'arp' and, behind the options, 'ip'"),
        ("-i eth0 -s -1", "-s/--snapshot-length: -1: expected 0 to 262144"),
        (
            "-i eth0 -a filesize:1",
            "filesize:1: filesize is not there yet (tshark has it); duration:SECONDS and packets:N are",
        ),
        ("-i eth0 -a bogus:1", "bogus:1: expected duration:SECONDS or packets:N"),
        ("-i eth0 -a duration:0", "duration:0: expected seconds above 0"),
        ("-i eth0 -a duration:nan", "duration:nan: expected seconds above 0"),
        ("-i eth0 -a packets:0", "0: expected 1 to 2147483647"),
        ("-i", "option -i requires argument"),
    ],
)
def test_wrong_usage(words: str, said: str, tools: Path, run: Run) -> None:
    result = run(*words.split())
    assert (result.status, result.out, result.err.count("\n")) == (1, "", 1)
    assert said in result.err


# How it ends. The program is a process of its own here, as it is signals and pipes that end it.


@pytest.mark.parametrize(
    "words",
    [
        NUMBERS,
        (*NUMBERS, "-Y", "arp"),
        (*NUMBERS, "-Y", "arp", "--engine", "reference"),
        ("-P",),
        ("-V",),
        ("-T", "json", "-e", "frame.number"),
        ("-P", "-w", "/dev/null"),
    ],
)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_packets_are_there_while_it_runs_and_a_signal_ends_it(
    words: tuple[str, ...], number: int, fake: Fake, command: Command, checkout: Path
) -> None:
    fake("send(packets)", "time.sleep(600)")
    with started(command("-i", "eth0", *words), checkout) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() != b""
        process.send_signal(number)
        assert process.wait(30) == 0
        assert process.stderr.read() == b"Capturing on 'eth0'\n"


def test_what_was_captured_is_in_the_file(fake: Fake, command: Command, checkout: Path, tmp_path: Path) -> None:
    """Also what the tool sends only when it is told to end."""
    fake(
        "def end(*_):",
        "    send(packets[24 + 76 :])",
        "    sys.exit(0)",
        "signal.signal(signal.SIGTERM, end)",
        "send(packets[: 24 + 76])",
        "time.sleep(600)",
    )
    new = tmp_path / "new.pcap"
    with started(command("-i", "eth0", "-w", new, "-P"), checkout) as process:
        assert process.stdout is not None
        assert process.stdout.readline() != b""
        process.send_signal(signal.SIGINT)
        assert process.stdout.read().count(b"\n") == 4
        assert process.wait(30) == 0
    assert [record.data for record in open_reader(new)] == list(FRAMES)
    assert {path.name for path in tmp_path.iterdir()} == {"capture.pcap", "new.pcap", "pids", "tools"}


def test_control_c_before_anything_came(fake: Fake, command: Command, checkout: Path, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    fake(f"open({str(ready)!r}, 'w').close()", "time.sleep(600)")
    with started(command("-i", "eth0", "--count"), checkout) as process:
        end = time.monotonic() + 30
        while not ready.exists():
            assert time.monotonic() < end
            time.sleep(0.01)
        time.sleep(0.3)  # until the program waits for the capture to begin
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30) == (b"0\n", b"Capturing on 'eth0'\n")
        assert process.returncode == 0


def test_the_second_control_c_ends_it_at_once(fake: Fake, command: Command, checkout: Path) -> None:
    fake("signal.signal(signal.SIGTERM, signal.SIG_IGN)", "send(packets)", "time.sleep(600)")
    with started(command("-i", "eth0", *NUMBERS), checkout) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"1\n"
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()


@pytest.mark.parametrize("words", [("-P",), NUMBERS, ("-w", "-")])
def test_a_reader_that_goes_away(words: tuple[str, ...], fake: Fake, command: Command, checkout: Path) -> None:
    fake("send(packets)", "while True: send(packets[24:])")
    with started(command("-i", "eth0", *words), checkout) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(4) != b""
        process.stdout.close()
        assert process.wait(30) == 0
        assert process.stderr.read() == b"Capturing on 'eth0'\n"


def test_a_signal_that_is_ignored_stays_so(fake: Fake, command: Command, checkout: Path) -> None:
    fake("send(packets)", "time.sleep(600)")
    shell = ["/bin/sh", "-c", "trap '' HUP; exec \"$@\"", "sh"]
    with started([*shell, *command("-i", "eth0", *NUMBERS)], checkout) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"1\n"
        process.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def test_the_signals_are_given_back(fake: Fake, run: Run) -> None:
    fake("send(packets)")
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    run("-i", "eth0", "--count")
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
