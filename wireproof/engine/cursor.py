"""Where in a layer its parts are being read."""

from __future__ import annotations

from collections.abc import Callable

from wireproof.engine.builder import Builder
from wireproof.engine.form import HAND_OVER, Extent, Limit, Operand, Position


class Cursor:
    """Where a part is being read: a proven position, and constant octets behind it.

    `otherwise` is the label for what is not there. In a `local` cursor positions hold only within its region.
    """

    def __init__(
        self, build: Builder, position: Position, limit: Limit, otherwise: str, *, local: bool = False
    ) -> None:
        self.build, self.position, self.limit, self.otherwise, self.local = build, position, limit, otherwise, local
        self.offset = 0
        self.window: Extent | None = None
        self._skipped: Operand = 0

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
        if self._skipped != 0:
            self.settle()
        if count and (self.window is None or self.offset + count > int(self.window.size)):  # type: ignore[arg-type]
            self.window = self.build.need(self.position, self.offset + count, self.limit, self.otherwise)

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
        extent = self.build.need(self.here(), count, self.limit, self.otherwise)
        self.jump(self.build.after(extent))
        return extent

    def here(self) -> Position:
        """Return the position."""
        if self._skipped != 0:
            self.settle()
        return self.build.after(self.window, self.offset) if self.window and self.offset else self.position

    def jump(self, position: Position) -> None:
        """Go on from a position."""
        self.position, self.offset, self.window = position, 0, None

    def fork(self, *, local: bool) -> Cursor:
        """Return a cursor for a region of its own."""
        other = Cursor(self.build, self.here() if local else self.position, self.limit, self.otherwise, local=local)
        if not local:
            other.offset, other.window = self.offset, self.window
        return other
