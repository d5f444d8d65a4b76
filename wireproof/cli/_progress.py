"""How far long work has come: a line on the terminal as long as it lasts, and nothing anywhere else."""

from __future__ import annotations

import math
import os
import shutil
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

Advance = Callable[[int, int], None]
"""Says how much is done: octets of the capture, and packets in them. Cheap enough for every packet."""

Clock = Callable[[], float]

PATIENCE = 1.0
"""Seconds that work may last before anything is shown. Until then rich is not even imported."""
INTERVAL = 0.1
"""Seconds from one drawing to the next."""
WIDEST = 100
"""Columns of the widest line."""
NARROW = 72
"""Columns of a terminal from which on all that is told has room."""

_BEGINNING = "\r\x1b[K"  # to the first column, and erase the line


@contextmanager
def progress(
    total: int | None, enabled: bool = True, *, printing: bool = False, clock: Clock = time.monotonic
) -> Iterator[Advance]:
    """Show a line on the standard error, where that is a terminal, while work takes longer than a second.

    `total` is how many octets there are, None where that is not known, as of a pipe. `printing` says that the work
    writes to the standard output: then nothing is shown unless that goes to a file. `clock` counts seconds.
    """
    if not (enabled and _can_show() and not (printing and _would_mix())):
        yield _say_nothing
        return
    line = _Line(sys.stderr, total, clock)
    try:
        yield line.advance
    finally:
        line.clear()


def _say_nothing(*_told: object) -> None:
    pass


def _draw(stream: TextIO, text: str) -> None:
    stream.write(text)
    stream.flush()


def _erase(stream: TextIO) -> None:
    """Leave the line empty, and the cursor at its beginning."""
    if _is_in_foreground(stream):
        with suppress(OSError):
            _draw(stream, _BEGINNING)


def _can_show() -> bool:
    """Whether the standard error is a terminal whose lines can be drawn again."""
    if not sys.stderr.isatty():
        return False
    return os.name == "nt" or os.environ.get("TERM", "") not in ("", "dumb", "unknown")


def _would_mix() -> bool:
    """Whether what is printed may come to stand on a terminal, at once or by way of a pipe, as to a pager."""
    try:
        mode = os.fstat(sys.stdout.fileno()).st_mode
    except (OSError, ValueError):  # no descriptor: nobody knows where it goes
        return True
    return sys.stdout.isatty() or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


@contextmanager
def steps(total: int, what: str) -> Iterator[Callable[[str], None]]:
    """Show the same of so many steps, to be told the name of each that is done.

    A thread of its own draws the line, as the first step may take as long as all others together.
    """
    if not _can_show():
        yield _say_nothing
        return
    shown = _Steps(sys.stderr, total, what)
    try:
        yield shown.tell
    finally:
        shown.end()


class _Steps:
    """The line on steps. What it says is of our own making."""

    def __init__(self, stream: TextIO, total: int, what: str) -> None:
        self._stream, self._total, self._what = stream, total, what
        self._done, self._last, self._drawn = 0, "", False
        self._began = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._draw, daemon=True)
        self._thread.start()

    def tell(self, name: str) -> None:
        """Count a step that is done."""
        self._done, self._last = self._done + 1, name

    def end(self) -> None:
        """Leave the line empty."""
        self._over.set()
        self._thread.join()
        if self._drawn:
            _erase(self._stream)

    def _draw(self) -> None:
        wait = PATIENCE
        while not self._over.wait(wait):
            wait = INTERVAL
            if not _is_in_foreground(self._stream):
                continue
            last = f", the last {self._last}" if self._last else ""
            text = f"{self._done} of {self._total} {self._what}{last} ({time.monotonic() - self._began:.0f} s)"
            try:
                _draw(self._stream, _BEGINNING + text[: shutil.get_terminal_size().columns - 1])
            except OSError:  # a terminal that is gone does not end the work
                return
            self._drawn = True


class _Line:
    """The line. Nothing else of the terminal is changed, so that work that is killed leaves it as it was."""

    def __init__(self, stream: TextIO, total: int | None, clock: Clock) -> None:
        self._stream, self._total, self._clock = stream, total, clock
        self._due = clock() + PATIENCE
        self._drawn = False
        self._render: Callable[[int, int], str] | None = None

    def advance(self, done: int, packets: int) -> None:
        """Draw the line where it is time to. A terminal that is gone does not end the work."""
        now = self._clock()
        if now < self._due:
            return
        self._due = now + INTERVAL
        if not _is_in_foreground(self._stream):
            return
        if self._render is None:
            self._render = _renderer(self._stream, self._total, self._clock)
            self._render(done, packets)  # a rate takes two points: the line is shown from the next on
            return
        text = self._render(done, packets)
        self._drawn = True
        try:
            _draw(self._stream, _BEGINNING + text)
        except OSError:
            self._due = math.inf

    def clear(self) -> None:
        """Leave the line empty, and the cursor at its beginning."""
        if self._drawn:
            _erase(self._stream)


def _is_in_foreground(stream: TextIO) -> bool:
    """Whether the terminal is this job's to write on, rather than that of a shell that goes on beside it."""
    if os.name == "nt":
        return True
    try:
        return os.tcgetpgrp(stream.fileno()) == os.getpgrp()
    except OSError:  # not the terminal that controls this process, so there are no jobs on it
        return True


def _renderer(stream: TextIO, total: int | None, clock: Clock) -> Callable[[int, int], str]:
    """Return what makes octets and packets a text with colours, one line that fits."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(file=stream)
    wide = console.width >= NARROW
    # It is never started: its own way of drawing hides the cursor, and takes the standard streams over.
    shown = Progress(
        *_columns(total is not None, wide),
        console=console,
        auto_refresh=False,
        get_time=clock,
        expand=wide and total is not None,
    )
    task = shown.add_task("", total=total, packets=0)

    def render(done: int, packets: int) -> str:
        shown.update(task, completed=done, packets=packets)
        with console.capture() as captured:
            console.print(shown, width=min(console.width, WIDEST))
        return captured.get().partition("\n")[0]

    return render


def _columns(total_is_known: bool, wide: bool) -> list[ProgressColumn]:
    from rich import progress as rich
    from rich.table import Column

    whole = Column(no_wrap=True)
    packets = [rich.TextColumn("{task.fields[packets]:,} packets", table_column=whole)] if wide else []
    rate = rich.TransferSpeedColumn(table_column=whole)
    if not total_is_known:
        return [rich.SpinnerColumn(), rich.FileSizeColumn(table_column=whole), rate, *packets]
    return [
        *([rich.BarColumn(bar_width=None)] if wide else []),
        rich.TextColumn("{task.percentage:.0f} %", table_column=whole),
        *([rich.DownloadColumn(table_column=whole)] if wide else []),
        rate,
        *packets,
        rich.TimeRemainingColumn(compact=True, table_column=whole),
        rich.TextColumn("left", table_column=whole),
    ]


__all__ = ["Advance", "progress", "steps"]
