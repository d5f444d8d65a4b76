"""What passes a compiled filter into a file: as the blocks that it was, or laid out anew, many records at a time."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Callable, Iterable, Iterator

from wireproof.capture import PcapngWriter, PcapWriter, Record
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


def gathering(link_type: int, writer: PcapWriter, buffers: Buffers) -> Callable[[Walk], Iterator[Piece]]:
    """Return what makes a walk into pieces for a writer."""

    def pieces(walk: Walk) -> Iterator[Piece]:
        gather = Gather(link_type, MAX_RECORD_BYTES, nanoseconds=writer.nanoseconds, buffers=buffers)
        batches = Until(walk.batches())
        for batch in batches:
            yield from _pieces(gather, batch)
        yield from gather.rest()
        batches.tell()

    return pieces


def copy_pieces(pieces: Iterator[tuple[int, Piece]], writer: PcapWriter, buffers: Buffers) -> None:
    """Write pieces, the records of which are numbered from some number on."""
    for before, piece in pieces:
        _write(writer, piece._replace(number=piece.number + before) if isinstance(piece, Record) else piece, buffers)


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
