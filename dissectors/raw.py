"""Raw IP: no link layer at all; the first four bits say which version follows (tcpdump.org LINKTYPE_RAW)."""

from construct import Computed, Struct, this

from wireproof.dissectors.schema import Carry, Protocol, Summary, There

raw = Protocol(
    "raw",
    "Raw packet data",
    # Wireshark looks for the framing of PPP in the first eight octets, and so has to have them.
    parts=(Struct(There(8), "version" / Computed(this.first_octet >> 4)),),
    under={"link": (12, 14, 101)},
    carries=(Carry("raw.version", "version", empty=True),),
    summary=Summary(tree="Raw packet data", protocol="N/A", info="Raw packet data"),
    reference="LINKTYPE_RAW",
)
