"""Where Python's octets are, for machine code."""

from __future__ import annotations

import ctypes


def address_of(octets: bytearray) -> int:
    """Return where octets are; they keep their size as long as the address is in use. Of none, 0."""
    return ctypes.addressof(ctypes.c_char.from_buffer(octets)) if octets else 0
