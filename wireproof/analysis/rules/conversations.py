"""What all conversations share: who they are between, their numbers and their clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wireproof.analysis.rules.entries import enter, find
from wireproof.engine.tables import ABSENT

if TYPE_CHECKING:
    from wireproof.analysis.conversation import Conversations, Packets, Times
    from wireproof.analysis.lookup import Buckets, Entries, Index

PORT_BITS = 16


def sender_of(packets: Packets, row: int) -> int:
    """Return the number of the end that sent a packet, 0 or 1: 0 has the lower address, or else the lower port."""
    source = packets.source[row]
    destination = packets.destination[row]
    if source != destination:
        return 1 if source > destination else 0
    return 1 if packets.source_port[row] > packets.destination_port[row] else 0


def ports_of(packets: Packets, row: int) -> int:
    """Return both ports of a packet, that of the end with the number 0 above."""
    source = packets.source_port[row]
    destination = packets.destination_port[row]
    return destination << PORT_BITS | source if sender_of(packets, row) else source << PORT_BITS | destination


def find_between(index: Index, buckets: Buckets, entries: Entries, packets: Packets, row: int) -> int:
    """Return the entry of a packet's conversation, which is the same for both directions, or NONE."""
    source = packets.source[row]
    destination = packets.destination[row]
    return find(index, buckets, entries, min(source, destination), max(source, destination), ports_of(packets, row))


def enter_between(index: Index, buckets: Buckets, entries: Entries, packets: Packets, row: int) -> int:
    """Begin the entry of a packet's conversation, and return it."""
    source = packets.source[row]
    destination = packets.destination[row]
    return enter(index, buckets, entries, min(source, destination), max(source, destination), ports_of(packets, row))


def begin(index: Index, conversations: Conversations, place: int, time: int) -> None:
    """Give a conversation the next number, and start its clock."""
    conversations.stream[place] = index.begun[0]
    conversations.first[place] = time
    conversations.previous[place] = time
    index.begun[0] += 1


def tick(conversations: Conversations, place: int, times: Times, row: int, time: int) -> None:
    """Tell the times of a packet, in nanoseconds since the first one of its conversation and since the one before.

    They may be negative. A packet without a time has none, and does not move the clock.
    """
    if time == ABSENT:
        times.time_relative[row] = ABSENT
        times.time_delta[row] = ABSENT
        return
    if conversations.first[place] == ABSENT:
        conversations.first[place] = time
        conversations.previous[place] = time
    times.time_relative[row] = time - conversations.first[place]
    times.time_delta[row] = time - conversations.previous[place]
    conversations.previous[place] = time
