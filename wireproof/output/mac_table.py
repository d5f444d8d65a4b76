"""The MAC table of a capture as text and JSON, and which frames a switch would flood."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wireproof.analysis.mac_table import MacTable, Station
from wireproof.output.stations import owner, stamp, table

SECOND = 10**9
HEAD = ("VLAN", "Port", "MAC", "Vendor", "Since (UTC)", "Last seen (UTC)", "Frames", "Moves")
CASTS = (("unicast", "unicast"), ("multicast", "multicast"), ("broadcast", "broadcast"), ("unknown unicast", "unknown"))


def lines(found: MacTable, accepted: dict[str, int] | None = None) -> Iterator[str]:
    """Yield the table and the sums below it; `accepted` are frames that a station takes in, by the reason."""
    stations = found.stations()
    yield f"MAC table: {len(stations)} {'address' if len(stations) == 1 else 'addresses'}"
    if stations:
        yield from table(HEAD, [_row(station) for station in stations])
    yield ""
    yield f"Frames: {sum(found.casts.values())}"
    for cast, count in found.casts.items():
        flooded = "" if cast == "unicast" else " (flooded)" if count else ""
        yield f"  {cast}: {count}{flooded}"
    if found.expired:
        yield f"Aged out: {found.expired}"
    if found.dropped:
        yield f"Dropped for want of room: {found.dropped}"
    if accepted is not None:
        yield f"Accepted by the station: {sum(accepted.values())}"
        yield from (f"  {reason}: {count}" for reason, count in accepted.items())


def _row(station: Station) -> tuple[str, ...]:
    return (
        str(station.vlan),
        str(station.port),
        station.mac.hex(":"),
        owner(station.mac) or "(local)",
        stamp(station.since),
        stamp(station.seen),
        str(station.frames),
        str(station.moves),
    )


def as_json(found: MacTable, accepted: dict[str, int] | None = None) -> dict[str, Any]:
    """Return the same for programs; times are seconds since 1970."""
    told: dict[str, Any] = {
        "stations": [
            {
                "vlan": station.vlan,
                "port": station.port,
                "mac": station.mac.hex(":"),
                "vendor": owner(station.mac),
                "since": None if station.since is None else station.since / SECOND,
                "since_frame": station.since_frame,
                "last_seen": None if station.seen is None else station.seen / SECOND,
                "last_seen_frame": station.seen_frame,
                "frames": station.frames,
                "moves": station.moves,
            }
            for station in found.stations()
        ],
        "frames": dict(found.casts),
        "aged": found.expired,
        "dropped": found.dropped,
    }
    return told if accepted is None else told | {"accepted": accepted}
