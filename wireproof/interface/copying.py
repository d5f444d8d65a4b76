"""What passes a compiled filter, block by block into a pcap file, or record by record into a pcapng file."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator

from wireproof.capture import PcapngWriter, PcapWriter, Record
from wireproof.capture.record import MAX_RECORD_BYTES
from wireproof.engine.batches import Batch
from wireproof.engine.copying import Buffers, Gather, Gathered
from wireproof.engine.reading import Walk
from wireproof.engine.state import LINK
from wireproof.interface.damage import Until
from wireproof.interface.opening import Opening

Piece = Gathered | Record
"""Records as a pcap file has them, or one that it does not hold."""


def copy_batches(walk: Walk, kind: Callable[[int | None], tuple[int, bool]], opening: Opening) -> None:
    """Write what a walk finds. Raises CaptureError as `Capture.copy` does."""
    batches = Until(walk.batches())
    first = next(batches, None)
    link_type, finer = kind(None if first is None else first.rows[LINK])
    found = itertools.chain(() if first is None else (first,), batches)
    with opening(link_type, finer) as writer:
        if isinstance(writer, PcapngWriter):
            copy_records(found, writer)
        else:
            _copy_octets(found, writer, link_type)
    batches.tell()


def copy_records(batches: Iterable[Batch], writer: PcapngWriter) -> None:
    """Write the frames of batches one by one, with all that is told of them."""
    for batch in batches:
        for record in batch.records():
            writer.write(record)


def _copy_octets(batches: Iterable[Batch], writer: PcapWriter, link_type: int) -> None:
    buffers: Buffers = []
    gather = Gather(link_type, writer.snap_length, nanoseconds=writer.nanoseconds, buffers=buffers)
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
