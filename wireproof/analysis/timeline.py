"""Times between frames: since the first, since the one before, since the last that was shown."""

from __future__ import annotations

from typing import Any

from wireproof.analysis.conversation import time_of
from wireproof.analysis.rules.timeline import Clock, Moments, take_frame
from wireproof.dissectors.schema import FieldInfo
from wireproof.engine.tables import ABSENT
from wireproof.packet import Packet, Value


class Timeline:
    """The clock of a capture. A frame without a time has none of these fields, and does not move the clock."""

    def __init__(self) -> None:
        self.moments = Moments(1)
        self.tables: dict[str, Any] = {"moments": self.moments, "clock": Clock(1)}
        self._shown: int | None = None

    @property
    def dropped(self) -> int:
        """Nothing falls out of it."""
        return 0

    def see(self, packet: Packet, index: int, *, taken: bool = False) -> None:
        """Add the frame's times, in nanoseconds; the first frame's are 0, and they may be negative."""
        moments = self.moments
        if not taken:
            moments.frame[0], moments.time[0] = packet.number, time_of(packet)
            take_frame(row=0, **self.tables)
        now = moments.time[0]
        if now == ABSENT:
            return
        fields = packet.catalogue.fields
        frame = packet.layers[index].values
        place = next((at for at, value in enumerate(frame, 1) if value.info.name == "frame.time_epoch"), len(frame))
        times = (
            ("frame.time_delta", moments.time_delta[0]),
            ("frame.time_delta_displayed", 0 if self._shown is None else now - self._shown),
            ("frame.time_relative", moments.time_relative[0]),
        )
        frame[place:place] = [_value(fields[name], time) for name, time in times]

    def shown(self, packet: Packet) -> None:
        """Note that a frame passed the display filter."""
        if packet.time is not None:
            self._shown = packet.time


def _value(info: FieldInfo, nanoseconds: int) -> Value:
    return Value(info, nanoseconds, 0, 0)
