"""The MAC table as a learning switch would hold it (IEEE 802.1Q section 8.8), and which frames it would flood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from wireproof.analysis.table import LIMIT, Table

SECOND = 10**9
AGE = 300 * SECOND
"""Nanoseconds after which an address is forgotten that no frame came from (IEEE 802.1Q table 8-6)."""
BROADCAST, NOBODY, GROUP_BIT = b"\xff" * 6, bytes(6), 1

NAMES = ("frame.number", "frame.time_epoch", "frame.interface_id", "vlan.id", "eth.src", "eth.dst")
"""The fields of a frame, in its order."""
Frame: TypeAlias = "tuple[int, int | None, int | None, int | None, bytes, bytes]"
"""Number, time in nanoseconds, interface, VLAN, source and destination; None for what there is not."""

Cast = Literal["unicast", "multicast", "broadcast", "unknown unicast"]


@dataclass(slots=True)
class Station:
    """A station that a switch has learned: its port, since when, last seen, and how often it came from another port."""

    mac: bytes
    vlan: int
    port: int
    since: int | None
    since_frame: int
    seen: int | None
    seen_frame: int
    frames: int = 0
    moves: int = 0


class MacTable:
    """Follows the Ethernet frames of a capture; its interfaces are the ports of the switch.

    An address that nothing was heard from for `age` nanoseconds is forgotten. A VLAN has addresses of its own; frames
    without a tag, and those tagged for priority only, are of VLAN 0. What falls out of the table is counted in
    `dropped`, addresses by their age in `aged`.
    """

    def __init__(self, age: int = AGE, limit: int = LIMIT) -> None:
        self.age = age
        self.aged = 0
        self.casts: dict[Cast, int] = dict.fromkeys(("unicast", "multicast", "broadcast", "unknown unicast"), 0)
        self._now: int | None = None
        self._table: Table[tuple[int, bytes], Station] = Table(limit)

    @property
    def dropped(self) -> int:
        """How many stations fell out of the full table."""
        return self._table.dropped

    def see(self, frame: Frame) -> Cast:
        """Take a frame in; return what it is to the switch, which learns the source before it looks for the other."""
        number, time, port, vlan, source, destination = frame
        vlan = vlan or 0
        if time is not None:
            self._now = time
        if not source[0] & GROUP_BIT and source != NOBODY:
            self._learn(number, time, port or 0, vlan, source)
        cast: Cast
        if destination[0] & GROUP_BIT:
            cast = "broadcast" if destination == BROADCAST else "multicast"
        else:
            known = self._table.get((vlan, destination))
            cast = "unknown unicast" if known is None or self._is_old(known, time) else "unicast"
        self.casts[cast] += 1
        return cast

    def _learn(self, number: int, time: int | None, port: int, vlan: int, source: bytes) -> None:
        station = self._table.get((vlan, source))
        if station is None or self._is_old(station, time):
            self.aged += station is not None
            station = Station(source, vlan, port, time, number, time, number)
            self._table.put((vlan, source), station)
        elif station.port != port:
            station.moves += 1
            station.port, station.since, station.since_frame = port, time, number
        station.seen, station.seen_frame = time, number
        station.frames += 1

    def _is_old(self, station: Station, now: int | None) -> bool:
        return now is not None and station.seen is not None and now - station.seen > self.age

    def stations(self) -> list[Station]:
        """Return the stations that are not too old at the last frame, by VLAN, port and address."""
        kept = [station for station in self._table.values() if not self._is_old(station, self._now)]
        return sorted(kept, key=lambda one: (one.vlan, one.port, one.mac))

    @property
    def expired(self) -> int:
        """How many were forgotten by their age, those included that nothing was heard of since."""
        return self.aged + sum(self._is_old(station, self._now) for station in self._table.values())


def acceptance(mac: bytes, source: bytes, destination: bytes, *, promiscuous: bool = False) -> str:
    """Say why a station takes a frame in, or an empty text where it does not.

    Which groups it has joined a capture does not tell: it is taken to have joined all.
    """
    if source == mac:
        return ""
    if destination == mac:
        return "its own address"
    if destination[0] & GROUP_BIT:
        return "broadcast" if destination == BROADCAST else "multicast"
    return "promiscuous" if promiscuous else ""
