"""What a user may switch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wireproof._frozen import frozen

if TYPE_CHECKING:
    from ipaddress import IPv4Network

MAC_NAMES = "nameres.mac_name"
PORT_NAMES = "nameres.transport_name"
DEFRAGMENT = "ip.defragment"
DUPLICATES = "arp.detect_duplicate_ips"
STORMS = "arp.detect_request_storms"
RELATIVE, ANALYZE = "tcp.relative_sequence_numbers", "tcp.analyze_sequence_numbers"
TCP_TIMES, UDP_TIMES = "tcp.calculate_timestamps", "udp.calculate_timestamps"
IN_FLIGHT = "tcp.track_bytes_in_flight"
OF_STREAMS = (RELATIVE, ANALYZE, TCP_TIMES, UDP_TIMES, IN_FLIGHT)
"""What is told of conversations."""
ON = frozenset({DEFRAGMENT, DUPLICATES, *OF_STREAMS})
"""What is on unless it is switched off."""
OUI_NAMES = "nameres.oui_name"
"""Organisations by the first octets of addresses, which Wireshark names in any case: no preference of its own."""


@frozen
class Preferences:
    """What a user may switch; the names are Wireshark's. Checksums are not verified unless asked for.

    `networks` are those of the link that the packets were captured on, for diagnoses of what has no place there.
    """

    switched_on: frozenset[str] = frozenset()
    networks: tuple[IPv4Network, ...] = ()
    switched_off: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """All that are on."""
        return self.switched_on | (ON - self.switched_off)

    @property
    def prefixes(self) -> tuple[tuple[int, int], ...]:
        """The networks, each as its address as a number and the length of its prefix."""
        return tuple((int(network.network_address), network.prefixlen) for network in self.networks)

    def __contains__(self, name: object) -> bool:
        return name in self.switched_on or (name in ON and name not in self.switched_off)


DEFAULT = Preferences()
"""What holds where the user says nothing."""
