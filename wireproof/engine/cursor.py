"""Where in a layer its parts are being read."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from wireproof.engine.builder import Builder
from wireproof.engine.form import HAND_OVER, Extent, Limit, Operand, Position, Slot
from wireproof.engine.numbers import NotLowerableError

NOWHERE = 1 << 62  # the end of a negative number of octets, which is behind whatever there is


class Exits(NamedTuple):
    """Where it goes on when a part is not read: cut short, against a rule that stops, or against a Check.

    `asked` is the slot for the end of the octets that were asked for last. `declared` is the slot for the end that
    the frame declares of what is being read, `end` that of the layer.
    """

    cut: str
    broken: str
    refuted: str
    asked: Slot | None = None
    declared: Slot | None = None
    end: Operand | None = None


class Cursor:
    """Where a part is being read: a proven position, and constant octets behind it.

    `exits` are the labels for what is not there, or one for all. In a `local` cursor positions hold only within its
    region.
    """

    def __init__(
        self, build: Builder, position: Position, limit: Limit, exits: Exits | str, *, local: bool = False
    ) -> None:
        self.build, self.position, self.limit, self.local = build, position, limit, local
        self.exits = Exits(exits, exits, exits) if isinstance(exits, str) else exits
        self.declared: Operand | None = None
        self.offset = 0
        self.window: Extent | None = None
        self._skipped: Operand = 0
        self._closed = False

    def skip(self, count: Operand) -> None:
        """Step over octets that nobody looks at; whether they are there is checked with what comes next."""
        self._skipped = self.build.binary("add", self._skipped, count)

    def settle(self) -> None:
        """Check that what was stepped over is there."""
        count, self._skipped = self._skipped, 0
        if isinstance(count, int):
            self.offset += bool(count) and self._reserved(count)
        else:
            self.take_variable(count)

    def _reserved(self, count: int) -> int:
        self.reserve(count)
        return count

    def reserve(self, count: int) -> None:
        """Make sure that the next `count` octets are there."""
        if not count:
            return
        if self._skipped != 0:
            self.settle()
        if self._closed:
            self.here()
        if self.window is None or self.offset + count > int(self.window.size):  # type: ignore[arg-type]
            self.window = self._need(self.position, self.offset + count)

    def _need(self, position: Position, count: Operand) -> Extent:
        if self.exits.asked is not None:
            self.build.set(self.exits.asked, self._end(position, count))
        return self.build.need(position, count, self.limit, self.exits.cut)

    def _end(self, position: Position, count: Operand) -> Operand:
        end = self.build.binary("add", position.at, count)
        return end if isinstance(count, int) else self.build.select(self.build.compare("lt", count, 0), NOWHERE, end)

    def insist(self, count: Operand) -> None:
        """Make sure that the next `count` octets are there, whatever is read of them."""
        self.settle()
        self._need(self.here(), count)

    def take(self, count: int) -> Callable[[], Extent]:
        """Step over a constant number of octets, and return what tells where they are."""
        self.reserve(count)
        if not count or self.window is None:
            place = self.here()
            return lambda: Extent(place.at, 0)
        window, offset = self.window, self.offset
        self.offset += count
        return lambda: self.build.within(window, offset, count, HAND_OVER)

    def take_variable(self, count: Operand) -> Extent:
        """Step over a number of octets that is known when the frame is; a negative one is not there."""
        extent = self._need(self.here(), count)
        self.jump(self.build.after(extent))
        return extent

    def close(self) -> None:
        """Let nobody ask where what comes next is: that is not known."""
        self._closed = True

    def here(self) -> Position:
        """Return the position."""
        if self._closed:
            raise NotLowerableError("what lies behind members that are repeated")
        if self._skipped != 0:
            self.settle()
        return self.build.after(self.window, self.offset) if self.window and self.offset else self.position

    def jump(self, position: Position) -> None:
        """Go on from a position."""
        self.position, self.offset, self.window = position, 0, None

    def fork(self, *, local: bool) -> Cursor:
        """Return a cursor for a region of its own."""
        other = Cursor(self.build, self.here() if local else self.position, self.limit, self.exits, local=local)
        if not local:
            other.offset, other.window = self.offset, self.window
        return other
