"""Entries that are found by a key of three numbers; the one that was not used for longest makes room for another."""

from __future__ import annotations

from wireproof.engine.tables import I64, U32, Table

NONE = 0
"""The row that is none, where a column names a row of some table: rows that can be named count from 1."""
BITS = 62
"""Those of a key that is spread over the buckets. The uppermost of them depend on all of the key."""
MASK = (1 << BITS) - 1


class Index(Table):
    """One row: of the entries the bounds, who was used last, and how they are spread over the buckets.

    `room` is the number of rows of the entries, of which there may be up to `limit`, and `used` the last row that was
    ever taken. `spare` begins the list of the rows that were given back. `begun` counts what began in entries, and
    `dropped` the entries that fell out. The multipliers are odd and secret, so that nobody can choose addresses that
    all come into one bucket.
    """

    room: I64
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


def bucket_of(index: Index, a: int, b: int, c: int) -> int:
    """Return where a key belongs."""
    first = a * index.multiplier_a[0] & MASK
    second = b * index.multiplier_b[0] & MASK
    third = c * index.multiplier_c[0] & MASK
    return (first + second + third & MASK) >> index.shift[0]


def find(index: Index, buckets: Buckets, entries: Entries, a: int, b: int, c: int) -> int:
    """Return the entry with a key, which counts as using it, or NONE."""
    place = buckets.first[bucket_of(index, a, b, c)]
    while place != NONE and not (entries.a[place] == a and entries.b[place] == b and entries.c[place] == c):
        place = entries.chain[place]
    if place != NONE and place != index.newest[0]:
        leave_order(index, entries, place)
        join_order(index, entries, place)
    return place


def must_grow(index: Index) -> int:
    """Whether the tables have to grow before there can be one more entry."""
    if index.spare[0] != NONE or index.used[0] + 1 < index.room[0]:
        return 0
    return index.room[0] <= index.limit[0]


def must_grow_by(index: Index, rows: int) -> int:
    """Whether the tables have to grow before there can be so many more entries for certain."""
    return index.used[0] + rows >= index.room[0] and index.room[0] <= index.limit[0]


def in_the_way(index: Index) -> int:
    """Return the entry that has to go before there can be one more, or NONE."""
    if index.spare[0] != NONE or index.used[0] + 1 < index.room[0]:
        return NONE
    return index.oldest[0]


def enter(index: Index, buckets: Buckets, entries: Entries, a: int, b: int, c: int) -> int:
    """Begin an entry, and return it. What is in the way goes."""
    gone = in_the_way(index)
    if gone != NONE:
        remove(index, buckets, entries, gone)
        index.dropped[0] += 1
    place = index.spare[0]
    if place == NONE:
        index.used[0] += 1
        place = index.used[0]
    else:
        index.spare[0] = entries.chain[place]
    entries.a[place] = a
    entries.b[place] = b
    entries.c[place] = c
    bucket = bucket_of(index, a, b, c)
    entries.chain[place] = buckets.first[bucket]
    buckets.first[bucket] = place
    join_order(index, entries, place)
    return place


def remove(index: Index, buckets: Buckets, entries: Entries, place: int) -> None:
    """Give an entry's row back."""
    bucket = bucket_of(index, entries.a[place], entries.b[place], entries.c[place])
    before = buckets.first[bucket]
    if before == place:
        buckets.first[bucket] = entries.chain[place]
    else:
        while entries.chain[before] != place:
            before = entries.chain[before]
        entries.chain[before] = entries.chain[place]
    leave_order(index, entries, place)
    entries.chain[place] = index.spare[0]
    index.spare[0] = place


def join_order(index: Index, entries: Entries, place: int) -> None:
    """Make an entry the one that was used last."""
    newest = index.newest[0]
    entries.newer[place] = NONE
    entries.older[place] = newest
    if newest == NONE:
        index.oldest[0] = place
    else:
        entries.newer[newest] = place
    index.newest[0] = place


def leave_order(index: Index, entries: Entries, place: int) -> None:
    """Take an entry out of the order of use."""
    newer = entries.newer[place]
    older = entries.older[place]
    if newer == NONE:
        index.newest[0] = older
    else:
        entries.older[newer] = older
    if older == NONE:
        index.oldest[0] = newer
    else:
        entries.newer[older] = newer


def spread(index: Index, buckets: Buckets, entries: Entries, count: int) -> None:
    """Spread all entries anew, over so many buckets."""
    for bucket in range(count):
        buckets.first[bucket] = NONE
    place = index.newest[0]
    while place != NONE:
        bucket = bucket_of(index, entries.a[place], entries.b[place], entries.c[place])
        entries.chain[place] = buckets.first[bucket]
        buckets.first[bucket] = place
        place = entries.older[place]
