"""UDP: a conversation is the datagrams between two pairs of address and port, in both directions."""

from __future__ import annotations

from wireproof.analysis.rules.conversations import (
    FULL,
    TAKEN,
    Choices,
    Conversations,
    Packets,
    Times,
    begin,
    enter_between,
    find_between,
    tick,
)
from wireproof.analysis.rules.entries import NONE, Buckets, Entries, Index, must_grow
from wireproof.engine.tables import ABSENT


def take_datagram(
    packets: Packets,
    row: int,
    choices: Choices,
    times: Times,
    index: Index,
    buckets: Buckets,
    entries: Entries,
    conversations: Conversations,
) -> int:
    """Tell a datagram's stream and its times. Returns FULL, having done nothing, where the tables have to grow.

    A quote may begin a conversation, but is no packet of it.
    """
    if must_grow(index):
        return FULL
    time = packets.time[row]
    place = find_between(index, buckets, entries, packets, row)
    if place == NONE:
        place = enter_between(index, buckets, entries, packets, row)
        begin(index, conversations, place, time)
    times.stream[row] = conversations.stream[place]
    tick(conversations, place, times, row, ABSENT if packets.quoted[row] else time, choices)
    return TAKEN
