"""What a user may switch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Preferences:
    """What a user may switch; the names are Wireshark's. Checksums are not verified unless asked for."""

    switched_on: frozenset[str] = frozenset()

    def __contains__(self, name: object) -> bool:
        return name in self.switched_on


DEFAULT = Preferences()
"""What holds where the user says nothing."""
