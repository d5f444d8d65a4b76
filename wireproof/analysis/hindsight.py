"""What later packets tell of earlier ones: found in a first pass over a file, and told in a second."""

from __future__ import annotations

from wireproof.analysis.echo import Echoes
from wireproof.analysis.rules.echo import REQUEST
from wireproof.analysis.rules.tcp_tables import Endings
from wireproof.analysis.table import Table
from wireproof.dissectors.schema import Severity
from wireproof.packet import Diagnosis, Layer, Packet, Value
from wireproof.packet.finish import note
from wireproof.packet.reassembly import Reassembler

LIMIT = 1 << 20
"""Packets that something is known of; a table full of them takes some 200 MB."""
WANTED = "icmp or ip.flags.mf == 1 or ip.frag_offset > 0"
"""The packets that tell something of others."""


class Hindsight:
    """Where fragments are put together, where requests are answered, and what conversations of TCP come to.

    At least the last `limit` of those packets are known, and the first `limit` of the conversations, once the first
    pass is over and it is `known`.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.wholes: Table[tuple[int, int], int] = Table(limit)
        self.replies: Table[int, int] = Table(limit)
        self.endings, self.known = Endings(limit), False

    @property
    def dropped(self) -> int:
        """Of how many packets what was known is not any more."""
        return self.wholes.dropped + self.replies.dropped

    def tell(self, packet: Packet) -> None:
        """Add to a packet what later ones tell."""
        fields = packet.catalogue.fields
        for order, layer in enumerate(packet.pieces):
            frame = self.wholes.get((packet.number, order))
            if frame is not None:
                layer.values.append(Value(fields["ip.reassembled_in"], frame, layer.start * 8, 0))
        for layer in packet.layers:
            if layer.protocol.name == "icmp" and layer["icmp.type"] == (REQUEST,) and not layer.quoted:
                self._answer(packet, layer)

    def _answer(self, packet: Packet, layer: Layer) -> None:
        names = [value.info.name for value in layer.values]
        if "icmp.seq_le" not in names:
            return
        place = names.index("icmp.seq_le") + 1
        fields, frame = packet.catalogue.fields, self.replies.get(packet.number)
        if frame is not None:
            layer.values.insert(place, Value(fields["icmp.resp_in"], frame, layer.start * 8, 0))
            return
        info = fields["icmp.resp_not_found"]
        layer.values[place:place] = [
            Value(fields["icmp.no_resp"], True, layer.start * 8, 0),
            Value(info, True, layer.start * 8, 0),
        ]
        note(packet, layer, Diagnosis("rule", "icmp", info.title, Severity.WARNING, "Sequence", info))


class FirstPass:
    """Gathers what packets tell of those before them: they are dissected with these `fragments`."""

    def __init__(self) -> None:
        self.fragments = Reassembler()
        self.hindsight = Hindsight()
        self._echoes = Echoes()

    def see(self, packet: Packet) -> None:
        """Take in one of the packets that are `WANTED`, in the order of the capture."""
        for whole in packet.wholes:
            for piece in whole.pieces:
                if piece.frame != packet.number:
                    self.hindsight.wholes.put((piece.frame, piece.order), packet.number)
        for index, layer in enumerate(packet.layers):
            if layer.protocol.name == "icmp":
                self._echoes.see(packet, index)
                for request in layer["icmp.resp_to"]:
                    self.hindsight.replies.put(request, packet.number)
