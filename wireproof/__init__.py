"""wireproof: dissect captures, filter them with Wireshark's display filters, prove parsers and stacks with vectors.

>>> import wireproof
>>> with wireproof.open_capture("lan.pcapng") as capture:  # doctest: +SKIP
...     for packet in capture.filter("arp.opcode == 1 && arp.spa == 0.0.0.0"):
...         print(packet.number, packet["arp.tpa"])

Everything heavy is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wireproof.capture import CaptureError
    from wireproof.dissectors.schema import UnknownFieldError
    from wireproof.grammar import Diagnosis, FilterError
    from wireproof.interface import Capture, EngineError, Filter, build, dissect, open_capture
    from wireproof.packet import BuildError, Packet, Preferences

__all__ = [
    "BuildError",
    "Capture",
    "CaptureError",
    "Diagnosis",
    "EngineError",
    "Filter",
    "FilterError",
    "Packet",
    "Preferences",
    "UnknownFieldError",
    "build",
    "dissect",
    "open_capture",
]

_HOMES = {
    "wireproof.capture": ("CaptureError",),
    "wireproof.dissectors.schema": ("UnknownFieldError",),
    "wireproof.grammar": ("Diagnosis", "FilterError"),
    "wireproof.interface": ("Capture", "EngineError", "Filter", "build", "dissect", "open_capture"),
    "wireproof.packet": ("BuildError", "Packet", "Preferences"),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(home), name)
    if name == "vectors":
        return importlib.import_module("wireproof.vectors")
    if name == "__version__":
        from importlib.metadata import version

        return version("wireproof")
    raise AttributeError(f"module 'wireproof' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
