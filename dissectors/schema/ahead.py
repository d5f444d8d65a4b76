"""Looking ahead: what lies behind the place that is being read, without reading it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from construct import stream_read

from wireproof.dissectors.schema.conditions import Expression
from wireproof.dissectors.schema.members import AnyConstruct
from wireproof.dissectors.schema.reading import Window

ADDRESS = 4
FIRST = 4  # where the pointer stands on a route's first address
END, NO_OPERATION = 0, 1


class Ahead(AnyConstruct):
    """The number that the next `octets` octets behind `skip` of them are, 0 where there are not that many.

    It consumes nothing.
    """

    def __init__(self, octets: int, *, skip: int = 0) -> None:
        super().__init__()
        self.octets, self.skip = octets, skip
        self.flagbuildnone = True

    def _parse(self, stream: Any, context: Any, path: str) -> int:
        start = stream.tell() + self.skip
        found = stream.getvalue()[start : min(start + self.octets, stream.limit)]
        return int.from_bytes(found, "big") if len(found) == self.octets else 0

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        return obj or 0

    def _sizeof(self, context: Any, path: str) -> int:
        return 0


class At(AnyConstruct):
    """So many octets that begin a number of octets behind here; consumes nothing. They have to be there.

    `read_later` says that some later member of the layer reads them, and so needs them as well. In what is built of
    members they are the number that the member `of` is.
    """

    def __init__(self, distance: Expression, octets: int, *, read_later: bool = False, of: str = "") -> None:
        super().__init__()
        self.distance, self.octets, self.read_later, self.of = distance, octets, read_later, of
        self.flagbuildnone = True

    def _parse(self, stream: Any, context: Any, path: str) -> bytes:
        here = stream.tell()
        start = here + self.distance(context)
        stream.seek(start)
        found: bytes = stream_read(stream, self.octets, path)
        stream.seek(here)
        context._params.placed = (start, start + self.octets)
        return found

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        return (context.get(self.of) or 0).to_bytes(self.octets, "big") if self.of else obj

    def _sizeof(self, context: Any, path: str) -> int:
        return 0


class There(AnyConstruct):
    """So many octets have to be there, a number or an expression; consumes nothing."""

    def __init__(self, octets: int | Expression) -> None:
        super().__init__()
        self.octets = octets
        self.flagbuildnone = True

    def _parse(self, stream: Any, context: Any, path: str) -> None:
        here = stream.tell()
        stream_read(stream, self.octets(context) if callable(self.octets) else self.octets, path)
        stream.seek(here)

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        return None

    def _sizeof(self, context: Any, path: str) -> int:
        return 0


class Reaches(AnyConstruct):
    """Where the header ends by what is known here, if it is not read to its end; consumes nothing.

    `octets` count from the layer's begin. What is not in the layer is not its header's either.
    """

    def __init__(self, octets: Expression) -> None:
        super().__init__()
        self.octets = octets
        self.flagbuildnone = True

    def _parse(self, stream: Any, context: Any, path: str) -> None:
        record = context._params.record
        record.reached = min(record.start + self.octets(context), stream.limit)

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        return None

    def _sizeof(self, context: Any, path: str) -> int:
        return 0


class SourceRoute(AnyConstruct):
    """How many octets behind here a source route has the destination, 0 where none has it; consumes nothing.

    Here is the member `destination` of four octets, right behind it the member `options`, of `size` octets. Of the
    options in it the first of a kind in `routes` counts, if its pointer says that it is not used up (RFC 791 section
    3.1): the destination is its last address.
    """

    def __init__(self, size: Expression, routes: Collection[int], *, destination: str, options: str) -> None:
        super().__init__()
        self.size, self.routes = size, tuple(routes)
        self.destination, self.options = destination, options
        self.flagbuildnone = True

    def _parse(self, stream: Any, context: Any, path: str) -> int:
        here: int = stream.tell()
        stream.seek(here + ADDRESS)
        try:
            end: int = here + ADDRESS + self.size(context)
            return self._search(stream, end, path) - here
        finally:
            stream.seek(here)

    def _search(self, stream: Any, end: int, path: str) -> int:
        """Return where the destination is. Raises StreamError where an octet is missing that tells."""
        nowhere: int = stream.tell() - ADDRESS
        while (start := stream.tell()) < end:
            kind = stream_read(stream, 1, path)[0]
            if kind == END:
                break
            if kind == NO_OPERATION:
                continue
            if start + 1 == end:
                break
            length = stream_read(stream, 1, path)[0]
            if length < 2 or start + length > end:
                break
            if kind in self.routes:
                pointer = stream_read(stream, 1, path)[0]
                is_open = FIRST <= pointer <= length and pointer % ADDRESS == 0
                return int(start + length - ADDRESS) if is_open else nowhere
            stream.seek(start + length)
        return nowhere

    def final(self, members: Mapping[str, Any]) -> bytes | None:
        """Return the destination in a header that is built of these members, None where it is not given."""
        destination, options = members.get(self.destination), members.get(self.options, b"")
        if destination is None:
            return None
        data = destination + (options or b"")
        stream = Window(data, len(data))
        stream.seek(ADDRESS)
        start = self._search(stream, len(data), "")
        return bytes(data[start : start + ADDRESS])

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        return obj or 0

    def _sizeof(self, context: Any, path: str) -> int:
        return 0
