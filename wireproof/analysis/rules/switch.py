"""What a learning switch makes of frames (IEEE 802.1Q section 8.8): behind which port stations are, what it floods."""

from __future__ import annotations

from wireproof.analysis.rules.conversations import FULL, TAKEN
from wireproof.analysis.rules.entries import NONE, Buckets, Entries, Index, enter, find, must_grow
from wireproof.engine.tables import ABSENT, I64, U8, U16, Table

UNICAST, MULTICAST, BROADCAST, UNKNOWN_UNICAST = 0, 1, 2, 3
"""What a frame is to a switch; all but the first are flooded."""
GROUP_BIT = 1 << 40
ALL = (1 << 48) - 1


class Frames(Table):
    """Ethernet frames as they come: nanoseconds since the epoch or ABSENT, the port, the VLAN or 0, both addresses."""

    frame: I64
    time: I64
    port: I64
    vlan: U16
    source: I64
    destination: I64


class Views(Table):
    """What is told of each frame: what it is to the switch, and whether it is flooded."""

    cast: U8
    flooded: U8


class Switch(Table):
    """One row: nanoseconds after which an address is forgotten, the last frame's time, the addresses forgotten."""

    age: I64
    now: I64
    aged: I64


class Counts(Table):
    """How many frames there were of each kind, by its number."""

    frames: I64


class Stations(Table):
    """Of each address its port, since when and last when it was heard of there, how often at all, and how it moved."""

    port: I64
    since: I64
    since_frame: I64
    seen: I64
    seen_frame: I64
    frames: I64
    moves: I64


def take_frame(
    frames: Frames,
    row: int,
    views: Views,
    switch: Switch,
    counts: Counts,
    index: Index,
    buckets: Buckets,
    entries: Entries,
    stations: Stations,
) -> int:
    """Learn the source of a frame, then look for its destination, and tell what it is to the switch.

    Returns FULL, having done nothing, where the tables have to grow.
    """
    if must_grow(index):
        return FULL
    if frames.time[row] != ABSENT:
        switch.now[0] = frames.time[row]
    source = frames.source[row]
    if not source & GROUP_BIT and source != 0:
        learn(frames, row, switch, index, buckets, entries, stations)
    cast = cast_of(frames, row, switch, index, buckets, entries, stations)
    views.cast[row] = cast
    views.flooded[row] = cast != UNICAST
    counts.frames[cast] += 1
    return TAKEN


def learn(
    frames: Frames, row: int, switch: Switch, index: Index, buckets: Buckets, entries: Entries, stations: Stations
) -> None:
    """Note behind which port a source is; one that is too old is learned anew."""
    time = frames.time[row]
    place = find(index, buckets, entries, frames.vlan[row], frames.source[row], 0)
    is_new = 1
    moves: int = 0
    if place == NONE:
        place = enter(index, buckets, entries, frames.vlan[row], frames.source[row], 0)
    elif is_old(switch, stations, place, time):
        switch.aged[0] += 1
    else:
        is_new = 0
        moves = stations.port[place] != frames.port[row]
    if is_new:
        stations.frames[place] = 0
        stations.moves[place] = 0
    if is_new or moves:
        stations.moves[place] += moves
        stations.port[place] = frames.port[row]
        stations.since[place] = time
        stations.since_frame[place] = frames.frame[row]
    stations.seen[place] = time
    stations.seen_frame[place] = frames.frame[row]
    stations.frames[place] += 1


def cast_of(
    frames: Frames, row: int, switch: Switch, index: Index, buckets: Buckets, entries: Entries, stations: Stations
) -> int:
    """Return what a frame is to the switch."""
    destination = frames.destination[row]
    if destination == ALL:
        return BROADCAST
    if destination & GROUP_BIT:
        return MULTICAST
    place = find(index, buckets, entries, frames.vlan[row], destination, 0)
    if place == NONE:
        return UNKNOWN_UNICAST
    return UNKNOWN_UNICAST if is_old(switch, stations, place, frames.time[row]) else UNICAST


def is_old(switch: Switch, stations: Stations, place: int, now: int) -> int:
    """Whether an address was not heard of for too long; without times it cannot be told, and is not."""
    seen = stations.seen[place]
    if now == ABSENT or seen == ABSENT:
        return 0
    return now - seen > switch.age[0]


def take_frames(
    frames: Frames,
    first: int,
    count: int,
    views: Views,
    switch: Switch,
    counts: Counts,
    index: Index,
    buckets: Buckets,
    entries: Entries,
    stations: Stations,
) -> int:
    """Take frames in, from a row up to `count`; return the row at which the tables have to grow, or `count`."""
    for row in range(first, count):
        if take_frame(frames, row, views, switch, counts, index, buckets, entries, stations) == FULL:
            return row
    return count
