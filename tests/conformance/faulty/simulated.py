"""A wire without time to lose: the stack at its end is asked what it does next, and the clock goes there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from wireproof.conformance.live.wire import Arrival

from .host import Host

S = TypeVar("S", bound=Host)
DELAY = 0.0005


class SimulatedWire(Generic[S]):
    """A wire to a stack in the same process. `make` makes the stack, and is given what takes its frames."""

    ports = 1

    def __init__(self, make: Callable[[Callable[[bytes], None]], S], now: float = 0.0) -> None:
        self.now = now
        self._came: deque[Arrival] = deque()
        self.stack = make(self._emit)
        self.stack.advance(now)

    def _emit(self, frame: bytes) -> None:
        self._came.append(Arrival(1, self.stack.time + DELAY, frame))

    def clock(self) -> float:
        """Return what time it is in the simulation."""
        return self.now

    def send(self, port: int, frame: bytes) -> None:
        """Have the stack receive a frame."""
        self.stack.advance(self.now)
        self.stack.receive(frame)

    def receive(self, until: float) -> Arrival | None:
        """Return what the stack sends next; let time pass until then."""
        while True:
            if self._came:
                if self._came[0].time > max(until, self.now):
                    self.now = max(until, self.now)
                    return None
                arrival = self._came.popleft()
                self.now = max(self.now, arrival.time)
                return arrival
            following = self.stack.next_event
            if following is None or following > until:
                self.stack.advance(until)
                if not self._came:
                    self.now = max(self.now, until)
                    return None
                continue
            self.stack.advance(following)

    def close(self) -> None:
        """Nothing to be left behind."""
