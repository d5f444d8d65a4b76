"""A range of a capture file under work in one thread, as the one that takes out what comes of it sees it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Queue
from threading import Event
from typing import Generic, TypeVar

from wireproof.capture.pcapng import Blocks

T = TypeVar("T")


@dataclass(frozen=True)
class Place:
    """Where a record begins, or seems to, and how many are before it."""

    begin: int
    records: int


class WrongError(Exception):
    """A range began elsewhere."""


class End:
    """Stands behind the last piece of a range."""


@dataclass
class Range(Generic[T]):
    """A range under work: where it begins, as soon as that is known or guessed, what comes out of it, and its end.

    What comes out is handed over in bunches of at most so many pieces. Where it really begins is told by the range
    before, and where the range behind begins by this one, once it knows that its own beginning is right.
    Where it `met` a fragment it ends before that, and `own` is what is known of the file there.
    `blocks` is set where a section or an interface began in it, of which the ranges behind know nothing.
    """

    stop: int | None
    pieces: Queue[list[T] | End]
    most: int
    before: Future[Place]
    after: Future[Place] = field(default_factory=Future)
    begun: Future[Place] = field(default_factory=Future)
    end: int = -1
    records: int = 0
    failure: BaseException | None = None
    blocks: Blocks | None = None
    own: Blocks | None = None
    met: bool = False
    unwanted: Event = field(default_factory=Event)
    is_taken: bool = False

    def taken(self) -> Iterator[T]:
        """Yield the pieces as they come."""
        while not self.is_taken:
            bunch = self.pieces.get()
            if isinstance(bunch, End):
                self.is_taken = True
            else:
                yield from bunch

    def drop(self) -> None:
        """Let the work end, whatever still comes out."""
        self.unwanted.set()
        for _ in self.taken():
            pass

    def records_before(self) -> int:
        """Wait for the ranges before, and return how many records are in them. Raises WrongError."""
        place, begun = self.before.result(), self.begun.result()
        if place.begin != begun.begin:
            raise WrongError
        if self.end >= 0:
            self.lead(Place(self.end, place.records + self.records))
        return place.records - begun.records

    def ended(self, place: Place) -> None:
        """Note where the last record ends, and how many there were, as early as it is known."""
        self.end, self.records = place.begin, place.records
        if self.before.done():
            self.records_before()

    def lead(self, place: Place) -> None:
        """Tell the range behind that it begins there; it may have been told."""
        with suppress(InvalidStateError):
            self.after.set_result(place)
