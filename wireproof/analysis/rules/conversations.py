"""What all conversations share: who they are between, their numbers and their clocks."""

from __future__ import annotations

from wireproof.analysis.rules.entries import Buckets, Entries, Index, enter, find
from wireproof.engine.tables import ABSENT, I64, U8, U16, Table

TAKEN, FULL = 0, 1
"""What a rule that takes a packet in returns: whether it did, or the tables have to grow before it does anything."""
PORT_BITS = 16


class Packets(Table):
    """Packets with ports, as they come: the number of the frame, nanoseconds since the epoch or ABSENT, both ends.

    An address is that of IPv4 as a number; of a longer one, a number that stands for it.
    """

    frame: I64
    time: I64
    source: I64
    destination: I64
    source_port: U16
    destination_port: U16
    quoted: U8


class Choices(Table):
    """One row: what is left out, and what is told of ends.

    Numbers of TCP may be told `raw`, as they are sent, its sequence stay `unanalysed`, times untold, and octets in
    flight `uncounted`. Of so many conversations the `endings` are noted, or, if they are `known`, told.
    """

    raw: I64
    unanalysed: I64
    untimed: I64
    uncounted: I64
    endings: I64
    known: I64


class Times(Table):
    """What is told of each packet: its stream, and nanoseconds since the first one and the one before, or ABSENT."""

    stream: I64
    time_relative: I64
    time_delta: I64


class Conversations(Table):
    """The number of each conversation, and its clock: the first packet's time and the last one's."""

    stream: I64
    first: I64
    previous: I64


def sender_of(packets: Packets, row: int) -> int:
    """Return the number of the end that sent a packet, 0 or 1: 0 has the lower address, or else the lower port."""
    source = packets.source[row]
    destination = packets.destination[row]
    if source != destination:
        return source > destination
    return packets.source_port[row] > packets.destination_port[row]


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


def tick(conversations: Conversations, place: int, times: Times, row: int, time: int, choices: Choices) -> None:
    """Tell the times of a packet, in nanoseconds since the first one of its conversation and since the one before.

    They may be negative. A packet without a time has none, and does not move the clock; nor has any that is not to.
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
    if choices.untimed[0]:
        times.time_relative[row] = ABSENT
        times.time_delta[row] = ABSENT
