"""Times between frames: since the first, since the one before, since the last that was shown."""

from __future__ import annotations

from wireproof.dissectors.schema import FieldInfo
from wireproof.packet import Packet, Value


class Timeline:
    """The clock of a capture. A frame without a time has none of these fields, and does not move the clock."""

    def __init__(self) -> None:
        self._first: int | None = None
        self._previous: int | None = None
        self._shown: int | None = None

    def see(self, packet: Packet) -> None:
        """Add the frame's times, in nanoseconds; the first frame's are 0, and they may be negative."""
        now = packet.time
        if now is None:
            return
        if self._first is None:
            self._first = now
        fields = packet.catalogue.fields
        frame = packet.layers[0].values
        place = next((at for at, value in enumerate(frame, 1) if value.info.name == "frame.time_epoch"), len(frame))
        times = (
            ("frame.time_delta", self._previous),
            ("frame.time_delta_displayed", self._shown),
            ("frame.time_relative", self._first),
        )
        frame[place:place] = [_value(fields[name], 0 if since is None else now - since) for name, since in times]
        self._previous = now

    def shown(self, packet: Packet) -> None:
        """Note that a frame passed the display filter."""
        if packet.time is not None:
            self._shown = packet.time


def _value(info: FieldInfo, nanoseconds: int) -> Value:
    return Value(info, nanoseconds, 0, 0)
