"""A mapping that does not grow without end: what a capture of days may fill."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Entry = TypeVar("Entry")

LIMIT = 100_000


class Table(Generic[Key, Entry]):
    """Holds at most `limit` entries. One more, and that which was not used for the longest time falls out."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.dropped = 0
        self._begun = 0
        self._limit = limit
        self._entries: OrderedDict[Key, Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Key) -> Entry | None:
        """Return an entry, which counts as using it, or None."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def put(self, key: Key, entry: Entry) -> None:
        """Enter an entry, in the place of the one with that key if there is one."""
        self._entries[key] = entry
        self._entries.move_to_end(key)
        if len(self._entries) > self._limit:
            self._entries.popitem(last=False)
            self.dropped += 1

    def begin(self, key: Key, make: Callable[[int], Entry]) -> Entry:
        """Enter and return what `make` gives for its number: entries are numbered from 0 as they begin."""
        entry = make(self._begun)
        self._begun += 1
        self.put(key, entry)
        return entry

    def take(self, key: Key) -> Entry | None:
        """Remove and return an entry, or None."""
        return self._entries.pop(key, None)
