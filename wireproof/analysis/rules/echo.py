"""ICMP echo (RFC 792): which request a reply answers."""

from __future__ import annotations

from wireproof.analysis.rules.conversations import FULL, TAKEN
from wireproof.analysis.rules.entries import NONE, Buckets, Entries, Index, enter, find, must_grow, remove
from wireproof.engine.tables import ABSENT, I64, U8, U16, Table

REPLY, REQUEST = 0, 8
"""Types of messages."""
NUMBER_BITS = 16
ALL_ONES = 0xFFFF
DIFFERENCE = 0x0800
"""A reply is the request but for its type, 0 instead of 8, so that its checksum, a sum in ones' complement, is greater
by this (RFC 1624). This tells replies with other data, or another code, from the right one."""


class Messages(Table):
    """Requests and replies as they come, by their `type`. Times are nanoseconds since the epoch, or ABSENT."""

    frame: I64
    time: I64
    source: I64
    destination: I64
    type: U8
    ident: U16
    seq: U16
    checksum: U16


class Answers(Table):
    """Of each reply the frame of its request, or NONE, and the nanoseconds between them, or ABSENT."""

    frame: I64
    after: I64


class Requests(Table):
    """The requests that wait for a reply: their frames and times."""

    frame: I64
    time: I64


def take_message(
    messages: Messages,
    row: int,
    answers: Answers,
    index: Index,
    buckets: Buckets,
    entries: Entries,
    requests: Requests,
) -> int:
    """Note a request, or tell which one a reply answers, and after how many nanoseconds.

    Returns FULL, having done nothing, where the tables have to grow.
    """
    if must_grow(index):
        return FULL
    answers.frame[row] = NONE
    answers.after[row] = ABSENT
    low = min(messages.source[row], messages.destination[row])
    high = max(messages.source[row], messages.destination[row])
    checksum = messages.checksum[row] + (DIFFERENCE if messages.type[row] == REQUEST else 0)
    numbers = messages.ident[row] << NUMBER_BITS | messages.seq[row]
    numbers = numbers << NUMBER_BITS | checksum % ALL_ONES
    place = find(index, buckets, entries, low, high, numbers)
    if messages.type[row] == REQUEST:
        if place == NONE:
            place = enter(index, buckets, entries, low, high, numbers)
        requests.frame[place] = messages.frame[row]
        requests.time[place] = messages.time[row]
    elif place != NONE:
        answers.frame[row] = requests.frame[place]
        if requests.time[place] != ABSENT and messages.time[row] != ABSENT:
            answers.after[row] = messages.time[row] - requests.time[place]
        remove(index, buckets, entries, place)
    return TAKEN
