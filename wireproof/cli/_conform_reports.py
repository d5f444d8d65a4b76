"""What the commands that prove something have in common: lists that they read, and reports that they write."""

from __future__ import annotations

import sys
from pathlib import Path

from wireproof.cli._failures import CommandError, UsageError

NOT_AS_EXPECTED = 3
"""The status where something failed, or passed that was expected to fail."""


def check_paths(*paths: str | None) -> None:
    """See before anything is asked whether reports can be written. Raises UsageError and CommandError."""
    given = [path for path in paths if path]
    if given.count("-") > 1:
        raise UsageError("one report goes to the standard output, the others into files")
    for path in given:
        if path != "-" and not Path(path).parent.is_dir():
            raise CommandError(f"cannot write {path!r}: No such file or directory")


def lines_of(path: str) -> list[str]:
    """Return the lines of a file. Raises CommandError."""
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot read {path!r}: {getattr(error, 'strerror', None) or error}") from None


def encoded(page: str) -> bytes:
    """Return a page's octets. What is no text, as half of a surrogate pair from an adapter, is shown as an escape."""
    return page.encode("utf-8", "backslashreplace")


def save(path: str, octets: bytes) -> None:
    """Write a report, to the standard output where the path is "-". Raises CommandError."""
    if path == "-":
        sys.stdout.buffer.write(octets)
        return
    try:
        Path(path).write_bytes(octets)
    except OSError as error:
        raise CommandError(f"cannot write {path!r}: {error.strerror or error}") from None
