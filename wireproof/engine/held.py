"""The octets of a stream that are held: from the first record that has not been walked over."""

from __future__ import annotations

import os
import stat
from typing import BinaryIO

from wireproof.capture import CaptureError

BLOCK_BYTES = 1 << 20
LONG_BYTES = 1 << 30  # from here on the better code is worth the time that it takes to make


def new_buffer() -> bytearray:
    """Return memory for the octets that are held."""
    return bytearray(BLOCK_BYTES)


class Held:
    """The first `count` octets of a buffer; `offset` is the place in the stream of the first of them."""

    def __init__(self, stream: BinaryIO, offset: int, octets: bytearray) -> None:
        self._stream, self.offset = stream, offset
        self.octets, self.count = octets, 0

    def drop(self, count: int) -> None:
        """Forget so many octets."""
        view = memoryview(self.octets)
        view[: self.count - count] = view[count : self.count]
        self.count -= count
        self.offset += count

    def take(self, octets: bytes) -> None:
        """Hold these octets instead."""
        self.count = 0
        self._have_room(len(octets))
        self.octets[: len(octets)] = octets
        self.count = len(octets)

    def await_record(self, size: int) -> None:
        """Have room for more of a record that claims so many octets, as it comes."""
        if self.count == len(self.octets):
            self._have_room(min(size, 2 * len(self.octets)))

    def _have_room(self, count: int) -> None:
        """Have room for that many octets, and for more to be read with them."""
        if count > len(self.octets):
            larger = bytearray(count + BLOCK_BYTES)
            larger[: self.count] = self.octets[: self.count]
            self.octets = larger

    def fill(self) -> bool:
        """Read on; False at the end of the stream. A pipe hands over what it has. Raises CaptureError."""
        stream, view = self._stream, memoryview(self.octets)[self.count :]
        try:
            read = getattr(stream, "readinto1", None) or getattr(stream, "readinto", None)
            if read is not None:
                count: int = read(view) or 0
            else:
                part = stream.read(len(view))
                count = len(part)
                view[:count] = part
        except OSError as error:
            raise CaptureError(f"cannot read on: {error.strerror or error}", self.offset + self.count) from error
        self.count += count
        return bool(count)

    def is_long(self) -> bool:
        """Whether the stream has some millions of records, or how many cannot be told."""
        try:
            found = os.fstat(self._stream.fileno())
        except (OSError, AttributeError):
            return False
        return not stat.S_ISREG(found.st_mode) or found.st_size >= LONG_BYTES
