"""The MAC table as a learning switch would hold it (IEEE 802.1Q section 8.8), and which frames it would flood."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from wireproof.analysis.lookup import LIMIT, Lookup
from wireproof.analysis.rules.conversations import FULL
from wireproof.analysis.rules.entries import NONE
from wireproof.analysis.rules.switch import Counts, Frames, Stations, Switch, Views, is_old, take_frame, take_frames
from wireproof.engine.tables import ABSENT

SECOND = 10**9
AGE = 300 * SECOND
"""Nanoseconds after which an address is forgotten that no frame came from (IEEE 802.1Q table 8-6)."""
BROADCAST, GROUP_BIT = b"\xff" * 6, 1

NAMES = ("frame.number", "frame.time_epoch", "frame.interface_id", "vlan.id", "eth.src", "eth.dst")
"""The fields of a frame, in its order."""
Frame: TypeAlias = "tuple[int, int | None, int | None, int | None, bytes, bytes]"
"""Number, time in nanoseconds, interface, VLAN, source and destination; None for what there is not."""

Cast = Literal["unicast", "multicast", "broadcast", "unknown unicast"]
MANY = 1 << 12
"""Frames from which on machine code takes them in, where there can be any."""
CASTS: tuple[Cast, ...] = ("unicast", "multicast", "broadcast", "unknown unicast")
"""By the numbers of `rules.switch`."""


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
    without a tag, and those tagged for priority only, are of VLAN 0. The `limit` addresses used last are kept.
    """

    def __init__(self, age: int = AGE, limit: int = LIMIT) -> None:
        self.frames, self.views, self._switch = Frames(1), Views(1), Switch(1)
        self._counts, self._stations = Counts(len(CASTS)), Stations(1)
        self._switch.age[0], self._switch.now[0] = age, ABSENT
        self._lookup = Lookup(limit, (self._stations, 1))
        self.tables: dict[str, Any] = {
            "frames": self.frames,
            "views": self.views,
            "switch": self._switch,
            "counts": self._counts,
            **self._lookup.tables,
            "stations": self._stations,
        }

    @property
    def dropped(self) -> int:
        """How many addresses fell out because there were too many."""
        return self._lookup.dropped

    @property
    def casts(self) -> dict[Cast, int]:
        """How many frames there were of each kind."""
        return dict(zip(CASTS, self._counts.frames, strict=True))

    def see(self, frame: Frame) -> Cast:
        """Take a frame in; return what it is to the switch, which learns the source before it looks for the other."""
        number, time, port, vlan, source, destination = frame
        frames = self.frames
        frames.frame[0], frames.time[0] = number, ABSENT if time is None else time
        frames.port[0], frames.vlan[0] = port or 0, vlan or 0
        frames.source[0], frames.destination[0] = int.from_bytes(source, "big"), int.from_bytes(destination, "big")
        while take_frame(row=0, **self.tables) == FULL:
            self._lookup.grow()
        return self.cast

    def see_all(self, columns: Sequence[Sequence[Any]]) -> list[Cast]:
        """Take frames in, given as a column for each of `NAMES`; return what each of them is to the switch."""
        numbers, times, ports, vlans, sources, destinations = columns
        count, frames = len(numbers), self.frames
        for table in (frames, self.views):
            table.grow(max(count, table.rows))
        frames.frame[:count] = array("q", numbers)
        frames.time[:count] = array("q", [ABSENT if time is None else time for time in times])
        frames.port[:count] = array("q", [port or 0 for port in ports])
        frames.vlan[:count] = array("H", [vlan or 0 for vlan in vlans])
        frames.source[:count] = array("q", [int.from_bytes(mac, "big") for mac in sources])
        frames.destination[:count] = array("q", [int.from_bytes(mac, "big") for mac in destinations])
        take, row = _taking(count), 0
        while (row := take(first=row, count=count, **self.tables)) < count:
            self._lookup.grow()
        return [CASTS[cast] for cast in self.views.cast[:count]]

    @property
    def cast(self) -> Cast:
        """What the last frame was to the switch."""
        return CASTS[self.views.cast[0]]

    def stations(self) -> list[Station]:
        """Return the stations that are not too old at the last frame, by VLAN, port and address."""
        kept = [self._station(place) for place in self._places() if not self._is_old(place)]
        return sorted(kept, key=lambda one: (one.vlan, one.port, one.mac))

    @property
    def expired(self) -> int:
        """How many were forgotten by their age, those included that nothing was heard of since."""
        return self._switch.aged[0] + sum(map(self._is_old, self._places()))

    def _places(self) -> list[int]:
        entries, found = self._lookup.entries, []
        place = self._lookup.index.newest[0]
        while place != NONE:
            found.append(place)
            place = entries.older[place]
        return found

    def _is_old(self, place: int) -> bool:
        return bool(is_old(self._switch, self._stations, place, self._switch.now[0]))

    def _station(self, place: int) -> Station:
        entries, known = self._lookup.entries, self._stations
        return Station(
            mac=entries.b[place].to_bytes(6, "big"),
            vlan=entries.a[place],
            port=known.port[place],
            since=_time(known.since[place]),
            since_frame=known.since_frame[place],
            seen=_time(known.seen[place]),
            seen_frame=known.seen_frame[place],
            frames=known.frames[place],
            moves=known.moves[place],
        )


def _taking(count: int) -> Callable[..., int]:
    """Return what takes that many frames in."""
    if count >= MANY:
        try:
            from wireproof.analysis.compiled import called

            return called(take_frames)
        except ImportError:  # llvmlite is not installed
            pass
    return take_frames


def _time(time: int) -> int | None:
    return None if time == ABSENT else time


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
