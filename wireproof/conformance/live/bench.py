"""The stack on the bench: its program, started and ended, and the command that has it do things."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from typing import IO, Any

from wireproof.conformance.adapter import Adapter, AdapterError, StartError, end_group
from wireproof.conformance.live.performing import Controller, UnofferedError, UnprovokedError
from wireproof.conformance.live.runner import GoneError, Keeper
from wireproof.conformance.live.wire import Wire, WireError

_GRACE = 3.0
"""Seconds for a program to end when it is told to."""
SETTLE = 0.2
"""Seconds after which a program that was started is looked at for the first time."""


class Bench(Keeper):
    """A stack whose program is started here, and again where it has died; or one that is only waited for.

    `connect` opens the wire, after the program has been started.
    """

    def __init__(self, connect: Callable[[], Wire], command: str | None = None) -> None:
        """Raises StartError where the command is not one."""
        try:
            self._words = shlex.split(command) if command else []
        except ValueError as error:
            raise StartError(f"the stack's command: {error}") from None
        self._connect = connect
        self._process: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None
        self._opened: Wire | None = None

    def start(self) -> Wire:
        """Start the program anew, and open the wire. Raises WireError and GoneError."""
        if self._opened is not None and not self._words:
            return self._opened
        self.stop()
        if self._words:
            self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed where the program is ended
            try:
                self._process = subprocess.Popen(
                    self._words,
                    stdin=subprocess.DEVNULL,
                    stdout=self._said,
                    stderr=self._said,
                    start_new_session=True,
                )
            except (OSError, ValueError) as error:
                raise GoneError(f"cannot start the stack: {getattr(error, 'strerror', None) or error}") from None
            time.sleep(SETTLE)
            if self._process.poll() is not None:
                raise GoneError(f"the stack's program ended: {self.last_words()}")
        self._opened = self._connect()
        return self._opened

    def last_words(self) -> str:
        """Return the last line that the program wrote."""
        if self._said is None:
            return ""
        self._said.seek(0, os.SEEK_END)
        self._said.seek(max(self._said.tell() - 2048, 0))
        last = self._said.read().strip().splitlines()[-1:]
        return last[0].decode("utf-8", "backslashreplace") if last else "it said nothing"

    def stop(self) -> None:
        """Close the wire; end the program and all that it started."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None
        process, self._process = self._process, None
        if process is not None:
            end_group(process, _GRACE)
        if self._said is not None:
            self._said.close()
            self._said = None


class CommandController(Controller):
    """Asks a program, by lines of JSON: ``{"op": "connect", …}`` is answered by an object.

    ``{"unsupported": true}`` says that the stack has no way to do it, ``{"error": …}`` that it went wrong.
    """

    def __init__(self, command: str, timeout: float = 5.0) -> None:
        """Raises StartError where the command is not one."""
        self._adapter = Adapter(command, timeout)

    def ask(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what the program answers. Raises UnofferedError and UnprovokedError."""
        question = {name: each.hex() if isinstance(each, bytes) else each for name, each in request.items()}
        try:
            answer = json.loads(self._adapter.ask(json.dumps(question).encode() + b"\n"))
        except (AdapterError, StartError) as error:
            raise UnprovokedError(f"the control command: {error}") from None
        except (ValueError, RecursionError):
            raise UnprovokedError("the control command answered something else than JSON") from None
        if not isinstance(answer, dict):
            raise UnprovokedError("the control command answered something else than an object")
        if answer.get("unsupported") is True:
            raise UnofferedError(f"the stack has no way to do this: {request.get('op')}")
        if "error" in answer:
            raise UnprovokedError(f"the control command: {str(answer['error'])[:300]}")
        return answer

    def stop(self) -> None:
        """End the program."""
        self._adapter.stop()


__all__ = ["Bench", "CommandController", "WireError"]
