"""Packets as a capture file, for programs that read nothing else."""

from __future__ import annotations

import io
from collections.abc import Sequence

from wireproof.capture import PcapWriter, Record

_SECOND = 1_000_000_000


def capture_of(packets: Sequence[bytes], link_type: int) -> bytes:
    """Return a pcap file, the packets of which are a second apart from 1970 on."""
    stream = io.BytesIO()
    writer = PcapWriter(stream, link_type)
    for index, data in enumerate(packets):
        writer.write(Record(index + 1, data, len(data), index * _SECOND, link_type, 0, 0))
    return stream.getvalue()
