"""The packet reader, which is the reference for everything else, and the builder: bytes to a tree and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wireproof._late import late

if TYPE_CHECKING:
    from wireproof.packet.builder import build, layers_of
    from wireproof.packet.convert import BuildError
    from wireproof.packet.preferences import Preferences
    from wireproof.packet.reader import dissect
    from wireproof.packet.source import Source, source_of
    from wireproof.packet.tree import Diagnosis, Layer, Occurrence, Packet, Value, public_value

__all__ = [
    "BuildError",
    "Diagnosis",
    "Layer",
    "Occurrence",
    "Packet",
    "Preferences",
    "Source",
    "Value",
    "build",
    "dissect",
    "layers_of",
    "public_value",
    "source_of",
]

__getattr__ = late(
    __name__,
    {
        "builder": ("build", "layers_of"),
        "convert": ("BuildError",),
        "preferences": ("Preferences",),
        "reader": ("dissect",),
        "source": ("Source", "source_of"),
        "tree": ("Diagnosis", "Layer", "Occurrence", "Packet", "Value", "public_value"),
    },
)
