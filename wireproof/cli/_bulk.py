"""Work on whole captures that makes no packet of what passes: copies, counts, lines of fields, and tables."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from wireproof.capture import CaptureError, open_reader
from wireproof.cli._failures import CommandError
from wireproof.cli._options import OF_FIELDS

if TYPE_CHECKING:
    from wireproof.cli._options import Request
    from wireproof.interface import Capture, Filter
    from wireproof.interface.opening import Opening


def is_kept(request: Request) -> bool:
    """Whether the same work was prepared before, on a file that machine code pays for: its words are then right."""
    is_bulk = request.counts or (not request.shown if request.write is not None else request.format in OF_FIELDS)
    is_plain = bool(request.filter) and not request.statistics and not request.two_passes
    if request.engine == "reference" or not (is_bulk or is_plain) or not is_large(request):
        return False
    from wireproof.engine import kept_query
    from wireproof.packet import Preferences

    try:
        with open_reader(request.file) as reader:
            link_type = reader.link_type
    except CaptureError:  # which is told when the file is opened to be read
        return False
    names = request.names if is_bulk and not request.counts and request.write is None else ()
    preferences = Preferences(request.preferences, request.networks, request.switched_off)
    found = kept_query(request.filter, preferences, names, link_type=link_type, shows=not is_bulk)
    return found is not None and not found.not_told


def is_large(request: Request) -> bool:
    """Whether a regular file is read that machine code pays for."""
    from wireproof.interface import PAYS

    if request.live is not None:
        return False
    try:
        found = os.stat(request.file)
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size >= PAYS


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
    from wireproof.output.style import COLUMN

    if any(name.startswith(COLUMN) for name in request.names):
        return None
    return capture.lines(request.names, request.style, chosen, request.count, request.engine)


def print_lines(request: Request, chunks: Iterator[bytes]) -> CaptureError | None:
    """Print lines of fields; return the damage that ended them."""
    from wireproof.output import FieldStyle

    sys.stdout.write((request.style or FieldStyle()).opening(request.names))
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
