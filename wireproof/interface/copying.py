"""What passes a compiled filter, block by block into a pcap file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wireproof.capture import PcapWriter, Record
from wireproof.capture.record import MAX_RECORD_BYTES
from wireproof.engine.copying import Gather
from wireproof.engine.kernel import LINK
from wireproof.engine.reading import Batch, Walk
from wireproof.interface.damage import Until
from wireproof.interface.opening import Opening

Piece = bytes | memoryview | Record
"""Records as a pcap file has them, or one that it does not hold."""


def copy_batches(walk: Walk, kind: Callable[[int | None], tuple[int, bool]], opening: Opening) -> None:
    """Write what a walk finds. Raises CaptureError as `Capture.copy` does."""
    batches = Until(walk.batches())
    first = next(batches, None)
    link_type, finer = kind(None if first is None else first.rows[LINK])
    with opening(link_type, finer) as writer:
        gather = Gather(link_type, writer.snap_length, nanoseconds=writer.nanoseconds)
        batch = first
        while batch is not None:
            for piece in _pieces(gather, batch):
                _write(writer, piece)
            batch = next(batches, None)
    batches.tell()


def gathering(link_type: int, writer: PcapWriter) -> Callable[[Walk], Iterator[Piece]]:
    """Return what makes a walk into octets for a writer."""

    def pieces(walk: Walk) -> Iterator[Piece]:
        gather = Gather(link_type, MAX_RECORD_BYTES, nanoseconds=writer.nanoseconds)
        for batch in walk.batches():
            for piece in _pieces(gather, batch):
                yield bytes(piece) if isinstance(piece, memoryview) else piece

    return pieces


def copy_pieces(pieces: Iterator[tuple[int, Piece]], writer: PcapWriter) -> None:
    """Write pieces, the records of which are numbered from some number on."""
    for before, piece in pieces:
        _write(writer, piece._replace(number=piece.number + before) if isinstance(piece, Record) else piece)


def _pieces(gather: Gather, batch: Batch) -> Iterator[Piece]:
    for piece in gather.pieces(batch):
        yield batch.record(piece) if isinstance(piece, int) else piece


def _write(writer: PcapWriter, piece: Piece) -> None:
    if isinstance(piece, Record):
        writer.write(piece)
    else:
        writer.append(piece)
