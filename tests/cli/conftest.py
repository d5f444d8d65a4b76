"""Captures that the tests write themselves, and the program run on them, in this process or as its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from wireproof.capture import PcapWriter, Record
from wireproof.cli import main

SECOND = 10**9
BEGIN = 1_700_000_000 * SECOND + 1_000_000

# An ARP probe, an announcement, a request and its reply, padded to 60 octets (RFC 826, RFC 5227); and UDP.
PADDING = "00" * 18
PROBE = f"ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 00000000 000000000000 c0000201 {PADDING}"
ANNOUNCED = f"ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000201 {PADDING}"
REQUEST = f"ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202 {PADDING}"
REPLY = f"020000000001 020000000002 0806 0001 0800 06 04 0002 020000000002 c0000202 020000000001 c0000201 {PADDING}"
UDP = (
    "020000000002 020000000001 0800 45 00 0020 0001 0000 40 11 f6ca c0000201 c0000202 "
    "c350 c351 000c beef 01020304" + "00" * 14
)  # a wrong UDP checksum
FRAMES = tuple(bytes.fromhex(frame) for frame in (PROBE, ANNOUNCED, REQUEST, REPLY, UDP))

Write = Callable[..., Path]


@dataclass(frozen=True)
class Result:
    """What a run of the program left behind."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a capture file of frames, a millisecond apart, and return its path."""

    def put(
        name: str = "capture.pcap",
        frames: Iterable[bytes] = FRAMES,
        *,
        link_type: int = 1,
        nanoseconds: bool = False,
    ) -> Path:
        path = tmp_path / name
        with path.open("wb") as stream:
            writer = PcapWriter(stream, link_type, nanoseconds=nanoseconds)
            for number, frame in enumerate(frames, 1):
                time = BEGIN + (number - 1) * 1_000_000 + (7 if nanoseconds else 0)
                writer.write(Record(number, frame, len(frame), time, link_type, 0, 0))
        return path

    return put


@pytest.fixture
def capture(write: Write) -> Path:
    """A capture of the five frames."""
    return write()


@pytest.fixture
def cut(capture: Path) -> Path:
    """The same capture, cut in its third record, whose header begins at byte 24 + 2 * 76 = 176."""
    path = capture.with_name("cut.pcap")
    path.write_bytes(capture.read_bytes()[:200])
    return path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Run the command line in this process."""

    def start(*words: str | Path) -> Result:
        capsys.readouterr()
        status = main([str(word) for word in words])
        return Result(status, *capsys.readouterr())

    return start


@pytest.fixture
def command() -> Callable[..., list[str]]:
    """The command line that runs the program as its own process, installed or not."""
    return lambda *words: [sys.executable, "-m", "wireproof", *map(str, words)]


@pytest.fixture
def spawn(command: Callable[..., list[str]], checkout: Path) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run the program as its own process, and return its status and its bytes."""

    def start(*words: str | Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command(*words), input=stdin, capture_output=True, cwd=checkout, env={**os.environ, **environment}
        )

    return start
