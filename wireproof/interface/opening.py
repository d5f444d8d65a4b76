"""How a file is opened for what a capture's records turn out to be."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wireproof.capture import PcapngWriter, PcapWriter

    Writer = PcapWriter | PcapngWriter

Kind = Callable[[], tuple[int, bool]]
"""Tells the link type of what is to be written, and whether its times are finer than microseconds.

Only pcap, which has one of each, has to know: to tell it, the capture is read up to the first record that passes.
"""

Opening = Callable[[Kind], AbstractContextManager["Writer"]]
"""Opens a file, before anything is read where it can."""
