"""The ARP table as a cache that hears every packet would hold it (RFC 826), and what is odd about what it hears."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from wireproof.analysis.arp import KINDS
from wireproof.analysis.arp_addresses import Addresses
from wireproof.analysis.arp_event import INVERSE_REPLY, INVERSE_REQUEST, ArpEvent
from wireproof.analysis.arp_probing import Claims
from wireproof.analysis.rules.arp import is_hsrp, is_vrrp
from wireproof.analysis.rules.arp_tables import (
    ANNOUNCEMENT,
    GRATUITOUS_REPLY,
    HSRP,
    IN_TURN,
    REPLY_FORM,
    REQUEST_FORM,
    UNMOVED,
    VRRP,
)
from wireproof.analysis.table import LIMIT, Table
from wireproof.engine.tables import ABSENT

CHANGES = 32
"""Changes of an entry, and addresses of a station, that are kept."""
REASONS = {VRRP: "VRRP address", HSRP: "HSRP address", IN_TURN: "two stations claim it in turn"}
FORMS = {
    ANNOUNCEMENT: "announcement",
    GRATUITOUS_REPLY: "gratuitous reply",
    REQUEST_FORM: "request",
    REPLY_FORM: "reply",
}


class Change(NamedTuple):
    """An address that went from one station to another, in which frame, and what for."""

    number: int
    time: int | None
    before: bytes
    after: bytes
    kind: str
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
    changes: tuple[Change, ...]


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
        self.claims = Claims(limit)
        self.mismatches: deque[Mismatch] = deque(maxlen=1000)
        self.mismatched = 0
        self._addresses = Addresses(age, limit, duplicates=False)
        self._changes: Table[int, deque[Change]] = Table(limit)
        self._asked: Table[int, Asked] = Table(limit)
        self._stations: Table[bytes, Station] = Table(limit)
        self._circuits: Table[int, Circuit] = Table(limit)

    @property
    def dropped(self) -> int:
        """How much fell out of its tables."""
        tables = (self._changes, self._asked, self._stations, self._circuits)
        return sum(table.dropped for table in tables) + self._addresses.lookup.dropped + self.claims.dropped

    @property
    def withdrawn(self) -> int:
        """How many stations said that nobody has their address any more."""
        return self._addresses.course.withdrawn[0]

    def see(self, event: ArpEvent) -> None:
        """Take a packet in."""
        self._addresses.see(event)
        findings = self._addresses.findings
        if findings.differs[0] and event.source is not None and event.sender_mac is not None:
            self.mismatched += 1
            self.mismatches.append(Mismatch(event.number, event.source, event.sender_mac, event.sender))
        if event.operation in (INVERSE_REQUEST, INVERSE_REPLY):
            self._inverse(event)
            return
        self.claims.see(event)
        if event.is_request and not event.is_probe and not event.is_gratuitous:
            self._ask(event)
        if event.claims and event.sender is not None and event.sender_mac is not None:
            self._asked.take(event.sender)
            self._note(event, event.sender, event.sender_mac)
            if findings.moved[0] != UNMOVED:
                self._move(event, event.sender, event.sender_mac)

    def _move(self, event: ArpEvent, address: int, mac: bytes) -> None:
        """Note that an address moved, and what that tells of the time before."""
        findings = self._addresses.findings
        changes = self._changes.get(address)
        if changes is None:
            changes = deque(maxlen=CHANGES)
            self._changes.put(address, changes)
        before, reason = findings.moved_from[0].to_bytes(6, "big"), findings.reason[0]
        if reason == IN_TURN and changes and changes[-1].before == mac:
            _contradict(changes)
        kind = KINDS[findings.moved[0]]
        changes.append(Change(event.number, event.time, before, mac, kind, _reason(event, reason, kind)))

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
        kept = [self._entry(place) for place in self._addresses.places() if not self._addresses.is_old(place)]
        return sorted(kept, key=lambda entry: entry.address)

    def _entry(self, place: int) -> Entry:
        address, holders = self._addresses.lookup.entries.a[place], self._addresses.holders
        changes = self._changes.get(address) or ()
        return Entry(
            address=address,
            mac=holders.mac[place].to_bytes(6, "big"),
            since=_time(holders.since[place]),
            since_frame=holders.since_frame[place],
            seen=_time(holders.seen[place]),
            seen_frame=holders.seen_frame[place],
            learned=FORMS[holders.form[place]],
            changes=tuple(change for change in changes if change.number >= holders.begun[place]),
        )

    @property
    def expired(self) -> int:
        """How many entries have gone by their age, those included that nothing was heard of since."""
        return self._addresses.course.aged[0] + sum(map(self._addresses.is_old, self._addresses.places()))

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


def _contradict(changes: deque[Change]) -> None:
    """The station before wants its address back: what looked like a failover was none, but for virtual routers."""
    last = changes[-1]
    number = int.from_bytes(last.after, "big")
    if last.kind == "failover" and not is_vrrp(number) and not is_hsrp(number):
        changes[-1] = last._replace(kind="conflict", reason=f"{last.reason}, which the other contradicted")


def _reason(event: ArpEvent, reason: int, kind: str) -> str:
    if reason in REASONS:
        return REASONS[reason]
    return event.form if kind == "failover" else f"{event.form} of another station"


def _time(time: int) -> int | None:
    return None if time == ABSENT else time
