"""Packets as a capture file, for programs that read nothing else."""

from __future__ import annotations

import io
from collections.abc import Sequence

from wireproof.capture import PcapWriter, Record
from wireproof.vectors import FCS_LENGTHS, LINK_TYPES

_SECOND = 1_000_000_000


def capture_of(packets: Sequence[bytes], link: str) -> bytes:
    """Return a pcap file of packets of a link of the vectors, which are a second apart from 1970 on."""
    stream = io.BytesIO()
    link_type = LINK_TYPES[link]
    writer = PcapWriter(stream, link_type, fcs_length=FCS_LENGTHS.get(link))
    for index, data in enumerate(packets):
        writer.write(Record(index + 1, data, len(data), index * _SECOND, link_type, 0, 0))
    return stream.getvalue()
