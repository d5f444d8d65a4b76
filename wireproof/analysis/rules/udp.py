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
from wireproof.engine.tables import ABSENT, U16, Table

EMPTY = 8
"""The length of a datagram that is nothing but its header."""


class Datagrams(Table):
    """Datagrams, as they come: the length that each says it has."""

    length: U16


def take_datagram(
    packets: Packets,
    datagrams: Datagrams,
    row: int,
    choices: Choices,
    times: Times,
    index: Index,
    buckets: Buckets,
    entries: Entries,
    conversations: Conversations,
) -> int:
    """Tell a datagram's stream and its times. Returns FULL, having done nothing, where the tables have to grow.

    A quote and an empty datagram may begin a conversation, but are no packets of it.
    """
    if must_grow(index):
        return FULL
    time = packets.time[row]
    place = find_between(index, buckets, entries, packets, row)
    if place == NONE:
        place = enter_between(index, buckets, entries, packets, row)
        begin(index, conversations, place, time)
    times.stream[row] = conversations.stream[place]
    is_silent = packets.quoted[row] or datagrams.length[row] == EMPTY
    tick(conversations, place, times, row, ABSENT if is_silent else time, choices)
    return TAKEN
