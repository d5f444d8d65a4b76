"""The ARP table as a cache that hears every packet would hold it (RFC 826), and what is odd about what it hears."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from wireproof.analysis.arp_event import INVERSE_REPLY, INVERSE_REQUEST, ArpEvent
from wireproof.analysis.arp_probing import Claims
from wireproof.analysis.table import LIMIT, Table

SECOND = 10**9
FLAP = 60 * SECOND
"""An address that returns to a station within this time has two that claim it (RFC 5227 section 2.4)."""
IN_TURN = "two stations claim it in turn"
CHANGES = 32
"""Changes of an entry, and addresses of a station, that are kept."""
VIRTUAL = ((b"\x00\x00\x5e\x00\x01", "VRRP"), (b"\x00\x00\x0c\x07\xac", "HSRP"), (b"\x00\x00\x0c\x9f", "HSRP"))
"""What addresses of virtual routers begin with (RFC 9568 section 7.3; RFC 2281 section 5.3)."""

Kind = Literal["failover", "conflict"]


class Change(NamedTuple):
    """An address that went from one station to another, in which frame, and what for."""

    number: int
    time: int | None
    before: bytes
    after: bytes
    kind: Kind
    reason: str


@dataclass(slots=True)
class Entry:
    """An address and the station that has it: since when, last seen, learned from which kind of packet; its changes."""

    address: int
    mac: bytes
    since: int | None
    since_frame: int
    seen: int | None
    seen_frame: int
    learned: str
    changes: deque[Change] = field(default_factory=lambda: deque(maxlen=CHANGES))
    held: dict[bytes, int | None] = field(default_factory=dict)  # others that had it, and when they were last heard

    def move(self, event: ArpEvent, mac: bytes) -> Change:
        """Give it to another station."""
        kind, reason = self._judge(event, mac)
        change = Change(event.number, event.time, self.mac, mac, kind, reason)
        if reason == IN_TURN and self.changes and self.changes[-1].before == mac:
            self._contradict()
        self.changes.append(change)
        self.held[self.mac] = self.seen
        while len(self.held) > CHANGES:
            del self.held[next(iter(self.held))]
        self.mac, self.since, self.since_frame, self.learned = mac, event.time, event.number, event.form
        return change

    def _contradict(self) -> None:
        """The station before wants its address back: what looked like a failover was none, but for virtual routers."""
        last = self.changes[-1]
        if last.kind == "failover" and not any(last.after.startswith(begin) for begin, _ in VIRTUAL):
            self.changes[-1] = last._replace(kind="conflict", reason=f"{last.reason}, which the other contradicted")

    def _judge(self, event: ArpEvent, mac: bytes) -> tuple[Kind, str]:
        for begin, name in VIRTUAL:
            if mac.startswith(begin) or self.mac.startswith(begin):
                return "failover", f"{name} address"
        if mac in self.held:
            before = self.held[mac]
            if before is None or event.time is None or event.time - before <= FLAP:
                return "conflict", IN_TURN
        if event.is_gratuitous:
            return "failover", event.form
        return "conflict", f"{event.form} of another station"


@dataclass(slots=True)
class Asked:
    """Requests for an address that nobody has answered: who asked last, how often, and when first and last."""

    address: int
    by: int
    by_mac: bytes
    count: int
    first: int | None
    first_frame: int
    last: int | None


@dataclass(slots=True)
class Station:
    """The addresses that one MAC claims, and those that it has answered for, each with the frame that said so first."""

    mac: bytes
    addresses: dict[int, int] = field(default_factory=dict)
    answered: dict[int, int] = field(default_factory=dict)
    more: int = 0


class Circuit(NamedTuple):
    """Who is at the other end of a circuit, as Inverse ARP says (RFC 2390)."""

    dlci: int
    address: int
    since: int | None
    since_frame: int
    learned: str


class Mismatch(NamedTuple):
    """A packet whose sender is another than the frame's source."""

    number: int
    source: bytes
    sender_mac: bytes
    sender: int | None


