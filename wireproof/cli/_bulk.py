"""Work on whole captures that makes no packet of what passes: copies, counts, lines of fields, and tables."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wireproof.capture import CaptureError
from wireproof.cli._failures import CommandError

if TYPE_CHECKING:
    from wireproof.cli._options import Request
    from wireproof.interface import Capture, Filter
    from wireproof.interface.opening import Opening


def copy(request: Request, capture: Capture, chosen: Filter | None, opening: Opening) -> CaptureError | None:
    """Write what passes to a capture file; return what is wrong with either file."""
    try:
        capture.copy(opening, chosen, request.count, request.engine)
    except CaptureError as error:
        return error
    return None


def count(request: Request, capture: Capture, chosen: Filter | None) -> tuple[CaptureError | None, str]:
    """Return how many packets pass, to be printed when the work is done, and the damage that ended it."""
    total, damage = capture.count_until_damage(chosen, request.count, request.engine)
    return damage, f"{total}\n"


def lines(request: Request, capture: Capture, chosen: Filter | None) -> Iterator[bytes] | None:
    """Return the lines of fields, whole ones at a time; None where packets have to be made for them."""
    if any(name.startswith("_ws.col.") for name in request.names):
        return None
    return capture.lines(request.names, request.style, chosen, request.count, request.engine)


def print_lines(request: Request, chunks: Iterator[bytes]) -> CaptureError | None:
    """Print lines of fields; return the damage that ended them."""
    from wireproof.output import FieldStyle, FieldWriter

    sys.stdout.write(FieldWriter(request.names, request.style or FieldStyle()).opening())
    sys.stdout.flush()
    octets = getattr(sys.stdout, "buffer", None)
    at_once = request.flush or sys.stdout.isatty()  # a terminal's lines are flushed one by one, octets are not
    try:
        for chunk in chunks:
            if octets is None:
                sys.stdout.write(chunk.decode("utf-8", "surrogateescape"))
            else:
                octets.write(chunk)
            if at_once:
                sys.stdout.flush()
    except CaptureError as error:
        return error
    return None


def tables(request: Request, capture: Capture, chosen: Filter | None) -> CaptureError | None:
    """Write fields as an Arrow or Parquet file to the standard output; return the damage that ended them."""
    from wireproof.interface.damage import Until

    try:
        from wireproof.output.arrow import write
    except ImportError:
        remedy = "pip install 'wireproof[arrow]'"
        raise CommandError(f"-T {request.format} needs pyarrow, which is not installed: {remedy}") from None
    found = Until(capture.tables(request.names, chosen, count=request.count, engine=request.engine))
    write(found, sys.stdout.buffer, request.format)
    return found.damage
