"""The ARP table of a capture as text and JSON, with what was odd about the packets that it was learned from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wireproof.analysis.arp_probing import Claim
from wireproof.analysis.arp_table import ArpTable, Entry
from wireproof.output.stations import ipv4, owner, stamp, table

SECOND = 10**9
HEAD = ("Address", "MAC", "Vendor", "Since (UTC)", "Last seen (UTC)", "Learned from", "Frames", "Changes")


def lines(found: ArpTable) -> Iterator[str]:
    """Yield the table, and below it a part for each kind of thing that is worth knowing."""
    entries = found.entries()
    yield f"ARP table: {_number(len(entries), 'address', 'addresses')}"
    if entries:
        yield from table(HEAD, [_row(entry) for entry in entries])
    for title, part in (
        ("Addresses that moved", _moves(entries)),
        ("Requests that nobody answered", _unanswered(found)),
        ("Stations with several addresses", _claimants(found)),
        ("Senders that are not the frame's source", _mismatches(found)),
        ("Address conflict detection (RFC 5227)", _claims(found)),
        ("Circuits (Inverse ARP)", _circuits(found)),
        ("Gone", _gone(found)),
    ):
        told = list(part)
        if told:
            yield ""
            yield f"{title}:"
            yield from (f"  {line}" for line in told)


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        ipv4(entry.address),
        entry.mac.hex(":"),
        owner(entry.mac) or "(local)",
        stamp(entry.since),
        stamp(entry.seen),
        entry.learned,
        f"{entry.since_frame}-{entry.seen_frame}",
        str(len(entry.changes)),
    )


def _moves(entries: list[Entry]) -> Iterator[str]:
    for entry in entries:
        for change in entry.changes:
            moved = f"{change.before.hex(':')} to {change.after.hex(':')}"
            yield f"{ipv4(entry.address)} from {moved} in frame {change.number}: {change.kind} ({change.reason})"


def _unanswered(found: ArpTable) -> Iterator[str]:
    for asked in found.unanswered():
        times = _number(asked.count, "time", "times")
        by = f"{ipv4(asked.by)} ({asked.by_mac.hex(':')})"
        yield f"{ipv4(asked.address)}: asked {times} from frame {asked.first_frame} on, last by {by}"


def _claimants(found: ArpTable) -> Iterator[str]:
    for station in found.claimants():
        listed = ", ".join(map(ipv4, sorted(station.addresses))) + (f" and {station.more} more" if station.more else "")
        proxy = " (answers for several: proxy ARP, or a host with several)" if len(station.answered) > 1 else ""
        yield f"{station.mac.hex(':')}: {listed}{proxy}"


def _mismatches(found: ArpTable) -> Iterator[str]:
    for one in found.mismatches:
        yield f"frame {one.number}: sent by {one.source.hex(':')} on behalf of {one.sender_mac.hex(':')}"
    if found.mismatched > len(found.mismatches):
        yield f"and {found.mismatched - len(found.mismatches)} before"


def _claims(found: ArpTable) -> Iterator[str]:
    for claim in found.claims.all():
        counts = f"{_number(len(claim.probes), 'probe', 'probes')}, "
        counts += _number(len(claim.announcements), "announcement", "announcements")
        yield f"{ipv4(claim.address)} by {claim.mac.hex(':')}: {claim.outcome}; {counts}"
        for conflict in claim.conflicts:
            did = "" if conflict.while_probing else f"; {conflict.answer}"
            yield f"  conflict in frame {conflict.number}: {conflict.by.hex(':')} {conflict.what}{did}"
        yield from (f"  {fault}" for fault in claim.faults())


def _circuits(found: ArpTable) -> Iterator[str]:
    for circuit in found.circuits():
        yield f"DLCI {circuit.dlci}: {ipv4(circuit.address)}, {circuit.learned} in frame {circuit.since_frame}"


def _gone(found: ArpTable) -> Iterator[str]:
    if found.expired:
        yield f"{_number(found.expired, 'entry', 'entries')} by age"
    if found.withdrawn:
        yield f"{_number(found.withdrawn, 'entry', 'entries')} withdrawn (UnARP, RFC 1868)"
    if found.dropped:
        yield f"{_number(found.dropped, 'entry', 'entries')} for want of room"


def _number(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def as_json(found: ArpTable) -> dict[str, Any]:
    """Return the same for programs; times are seconds since 1970."""
    return {
        "entries": [_entry(entry) for entry in found.entries()],
        "unanswered": [
            {
                "address": ipv4(asked.address),
                "requests": asked.count,
                "first_frame": asked.first_frame,
                "first": _time(asked.first),
                "last": _time(asked.last),
                "by": {"address": ipv4(asked.by), "mac": asked.by_mac.hex(":")},
            }
            for asked in found.unanswered()
        ],
        "several_addresses": [
            {
                "mac": station.mac.hex(":"),
                "addresses": {ipv4(address): frame for address, frame in sorted(station.addresses.items())},
                "answered_for": {ipv4(address): frame for address, frame in sorted(station.answered.items())},
                "more": station.more,
            }
            for station in found.claimants()
        ],
        "other_source": [
            {"frame": one.number, "source": one.source.hex(":"), "sender": one.sender_mac.hex(":")}
            for one in found.mismatches
        ],
        "other_source_count": found.mismatched,
        "claims": [_claim(claim) for claim in found.claims.all()],
        "circuits": [
            {
                "dlci": circuit.dlci,
                "address": ipv4(circuit.address),
                "frame": circuit.since_frame,
                "since": _time(circuit.since),
                "learned_from": circuit.learned,
            }
            for circuit in found.circuits()
        ],
        "aged": found.expired,
        "withdrawn": found.withdrawn,
        "dropped": found.dropped,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "address": ipv4(entry.address),
        "mac": entry.mac.hex(":"),
        "vendor": owner(entry.mac),
        "since": _time(entry.since),
        "since_frame": entry.since_frame,
        "last_seen": _time(entry.seen),
        "last_seen_frame": entry.seen_frame,
        "learned_from": entry.learned,
        "changes": [
            {
                "frame": change.number,
                "time": _time(change.time),
                "from": change.before.hex(":"),
                "to": change.after.hex(":"),
                "kind": change.kind,
                "reason": change.reason,
            }
            for change in entry.changes
        ],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "address": ipv4(claim.address),
        "mac": claim.mac.hex(":"),
        "outcome": claim.outcome,
        "probes": [{"frame": seen.number, "time": _time(seen.time)} for seen in claim.probes],
        "announcements": [{"frame": seen.number, "time": _time(seen.time)} for seen in claim.announcements],
        "conflicts": [
            {
                "frame": conflict.number,
                "time": _time(conflict.time),
                "by": conflict.by.hex(":"),
                "what": conflict.what,
                "while_probing": conflict.while_probing,
                "answer": None if conflict.while_probing else conflict.answer,
            }
            for conflict in claim.conflicts
        ],
        "faults": claim.faults(),
    }


def _time(nanoseconds: int | None) -> float | None:
    return None if nanoseconds is None else nanoseconds / SECOND
