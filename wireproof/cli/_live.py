"""Live captures on the command line: begun, told of, stopped by a signal, and their failures said in one line.

Ctrl-C ends the capture and not the work: what has come is printed and written to its end, and the status is 0, as of
tshark. The second Ctrl-C ends the work.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from wireproof.capture import CaptureError, Reader
from wireproof.capture.live import Live, Stop, list_interfaces
from wireproof.cli._failures import CommandError, UsageError, complain

if TYPE_CHECKING:
    from wireproof.capture.live import LiveOptions

STOPPING = ("SIGINT", "SIGTERM", "SIGHUP")
"""Signals that end a capture, by name: not every system has all of them."""


def print_interfaces() -> int:
    """Print what can be captured on, and return the exit status."""
    try:
        found = list_interfaces()
    except CaptureError as error:
        raise CommandError(str(error)) from error
    for line in found:
        print(line if line.isprintable() else ascii(line))
    return 0


@contextmanager
def capturing(options: LiveOptions, *, quiet: bool) -> Iterator[Callable[[], Reader]]:
    """Capture as long as the context lasts; gives what opens the reader.

    Raises CommandError, with the tool's own reason where it has one for what went wrong here.
    """
    stop = Stop()
    with _asked_by_signals(stop):
        try:
            live = Live(options, stop)
        except CaptureError as error:
            raise CommandError(str(error)) from error
        with live:
            try:
                yield lambda: _open(live, options, quiet)
            except UsageError:
                raise
            except CommandError as error:
                _tell(live.failure(), error)
                raise
            _tell(live.failure())
    if live.dropped:
        complain(f"{live.dropped} packets were dropped, as they came faster than they were taken")


def _open(live: Live, options: LiveOptions, quiet: bool) -> Reader:
    reader = live.open()
    if not quiet:
        with suppress(OSError):  # where nobody can be told, there are still the packets
            print(f"Capturing on {' and '.join(map(repr, options.interfaces))}", file=sys.stderr, flush=True)
    return reader


def _tell(failure: CaptureError | None, error: CommandError | None = None) -> None:
    if failure is not None:
        raise CommandError(str(failure)) from error


@contextmanager
def _asked_by_signals(stop: Stop) -> Iterator[None]:
    """Have the signals end the capture that would end the program; the second of them ends the program."""

    def handle(_number: int, _frame: object) -> None:
        if stop.asked:
            raise KeyboardInterrupt
        stop.ask()

    numbers = [getattr(signal, name) for name in STOPPING if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():  # which alone may say what signals do
        numbers = []
    # A signal that is ignored stays so: nohup, and jobs in the background of a script, count on it.
    before = {number: signal.getsignal(number) for number in numbers}
    taken = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    try:
        for number in taken:
            signal.signal(number, handle)
        yield
    finally:
        for number in taken:
            signal.signal(number, before[number])
