"""Times between frames: since the first, and since the one before."""

from __future__ import annotations

from wireproof.analysis.rules.conversations import TAKEN
from wireproof.engine.tables import ABSENT, I64, Table


class Moments(Table):
    """Frames as they come and what is told of them, in nanoseconds; ABSENT of a frame without a time."""

    frame: I64
    time: I64
    time_delta: I64
    time_relative: I64


class Clock(Table):
    """One row: whether it runs, and the times of the first frame and of the last one."""

    runs: I64
    first: I64
    previous: I64


def take_frame(moments: Moments, row: int, clock: Clock) -> int:
    """Tell the times of a frame, which may be negative; those of the first are 0."""
    time = moments.time[row]
    moments.time_delta[row] = ABSENT
    moments.time_relative[row] = ABSENT
    if time == ABSENT:
        return TAKEN
    if not clock.runs[0]:
        clock.runs[0] = 1
        clock.first[0] = time
        clock.previous[0] = time
    moments.time_delta[row] = time - clock.previous[0]
    moments.time_relative[row] = time - clock.first[0]
    clock.previous[0] = time
    return TAKEN
