"""The standard streams of a command: UTF-8 whatever the locale, and no traceback when the reader goes away."""

from __future__ import annotations

import contextlib
import io
import os
import sys


def prepare_streams() -> None:
    """Make the standard streams usable: all there, in UTF-8, and able to take any character.

    A stream that the caller closed is replaced by the null device. Text that is no valid Unicode (a file name in
    another encoding) passes to stdout as the bytes it was made of, and to stderr as escapes.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - for the process's life
    for stream, errors in ((sys.stdout, "surrogateescape"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def finish_output() -> None:
    """Send on what stdout still holds. Raises OSError where that fails."""
    sys.stdout.flush()


def abandon_output() -> None:
    """Drop what stdout still holds and could not send, so that the interpreter does not try again at its end."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, sys.stdout.fileno())
            os.close(null)
