"""The Python interface, which the command line itself uses."""

from wireproof.interface.capture import PAYS, Capture, Engine, EngineError, open_capture
from wireproof.interface.filter import Filter
from wireproof.interface.frames import LINK_TYPES, build, dissect

__all__ = ["LINK_TYPES", "PAYS", "Capture", "Engine", "EngineError", "Filter", "build", "dissect", "open_capture"]
