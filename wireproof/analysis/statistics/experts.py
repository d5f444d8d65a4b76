"""What Wireshark's expert information says of a capture: each thing once, with how often."""

from __future__ import annotations

from typing import NamedTuple

from wireproof.dissectors.schema import Severity
from wireproof.packet import Diagnosis, Packet

ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE, Severity.CHAT, Severity.COMMENT)
MOST = 10_000
"""Different things that are kept."""


class Said(NamedTuple):
    """One thing that is said, of which group, about which protocol."""

    group: str
    protocol: str
    summary: str


class Experts:
    """Counts what is said, for each severity from the gravest on, down to `least`."""

    def __init__(self, least: Severity = Severity.COMMENT) -> None:
        self.least = least
        self.dropped = 0
        self.counts: dict[Severity, dict[Said, int]] = {severity: {} for severity in ORDER[: ORDER.index(least) + 1]}

    def see(self, packet: Packet, chosen: bool = True) -> None:
        """Take a packet in, if it is chosen. What is our own to say Wireshark does not count, nor what it quotes."""
        if not chosen:
            return
        quoted = _of_quotes(packet)
        for diagnosis in packet.diagnoses:
            if diagnosis.own or diagnosis.kind == "short" or diagnosis.severity not in self.counts:
                continue
            name = "" if diagnosis.field is None else diagnosis.field.name
            if quoted and diagnosis.kind == "rule" and name in quoted:
                quoted[name] -= 1  # what is said of a quote stands behind what is said of the headers around it
                if quoted[name] < 0:
                    continue
            self._count(diagnosis, _protocol(packet, diagnosis))

    def _count(self, diagnosis: Diagnosis, protocol: str) -> None:
        known = self.counts[diagnosis.severity]
        said = Said(diagnosis.group, protocol, diagnosis.message)
        if said not in known and len(known) >= MOST:
            self.dropped += 1
            return
        known[said] = known.get(said, 0) + 1


def _of_quotes(packet: Packet) -> dict[str, int]:
    """Return how often each field of the layers that an error message quotes stands in those that it does not."""
    quoted = {value.info.name: 0 for layer in packet.layers if layer.quoted for value in layer.values}
    for layer in packet.layers if quoted else ():
        for value in layer.values if not layer.quoted else ():
            if value.info.name in quoted:
                quoted[value.info.name] += 1
    return quoted


def _protocol(packet: Packet, diagnosis: Diagnosis) -> str:
    """Return who says it: of the padding behind what a type selects, that is what all those share in Wireshark."""
    for layer in packet.layers:
        trailer = layer.protocol.trailer
        is_padding = trailer is not None and diagnosis.rule is not None and diagnosis.rule is trailer.bad_padding
        if is_padding and layer.payload_end is None:
            return "ethertype"
    return diagnosis.layer
