"""The program as a process: streams, pipes, signals, start-up."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import FRAMES, Write

Spawn = Callable[..., subprocess.CompletedProcess[bytes]]
Command = Callable[..., list[str]]


def test_version(spawn: Spawn) -> None:
    done = spawn("--version")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"wireproof ")


@pytest.mark.parametrize("words", [("--help",), ("-h",), ("dissect", "--help"), ("-n", "-h"), ("fields", "-h")])
def test_help(words: tuple[str, ...], spawn: Spawn) -> None:
    done = spawn(*words)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"Usage: wireproof")
    assert b"\x1b" not in done.stdout


def test_no_words_at_all(spawn: Spawn) -> None:
    done = spawn()
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"Usage: wireproof")


def test_help_loads_no_dissector(checkout: Path) -> None:
    code = """
import sys
from wireproof.cli import main
main(["--help"])
print(*sys.modules, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True, check=True)
    assert not {"construct", "lark", "wireproof.dissectors", "wireproof.packet.reader"} & set(done.stderr.split())


def test_output_is_utf_8_in_every_locale(spawn: Spawn, capture: Path) -> None:
    done = spawn("-r", capture, "-c", "1", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert "→" in done.stdout.decode("utf-8")
    assert done.returncode == 0


def test_a_file_name_that_is_no_unicode(spawn: Spawn, capture: Path) -> None:
    name = os.fsencode(capture.parent) + b"/\xff.pcap"
    os.rename(capture, name)
    assert spawn("-r", os.fsdecode(name), "-c", "1").returncode == 0
    done = spawn("-r", os.fsdecode(name) + "x")
    assert (done.returncode, done.stdout) == (2, b"")
    assert rb"\udcff.pcapx" in done.stderr


@pytest.mark.parametrize("words", [("-P",), ("-w", "-")])
def test_a_closed_pipe_ends_quietly(words: tuple[str, ...], command: Command, checkout: Path, write: Write) -> None:
    path = write(frames=FRAMES * 1000)
    with subprocess.Popen(
        command("-r", path, *words), cwd=checkout, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("words", [("-P",), ("-w", "-"), ("-V",)])
def test_a_full_disk_is_told(words: tuple[str, ...], command: Command, checkout: Path, capture: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command("-r", capture, *words), cwd=checkout, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr.startswith(b"wireproof: cannot write")
    assert done.stderr.count(b"\n") == 1


def test_each_packet_is_handed_on_at_once(command: Command, checkout: Path, capture: Path) -> None:
    """With -l the first packet is there while the pipe is still open; then Ctrl-C ends with 130 and no traceback."""
    with subprocess.Popen(
        command("-l", "-r", "-", "-T", "fields", "-e", "frame.number"),
        cwd=checkout, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(capture.read_bytes()[: 24 + 76])
        process.stdin.flush()
        assert process.stdout.readline() == b"1\n"
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130
        assert process.stderr.read() == b""


def test_no_capture_for_a_terminal(command: Command, checkout: Path, capture: Path) -> None:
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            command("-r", capture, "-w", "-"), cwd=checkout, stdout=theirs, stderr=subprocess.PIPE, text=True
        )
    finally:
        os.close(theirs)
        os.close(ours)
    assert done.returncode == 1
    assert "not for a terminal" in done.stderr


def test_closed_streams(command: Command, checkout: Path, capture: Path) -> None:
    line = 'exec "$@" 0<&- 1>&- 2>&-'
    for words, status in ((("-r", capture), 0), (("-r", "-"), 2), (("-r", "nofile"), 2)):
        done = subprocess.run(["sh", "-c", line, "sh", *command(*words)], cwd=checkout)
        assert done.returncode == status


def test_completion(command: Command, checkout: Path) -> None:
    """What a shell asks through argcomplete: names of fields behind -e, for both forms of the command."""
    for line in ("wireproof -T fields -e arp.opc", "wireproof dissect -T fields -e arp.opc"):
        code = f"""
import os
os.environ.update(_ARGCOMPLETE="1", COMP_LINE={line!r}, COMP_POINT="{len(line)}", _ARGCOMPLETE_IFS=" ",
                  _ARGCOMPLETE_STDOUT_FILENAME="/dev/stdout")
from wireproof.cli import main
main([])
"""
        done = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True)
        assert done.stdout.split() == ["arp.opcode"]


def test_a_reader_that_goes_away_does_not_take_the_file_along(command: Command, capture: Path) -> None:
    new = capture.with_name("new.pcap")
    shell = subprocess.Popen(
        command("-r", capture, "-w", new, "-P", "-l"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert shell.stdout is not None
    shell.stdout.close()
    assert shell.wait(20) == 0
    assert new.read_bytes() == capture.read_bytes()


def test_a_file_is_written_through_a_descriptor(spawn: Spawn, capture: Path) -> None:
    done = spawn("-r", capture, "-w", "/dev/stdout")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == capture.read_bytes()


def test_nobody_else_reads_a_file_before_it_has_its_name(spawn: Spawn, capture: Path) -> None:
    new = capture.with_name("new.pcap")
    new.touch(0o600)
    assert spawn("-r", capture, "-w", new).returncode == 0
    assert new.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("words", [("-o", "a\nwireproof: all is well"), ("-T", "x\ny"), ("-r", "no\nfile"), ("a\nb",)])
def test_no_word_forges_a_line(words: tuple[str, ...], spawn: Spawn, capture: Path) -> None:
    done = spawn(*words) if words[0] != "-o" else spawn("-r", capture, *words)
    assert done.returncode in (1, 2)
    assert len(done.stderr.splitlines()) == 1
