"""How many frames and octets there are of each protocol, below the one that carries it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from wireproof.packet import Layer, Packet

ENDS = {"short": "_ws.short", "malformed": "_ws.malformed", "unreassembled": "_ws.unreassembled"}
"""What a packet ends in that cannot be read to its end, by the kind of the diagnosis."""


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
        """Take a packet in, if it is chosen."""
        if chosen:
            self.add(path_of(packet), packet.wire_length)

    def add(self, path: Iterable[str], octets: int) -> None:
        """Count a frame of so many octets with these protocols, from the outermost in."""
        branch = self.root
        for name in path:
            branch = branch.branches.setdefault(name, Branch(name))
            branch.frames += 1
            branch.octets += octets


def path_of(packet: Packet) -> Iterator[str]:
    """Yield the protocols of a packet, and what its end is where it cannot be read to it.

    As in Wireshark, what ICMP carries is part of it, and what TCP brings again part of TCP.
    """
    before: Layer | None = None
    for layer in packet.layers[1:]:
        name = layer.protocol.name
        if not is_branch(name):
            continue
        if _is_shown(layer, before):
            yield name
        before = layer
    for diagnosis in packet.diagnoses:
        if diagnosis.kind in ENDS and not diagnosis.own:
            yield ENDS[diagnosis.kind]


def is_branch(name: str) -> bool:
    """Whether a protocol stands in the tree: what is said of packets does not."""
    return not name.startswith("_ws.") and name != "pkt_comment"


def _is_shown(layer: Layer, before: Layer | None) -> bool:
    """Whether a layer stands beside the others in Wireshark's tree: of a quote, data of UDP do."""
    if before is None or layer.protocol.name != "data":
        return not layer.quoted
    if before["tcp.analysis.retransmission"]:
        return False
    return before.protocol.name != "icmp" and (not layer.quoted or before.protocol.name == "udp")
