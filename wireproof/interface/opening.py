"""How a file is opened for what a capture's records turn out to be."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from wireproof.capture import PcapWriter

Opening = Callable[[int, bool], AbstractContextManager[PcapWriter]]
"""Opens a pcap file for a link type, and for times that are finer than microseconds or not."""
