"""The analyses of one capture, fed with every packet in turn, whether it is shown or not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

from wireproof.analysis.arp import ArpOverTime
from wireproof.analysis.echo import Echoes
from wireproof.analysis.hindsight import Hindsight
from wireproof.analysis.switch import SwitchView
from wireproof.analysis.tcp import TcpConversations
from wireproof.analysis.timeline import Timeline
from wireproof.analysis.udp import UdpConversations
from wireproof.engine.tables import Table
from wireproof.packet import Packet
from wireproof.packet.finish import add_diagnoses
from wireproof.packet.preferences import DEFAULT, DUPLICATES, STORMS, Preferences

KEPT = {
    "tcp": "TCP conversations",
    "tcp segments": "unacknowledged TCP segments",
    "udp": "UDP conversations",
    "icmp": "ICMP echo requests",
    "eth": "MAC addresses",
    "arp": "addresses of ARP",
}
"""What the tables hold, by the names of `Analysis.dropped`."""


class LayerAnalysis(Protocol):
    """An analysis of the layers of one protocol."""

    @property
    def dropped(self) -> int:
        """How many entries fell out of its table."""

    @property
    def tables(self) -> Mapping[str, Table]:
        """The tables by the names that its rule gives them."""

    def see(self, packet: Packet, index: int, *, taken: bool = False) -> None:
        """Take the layer at `index` in, unless it was taken in, and add to it what the packets before it tell."""


class Analysis:
    """All that is computed across packets. Packets must come in the order of the capture."""

    def __init__(self, preferences: Preferences = DEFAULT, hindsight: Hindsight | None = None) -> None:
        """With `hindsight`, what later packets tell is added too, or, where it is not known yet, noted."""
        self._hindsight = hindsight
        endings, known = (None, False) if hindsight is None else (hindsight.endings, hindsight.known)
        self._timeline = Timeline()
        self._tcp = TcpConversations(preferences=preferences, endings=endings, known=known)
        self._by_protocol: Mapping[str, LayerAnalysis] = {
            "frame": self._timeline,
            "tcp": self._tcp,
            "udp": UdpConversations(preferences=preferences),
            "icmp": Echoes(),
            "eth": SwitchView(),
            "arp": ArpOverTime(duplicates=DUPLICATES in preferences, storms=STORMS in preferences),
        }

    def of(self, protocol: str) -> LayerAnalysis:
        """Return the analysis of a protocol's layers."""
        return self._by_protocol[protocol]

    def see(self, packet: Packet, taken: Collection[str] = ()) -> None:
        """Take a packet in, and add to it the fields that the packets before it tell.

        The layers of the protocols that are `taken` were taken in by machine code.
        """
        said = len(packet.diagnoses)
        for index, layer in enumerate(packet.layers):
            analysis = self._by_protocol.get(layer.protocol.name)
            if analysis is not None:
                analysis.see(packet, index, taken=layer.protocol.name in taken)
        if self._hindsight is not None and self._hindsight.known:
            self._hindsight.tell(packet)
        packet.touch()
        if len(packet.diagnoses) > said:
            add_diagnoses(packet)

    def shown(self, packet: Packet) -> None:
        """Note that a packet passed the display filter."""
        self._timeline.shown(packet)

    @property
    def dropped(self) -> dict[str, int]:
        """How many conversations, requests and addresses fell out of the full table of each, by the names in `KEPT`."""
        found = {name: analysis.dropped for name, analysis in self._by_protocol.items() if name in KEPT}
        return {"tcp": found.pop("tcp"), "tcp segments": self._tcp.pool.dropped[0], **found}

    def forgotten(self) -> Iterator[str]:
        """Say what fell out of full tables: of that, later packets are told as if nothing came before."""
        for name, count in self.dropped.items():
            if count:
                yield f"{KEPT[name]} that were forgotten for want of room: {count}"
