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
        """Take a packet in, if it is chosen. What is our own to say Wireshark does not count."""
        for diagnosis in packet.diagnoses if chosen else ():
            if not diagnosis.own and diagnosis.kind != "short" and diagnosis.severity in self.counts:
                self._count(diagnosis)

    def _count(self, diagnosis: Diagnosis) -> None:
        known = self.counts[diagnosis.severity]
        said = Said(diagnosis.group, diagnosis.layer, diagnosis.message)
        if said not in known and len(known) >= MOST:
            self.dropped += 1
            return
        known[said] = known.get(said, 0) + 1
