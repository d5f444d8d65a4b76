"""A switch of three ports."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from wireproof.conformance.live.performing import Controller
from wireproof.conformance.live.wire import Arrival

from .octets import BROADCAST

AGEING = 300.0
PORTS = 3


class SwitchWire:
    """A switch with the tester at all its ports, and a clock that goes where it is needed."""

    ports = PORTS

    def __init__(self, faults: Collection[str] = ()) -> None:
        self.faults = frozenset(faults)
        self.now = 0.0
        self.ageing = AGEING
        self.table: dict[bytes, tuple[int, float]] = {}
        self.came: list[Arrival] = []

    def has(self, fault: str) -> bool:
        """Whether a fault is switched on."""
        return fault in self.faults

    def clock(self) -> float:
        """Return what time it is in the simulation."""
        return self.now

    def send(self, port: int, frame: bytes) -> None:
        """Have the switch take a frame."""
        destination, source = frame[:6], frame[6:12]
        if destination[:5] == b"\x01\x80\xc2\0\0" and destination[5] < 16 and not self.has("reserved-forwarded"):
            if not (self.has("pause-forwarded") and destination[5] == 1):
                return
        if (not source[0] & 1 or self.has("group-learnt")) and not self.has("hub"):
            known = self.table.get(source)
            if not (known and (self.has("no-move") or (self.has("no-refresh") and known[0] == port))):
                if not (destination != BROADCAST and self.has("learns-from-broadcast-only")):
                    self.table[source] = (port, self.now)
        entry = self.table.get(destination)
        ageing = 10.0 if self.has("ages-fast") else 1e9 if self.has("never-ages") else self.ageing
        if entry is not None and self.now - entry[1] > ageing:
            entry = None
        out = [entry[0]] if entry is not None else list(range(1, PORTS + 1))
        if entry is None and self.has("unknown-dropped") and not destination[0] & 1:
            out = []
        if self.has("multicast-dropped") and destination[0] & 1 and destination != BROADCAST:
            out = []
        if self.has("tags-dropped") and frame[12:14] == b"\x81\0":
            out = []
        for each in out:
            if each != port or self.has("reflects"):
                data = frame[:60] if self.has("cuts") else frame
                self.came.append(Arrival(each, self.now + 0.0005, data))

    def receive(self, until: float) -> Arrival | None:
        """Return what leaves next; let time pass until then."""
        if self.came and self.came[0].time <= max(until, self.now):
            arrival = self.came.pop(0)
            self.now = max(self.now, arrival.time)
            return arrival
        self.now = max(self.now, until)
        return None

    def close(self) -> None:
        """Nothing to be left behind."""


class SwitchControl(Controller):
    """Has the switch do things."""

    def __init__(self, switch: SwitchWire) -> None:
        self.switch = switch

    def ask(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Empty the table, set the ageing time, or put all as it was."""
        switch = self.switch
        if request["op"] in ("flush", "reset") and not switch.has("flush-ignored"):
            switch.table.clear()
        if request["op"] == "reset":
            switch.ageing = AGEING
        if request["op"] == "ageing" and not switch.has("ageing-fixed"):
            switch.ageing = float(request["seconds"])
        return {}
