"""Who has which address by the ARP packets of a capture: the tables of the rule, and packets put into them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wireproof.analysis.arp_event import ArpEvent
from wireproof.analysis.lookup import LIMIT, Lookup
from wireproof.analysis.rules.arp import MOST_NEW, is_old, take_packet
from wireproof.analysis.rules.arp_tables import PRESENT, ArpPackets, Course, Findings, Holders
from wireproof.analysis.rules.conversations import FULL
from wireproof.analysis.rules.entries import NONE
from wireproof.engine.tables import ABSENT


class Addresses:
    """Addresses and their stations. The `limit` used last are kept; none for longer than `age` nanoseconds."""

    def __init__(
        self, age: int | None = None, limit: int = LIMIT, *, duplicates: bool = True, storms: bool = False
    ) -> None:
        self.packets, self.findings = ArpPackets(1), Findings(1)
        self.course, self.holders = Course(1), Holders(1)
        self.lookup = Lookup(max(limit, MOST_NEW + 1), (self.holders, 1))
        self.course.age[0] = ABSENT if age is None else age
        self.course.duplicates_untold[0], self.course.storms_told[0] = not duplicates, storms
        self.course.now[0] = ABSENT
        self.tables: dict[str, Any] = {
            "packets": self.packets,
            "findings": self.findings,
            "course": self.course,
            **self.lookup.tables,
            "holders": self.holders,
        }

    def see(self, event: ArpEvent, *, complete: bool = True) -> None:
        """Take a packet in; the first row of the findings has what is told of it."""
        packets = self.packets
        packets.frame[0], packets.time[0] = event.number, _number(event.time)
        packets.source[0] = _number(event.source)
        packets.operation[0], packets.hardware_size[0] = _number(event.operation), _number(event.hardware_size)
        packets.sender_mac[0], packets.sender[0] = _number(event.sender_mac), _number(event.sender)
        packets.target_mac[0], packets.target[0] = _number(event.target_mac), _number(event.target)
        packets.complete[0] = complete
        while take_packet(row=0, **self.tables) == FULL:
            self.lookup.grow()

    def places(self) -> Iterator[int]:
        """Yield the rows of the addresses that somebody has, whether that is too old or not."""
        entries, place = self.lookup.entries, self.lookup.index.newest[0]
        while place != NONE:
            if entries.c[place] == PRESENT and self.holders.mac[place] != ABSENT:
                yield place
            place = entries.older[place]

    def is_old(self, place: int) -> bool:
        """Whether an entry is too old at the last packet."""
        return bool(is_old(self.course, self.holders, place, self.course.now[0]))


def _number(value: int | bytes | None) -> int:
    if value is None:
        return ABSENT
    return int.from_bytes(value, "big") if isinstance(value, bytes) else value
