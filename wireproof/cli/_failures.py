"""What went wrong, said on stderr in the way of every command: ``wireproof: …``."""

from __future__ import annotations

import sys

WRONG_USAGE = 1
FAILED = 2


class CommandError(Exception):
    """Work that could not be done, for one or more reasons."""

    status = FAILED

    def __init__(self, *messages: str) -> None:
        super().__init__(*messages)
        self.messages = messages


class UsageError(CommandError):
    """A command that was given wrongly."""

    status = WRONG_USAGE


def complain(message: str) -> None:
    """Write a message to stderr; characters that could steer a terminal are shown as escapes."""
    print(f"wireproof: {_printable(message)}", file=sys.stderr)


def report(error: Exception) -> int:
    """Say what an exception means to the user and return the exit status. Raises what is no user's fault again."""
    if isinstance(error, CommandError):
        for message in error.messages:
            complain(message)
        return error.status
    if isinstance(error, OSError):
        complain(f"cannot write to the standard output: {error.strerror or error}")
        return FAILED
    raise error


def _printable(text: str) -> str:
    return "".join(
        character if character.isprintable() or character in "\n\t" else ascii(character)[1:-1] for character in text
    )