class ArpTable:
    """Follows the ARP packets of a capture. Entries not heard of for `age` nanoseconds go; None for never.

    Each of its tables has a bound; what falls out is counted in `dropped`.
    """

    def __init__(self, age: int | None = None, limit: int = LIMIT) -> None:
        self.age = age
        self.aged = self.withdrawn = self.changes = 0
        self.claims = Claims(limit)
        self.mismatches: deque[Mismatch] = deque(maxlen=1000)
        self.mismatched = 0
        self._now: int | None = None
        self._entries: Table[int, Entry] = Table(limit)
        self._asked: Table[int, Asked] = Table(limit)
        self._stations: Table[bytes, Station] = Table(limit)
        self._circuits: Table[int, Circuit] = Table(limit)

    @property
    def dropped(self) -> int:
        """How much fell out of its tables."""
        tables = (self._entries, self._asked, self._stations, self._circuits)
        return sum(table.dropped for table in tables) + self.claims.dropped

    def see(self, event: ArpEvent) -> Change | None:
        """Take a packet in; return what it changes about who has its sender's address."""
        if event.time is not None:
            self._now = event.time
        if event.source is not None and event.sender_mac is not None and event.source != event.sender_mac:
            self.mismatched += 1
            self.mismatches.append(Mismatch(event.number, event.source, event.sender_mac, event.sender))
        if event.operation in (INVERSE_REQUEST, INVERSE_REPLY):
            self._inverse(event)
            return None
        self.claims.see(event)
        if event.is_farewell and event.sender is not None:
            self.withdrawn += self._entries.take(event.sender) is not None
            return None
        if event.is_request and not event.is_probe and not event.is_gratuitous:
            self._ask(event)
        return self._learn(event) if event.claims else None

    def _learn(self, event: ArpEvent) -> Change | None:
        address, mac = event.sender, event.sender_mac
        assert address is not None
        assert mac is not None
        self._asked.take(address)
        self._note(event, address, mac)
        entry = self._entries.get(address)
        if entry is not None and self._is_old(entry, event.time):
            self._entries.take(address)
            self.aged += 1
            entry = None
        if entry is None:
            entry = Entry(address, mac, event.time, event.number, event.time, event.number, event.form)
            self._entries.put(address, entry)
            return None
        change = None if entry.mac == mac else entry.move(event, mac)
        self.changes += change is not None
        entry.seen, entry.seen_frame = event.time, event.number
        return change

    def _is_old(self, entry: Entry, now: int | None) -> bool:
        known = self.age is not None and now is not None and entry.seen is not None
        return known and now - entry.seen > self.age  # type: ignore[operator]

    def _note(self, event: ArpEvent, address: int, mac: bytes) -> None:
        station = self._stations.get(mac)
        if station is None:
            station = Station(mac)
            self._stations.put(mac, station)
        is_answer = event.is_reply and not event.is_gratuitous
        for known in (station.addresses, station.answered) if is_answer else (station.addresses,):
            if address not in known:
                if len(known) < CHANGES:
                    known[address] = event.number
                else:
                    station.more += known is station.addresses

    def _ask(self, event: ArpEvent) -> None:
        if not event.target or event.sender_mac is None:
            return
        asked = self._asked.get(event.target)
        if asked is None:
            asked = Asked(event.target, 0, b"", 0, event.time, event.number, event.time)
            self._asked.put(event.target, asked)
        asked.by, asked.by_mac, asked.last = event.sender or 0, event.sender_mac, event.time
        asked.count += 1

    def _inverse(self, event: ArpEvent) -> None:
        if event.dlci is None or not event.sender:
            return
        before = self._circuits.get(event.dlci)
        if before is None or before.address != event.sender:
            form = "InARP request" if event.operation == INVERSE_REQUEST else "InARP reply"
            self._circuits.put(event.dlci, Circuit(event.dlci, event.sender, event.time, event.number, form))

    # What there is to tell

    def entries(self) -> list[Entry]:
        """Return the entries that are not too old at the last packet, by address."""
        kept = [entry for entry in self._entries.values() if not self._is_old(entry, self._now)]
        return sorted(kept, key=lambda entry: entry.address)

    @property
    def expired(self) -> int:
        """How many entries have gone by their age, those included that nothing was heard of since."""
        return self.aged + sum(self._is_old(entry, self._now) for entry in self._entries.values())

    def unanswered(self) -> list[Asked]:
        """Return the requests that nobody answered, by address."""
        return sorted(self._asked.values(), key=lambda asked: asked.address)

    def circuits(self) -> list[Circuit]:
        """Return Inverse ARP's table, by DLCI."""
        return sorted(self._circuits.values())

    def claimants(self) -> Iterator[Station]:
        """Yield the stations that claim more than one address."""
        yield from sorted(
            (station for station in self._stations.values() if len(station.addresses) > 1), key=lambda one: one.mac
        )
