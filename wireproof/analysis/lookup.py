"""What is found by whom it is between: conversations by addresses and ports, requests by what their reply repeats."""

from __future__ import annotations

import secrets

from wireproof.analysis.rules import entries as rules
from wireproof.engine.tables import I64, U32, Table

LIMIT = 1 << 16
"""Entries that are kept at most: a full table of TCP conversations takes some 20 MB."""
FEW = 1 << 6


class Index(Table):
    """One row: of the entries the bounds, who was used last, and how they are spread over the buckets.

    `rows` are those of the entries, of which there may be up to `limit`, and `used` the last one that was ever taken.
    `spare` begins the list of the rows that were given back. `begun` counts all entries, `dropped` those that fell out.
    The multipliers are odd and secret, so that nobody can choose addresses that all come into one bucket.
    """

    rows: I64
    limit: I64
    used: I64
    spare: I64
    newest: I64
    oldest: I64
    begun: I64
    dropped: I64
    shift: I64
    multiplier_a: I64
    multiplier_b: I64
    multiplier_c: I64


class Buckets(Table):
    """The first entry of each bucket."""

    first: U32


class Entries(Table):
    """A key of three numbers; the next entry of the bucket, or spare one; the neighbours in the order of their use."""

    a: I64
    b: I64
    c: I64
    chain: U32
    newer: U32
    older: U32


class Lookup:
    """Up to `limit` entries, those that were used last. Tables with a row for each entry may grow with them."""

    def __init__(self, limit: int = LIMIT, *beside: tuple[Table, int]) -> None:
        self.index, self.buckets, self.entries = Index(), Buckets(FEW), Entries(1)
        self._beside = beside
        index = self.index
        index.limit[0] = limit
        for column in (index.multiplier_a, index.multiplier_b, index.multiplier_c):
            column[0] = secrets.randbits(62) | 1
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
        rows = min(self.index.limit[0] + 1, 2 * len(self.entries))
        self.buckets.clear()
        self.buckets.grow(1 << (rows - 1).bit_length())
        self._set_rows(rows)
        rules.spread(self.index, self.buckets, self.entries)

    def _set_rows(self, rows: int) -> None:
        self.entries.grow(rows)
        for table, times in self._beside:
            table.grow(rows * times)
        self.index.rows[0] = rows
        self.index.shift[0] = rules.BITS - (len(self.buckets) - 1).bit_length()
