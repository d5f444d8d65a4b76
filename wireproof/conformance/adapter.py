"""The program under test: started, asked line by line, timed, restarted where it dies, and ended.

It is asked one question at a time, so that what it does is known to be of that vector. What it prints is hostile: a
line is read up to a bound, and nothing of it goes to a terminal as it is.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import shlex
import signal
import subprocess
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

LONGEST_LINE = 1 << 20
LAST_WORDS = 2048
LONGEST_WAIT = 86_400.0
"""Seconds that an adapter may be given at most for an answer: a day."""
_READ = 1 << 16
_GRACE = 1.0
"""Seconds for a program to end when it is told so."""


class AdapterError(Exception):
    """A question was not answered; the message says in one line what happened. The program runs no more.

    `line` is what it said instead of an answer, if it said anything; `silent` tells that there was no answer at all.
    """

    def __init__(self, message: str, line: bytes = b"", *, silent: bool = False) -> None:
        super().__init__(message)
        self.line, self.silent = line, silent


class StartError(Exception):
    """The program cannot be started."""


class Adapter:
    """A program that answers questions, run without a shell in a session of its own.

    It is started by the first question, and again by the one that follows its end. `timeout` is in seconds for each.
    """

    def __init__(self, command: str | Sequence[str], timeout: float = 5.0) -> None:
        """Raises StartError where the command is not one."""
        try:
            self.words = shlex.split(command) if isinstance(command, str) else list(command)
        except ValueError as error:
            raise StartError(f"the adapter's command: {error}") from None
        if not self.words:
            raise StartError("the adapter's command is empty")
        if not 0 < timeout <= LONGEST_WAIT:
            raise StartError(f"{timeout:g} seconds are no time for an answer")
        self.timeout = timeout
        self.starts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._selector: selectors.BaseSelector = selectors.DefaultSelector()
        self._pending = b""
        self._words = b""

    def ask(self, question: bytes) -> bytes:
        """Return the line that answers a question. Raises AdapterError where there is none, and StartError."""
        process = self._process or self._start()
        try:
            return self._exchange(process, question, time.monotonic() + self.timeout)
        except AdapterError:
            self.stop()
            raise

    def surplus(self) -> bytes:
        """Return what the program has said that nobody asked for, as far as it has come by now."""
        if self._process is not None and not self._pending:
            for key, _ in self._selector.select(0):
                self._receive(key)
        return self._pending

    def stop(self) -> None:
        """End the program and all that it started."""
        process, self._process = self._process, None
        if process is None:
            return
        self._selector.close()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        end_group(process, _GRACE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            process = subprocess.Popen(
                self.words,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise StartError(f"cannot start {self.words[0]!r}: {reason}") from None
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._selector = selectors.DefaultSelector()
        for pipe in (process.stdout, process.stderr):
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, selectors.EVENT_READ)
        os.set_blocking(process.stdin.fileno(), False)
        self._process, self._pending, self._words = process, b"", b""
        self.starts += 1
        return process

    def _exchange(self, process: subprocess.Popen[bytes], question: bytes, until: float) -> bytes:
        assert process.stdin is not None
        left = memoryview(question)
        while left:
            try:
                left = left[os.write(process.stdin.fileno(), left) :]
            except BlockingIOError:
                self._wait(until, 0.01)
            except BrokenPipeError:
                raise self._dead(process) from None
        while (end := self._pending.find(b"\n")) < 0:
            if len(self._pending) > LONGEST_LINE:
                line = self._pending
                raise AdapterError(f"it said more than {LONGEST_LINE} octets without an end of the line", line)
            self._wait(until, until - time.monotonic())
            if process.stdout is not None and process.stdout.fileno() not in self._selector.get_map():
                raise self._dead(process)
        line, self._pending = self._pending[:end], self._pending[end + 1 :]
        return line

    def _wait(self, until: float, seconds: float) -> None:
        if time.monotonic() >= until:
            raise AdapterError(f"no answer within {self.timeout:g} s", self._pending, silent=True)
        for key, _ in self._selector.select(max(seconds, 0)):
            self._receive(key)

    def _receive(self, key: selectors.SelectorKey) -> None:
        try:
            octets = os.read(key.fd, _READ)
        except BlockingIOError:
            return
        except OSError:
            octets = b""
        if not octets:
            self._selector.unregister(key.fileobj)
        elif self._process is not None and key.fileobj is self._process.stdout:
            self._pending += octets
        else:
            self._words = (self._words + octets)[-LAST_WORDS:]

    def _dead(self, process: subprocess.Popen[bytes]) -> AdapterError:
        for key, _ in self._selector.select(0.05):
            self._receive(key)
        try:
            status = process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            return AdapterError("it closed its output without an answer", self._pending, silent=True)
        how = f"it ended with status {status}" if status >= 0 else f"it was ended by signal {-status}"
        last = self._words.strip().splitlines()[-1:]
        words = "".join(f": {line.decode('utf-8', 'backslashreplace')}" for line in last)
        return AdapterError(f"{how}{words}", self._pending, silent=True)


def end_group(process: subprocess.Popen[bytes], grace: float) -> None:
    """End a program that leads a session of its own, and all that it started.

    They are told to, and those that are left after `grace` seconds are made to.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(grace)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
