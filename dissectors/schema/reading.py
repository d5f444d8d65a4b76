"""Running the members of a part over bytes: the little that construct does not bring along."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from construct import Container, stream_read

Reading = Callable[[Any, Any, str], Any]
"""What reads a member: a function of stream, context and path, as construct's `_parse` is, which raises its errors."""
Member = tuple[str | None, Reading]
"""The name of a member, and what reads it."""


class Window(io.BytesIO):
    """The bytes of a frame, readable up to a limit that moves with the layer.

    Positions are offsets in the frame. `declared` is the end that the frame itself tells, which may lie behind the
    limit where not all of it was captured. `wanted` is the end of the last read that the limit cut short, and `due`
    whether it was within the declared end.
    """

    def __init__(self, data: bytes, limit: int) -> None:
        super().__init__(data)
        self.data = data
        self.begin(limit, limit)

    def begin(self, limit: int, declared: int) -> None:
        """Set the limit and the declared end of a layer."""
        self.limit, self.declared = limit, declared
        self.wanted, self.due = 0, False

    @contextmanager
    def bounded(self, end: int) -> Iterator[None]:
        """Read no further than up to an end that the frame declares."""
        before = self.limit, self.declared
        self.limit, self.declared = min(end, self.limit), min(end, self.declared)
        try:
            yield
        finally:
            self.limit, self.declared = before

    def read(self, size: int | None = -1, /) -> bytes:
        """Read up to `size` octets, fewer at the limit."""
        position = self.tell()
        left = max(self.limit - position, 0)
        if size is None or size < 0:
            return super().read(left)
        if size > left:
            self.wanted = position + size
            self.due = self.wanted <= self.declared
            return super().read(left)
        return super().read(size)


def context_of(stream: io.BytesIO, params: Any, *, building: bool, **values: Any) -> Any:
    """Return the context that a layer's members share, with the entries that construct's own classes expect."""
    values["_params"], values["_io"] = params, stream
    values["_parsing"], values["_building"], values["_sizing"] = not building, building, False
    values["_subcons"] = values["_index"] = values["_root"] = None
    return Container(values)


def taken(stream: Any, size: int, path: str) -> bytes:
    """Read so many octets of a window, all of them or none. Raises StreamError."""
    start = stream.tell()
    end = start + size
    octets: bytes = stream.data[start:end]
    if end > stream.limit or len(octets) != size:
        return stream_read(stream, size, path)  # which says what is wrong
    stream.seek(end)
    return octets


def read_members(members: Iterable[Member], stream: Window, context: Any, path: str) -> None:
    """Read members one after the other; each named value enters the context that all of them share.

    Where a member lies is kept in ``context._params.extents`` as (start, end) in octets, for the bit fields of it; one
    that lies elsewhere leaves that in ``context._params.placed``.
    Raises construct's errors.
    """
    params = context["_params"]
    extents = params["extents"]
    for name, read in members:
        if name is None:
            read(stream, context, path)
            continue
        start = stream.tell()
        # Known before it is read: bits of a member are declared behind it, but fields within it may look.
        extents[name] = (start, start)
        context[name] = read(stream, context, path)
        extents[name] = params.pop("placed") if "placed" in params else (start, stream.tell())
