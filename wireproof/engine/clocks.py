"""What machine code is told of a pcapng section's interfaces: how their times count, and what else a record needs."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Sequence
from typing import Any

from wireproof.capture import Interface
from wireproof.capture.pcapng import Clock, Section
from wireproof.engine.batches import LATEST
from wireproof.engine.state import CLOCK_COUNT, CLOCK_WORDS, CLOCKS, UNKNOWN_FCS

NO_LIMIT = (1 << 63) - 1


class Clocks:
    """The words of a section's interfaces, which a walk's state points to."""

    def __init__(self, state: Any) -> None:
        self._state = state
        self._words = (ctypes.c_int64 * CLOCK_WORDS)()
        self._state[CLOCKS] = ctypes.addressof(self._words)
        self._described = 0  # interfaces of the section that have been looked at

    def forget(self) -> None:
        """Begin with another section."""
        self._described = 0

    def describe(self, section: Section, interfaces: Sequence[Interface]) -> None:
        """Tell of interfaces that are new, up to the first whose times are beyond machine code."""
        known = self._state[CLOCK_COUNT] if self._described else 0
        if known == self._described:
            words: list[int] = []
            for number, clock in enumerate(section.clocks[known:], known):
                times = _times(clock)
                if times is None:
                    break
                words += [clock.link_type, clock.limit, clock.snap_length, *times, clock.index, number]
                words.append(interfaces[clock.index].section)
                words.append(UNKNOWN_FCS if clock.fcs_length is None else clock.fcs_length)
                words.append(interfaces[clock.index].description is not None)
            self._put(known * CLOCK_WORDS, words)
        self._described = len(section.clocks)

    def _put(self, begin: int, words: list[int]) -> None:
        end = begin + len(words)
        if end > len(self._words):
            larger = (ctypes.c_int64 * (2 * end))()
            ctypes.memmove(larger, self._words, begin * 8)
            self._words = larger
            self._state[CLOCKS] = ctypes.addressof(self._words)
        memoryview(self._words).cast("B").cast("q")[begin:end] = array("q", words)
        self._state[CLOCK_COUNT] = end // CLOCK_WORDS


def _times(clock: Clock) -> tuple[int, ...] | None:
    """Return MOST, A, B, C, D and OFFSET of an interface's clock; None where 64 bits do not do."""
    if abs(clock.offset) >= LATEST or clock.divisor >= NO_LIMIT:
        return None
    most = LATEST * clock.divisor // clock.factor
    if clock.divisor == 1:
        parts = 1, clock.factor, 0, 1
    elif clock.factor == 1:
        parts = clock.divisor, 1, 0, 1
    elif clock.divisor * clock.factor <= NO_LIMIT:
        parts = clock.divisor, clock.factor, clock.factor, clock.divisor
    else:
        return None
    return min(most, NO_LIMIT), *parts, clock.offset
