"""Single frames: bytes to a packet, and layers to bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wireproof import packet
from wireproof.analysis import Analysis
from wireproof.packet import Packet, Preferences

_DEFAULT = Preferences()
LINK_TYPES = {
    "ethernet": 1,
    "null": 0,
    "loop": 108,
    "raw": 101,
    "ipv4": 228,
    "sll": 113,
    "sll2": 276,
    "frame-relay": 107,
    "mpacket": 274,
}


def dissect(frame: bytes, *, link: str | int = "ethernet", preferences: Preferences = _DEFAULT) -> Packet:
    """Dissect one frame. `link` is a name of LINK_TYPES or a link-type number.

    Never raises on the bytes; raises ValueError on an unknown link.
    """
    if isinstance(link, str) and link not in LINK_TYPES:
        raise ValueError(f"unknown link {link!r}; known are {', '.join(LINK_TYPES)} and link-type numbers")
    number = LINK_TYPES[link] if isinstance(link, str) else link
    try:
        data = bytes(frame)
    except TypeError:
        raise TypeError("a frame is bytes; bytes.fromhex() makes them of a text of digits") from None
    found = packet.dissect(data, packet.Source(link_type=number), preferences)
    Analysis().see(found)
    return found


def build(layers: Sequence[tuple[str, Mapping[str, Any]] | bytes], *, link_type: int = 1) -> bytes:
    """Build a frame from layers, each a protocol's name with values by field name, or bytes.

    The link type is that of the capture that the frame is for.

    Lengths, checksums and the numbers of what follows are filled in unless given. Raises BuildError, also for what
    does not fit, and UnknownFieldError, which offers the nearest names.
    """
    return packet.build(layers, link_type=link_type)
