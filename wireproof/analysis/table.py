"""A mapping that does not grow without end: what a capture of days may fill."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Entry = TypeVar("Entry")

LIMIT = 1 << 15
"""Entries that are sure to be kept: tables full of TCP and UDP conversations take some 50 MB together."""


class Table(Generic[Key, Entry]):
    """Holds the `limit` entries that were used last, and at most twice as many.

    There are two generations. An entry that is used comes into the young one; when that is full it becomes the old
    one, and what is still in the old one falls out. So no order of all entries has to be kept, which would take more
    memory than most entries do.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.dropped = 0
        self._begun = 0
        self._limit = limit
        self._young: dict[Key, Entry] = {}
        self._old: dict[Key, Entry] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get(self, key: Key) -> Entry | None:
        """Return an entry, which counts as using it, or None."""
        entry = self._young.get(key)
        if entry is None:
            entry = self._old.pop(key, None)
            if entry is not None:
                self._enter(key, entry)
        return entry

    def put(self, key: Key, entry: Entry) -> None:
        """Enter an entry, in the place of the one with that key if there is one."""
        self._old.pop(key, None)
        self._enter(key, entry)

    def begin(self, key: Key, make: Callable[[int], Entry]) -> Entry:
        """Enter and return what `make` gives for its number: entries are numbered from 0 as they begin."""
        entry = make(self._begun)
        self._begun += 1
        self.put(key, entry)
        return entry

    def take(self, key: Key) -> Entry | None:
        """Remove and return an entry, or None."""
        young = self._young.pop(key, None)
        return self._old.pop(key, None) if young is None else young

    def values(self) -> Iterator[Entry]:
        """Yield all entries, the older generation's first."""
        yield from self._old.values()
        yield from self._young.values()

    def _enter(self, key: Key, entry: Entry) -> None:
        if len(self._young) >= self._limit and key not in self._young:
            self.dropped += len(self._old)
            self._old, self._young = self._young, {}
        self._young[key] = entry
