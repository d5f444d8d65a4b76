"""Streams that behave as pipes and failing disks do."""

import errno
import io


class Dribble(io.RawIOBase):
    """Gives a few bytes a read and cannot seek."""

    def __init__(self, data: bytes, step: int = 1) -> None:
        self._data = io.BytesIO(data)
        self._step = step

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def read(self, size: int = -1) -> bytes:
        return self._data.read(min(self._step, size) if size >= 0 else self._step)

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        part = self.read(len(view))
        view[: len(part)] = part
        return len(part)


class Failing(Dribble):
    """Gives its bytes, and then what a broken disk gives."""

    def read(self, size: int = -1) -> bytes:
        data = super().read(size)
        if not data:
            raise OSError(errno.EIO, "Input/output error")
        return data


class Zeros(Dribble):
    """Gives its bytes, then zeros; remembers how many, so that a test sees what was asked for."""

    def __init__(self, data: bytes, zeros: int) -> None:
        super().__init__(data, len(data) or 1)
        self._left = zeros

    def read(self, size: int = -1) -> bytes:
        data = super().read(size)
        if not data:
            data = bytes(min(self._left, size))
            self._left -= len(data)
        return data
