"""Where the macros of display filters come from: the file that Wireshark keeps them in, or another one."""

from __future__ import annotations

import os

from wireproof.cli._failures import UsageError

VARIABLE = "WIREPROOF_MACROS"
_FILES = ("dfilter_macros", "dmacros")  # of Wireshark before 4.4, and from then on
_LARGEST = 1 << 20  # octets


def macros_for(text: str, *, begun: bool = False) -> dict[str, str] | None:
    """Return the macros that a filter may name; a filter without a dollar sign names none, and no file is read.

    One that is only `begun` may name some yet.

    The variable names one file; otherwise those of Wireshark's default profile are taken, the newer one first. Raises
    UsageError where the file that was named cannot be read.
    """
    if "$" not in text and not begun:
        return None
    from wireproof.grammar.macros import read_macros

    chosen = os.environ.get(VARIABLE)
    if chosen:
        try:
            return read_macros(_content(chosen))
        except OSError as error:
            raise UsageError(f"{VARIABLE}: {chosen}: {error.strerror or error}") from error
    found: dict[str, str] = {}
    for name in _FILES:
        try:
            found |= read_macros(_content(os.path.join(_folder(), name)))
        except OSError:
            continue
    return found


def _folder() -> str:
    """Return Wireshark's folder of personal settings."""
    own = os.environ.get("WIRESHARK_CONFIG_DIR")
    if own:
        return own
    if os.name == "nt":
        return os.path.join(os.environ.get("APPDATA", ""), "Wireshark")
    return os.path.join(os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config"), "wireshark")


def _content(path: str) -> str:
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read(_LARGEST)
