"""One frame of a capture, chosen by its number: one that is explained, or that a filter refers to."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wireproof.cli._failures import CommandError

if TYPE_CHECKING:
    from wireproof.packet import Packet


def frame_number(text: str) -> int:
    """The number of a frame as an option has it."""
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 1 << 63:
        raise argparse.ArgumentTypeError(f"{text}: expected the number of a frame, from 1 on")
    return int(text)


def add_reference(group: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Declare the option that says which frame a filter refers to."""
    group.add_argument(
        "--reference-frame",
        type=frame_number,
        metavar="N",
        help="the frame of the file that ${field} in a filter stands for; without it, there is no such value",
    )


def packet_at(file: str | None, number: int | None) -> Packet | None:
    """Return a packet of a file, read after all before it, which some fields take; None where none is chosen.

    Raises CommandError where the file has no such frame, or cannot be read.
    """
    if file is None or number is None:
        return None
    from wireproof.capture import CaptureError
    from wireproof.interface import open_capture

    try:
        with open_capture(file) as capture:
            for packet in capture:
                if packet.number == number:
                    return packet
    except CaptureError as error:
        raise CommandError(str(error)) from error
    raise CommandError(f"{file}: there is no frame {number}")
