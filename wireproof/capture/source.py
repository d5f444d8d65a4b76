"""A stream read ahead in large blocks, for files and for pipes, which cannot seek."""

from collections.abc import Callable
from typing import BinaryIO

from .record import CaptureError

READ_BYTES = 256 * 1024


class Source:
    """The bytes of a blocking stream that were read but not yet used: ``buffer[position:]``.

    ``base`` is the offset of ``buffer[0]`` from where reading began. No more is held than one
    record and one read, and a length that a file claims is waited for, never allocated.
    """

    __slots__ = ("_read", "base", "buffer", "position", "stream")

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        # read1 hands over what a pipe has, where read would wait for a full block.
        self._read: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
        self.buffer = b""
        self.position = 0
        self.base = 0

    @property
    def offset(self) -> int:
        """Offset of the next unused byte from where reading began."""
        return self.base + self.position

    def have(self, need: int) -> int:
        """Read on until ``need`` unused bytes are held or the stream ends; the bytes then held.

        Raises CaptureError where the stream itself fails.
        """
        held = len(self.buffer) - self.position
        if held >= need:
            return held
        parts = [self.buffer[self.position :]] if held else []
        self.base += self.position
        self.position = 0
        while held < need and (part := self._next_part(held)):
            parts.append(part)
            held += len(part)
        self.buffer = b"".join(parts)
        return held

    def peek(self, count: int) -> bytes:
        """The next ``count`` bytes, or fewer where the stream ends, left unused."""
        self.have(count)
        return self.buffer[self.position : self.position + count]

    def skip(self, count: int) -> int:
        """Pass over ``count`` bytes without holding them; fewer where the stream ends."""
        left = count
        while left and (held := self.have(1)):
            step = min(held, left)
            self.position += step
            left -= step
        return count - left

    def _next_part(self, held: int) -> bytes:
        try:
            return self._read(READ_BYTES)
        except OSError as error:
            reason = error.strerror or error
            raise CaptureError(f"cannot read on: {reason}", self.base + held) from error
