"""What wireproof answers, in the form of tshark's answers."""

from __future__ import annotations

import contextlib
from pathlib import Path

from wireproof import CaptureError, open_capture
from wireproof.output import format_value, item_text
from wireproof.packet import Packet, Preferences

CHECKSUMS = Preferences(frozenset({"ip.check_checksum", "tcp.check_checksum", "udp.check_checksum"}))
DEFAULT = Preferences()


def packets(capture: Path, preferences: Preferences = CHECKSUMS) -> list[Packet]:
    """All packets of a capture; of a damaged one, those before the damage."""
    found: list[Packet] = []
    with contextlib.suppress(CaptureError), open_capture(capture, preferences=preferences) as opened:
        found.extend(opened)
    return found


def frames(capture: Path, display_filter: str) -> list[int]:
    """The numbers of the frames that pass, dissected and filtered in one go."""
    found: list[int] = []
    with contextlib.suppress(CaptureError), open_capture(capture, preferences=CHECKSUMS) as opened:
        found.extend(packet.number for packet in opened.filter(display_filter))
    return found


def texts(packet: Packet) -> dict[str, list[str]]:
    """Every value of every field and protocol in order, as ``-T fields`` prints it.

    There, nobody can tell an empty text from none.
    """
    found: dict[str, list[str]] = {}
    for layer in packet.layers:
        found.setdefault(layer.protocol.name, []).append(item_text(layer, packet))
        for value in layer.values:
            found.setdefault(value.info.name, []).append(format_value(value))
    return {name: texts for name, texts in found.items() if texts != [""]}
