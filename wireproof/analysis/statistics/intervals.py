"""Frames and octets in each interval of a capture, for several filters side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wireproof.packet import Packet

SECOND = 10**9
MOST = 1_000_000
"""Intervals that are counted apart; what is behind them counts as the last one."""

Passes = Callable[[Packet], bool]


class Intervals:
    """Counts in intervals of so many nanoseconds from the first packet on; 0 is one interval for the whole capture."""

    def __init__(self, interval: int, digits: int, filters: Sequence[tuple[str, Passes]]) -> None:
        self.interval, self.digits, self.filters = interval, digits, filters
        self.duration = 0
        self._begun: int | None = None
        self._counts: dict[int, list[list[int]]] = {}

    def see(self, packet: Packet, chosen: bool = True) -> None:
        """Take a packet in. One without a time, or before the first one, counts in the first interval."""
        if self._begun is None:
            self._begun = packet.time
        since = max((packet.time or 0) - (self._begun or 0), 0) if packet.time is not None else 0
        self.duration = max(self.duration, since)
        number = min(since // self.interval, MOST) if self.interval else 0
        counts = self._counts.setdefault(number, [[0, 0] for _ in self.filters])
        for count, (_, passes) in zip(counts, self.filters, strict=True):
            if passes(packet):
                count[0] += 1
                count[1] += packet.wire_length

    @property
    def is_whole(self) -> bool:
        """Whether the capture is not longer than one interval."""
        return not self.interval or self.interval > self.duration

    def rows(self) -> list[tuple[int, int, list[tuple[int, int]]]]:
        """Return begin and end of each interval, and frames and octets of each filter.

        A packet at the very end of the last interval is counted in it.
        """
        interval = self.duration if self.is_whole else self.interval
        if not interval:
            return []
        total = min(-(-self.duration // interval), MOST + 1)
        sums = [[[0, 0] for _ in self.filters] for _ in range(total)]
        for number, counts in self._counts.items():
            for mine, theirs in zip(sums[min(number if not self.is_whole else 0, total - 1)], counts, strict=True):
                mine[0] += theirs[0]
                mine[1] += theirs[1]
        return [
            (at * interval, min((at + 1) * interval, self.duration), [(frames, octets) for frames, octets in each])
            for at, each in enumerate(sums)
        ]
