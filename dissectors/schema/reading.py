"""Running the members of a part over bytes: the little that construct does not bring along."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from construct import Container


class Window(io.BytesIO):
    """The bytes of a frame, readable up to a limit that moves with the layer.

    Positions are offsets in the frame. `wanted` is the end of the last read that the limit cut short.
    """

    def __init__(self, data: bytes, limit: int) -> None:
        super().__init__(data)
        self.limit = limit
        self.wanted = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Read up to `size` octets, fewer at the limit."""
        position = self.tell()
        left = max(self.limit - position, 0)
        if size is None or size < 0:
            return super().read(left)
        if size > left:
            self.wanted = position + size
            return super().read(left)
        return super().read(size)


def context_of(stream: io.BytesIO, params: Any, *, building: bool, **values: Any) -> Any:
    """Return the context that a layer's members share, with the entries that construct's own classes expect."""
    return Container(
        _params=params,
        _parsing=not building,
        _building=building,
        _sizing=False,
        _subcons=None,
        _index=None,
        _root=None,
        _io=stream,
        **values,
    )


def read_members(members: Iterable[Any], stream: Window, context: Any, path: str) -> None:
    """Parse members one after the other; each named value enters the context that all of them share.

    Where a member lies is kept in ``context._params.extents`` as (start, end) in octets, for the bit fields of it.
    Raises construct's errors.
    """
    extents = context._params.extents
    for member in members:
        start = stream.tell()
        name = member.name
        if name:
            # Known before it is read: bits of a member are declared behind it, but fields within it may look.
            extents[name] = (start, start)
        value = member._parsereport(stream, context, path)
        if name:
            context[name] = value
            extents[name] = (start, stream.tell())
