"""What went wrong, said on stderr in the way of every command: ``wireproof: …``."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wireproof.capture import CaptureError

WRONG_USAGE = 1
FAILED = 2


class CommandError(Exception):
    """Work that could not be done, for one or more reasons, each a line; or several lines of our own making."""

    status = FAILED

    def __init__(self, *messages: str, in_lines: bool = False) -> None:
        super().__init__(*messages)
        self.messages = messages
        self.in_lines = in_lines


class UsageError(CommandError):
    """A command that was given wrongly."""

    status = WRONG_USAGE


def complain(message: str, in_lines: bool = False) -> None:
    """Write a message to stderr; characters that could steer a terminal, or forge a line, are shown as escapes."""
    with contextlib.suppress(OSError):  # where nobody can be told, the exit status is left
        print(f"wireproof: {_printable(message, in_lines)}", file=sys.stderr)


def unreadable(name: str, error: CaptureError, compression: str | None = None) -> str:
    """Say in one line which capture cannot be read, where and why; offsets count what it is decompressed to."""
    if error.offset is None:
        return str(error)
    name = "standard input" if name == "-" else name
    where = "" if compression is None else ", decompressed"
    return f"{name if name.isprintable() else ascii(name)}{where}: {error}"


def report(error: Exception) -> int:
    """Say what an exception means to the user and return the exit status. Raises what is no user's fault again."""
    if isinstance(error, CommandError):
        for message in error.messages:
            complain(message, error.in_lines)
        return error.status
    if type(error).__name__ == "CatalogueError":  # by name: the catalogue is imported late
        complain(str(error))
        return WRONG_USAGE
    if isinstance(error, OSError):
        complain(f"cannot write to the standard output: {error.strerror or error}")
        return FAILED
    raise error


def _printable(text: str, in_lines: bool) -> str:
    kept = "\n" if in_lines else ""
    return "".join(
        character if character.isprintable() or character in kept else ascii(character)[1:-1] for character in text
    )
