"""The bytes of a packet, as ``-x`` prints them."""

from __future__ import annotations

from collections.abc import Iterator

WIDTH = 16


def hexdump_lines(data: bytes) -> Iterator[str]:
    """Yield a line for each sixteen octets: offset, octets, and the characters that are printable ASCII."""
    digits = max(4, len(f"{max(len(data) - 1, 0):x}"))
    for offset in range(0, len(data), WIDTH):
        octets = data[offset : offset + WIDTH]
        characters = "".join(chr(octet) if 0x20 <= octet < 0x7F else "." for octet in octets)
        yield f"{offset:0{digits}x}  {octets.hex(' '):<{WIDTH * 3 - 1}}   {characters}"
