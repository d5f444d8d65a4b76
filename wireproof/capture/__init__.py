"""Capture files, pipes and streams to records and back."""

from .pcap import PcapWriter
from .pcapng_writer import PcapngWriter
from .reader import Reader, open_reader
from .record import CaptureError, Interface, PacketOptions, Record
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
