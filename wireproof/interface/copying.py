"""What passes a compiled filter, block by block into a pcap file."""

from __future__ import annotations

from collections.abc import Callable

from wireproof.engine.copying import Gather
from wireproof.engine.kernel import LINK
from wireproof.engine.reading import Walk
from wireproof.interface.damage import Until
from wireproof.interface.opening import Opening


def copy_batches(walk: Walk, kind: Callable[[int | None], tuple[int, bool]], opening: Opening) -> None:
    """Write what a walk finds. Raises CaptureError as `Capture.copy` does."""
    batches = Until(walk.batches())
    first = next(batches, None)
    link_type, finer = kind(None if first is None else first.rows[LINK])
    with opening(link_type, finer) as writer:
        gather = Gather(link_type, writer.snap_length, nanoseconds=writer.nanoseconds)
        batch = first
        while batch is not None:
            for piece in gather.pieces(batch):
                if isinstance(piece, int):
                    writer.write(batch.record(piece))
                else:
                    writer.append(piece)
            batch = next(batches, None)
    batches.tell()
