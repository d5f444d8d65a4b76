"""The row of the packet list that the layers of a packet fill in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Row:
    """Addresses, protocol and what is said of the packet."""

    source: str = ""
    destination: str = ""
    protocol: str = ""
    info: str = ""
