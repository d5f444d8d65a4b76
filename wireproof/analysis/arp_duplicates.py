"""Addresses that two stations claim, as Wireshark tells them: by the last frame that said who has an address."""

from __future__ import annotations

from typing import NamedTuple

from wireproof.analysis.arp_event import REPLY, REQUEST, ArpEvent, is_station
from wireproof.analysis.table import LIMIT, Table

SECOND = 10**9


class Use(NamedTuple):
    """Who had an address, by the last frame that said so, and when that was; in whole seconds, as Wireshark counts."""

    mac: bytes
    frame: int
    second: int


class Duplicate(NamedTuple):
    """An address that a packet gives to another station than a frame before did. `is_target` is not the sender's."""

    address: int
    mac: bytes
    earlier: Use
    seconds: int
    is_target: bool


class Duplicates:
    """Who has which address. A station that claims another's does not get it: the first one keeps it."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._uses: Table[int, Use] = Table(limit)

    @property
    def dropped(self) -> int:
        """How many addresses fell out of the table."""
        return self._uses.dropped

    def see(self, event: ArpEvent) -> list[Duplicate]:
        """Take a packet in; return what of it contradicts those before. A request's target is nobody's claim."""
        if event.operation not in (REQUEST, REPLY):
            return []
        pairs = [(event.sender, event.sender_mac, False)]
        if event.operation == REPLY and not event.is_gratuitous:
            pairs.append((event.target, event.target_mac, True))
        found = []
        for address, mac, is_target in pairs:
            if address and mac is not None and is_station(mac):
                duplicate = self._check(event, address, mac, is_target)
                if duplicate is not None:
                    found.append(duplicate)
        return found

    def _check(self, event: ArpEvent, address: int, mac: bytes, is_target: bool) -> Duplicate | None:
        second = (event.time or 0) // SECOND
        use = self._uses.get(address)
        if use is None or (use.mac == mac and event.number > use.frame):
            self._uses.put(address, Use(mac, event.number, second))
            return None
        if use.mac == mac or event.number <= use.frame:
            return None
        return Duplicate(address, mac, use, (second - use.second) % (1 << 32), is_target)
