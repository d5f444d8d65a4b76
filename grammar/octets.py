"""Octets of which fewer are there than were announced."""

from __future__ import annotations


class CutShort(bytes):
    """The octets that are there of `size`: as long as that, and of a slice all is there or nothing."""

    size: int

    @classmethod
    def of(cls, octets: bytes, size: int) -> CutShort:
        """Return octets as a part of `size`."""
        found = cls(octets)
        found.size = size
        return found


def size_of(value: bytes | str) -> int:
    """Return how long a value is."""
    return value.size if isinstance(value, CutShort) else len(value)
