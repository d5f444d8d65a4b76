"""What is read of a damaged capture: everything before the damage first, then the damage."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Generic, TypeVar

from wireproof.capture import CaptureError

T = TypeVar("T")


class Until(Iterator[T], Generic[T]):
    """An iterator that ends at a capture's damage, which `tell` then raises."""

    def __init__(self, rest: Iterator[T]) -> None:
        self._rest = rest
        self.damage: CaptureError | None = None

    def __next__(self) -> T:
        try:
            return next(self._rest)
        except CaptureError as error:
            self.damage = error
            raise StopIteration from None

    def ahead(self) -> T | None:
        """Return what comes next, and leave it there; None at the end."""
        first = next(self, None)
        if first is not None:
            self._rest = itertools.chain((first,), self._rest)
        return first

    def tell(self) -> None:
        """Raise the damage, if there was any."""
        if self.damage is not None:
            raise self.damage
