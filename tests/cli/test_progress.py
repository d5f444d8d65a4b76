"""The line that shows how far long work has come, as a terminal shows it."""

from __future__ import annotations

import io
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from wireproof.cli import _progress
from wireproof.cli._progress import Advance, progress, steps

pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")

Start = Callable[..., subprocess.Popen[bytes]]

# What the line is drawn with: text, return, line feed, erasing of the line, colours.
DRAWN = re.compile(r"\r|\n|\x1b\[K|\x1b\[[0-9;]*m|[^\x00-\x1f\x7f]+")


class Terminal:
    """A terminal: the end that a program writes to, and what it shows of that."""

    def __init__(self) -> None:
        self.ours, self.theirs = pty.openpty()
        self.stream = open(os.dup(self.theirs), "w", encoding="utf-8")  # noqa: SIM115 (closed with the rest)
        self.written = b""

    @contextmanager
    def progress(self, total: int | None, **how: Any) -> Iterator[Advance]:
        """Work with this as standard error: for that time alone, as pytest has its own."""
        before, sys.stderr = sys.stderr, self.stream
        try:
            with progress(total, **how) as advance:
                yield advance
        finally:
            sys.stderr = before

    def read(self) -> bytes:
        """Return all that was written so far."""
        while select.select([self.ours], [], [], 0.05)[0]:
            try:
                self.written += os.read(self.ours, 1 << 16)
            except OSError:  # nobody has the other end open any more
                break
        return self.written

    def lines(self) -> list[str]:
        """Return what stands on it; fails where anything was sent that is not known to be harmless."""
        screen, column = [""], 0
        text = self.read().decode()
        place = 0
        while place < len(text):
            found = DRAWN.match(text, place)
            assert found is not None, f"{text[place : place + 10]!r} was sent to the terminal"
            place, piece = found.end(), found[0]
            if piece == "\r":
                column = 0
            elif piece == "\n":
                screen.append("")
            elif piece == "\x1b[K":
                screen[-1] = screen[-1][:column]
            elif piece[0] != "\x1b":
                before = screen[-1].ljust(column)
                screen[-1] = before[:column] + piece + before[column + len(piece) :]
                column += len(piece)
        return screen

    def close(self) -> None:
        with suppress(OSError):  # it still holds what it could not write
            self.stream.close()
        for end in (self.ours, self.theirs):
            with suppress(OSError):
                os.close(end)


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 80 columns with colours, whatever the tests run in."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    found = Terminal()
    yield found
    found.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def work(advance: Advance, clock: Clock, steps: int = 24) -> None:
    """Work for three seconds: a megabyte and a thousand packets in each eighth of them."""
    for step in range(steps):
        clock.seconds += 0.125
        advance((step + 1) * 1_000_000, (step + 1) * 1000)


# What it shows.


def test_share_octets_rate_packets_and_what_is_left(terminal: Terminal, clock: Clock) -> None:
    with terminal.progress(40_000_000, clock=clock) as advance:
        work(advance, clock, 20)
        (line,) = terminal.lines()
        assert "━" in line
        for part in ("50 %", "20.0/40.0 MB", "8.0 MB/s", "20,000 packets", "00:03 left"):
            assert part in line
    assert terminal.lines() == [""]
    assert b"--:--" not in terminal.read(), "the first line had no rate yet"


def test_a_pipe_has_no_end_that_is_known(terminal: Terminal, clock: Clock) -> None:
    seen = set()
    with terminal.progress(None, clock=clock) as advance:
        for step in range(31):
            clock.seconds = 1000 + step / 10
            advance(step * 1_000_000, step * 1000)
            (line,) = terminal.lines()
            seen.add(line[:1])
        for part in ("30.0 MB", "10.0 MB/s", "30,000 packets"):
            assert part in line
        assert "%" not in line
        assert "left" not in line
    assert len(seen) > 5, "nothing turns"
    assert terminal.lines() == [""]


def test_nothing_is_shown_of_what_is_done_in_a_second(terminal: Terminal, clock: Clock) -> None:
    with terminal.progress(100_000_000, clock=clock) as advance:
        work(advance, clock, 7)
    assert terminal.read() == b""


def test_it_is_drawn_ten_times_a_second_at_most(terminal: Terminal, clock: Clock) -> None:
    with terminal.progress(100_000_000, clock=clock) as advance:
        for step in range(5000):
            clock.seconds = 1000 + step / 1000
            advance(step, step)
    assert 35 <= terminal.read().count(b"packets") <= 40


