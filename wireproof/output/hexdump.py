"""The bytes of a packet, as ``-x`` prints them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wireproof.packet import Packet

WIDTH = 16


def shown_octets(packet: Packet) -> int:
    """Return how many octets of a frame are shown: where it begins with an IPv4 packet, only those of that.

    Wireshark takes what lies behind for nothing of the frame there.
    """
    first = next((layer for layer in packet.layers if layer.protocol.name == "ip"), None)
    if first is None or first.start or packet.home(0)[1] != len(packet.data):
        return len(packet.data)
    return min(max(first.end, first.header_end), len(packet.data))


def hexdump_lines(data: bytes) -> Iterator[str]:
    """Yield a line for each sixteen octets: offset, octets, and the characters that are printable ASCII."""
    digits = max(4, len(f"{max(len(data) - 1, 0):x}"))
    for offset in range(0, len(data), WIDTH):
        octets = data[offset : offset + WIDTH]
        characters = "".join(chr(octet) if 0x20 <= octet < 0x7F else "." for octet in octets)
        yield f"{offset:0{digits}x}  {octets.hex(' '):<{WIDTH * 3 - 1}}   {characters}"
