"""Packets as a capture file, for programs that read nothing else."""

from __future__ import annotations

import struct
from collections.abc import Sequence

_SNAP_LENGTH = 262144


def capture_of(packets: Sequence[bytes], link_type: int) -> bytes:
    """Return a pcap file, the packets of which are a second apart."""
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, _SNAP_LENGTH, link_type)
    records = (struct.pack("<IIII", second, 0, len(data), len(data)) + data for second, data in enumerate(packets))
    return header + b"".join(records)
