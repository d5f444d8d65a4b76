"""What one pass over a capture's records tells of all of them: how many, how long, from when to when."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass, field

from wireproof.capture import Record

_PARTS = operator.attrgetter("data", "wire_length", "time", "interface")


@dataclass(slots=True)
class Summary:
    """Sums and bounds of the records so far; it holds none of them.

    ``octets`` counts the packets as they were on the wire, and times are in nanoseconds since the epoch, the earliest
    and the latest, each with the index of the interface whose clock told it. ``timed`` says whether every record has a
    time; ``ordered`` whether no time is before the one that precedes it in the file. The bounds of ``cut`` are the
    lengths to which packets were cut, None where none was.
    """

    packets: int = 0
    octets: int = 0
    timed: bool = True
    ordered: bool = True
    first: int | None = None
    last: int | None = None
    first_interface: int = 0
    last_interface: int = 0
    cut: tuple[int, int] | None = None
    by_interface: dict[int, int] = field(default_factory=dict)
    _before: int | None = None

    def gather(self, records: Iterable[Record]) -> int:
        """Add records, and return how many these were. Where reading them fails, those before that are added."""
        packets, octets, by_interface = self.packets, self.octets, self.by_interface
        before, last, last_interface = self._before, self.last, self.last_interface
        try:
            for data, wire, time, interface in map(_PARTS, records):
                packets += 1
                octets += wire
                by_interface[interface] = by_interface.get(interface, 0) + 1
                if len(data) < wire:
                    self._widen(len(data))
                if time is None:
                    self.timed = False
                    continue
                if before is None or time < before:
                    self._step_back(time, interface, before)
                if last is None or time > last:
                    last, last_interface = time, interface
                before = time
        finally:
            added = packets - self.packets
            self.packets, self.octets = packets, octets
            self._before, self.last, self.last_interface = before, last, last_interface
        return added

    def _widen(self, captured: int) -> None:
        least, most = self.cut or (captured, captured)
        self.cut = min(least, captured), max(most, captured)

    def _step_back(self, time: int, interface: int, before: int | None) -> None:
        if before is not None:
            self.ordered = False
        if self.first is None or time < self.first:
            self.first, self.first_interface = time, interface

    @property
    def in_order(self) -> bool | None:
        """Whether the packets are in the order of their times; None where one has no time and the others are."""
        if not self.ordered:
            return False
        return True if self.timed else None

    @property
    def duration(self) -> int | None:
        """Nanoseconds from the earliest packet to the latest; None where there is none, or one without a time."""
        if not self.timed or self.first is None or self.last is None:
            return None
        return self.last - self.first

    def rate(self, amount: int) -> float | None:
        """Return an amount per second; None where no time passed."""
        return amount * 1_000_000_000 / self.duration if self.duration else None

    @property
    def mean_octets(self) -> float | None:
        """The octets of a packet on average; None where there is none."""
        return self.octets / self.packets if self.packets else None
