"""The adapters that ship: each a program of its own, so that what is under test cannot harm the runner."""

from __future__ import annotations

import shlex
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from wireproof.conformance.adapter import StartError

SHIPPED = ("reference", "engine", "tshark", "tcpdump", "scapy", "dpkt", "pypacker")


def command_of(name: str) -> str | list[str]:
    """Return the command of an adapter that ships, by its name; any other text is a command as it is.

    Raises StartError on a word that is neither one of them nor a program.
    """
    if name in SHIPPED:
        return [sys.executable, "-m", f"wireproof.conformance.adapters.{name}"]
    words: list[str] = []
    with suppress(ValueError):  # which is said where it is started
        words = shlex.split(name)
    if words and "/" not in words[0] and shutil.which(words[0]) is None:
        here = f"; the one in this folder is ./{words[0]}" if Path(words[0]).is_file() else ""
        raise StartError(f"{words[0]!r} is no program{here}; the adapters that ship are {', '.join(SHIPPED)}")
    return name
