"""What the port of a datagram says of traceroute, which sends three to each of ten hops, from one port on."""

from construct import Computed, this

from wireproof.dissectors.schema import FieldInfo, FieldType, Rule, Severity

FIRST, LAST = 33435, 33464
POSSIBLE_TRACEROUTE = (
    "hop" / Computed((this.dstport - FIRST) // 3 + 1),
    "attempt" / Computed((this.dstport - FIRST) % 3 + 1),
    Rule(
        (this.dstport < FIRST) | (this.dstport > LAST),
        FieldInfo("udp.possible_traceroute", FieldType.NONE, "Possible traceroute"),
        "Possible traceroute: hop #{hop}, attempt #{attempt}",
        severity=Severity.CHAT,
        group="Sequence",
        stops=False,
        reference="IANA service names, traceroute",
    ),
)
"""Members behind the port that the datagram is sent to, `dstport`."""
