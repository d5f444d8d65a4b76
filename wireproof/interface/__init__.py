"""The Python interface, which the command line itself uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wireproof._late import late

if TYPE_CHECKING:
    from wireproof.interface.capture import PAYS, Capture, Engine, EngineError, open_capture
    from wireproof.interface.filter import Filter
    from wireproof.interface.frames import LINK_TYPES, build, dissect

__all__ = ["LINK_TYPES", "PAYS", "Capture", "Engine", "EngineError", "Filter", "build", "dissect", "open_capture"]

__getattr__ = late(
    __name__,
    {
        "capture": ("PAYS", "Capture", "Engine", "EngineError", "open_capture"),
        "filter": ("Filter",),
        "frames": ("LINK_TYPES", "build", "dissect"),
    },
)
