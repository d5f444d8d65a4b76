"""What is found by whom it is between: conversations by addresses and ports, requests by what their reply repeats."""

from __future__ import annotations

import os

from wireproof.analysis.rules.entries import BITS, Buckets, Entries, Index, spread
from wireproof.engine.tables import Table

LIMIT = 1 << 16
"""Entries that are kept at most: a full table of TCP conversations takes some 20 MB."""
FEW = 1 << 6


class Lookup:
    """Up to `limit` entries, those that were used last. Tables with a row for each entry may grow with them."""

    def __init__(self, limit: int = LIMIT, *beside: tuple[Table, int]) -> None:
        self.index, self.buckets, self.entries = Index(1), Buckets(FEW), Entries(1)
        self._beside = beside
        index = self.index
        index.limit[0] = limit
        for column in (index.multiplier_a, index.multiplier_b, index.multiplier_c):
            column[0] = int.from_bytes(os.urandom(8), "big") >> 64 - BITS | 1
        self._set_rows(min(limit + 1, FEW))

    @property
    def tables(self) -> dict[str, Table]:
        """The tables by the names that rules give them."""
        return {"index": self.index, "buckets": self.buckets, "entries": self.entries}

    @property
    def dropped(self) -> int:
        """How many entries fell out because there were too many."""
        return self.index.dropped[0]

    def grow(self) -> None:
        """Make room for twice as many entries, up to the limit."""
        rows = min(self.index.limit[0] + 1, 2 * self.entries.rows)
        self.buckets.grow(1 << (rows - 1).bit_length())
        self._set_rows(rows)
        spread(self.index, self.buckets, self.entries, self.buckets.rows)

    def _set_rows(self, rows: int) -> None:
        self.entries.grow(rows)
        for table, times in self._beside:
            table.grow(rows * times)
        self.index.room[0] = rows
        self.index.shift[0] = BITS - (self.buckets.rows - 1).bit_length()
