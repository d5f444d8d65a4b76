"""The packet reader, which is the reference for everything else, and the builder: bytes to a tree and back."""

from wireproof.packet.builder import build, layers_of
from wireproof.packet.convert import BuildError
from wireproof.packet.reader import Preferences, Source, dissect, source_of
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
