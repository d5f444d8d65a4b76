"""Capture files, pipes and streams to records and back."""

from .pcap import PcapWriter
from .reader import Reader, open_reader
from .record import CaptureError, Interface, Record
from .writer import write_pcap

__all__ = [
    "CaptureError",
    "Interface",
    "PcapWriter",
    "Reader",
    "Record",
    "open_reader",
    "write_pcap",
]
