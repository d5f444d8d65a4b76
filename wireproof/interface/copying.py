"""What passes a compiled filter into a file: as the blocks that it was, or laid out anew, many records at a time."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from wireproof.capture import Interface, PcapngWriter, PcapWriter, Reader, Record
from wireproof.capture.pcapng import SIMPLE_HEAD, TIMED_HEAD
from wireproof.capture.record import MAX_RECORD_BYTES
from wireproof.engine.batches import Batch
from wireproof.engine.copying import Buffers, Gather, Gathered
from wireproof.engine.reading import Walk
from wireproof.engine.state import CAPTURED, FRAME, LINK, ROW_WORDS, TIME, UNTIMED, WIRE
from wireproof.interface.damage import Until
from wireproof.interface.opening import Opening

Piece = Gathered | Record
"""Records as a pcap file has them, or one that it does not hold."""


def copy_batches(walk: Walk, kind: Callable[[int | None], tuple[int, bool]], opening: Opening) -> None:
    """Write what a walk finds. Raises CaptureError as `Capture.copy` does."""
    batches = Until(walk.batches())
    with opening(lambda: kind(None if (first := batches.ahead()) is None else first.rows[LINK])) as writer:
        if isinstance(writer, PcapngWriter):
            copy_blocks(batches, writer)
        else:
            _copy_octets(batches, writer)
    batches.tell()


def copy_blocks(batches: Iterable[Batch], writer: PcapngWriter) -> None:
    """Write the frames of batches, with all that is told of them."""
    for batch in batches:
        if batch.alone is not None:
            writer.write(batch.alone)
        elif batch.order is None:
            writer.write_plain(batch.octets, _rows(batch, FRAME, CAPTURED, WIRE, TIME))
        elif writer.copied is not None:
            writer.append(_as_they_are(batch, batch.order))
        else:
            for record in batch.records():
                writer.write(record)


def _as_they_are(batch: Batch, order: str) -> bytes:
    """Return the packets' blocks of a batch, those that stand side by side in one piece."""
    octets, second_word = memoryview(batch.octets), struct.Struct(order + "4xI").unpack_from
    parts = []
    start = stop = 0
    for frame, time in _rows(batch, FRAME, TIME):
        begin = frame - (SIMPLE_HEAD if time == UNTIMED else TIMED_HEAD)
        if begin != stop:
            parts.append(octets[start:stop])
            start = begin
        (total,) = second_word(octets, begin)
        stop = begin + total + (-total & 3)
    parts.append(octets[start:stop])
    return b"".join(parts)


def _rows(batch: Batch, *words: int) -> Iterator[tuple[int, ...]]:
    """Yield some words of each row."""
    rows = memoryview(batch.rows).cast("B").cast("q")
    first, end = batch.first * ROW_WORDS, (batch.first + batch.count) * ROW_WORDS
    return zip(*(rows[first + word : end : ROW_WORDS] for word in words), strict=True)


def _copy_octets(batches: Iterable[Batch], writer: PcapWriter) -> None:
    buffers: Buffers = []
    gather = Gather(writer.link_type, writer.snap_length, nanoseconds=writer.nanoseconds, buffers=buffers)
    for batch in batches:
        for piece in itertools.chain(_pieces(gather, batch), gather.rest()):
            _write(writer, piece, buffers)


@dataclass(frozen=True)
class Sight:
    """Stands before the first piece of a walk: of what kind a file is that its first record decides."""

    kind: tuple[int, bool]


class Shared:
    """What ranges of a capture, walked over at the same time, write to one pcap file.

    `kind` tells what kind of file a record of a link type makes with the interfaces that are known there, and `walked`
    walks over all ranges, as often as it is called.
    """

    def __init__(
        self,
        reader: Reader,
        kind: Callable[[int | None, Sequence[Interface] | None], tuple[int, bool]],
        walked: Callable[[Callable[[Walk], Iterator[Piece | Sight]]], Iterator[tuple[int, Piece | Sight]]],
    ) -> None:
        self._reader, self._kind, self._walked = reader, kind, walked
        self._interfaces = list(reader.interfaces)
        self._buffers: Buffers = []
        self._laid_out: tuple[int, bool] | None = None
        self._pieces: Until[tuple[int, Piece | Sight]]

    def kind(self) -> tuple[int, bool]:
        """Tell the kind of file that is to be written. In pcapng, where later interfaces may be of other kinds, the
        capture is read up to the first record that passes, and laid out meanwhile as the first interfaces suggest."""
        if self._reader.blocks is None:
            return self._kind(None, None)
        self._begin(None)
        _, first = self._pieces.ahead() or (0, None)
        return first.kind if isinstance(first, Sight) else self._kind(None, None)

    def copy(self, writer: PcapWriter) -> Callable[[], None]:
        """Write what passes; return what raises the damage that ended the capture, if any did."""
        kind = writer.link_type, writer.nanoseconds
        if self._laid_out != kind:
            self._begin(kind)
        for before, piece in self._pieces:
            if isinstance(piece, Record):
                piece = piece._replace(number=piece.number + before)
            if not isinstance(piece, Sight):
                _write(writer, piece, self._buffers)
        return self._pieces.tell

    def _begin(self, kind: tuple[int, bool] | None) -> None:
        """Have the ranges walked over, and records laid out as in a file of a kind."""
        self._reader.interfaces[:] = self._interfaces
        self._pieces = Until(self._walked(self._gather))
        self._laid_out = kind or self._kind(None, None)

    def _gather(self, walk: Walk) -> Iterator[Piece | Sight]:
        assert self._laid_out is not None
        link_type, nanoseconds = self._laid_out
        gather = Gather(link_type, MAX_RECORD_BYTES, nanoseconds=nanoseconds, buffers=self._buffers)
        batches = Until(walk.batches())
        if (first := batches.ahead()) is not None:
            yield Sight(self._kind(first.rows[LINK], walk.reader.interfaces))
        for batch in batches:
            yield from _pieces(gather, batch)
        yield from gather.rest()
        batches.tell()


def _pieces(gather: Gather, batch: Batch) -> Iterator[Piece]:
    for piece in gather.pieces(batch):
        yield batch.record(piece) if isinstance(piece, int) else piece


def _write(writer: PcapWriter, piece: Piece, buffers: Buffers) -> None:
    """Write a piece; the memory of its octets is then used again."""
    if isinstance(piece, Record):
        writer.write(piece)
    else:
        writer.append(piece.octets)
        buffers.append(piece.buffer)
