"""Where the first record begins behind a place of a capture file: a guess, from what looks like a chain of records."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator

from wireproof.capture.pcap import PcapHeader
from wireproof.capture.pcapng import Blocks
from wireproof.capture.pcapng_blocks import INTERFACE, NAMES, PACKETS, SECRETS, STATISTICS
from wireproof.capture.record import record_limit

LOOKED_AT = 96 << 10
"""Octets in which the first record is looked for."""
_CHAIN = 12  # records that have to follow one another
# The two lengths of a record, both below 1 MiB: nearly all places can be told apart from one without a look at more.
_LENGTHS = {
    "<": re.compile(rb"(?=..[\0-\x0f]\0..[\0-\x0f]\0)", re.DOTALL),
    ">": re.compile(rb"(?=\0[\0-\x0f]..\0[\0-\x0f])", re.DOTALL),
}
_KINDS = frozenset({*PACKETS, INTERFACE, NAMES, STATISTICS, SECRETS})
_DAY = 86400

Follows = Callable[[int, int | None], tuple[int, int] | None]
"""Returns, of a record that seems to begin at a place, where the next one begins and a time that is near its own."""


def first_record(octets: bytes, header: PcapHeader) -> int | None:
    """Return where the first record seems to begin in octets of a pcap file."""
    entry, second = header.entry, 1_000_000_000 // header.unit
    limit = record_limit(header.link_type)

    def follows(place: int, near: int | None) -> tuple[int, int] | None:
        seconds, fraction, captured, wire = entry.unpack_from(octets, place)
        if fraction >= second or captured > limit or captured > wire or wire > limit:
            return None
        if near is not None and abs(seconds - near) > _DAY:
            return None
        return place + entry.size + captured, seconds

    last = len(octets) - entry.size
    likely = (place - 8 for place in _matches(_LENGTHS[header.order], octets) if 8 <= place <= last + 8)
    return next((place for place in likely if _is_chain(place, last, follows)), None)


def first_block(octets: bytes, blocks: Blocks) -> int | None:
    """Return where the first block seems to begin in octets of a pcapng file, at a multiple of four of them."""
    order = blocks.section.order
    head, word = struct.Struct(order + "II"), struct.Struct(order + "I")

    def follows(place: int, near: int | None) -> tuple[int, int] | None:
        kind, total = head.unpack_from(octets, place)
        end = place + total + (-total & 3)
        if kind not in _KINDS or not 12 <= total <= blocks.section.limit:
            return None
        if end <= len(octets) and word.unpack_from(octets, end - 4)[0] != total:
            return None
        return end, 0

    last = len(octets) - head.size
    return next((place for place in range(0, last + 1, 4) if _is_chain(place, last, follows)), None)


def _matches(pattern: re.Pattern[bytes], octets: bytes) -> Iterator[int]:
    """Yield all places at which a pattern matches, those within another match as well."""
    place = -1
    while found := pattern.search(octets, place + 1):
        place = found.start()
        yield place


def _is_chain(place: int, last: int, follows: Follows) -> bool:
    """Whether records seem to follow one another from a place on, as far as one can see."""
    near: int | None = None
    for _ in range(_CHAIN):
        if place > last:
            return True
        found = follows(place, near)
        if found is None:
            return False
        place, near = found
    return True