def test_rich_is_not_imported_for_short_work(checkout: Path) -> None:
    code = """
import pty, os, sys
ours, theirs = pty.openpty()
sys.stderr = open(theirs, "w")
from wireproof.cli._progress import progress
with progress(100) as advance:
    advance(1, 1)
print(any(name.partition(".")[0] == "rich" for name in sys.modules))
"""
    paths = os.pathsep.join([str(checkout), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": paths}
    )
    assert (done.stdout, done.stderr) == ("False\n", "")


@pytest.mark.parametrize("columns", [5, 20, 40, 71, 72, 80, 300])
@pytest.mark.parametrize("total", [1 << 45, None])
def test_it_is_one_line_however_wide_the_terminal_is(
    columns: int, total: int | None, terminal: Terminal, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    with terminal.progress(total, clock=clock) as advance:
        for step in range(30):
            clock.seconds = 1000 + step / 10
            advance(step << 39, step << 33)
        (line,) = terminal.lines()
        assert 0 < len(line) <= min(columns, 100)
        if columns == 40:
            assert "TB/s" in line
            assert "packets" not in line
    assert terminal.lines() == [""]


def test_a_file_that_grew_meanwhile(terminal: Terminal, clock: Clock) -> None:
    with terminal.progress(10_000_000, clock=clock) as advance:
        for step in range(30):
            clock.seconds = 1000 + step / 10
            advance(step * 1_000_000, step)
        assert "100 %" in terminal.lines()[0]


def test_an_empty_file(terminal: Terminal, clock: Clock) -> None:
    with terminal.progress(0, clock=clock) as advance:
        work(advance, clock)
    assert terminal.lines() == [""]


def test_without_colours(terminal: Terminal, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with terminal.progress(40_000_000, clock=clock) as advance:
        work(advance, clock)
    assert b"packets" in terminal.read()
    assert not re.search(rb"\x1b\[[0-9;]*m", terminal.read())


# Where it shows nothing.


@pytest.mark.parametrize("name", ["dumb", "unknown", ""])
def test_a_terminal_that_cannot(name: str, terminal: Terminal, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", name)
    with terminal.progress(40_000_000, clock=clock) as advance:
        work(advance, clock)
    assert terminal.read() == b""


def test_switched_off(terminal: Terminal, clock: Clock) -> None:
    with terminal.progress(40_000_000, enabled=False, clock=clock) as advance:
        work(advance, clock)
    assert terminal.read() == b""


@pytest.mark.parametrize("forced", ["FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"])
def test_no_terminal(forced: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the environment wants colours everywhere."""
    monkeypatch.setenv(forced, "1")
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress(40_000_000, clock=clock) as advance:
        work(advance, clock)
    assert sys.stderr.getvalue() == ""


def test_no_terminal_but_a_file(clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "errors").open("w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        with progress(40_000_000, clock=clock) as advance:
            work(advance, clock)
    assert (tmp_path / "errors").read_bytes() == b""


def test_nothing_among_lines_that_are_printed_there(
    terminal: Terminal, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open(os.dup(terminal.theirs), "w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        with terminal.progress(40_000_000, printing=True, clock=clock) as advance:
            work(advance, clock)
        assert terminal.read() == b""
        with terminal.progress(40_000_000, clock=clock) as advance:  # a file is written, or packets are counted
            work(advance, clock)
        assert b"packets" in terminal.read()


def test_nothing_beside_a_pipe_that_may_end_there(
    terminal: Terminal, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As to a pager."""
    reading, writing = os.pipe()
    with open(reading, "rb"), open(writing, "w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        with terminal.progress(40_000_000, printing=True, clock=clock) as advance:
            work(advance, clock)
        assert terminal.read() == b""
        with terminal.progress(40_000_000, clock=clock) as advance:
            work(advance, clock)
        assert b"packets" in terminal.read()


@pytest.mark.parametrize("name", ["out.txt", os.devnull])
def test_beside_a_file_that_is_printed_to(
    name: str, terminal: Terminal, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / name).open("w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        with terminal.progress(40_000_000, printing=True, clock=clock) as advance:
            work(advance, clock)
    assert b"packets" in terminal.read()
    assert terminal.lines() == [""]


# How it ends.


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt, BrokenPipeError, SystemExit])
def test_an_exception_passes_and_the_line_is_empty(kind: type[BaseException], terminal: Terminal, clock: Clock) -> None:
    def fail() -> None:
        with terminal.progress(40_000_000, clock=clock) as advance:
            work(advance, clock)
            assert terminal.lines() != [""]
            raise kind

    with pytest.raises(kind):
        fail()
    assert terminal.lines() == [""]


def test_a_terminal_that_goes_away_does_not_end_the_work(terminal: Terminal, clock: Clock) -> None:
    with terminal.progress(40_000_000, clock=clock) as advance:
        for step in range(40):
            clock.seconds = 1000 + step / 10
            advance(step * 1_000_000, step)
            if step == 20:
                os.close(terminal.ours)
    terminal.ours = os.open(os.devnull, os.O_RDONLY)


PROGRAM = """
import sys, time
from wireproof.cli._progress import progress
with progress(1_000_000) as advance:
    for step in range(100_000):
        advance(step, step)
        time.sleep(0.01)
"""


@pytest.fixture
def start(checkout: Path) -> Iterator[Start]:
    """Run a program of its own, in Python, with its standard error on a terminal."""
    begun: list[subprocess.Popen[bytes]] = []

    def begin(terminal: Terminal, code: str) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join([str(checkout), *filter(None, sys.path)])
        begun.append(
            subprocess.Popen(
                [sys.executable, "-c", code],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=terminal.theirs,
                env={**os.environ, "PYTHONPATH": paths},
            )
        )
        return begun[-1]

    yield begin
    for each in begun:
        each.kill()
        each.wait()


def shown(terminal: Terminal) -> None:
    """Wait until the line is there."""
    end = time.monotonic() + 60
    while b"packets" not in terminal.read():
        assert time.monotonic() < end, f"nothing but {terminal.written!r}"


def test_control_c_leaves_an_empty_line(terminal: Terminal, start: Start) -> None:
    process = start(terminal, PROGRAM)
    shown(terminal)
    os.write(terminal.theirs, b"^C")  # as a terminal echoes it
    process.send_signal(signal.SIGINT)
    process.wait(60)
    lines = terminal.lines()
    assert lines[0].startswith("Traceback"), "the line was not emptied before the program went on"
    assert lines[-2].startswith("KeyboardInterrupt")


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_program_leaves_a_terminal_that_works(kind: signal.Signals, terminal: Terminal, start: Start) -> None:
    """The cursor is visible, and the next prompt has its colours: nothing else was ever sent."""
    process = start(terminal, PROGRAM)
    shown(terminal)
    process.send_signal(kind)
    process.wait(60)
    (line,) = terminal.lines()
    assert "packets" in line
    assert re.findall(rb"\x1b\[[0-9;]*m", terminal.read())[-1] == b"\x1b[0m"


JOB = """
import os, signal, sys, time
from wireproof.cli._progress import progress
def foreground(group):
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.tcsetpgrp(2, group)
    signal.signal(signal.SIGTTOU, before)
os.setsid()
os.close(os.open(os.ttyname(2), os.O_RDWR))  # which makes it the terminal that controls this session
now = 1000.0
def work(advance, seconds):
    global now
    for step in range(seconds * 10):
        now += 0.1
        advance(step, step)
if os.fork() == 0:
    os.setpgid(0, 0)
    with progress(1000, clock=lambda: now) as advance:
        work(advance, 3)  # in the background
        os.write(2, b"[prompt]")
        foreground(os.getpgrp())
        work(advance, 3)
        os.write(2, b"[stopped]")
        foreground(os.getppid())
        work(advance, 3)
    os.write(2, b"[end]")
    os._exit(0)
os.wait()
"""


@pytest.mark.skipif(not hasattr(os, "tcsetpgrp"), reason="this system has no jobs")
def test_a_job_in_the_background_does_not_write_over_the_shell(terminal: Terminal, start: Start) -> None:
    assert start(terminal, JOB).wait(60) == 0
    before, _, rest = terminal.read().partition(b"[prompt]")
    during, _, after = rest.partition(b"[stopped]")
    assert before == b""
    assert b"packets" in during
    assert after == b"[end]"


# The same of steps that have names.


def test_steps_are_counted_and_the_line_is_left_empty(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_progress, "PATIENCE", 0.01)
    monkeypatch.setattr(_progress, "INTERVAL", 0.3)  # longer than a terminal is read for
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    with steps(3, "vectors") as done:
        assert drawn(terminal, "0 of 3 vectors (")
        done("arp-parse-0001")
        assert drawn(terminal, "1 of 3 vectors, the last arp-parse-0001 (")
    assert terminal.lines() == [""]


def drawn(terminal: Terminal, line: str) -> bool:
    """Whether a line that begins so comes to be shown."""
    return any(terminal.lines()[0].startswith(line) for _ in range(100))


def test_steps_that_are_soon_done_are_not_shown(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal.stream)
    with steps(1, "vectors") as done:
        done("arp-parse-0001")
    assert terminal.read() == b""


def test_steps_are_shown_on_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_progress, "PATIENCE", 0.0)
    file = io.StringIO()
    monkeypatch.setattr(sys, "stderr", file)
    with steps(1, "vectors") as done:
        time.sleep(0.05)
        done("arp-parse-0001")
    assert file.getvalue() == ""
