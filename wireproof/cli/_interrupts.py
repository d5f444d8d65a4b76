"""Signals: Ctrl-C where a document is written, and those that end a command that has started programs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType


class Interrupts:
    """As long as this context lasts, Ctrl-C waits for the end of what is `held`; the second one does not wait."""

    def __init__(self) -> None:
        self._is_held = self._is_waiting = False

    def __enter__(self) -> Interrupts:
        self._before = signal.getsignal(signal.SIGINT)
        # Where a signal is ignored, or means something else (the end of a live capture), it does so still.
        self._is_taken = (
            self._before is signal.default_int_handler and threading.current_thread() is threading.main_thread()
        )
        if self._is_taken:
            signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._is_taken:
            signal.signal(signal.SIGINT, self._before)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Raise KeyboardInterrupt at the end of this context where Ctrl-C came within."""
        self._is_held = True
        yield
        self._is_held = False
        if self._is_waiting:
            self._is_waiting = False
            raise KeyboardInterrupt

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._is_held and not self._is_waiting:
            self._is_waiting = True
            return
        raise KeyboardInterrupt


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Have what ends the program end it as Ctrl-C does: with nothing left behind."""

    def end(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
