"""Pipes, FIFOs and terminals at either end, and Ctrl-C: every kind of output, from outside."""

import os
import pty
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from wireproof.capture import open_reader

from .conftest import FRAMES, Write

Command = Callable[..., list[str]]
Process = subprocess.Popen[bytes]

# To a shell these are one: Python itself ends by the signal where that came while it made a class.
INTERRUPTED = (130, -signal.SIGINT)
OUTPUTS = {
    "lines": "-P",
    "tree": "-V",
    "tabs": "-T tabs",
    "fields": "-T fields -e frame.number",
    "fields of packets": "-T fields -e _ws.col.Info",
    "ranges": "-T fields -e frame.number --jobs 3",
    "csv": "-T csv -e frame.number -e ip.src",
    "json": "-T json -e frame.number",
    "arrow": "-T arrow -e frame.number",
    "parquet": "-T parquet -e frame.number",
    "pcap": "-w - -F pcap",
    "pcap of ranges": "-w - -F pcap --jobs 3",
    "pcapng": "-w - -F pcapng",
}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More than a pipe holds of whatever is made of it."""
    from wireproof.capture import PcapWriter, Record

    path = tmp_path_factory.mktemp("large") / "large.pcap"
    with path.open("wb") as stream:
        writer = PcapWriter(stream, 1)
        for number in range(1, 60_001):
            frame = FRAMES[number % len(FRAMES)]
            writer.write(Record(number, frame, len(frame), number * 1_000_000, 1, 0, 0))
    return path


@contextmanager
def running(words: list[str], checkout: Path, **streams: object) -> Iterator[Process]:
    """A process that is killed when nobody waits for it any more."""
    defaults = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, cwd=checkout, **{**defaults, **streams}) as process:  # type: ignore[call-overload]
        timer = threading.Timer(30, process.kill)
        timer.start()
        try:
            yield process
        finally:
            timer.cancel()
            process.kill()


def needs_library(output: str) -> None:
    if output in ("arrow", "parquet"):
        pytest.importorskip("pyarrow")


@pytest.mark.parametrize("output", OUTPUTS)
def test_a_closed_pipe_ends_all_quietly(output: str, command: Command, checkout: Path, large: Path) -> None:
    needs_library(output)
    with running(command("-r", large, *OUTPUTS[output].split()), checkout) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


@pytest.mark.parametrize("output", [*OUTPUTS, "count"])
def test_control_c_while_a_pipe_is_waited_for(output: str, command: Command, checkout: Path, large: Path) -> None:
    needs_library(output)
    words = OUTPUTS.get(output, "--count").split()
    with running(command("-r", "-", *words), checkout, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        assert process.stdout is not None
        threading.Thread(target=process.stdout.read, daemon=True).start()
        # More than the pipe holds: when all of it was taken, the program is at work.
        process.stdin.write(large.read_bytes()[:100_000])
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        assert process.wait() in INTERRUPTED
        assert process.stderr.read() == b""


@pytest.mark.parametrize("name", ["new.pcap", "new.pcapng", "new.pcap.gz", "new.pcapng.zst"])
def test_control_c_leaves_no_half_file(
    name: str, command: Command, checkout: Path, large: Path, tmp_path: Path
) -> None:
    if name.endswith(".zst"):
        pytest.importorskip("backports.zstd")
    words = command("-r", "-", "-w", tmp_path / name)
    with running(words, checkout, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(large.read_bytes()[:3_000_000])
        process.stdin.flush()
        assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
        process.send_signal(signal.SIGINT)
        assert process.wait() in INTERRUPTED
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", ["-l -T fields -e frame.number", "-l -t e", "-l -T fields -e frame.number -Y frame"])
def test_a_fifo_is_read_as_it_is_written(words: str, command: Command, checkout: Path, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    head, record = bytes.fromhex("d4c3b2a1 02000400 0000000000000000 00000400 01000000"), bytes(8) + b"\2\0\0\0" * 2
    with running(command("-r", fifo, *words.split()), checkout) as process, fifo.open("wb", buffering=0) as stream:
        assert process.stdout is not None
        stream.write(head + record + b"hi" + record[:9])
        assert process.stdout.readline().split()[0] == b"1"
        stream.write(record[9:] + b"ho")
        assert process.stdout.readline().split()[0] == b"2"
        stream.close()
        assert process.stdout.read() == b""
        assert process.wait() == 0


@pytest.mark.parametrize("words", ["-T fields -e frame.number", "-P", "-T csv -e frame.number"])
def test_a_terminal_shows_each_packet_at_once(words: str, command: Command, checkout: Path, capture: Path) -> None:
    """Without -l."""
    ours, theirs = pty.openpty()
    try:
        streams = {"stdin": subprocess.PIPE, "stdout": theirs}
        with running(command("-r", "-", *words.split()), checkout, **streams) as process:
            assert process.stdin is not None
            process.stdin.write(capture.read_bytes()[: 24 + 76])
            process.stdin.flush()
            shown = b""
            while b"1" not in shown.partition(b"number")[2] and not (b"1" in shown and b"number" not in shown):
                shown += os.read(ours, 1000)
            process.stdin.close()
            assert process.wait() == 0
    finally:
        os.close(theirs)
        os.close(ours)


@pytest.mark.parametrize("form", ["pcap", "pcapng"])
def test_a_copy_is_handed_on_at_once(form: str, command: Command, checkout: Path, capture: Path) -> None:
    words = command("-l", "-r", "-", "-w", "-", "-F", form)
    with running(words, checkout, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(capture.read_bytes()[: 24 + 76 + 3])
        process.stdin.flush()
        with open_reader(process.stdout) as reader:
            records = iter(reader)
            assert next(records).data == FRAMES[0]
            process.stdin.write(capture.read_bytes()[24 + 76 + 3 :])
            process.stdin.close()
            assert [record.data for record in records] == list(FRAMES[1:])
        assert process.wait() == 0


def test_a_compressed_pipe(command: Command, checkout: Path, write: Write) -> None:
    """Each packet is shown as soon as what comes decompresses to it."""
    import zlib

    packer = zlib.compressobj(wbits=31)
    data = write().read_bytes()
    with running(command("-l", "-r", "-", "-T", "fields", "-e", "frame.number"), checkout, stdin=subprocess.PIPE) as (
        process
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(packer.compress(data[: 24 + 76]) + packer.flush(zlib.Z_SYNC_FLUSH))
        process.stdin.flush()
        assert process.stdout.readline() == b"1\n"
        process.stdin.write(packer.compress(data[24 + 76 :]) + packer.flush())
        process.stdin.close()
        assert process.stdout.read().split() == [b"2", b"3", b"4", b"5"]
        assert process.wait() == 0
