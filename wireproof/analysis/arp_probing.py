"""IPv4 address conflict detection (RFC 5227): from the probe to the announcement to the defence, and its timing."""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from wireproof.analysis.arp_event import ArpEvent, is_station
from wireproof.analysis.table import LIMIT, Table

SECOND = 10**9
PROBE_NUM, PROBE_MIN, PROBE_MAX = 3, 1 * SECOND, 2 * SECOND
ANNOUNCE_WAIT, ANNOUNCE_NUM, ANNOUNCE_INTERVAL = 2 * SECOND, 2, 2 * SECOND
DEFEND_INTERVAL = 10 * SECOND
"""RFC 5227 section 1.1."""
LEEWAY = SECOND // 20
"""What a clock and a queue may add to or take from an interval before it counts as wrong."""
KEPT = 16
"""Packets, and conflicts, that are kept of one claim."""

Answer = Literal["ceased", "kept it in silence", "defended once", "defended", "defended again too early"]
DEFENDED = ("defended once", "defended", "defended again too early")


class Seen(NamedTuple):
    """A packet of a claim."""

    number: int
    time: int | None


@dataclass(slots=True)
class Conflict:
    """Another station that says or asks what contradicts a claim, and what the claimant did about it."""

    number: int
    time: int | None
    by: bytes
    what: Literal["has the address", "probes for it as well"]
    while_probing: bool
    answer: Answer = "ceased"


@dataclass(slots=True)
class Claim:
    """A station that takes an address: its probes, its announcements, and who objected."""

    address: int
    mac: bytes
    probes: deque[Seen] = field(default_factory=lambda: deque(maxlen=KEPT))
    announcements: deque[Seen] = field(default_factory=lambda: deque(maxlen=KEPT))
    conflicts: deque[Conflict] = field(default_factory=lambda: deque(maxlen=KEPT))
    defence: Seen | None = None
    used: bool = False

    @property
    def outcome(self) -> str:
        """What came of it."""
        if any(conflict.while_probing for conflict in self.conflicts):
            return "taken all the same" if self.used else "given up"
        if self.conflicts and self.conflicts[-1].answer == "ceased":
            return "given up"
        return "announced" if self.announcements else "in use" if self.used else "probed"

    def faults(self) -> list[str]:
        """Say what of its timing and its numbers is not as RFC 5227 section 2 has it."""
        found = []
        if self.probes:
            found += _intervals("probes", self.probes, PROBE_MIN, PROBE_MAX)
            if self.used and len(self.probes) != PROBE_NUM:
                found.append(f"{len(self.probes)} of {PROBE_NUM} probes")
        openings = list(self.announcements)[:ANNOUNCE_NUM]
        if self.probes and openings:
            wait = _between(self.probes[-1], openings[0])
            if wait is not None and wait < ANNOUNCE_WAIT - LEEWAY:
                found.append(f"announced {_seconds(wait)} s after the last probe instead of {_seconds(ANNOUNCE_WAIT)}")
            if len(openings) < ANNOUNCE_NUM:
                found.append(f"{len(openings)} of {ANNOUNCE_NUM} announcements")
        if self.probes and len(openings) == ANNOUNCE_NUM and not self.conflicts:
            found += _intervals("announcements", openings, ANNOUNCE_INTERVAL, ANNOUNCE_INTERVAL)
        return found


class Claims:
    """The claims of a capture, by address and station."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._claims: Table[tuple[int, bytes], Claim] = Table(limit)
        self._by_address: Table[int, list[bytes]] = Table(limit)

    @property
    def dropped(self) -> int:
        """How many fell out of the table."""
        return self._claims.dropped

    def see(self, event: ArpEvent) -> None:
        """Take a packet in."""
        mac = event.sender_mac
        if mac is None or not is_station(mac):
            return
        seen = Seen(event.number, event.time)
        if event.is_probe and event.target is not None:
            self._object(event, event.target, mac, "probes for it as well")
            claim = self._claim(event.target, mac)
            claim.probes.append(seen)
        elif event.claims and event.sender is not None:
            self._object(event, event.sender, mac, "has the address")
            known = self._claims.get((event.sender, mac))
            if known is None and event.is_announcement:
                known = self._claim(event.sender, mac)
            if known is not None:
                self._use(known, event, seen)

    def _claim(self, address: int, mac: bytes) -> Claim:
        claim = self._claims.get((address, mac))
        if claim is None:
            claim = Claim(address, mac)
            self._claims.put((address, mac), claim)
            others = self._by_address.get(address)
            if others is None:
                others = []
                self._by_address.put(address, others)
            others.append(mac)
            del others[:-KEPT]
        return claim

    def _object(
        self, event: ArpEvent, address: int, mac: bytes, what: Literal["has the address", "probes for it as well"]
    ) -> None:
        """Note that a packet contradicts the claims of other stations."""
        for other in self._by_address.get(address) or ():
            claim = self._claims.get((address, other))
            if other == mac or claim is None:
                continue
            is_probing = not claim.used
            if is_probing and (what == "probes for it as well" or claim.probes):
                claim.conflicts.append(Conflict(event.number, event.time, mac, what, while_probing=True))
            elif not is_probing and what == "has the address":
                claim.conflicts.append(Conflict(event.number, event.time, mac, what, while_probing=False))

    def _use(self, claim: Claim, event: ArpEvent, seen: Seen) -> None:
        """The claimant uses its address; where that answers a conflict, say how."""
        claim.used = True
        open_conflicts = [one for one in claim.conflicts if not one.while_probing and one.answer not in DEFENDED]
        if not event.is_gratuitous:
            answer: Answer = "kept it in silence"
        else:
            claim.announcements.append(seen)
            if not open_conflicts:
                return
            gap = None if claim.defence is None else _between(claim.defence, seen)
            is_first = claim.defence is None
            is_early = not is_first and (gap is None or gap < DEFEND_INTERVAL)
            answer = "defended again too early" if is_early else "defended once" if is_first else "defended"
            claim.defence = seen
        for conflict in open_conflicts:
            conflict.answer = answer

    def all(self) -> list[Claim]:
        """Return the claims, by address and station."""
        return sorted(self._claims.values(), key=lambda claim: (claim.address, claim.mac))


def _between(first: Seen | Conflict, second: Seen | Conflict) -> int | None:
    return None if first.time is None or second.time is None else second.time - first.time


def _intervals(what: str, seen: deque[Seen] | list[Seen], least: int, most: int) -> list[str]:
    """Say which packets come too soon or too late after the one before."""
    found = []
    packets = list(seen)
    for before, after in itertools.pairwise(packets):
        gap = _between(before, after)
        if gap is not None and not least - LEEWAY <= gap <= most + LEEWAY:
            bounds = _seconds(least) if least == most else f"{_seconds(least)} to {_seconds(most)}"
            found.append(f"{what} in frames {before.number} and {after.number} {_seconds(gap)} s apart, not {bounds}")
    return found


def _seconds(nanoseconds: int) -> str:
    return f"{nanoseconds / SECOND:.3f}".rstrip("0").rstrip(".")
