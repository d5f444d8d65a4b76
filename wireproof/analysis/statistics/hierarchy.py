"""How many frames and octets there are of each protocol, below the one that carries it."""

from __future__ import annotations

from dataclasses import dataclass, field

from wireproof.packet import Packet

SAID = frozenset({"_ws.expert", "_ws.short", "pkt_comment"})
"""Layers that are none of the frame's."""


@dataclass(slots=True)
class Branch:
    """A protocol, and those that it carries."""

    name: str
    frames: int = 0
    octets: int = 0
    branches: dict[str, Branch] = field(default_factory=dict)


class Hierarchy:
    """The tree of the protocols of a capture."""

    def __init__(self) -> None:
        self.root = Branch("")

    def see(self, packet: Packet, chosen: bool = True) -> None:
        """Take a packet in, if it is chosen. What an error message quotes is part of that."""
        if not chosen:
            return
        branch = self.root
        for layer in packet.layers[1:]:
            name = layer.protocol.name
            if name in SAID or (layer.quoted and name != "data"):
                continue
            branch = branch.branches.setdefault(name, Branch(name))
            branch.frames += 1
            branch.octets += packet.wire_length
