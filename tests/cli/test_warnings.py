"""What the command line says of filters that can hardly mean what was meant, and where it takes macros from."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Result

Run = Callable[..., Result]
NUMBERS = ("-T", "fields", "-e", "frame.number")


@pytest.fixture(autouse=True)
def _no_macros_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIRESHARK_CONFIG_DIR", str(tmp_path))
    monkeypatch.delenv("WIREPROOF_MACROS", raising=False)


def test_a_warning_is_one_line_and_the_work_is_done(run: Run, capture: Path) -> None:
    result = run("-r", capture, "-Y", "arp.isgratuitous == 0 or arp.opcode == 2", *NUMBERS)
    assert (result.status, result.lines) == (0, ["4"])
    assert result.err == ("wireproof: warning: arp.isgratuitous is always 1 where it is there, so this never holds\n")


def test_a_suggestion_is_on_the_line(run: Run, capture: Path) -> None:
    result = run("-r", capture, "-Y", "tcp.flags.syn")
    assert result.err.endswith("; did you mean tcp.flags.syn == 1?\n")


def test_notes_are_for_people(run: Run, capture: Path) -> None:
    assert run("-r", capture, "-Y", "ip.addr != 10.0.0.1").err == ""


def test_quiet_is_quiet(run: Run, capture: Path) -> None:
    assert run("-q", "-r", capture, "-Y", "tcp.flags.syn").err == ""


def test_a_warning_comes_each_time(capture: Path, tmp_path: Path, command: Callable[..., list[str]]) -> None:
    """Also where the work is kept: on a file that machine code pays for."""
    large = tmp_path / "large.pcap"
    octets = capture.read_bytes()
    large.write_bytes(octets[:24] + octets[24:] * 1000)
    environment = {**os.environ, "WIREPROOF_CACHE": str(tmp_path / "cache")}
    for _ in range(2):
        words = command("-r", large, "-Y", "arp.isgratuitous == 0", "--count")
        done = subprocess.run(words, capture_output=True, env=environment, text=True)
        assert (done.returncode, done.stdout) == (0, "0\n")
        assert "never holds" in done.stderr


def test_macros_of_wireshark(run: Run, capture: Path, tmp_path: Path) -> None:
    words = ("-r", capture, "-Y", "${op:2}", *NUMBERS)
    assert run(*words).status == 2
    (tmp_path / "dfilter_macros").write_text('"op","arp.opcode == $1"\n')
    assert run(*words).lines == ["4"]
    (tmp_path / "dmacros").write_text('"op" arp.opcode != $1\n')
    assert run(*words).lines == ["1", "2", "3"]


def test_macros_of_a_file_that_is_named(
    run: Run, capture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIREPROOF_MACROS", str(tmp_path / "mine"))
    missing = run("-r", capture, "-Y", "$op(2)", *NUMBERS)
    assert (missing.status, missing.out) == (1, "")
    assert "WIREPROOF_MACROS" in missing.err
    (tmp_path / "mine").write_text('"op" arp.opcode == $1\n')
    assert run("-r", capture, "-Y", "$op(2)", *NUMBERS).lines == ["4"]
