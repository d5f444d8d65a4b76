"""The adapters that ship: each a program of its own, so that what is under test cannot harm the runner."""

from __future__ import annotations

import sys

SHIPPED = ("reference", "engine", "tshark", "tcpdump", "scapy", "dpkt", "pypacker")


def command_of(name: str) -> str | list[str]:
    """Return the command of an adapter that ships, by its name; any other text is a command as it is."""
    return [sys.executable, "-m", f"wireproof.conformance.adapters.{name}"] if name in SHIPPED else name
