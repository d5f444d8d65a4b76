"""Capture files, pipes and streams to records and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wireproof._late import late

from .pcap import PcapWriter
from .reader import Reader, open_reader
from .record import CaptureError, Interface, PacketOptions, Record

if TYPE_CHECKING:
    from .pcapng_writer import PcapngWriter
    from .writer import write_pcap, write_pcapng

__all__ = [
    "CaptureError",
    "Interface",
    "PacketOptions",
    "PcapWriter",
    "PcapngWriter",
    "Reader",
    "Record",
    "open_reader",
    "write_pcap",
    "write_pcapng",
]

__getattr__ = late(__name__, {"pcapng_writer": ("PcapngWriter",), "writer": ("write_pcap", "write_pcapng")})
