"""How a file is opened for what a capture's records turn out to be."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from wireproof.capture import PcapngWriter, PcapWriter

Writer = PcapWriter | PcapngWriter

Opening = Callable[[int, bool], AbstractContextManager[Writer]]
"""Opens a file for a link type, and for times that are finer than microseconds or not: pcap has one of each."""
