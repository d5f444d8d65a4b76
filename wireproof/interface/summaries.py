"""What summaries are fed with where nobody prints packets: columns of the frames that are plain, packets of the rest.

A file is read once for each of these, block by block, so that its order is kept and none of it is held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from wireproof.capture import CaptureError
from wireproof.interface.events import first_values, numbers
from wireproof.interface.filter import Filter
from wireproof.packet import Packet, Value

if TYPE_CHECKING:
    from wireproof.interface.capture import Capture, Engine

SEVERAL = "ip.src#2 or eth.src#2 or _ws.malformed or _ws.short"
"""Frames of which one value of each field is not enough: tunnels, what error messages quote, and what is cut."""
STREAMS = {"tcp": "hdr_len", "udp": "sum"}
"""Protocols with conversations, and the member that a header has to have to be of one."""


class Sources:
    """A file that is opened as often as it takes.

    The damage that ended it, if any did, is kept in `damage`, and what fell out of tables said in `forgotten`.
    """

    def __init__(self, opened: Callable[[], Capture], count: int | None = None, engine: Engine = "auto") -> None:
        self._open, self._count, self._engine = opened, count, engine
        self.damage: CaptureError | None = None
        self.forgotten: dict[str, None] = {}

    @contextmanager
    def opened(self) -> Iterator[Capture]:
        """Open the file once more."""
        with self._open() as capture:
            yield capture
            self.forgotten |= dict.fromkeys(capture.forgotten())

    def rows(self, names: Sequence[str], text: str = "") -> Iterator[tuple[Any, ...]]:
        """Yield the first values of fields in each frame that passes."""
        for columns in self._tables(names, text, first_values):
            yield from zip(*columns, strict=True)

    def values(self, name: str, text: str) -> Iterator[tuple[int, int, Sequence[int]]]:
        """Yield time, octets and all values of a field that is a number, of each frame that passes."""
        with self.opened() as capture:
            for table in self._until(
                capture.tables((*TIMED, name), Filter(text), count=self._count, engine=self._engine)
            ):
                yield from zip(*(first_values(table[each]) for each in TIMED), numbers(table[name]), strict=True)

    def packets(self, text: str, field: str = "") -> Iterator[Seen]:
        """Yield the packets that pass, with one of the fields that take more than one packet."""
        names = ("frame.number", "frame.time_relative", field or "frame.len")
        with self.opened() as capture, self._open() as again:
            records = again.select(text, self._count, self._engine)
            tables = capture.tables(names, Filter(text), count=self._count, engine=self._engine)
            for table in self._until(tables):
                told = zip(first_values(table[names[0]]), first_values(table[names[1]]), table[names[2]], strict=True)
                for (number, time, values), record in zip(told, records, strict=False):
                    packet = again.dissect(record)
                    if field:
                        _give(packet, field, values)
                    yield Seen(number, time or 0, packet)

    def _tables(
        self, names: Sequence[str], text: str, read: Callable[[Any], Sequence[Any]]
    ) -> Iterator[list[Sequence[Any]]]:
        with self.opened() as capture:
            for table in self._until(capture.tables(names, Filter(text), count=self._count, engine=self._engine)):
                yield [read(table[name]) for name in names]

    def _until(self, rest: Iterable[Any]) -> Iterator[Any]:
        try:
            yield from rest
        except CaptureError as error:
            self.damage = error


TIMED = ("frame.time_relative", "frame.len")


class Seen(NamedTuple):
    """A packet with its number, and nanoseconds since the first one."""

    number: int
    time: int
    packet: Packet


def _give(packet: Packet, field: str, values: Sequence[int]) -> None:
    """Add the values of a field to the layers of its protocol that are of a conversation, in their order."""
    protocol, _, _ = field.partition(".")
    info, left = packet.catalogue.fields[field], iter(values)
    for layer in packet.layers:
        if layer.protocol.name == protocol and STREAMS[protocol] in layer.extents:
            with suppress(StopIteration):
                layer.values.append(Value(info, next(left), 0, 0))
    packet.touch()


def merged(plain: Iterator[tuple[Any, ...]], others: Iterator[Seen]) -> Iterator[tuple[Any, ...] | Seen]:
    """Yield both in the order of their numbers, which come first."""
    row, other = next(plain, None), next(others, None)
    while row is not None or other is not None:
        if row is not None and (other is None or row[0] < other.number):
            yield row
            row = next(plain, None)
        elif other is not None:
            yield other
            other = next(others, None)


def both(first: str, second: str) -> str:
    """Return a filter for what passes two; one of them may be empty."""
    return f"({first}) and ({second})" if first and second else first or second
