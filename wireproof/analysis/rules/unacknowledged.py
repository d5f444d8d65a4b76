"""The segments that wait for an acknowledgment: lists, the newest first, in one pool with a bound."""

from __future__ import annotations

from wireproof.analysis.rules.entries import NONE, Entries, Index
from wireproof.analysis.rules.tcp_tables import MODULUS, Sides
from wireproof.engine.tables import I64, U32, Table

HALF = MODULUS >> 1
MOST = 10_000
"""Segments of a side that wait at most, as in Wireshark: where no acknowledgments are seen, more are of no use."""


class Pool(Table):
    """One row: how many rows there are for segments, and may be; which were taken and given back; how many fell out."""

    room: I64
    limit: I64
    used: I64
    spare: I64
    dropped: I64


class Waiting(Table):
    """A segment: its sequence numbers, frame and time; the next one of its list, or spare one."""

    seq: U32
    next: U32
    frame: I64
    time: I64
    link: U32


def is_after(a: int, b: int) -> int:
    """Whether a sequence number comes after another one (RFC 9293, section 3.4)."""
    return 0 < (a - b) % MODULUS < HALF


def pool_must_grow(pool: Pool) -> int:
    """Whether the pool has to grow before there can be one more segment."""
    return pool_is_full(pool) and pool.room[0] <= pool.limit[0]


def pool_is_full(pool: Pool) -> int:
    """Whether segments have to go before there can be one more."""
    return pool.spare[0] == NONE and pool.used[0] + 1 >= pool.room[0]


def wait(pool: Pool, waiting: Waiting, sides: Sides, side: int, seq: int, end: int, frame: int, time: int) -> None:
    """Add a segment to the list of a side."""
    place = pool.spare[0]
    if place == NONE:
        pool.used[0] += 1
        place = pool.used[0]
    else:
        pool.spare[0] = waiting.link[place]
    waiting.seq[place] = seq
    waiting.next[place] = end
    waiting.frame[place] = frame
    waiting.time[place] = time
    waiting.link[place] = sides.waiting[side]
    sides.waiting[side] = place
    sides.waiting_count[side] += 1


def take_out(pool: Pool, waiting: Waiting, sides: Sides, side: int, before: int, place: int) -> int:
    """Take a segment out of the list of a side, where it stands behind another one or first; return the next one."""
    onward = waiting.link[place]
    if before == NONE:
        sides.waiting[side] = onward
    else:
        waiting.link[before] = onward
    sides.waiting_count[side] -= 1
    waiting.link[place] = pool.spare[0]
    pool.spare[0] = place
    return onward


def release(pool: Pool, waiting: Waiting, sides: Sides, side: int) -> int:
    """Empty the list of a side, and return how many segments there were."""
    count = sides.waiting_count[side]
    place = sides.waiting[side]
    while place != NONE:
        place = take_out(pool, waiting, sides, side, NONE, place)
    return count


def make_room(pool: Pool, waiting: Waiting, sides: Sides, index: Index, entries: Entries) -> None:
    """Empty the lists of the conversations that were silent for longest, until a part of the pool is free.

    A part, so that each search over conversations that have no segments pays for many of those that come.
    """
    wanted = pool.limit[0] // 16 + 1
    place = index.oldest[0]
    while place != NONE and wanted > 0:
        count = release(pool, waiting, sides, 2 * place) + release(pool, waiting, sides, 2 * place + 1)
        pool.dropped[0] += count
        wanted -= count
        place = entries.newer[place]


def oldest(waiting: Waiting, sides: Sides, side: int) -> int:
    """Return the segment that was sent first of those that wait, or NONE."""
    place = sides.waiting[side]
    while place != NONE and waiting.link[place] != NONE:
        place = waiting.link[place]
    return place


def in_flight(waiting: Waiting, sides: Sides, side: int) -> int:
    """Return over how many octets the segments reach that wait."""
    base = sides.base[side]
    place = sides.waiting[side]
    first = (waiting.seq[place] - base) % MODULUS
    last = (waiting.next[place] - base) % MODULUS
    while place != NONE:
        first = min(first, (waiting.seq[place] - base) % MODULUS)
        last = max(last, (waiting.next[place] - base) % MODULUS)
        place = waiting.link[place]
    return last - first
