"""Ethernet with preamble and start delimiter (IEEE 802.3br clause 99.3; tcpdump.org LINKTYPE_ETHERNET_MPACKET).

     0                   1                   2                   3
     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    +---------------------------------------------------------------+
    |                     Preamble, 0x55 ...                        |
    +                                               +---------------+
    |                                               |Start delimiter|
    +-----------------------------------------------+---------------+
    |                         The frame ...                         |
    +---------------------------------------------------------------+
    |                              CRC                              |
    +---------------------------------------------------------------+

A fragment that continues a frame has its delimiter one octet earlier, and a count behind it. The preamble is taken to
be whole, eight octets with the delimiter. The CRC is read and not verified: a frame is taken for one either way.
"""

from construct import Bytes, Computed, IfThenElse, Int32ub, Struct, this

from wireproof.dissectors.schema import STATUS, Base, Bits, Carry, Field, FieldType, Payload, Protocol, Summary

UINT8, UINT32 = FieldType.UINT8, FieldType.UINT32

is_continuation = (this.first == 0x61) | (this.first == 0x52) | (this.first == 0x9E) | (this.first == 0x2A)
is_start = (
    (this.second == 0xD5)
    | (this.second == 0xE6)
    | (this.second == 0x4C)
    | (this.second == 0x7F)
    | (this.second == 0xB3)
)


def delimiter(at: int) -> Field:
    """The start delimiter, where it is the octet `at` of the preamble."""
    return Field("fpp.preamble.smd", Bits("preamble", at=at, size=1), UINT8, "SMD", base=Base.HEX)


mpacket = Protocol(
    "fpp",
    "IEEE 802.3br Frame Preemption Protocol",
    parts=(
        Struct(
            "preamble" / Field("fpp.preamble", Bytes(8), FieldType.BYTES, "Preamble"),
            "first" / Bits("preamble", at=6, size=1),
            "second" / Bits("preamble", at=7, size=1),
            IfThenElse(is_continuation, delimiter(6), delimiter(7)),
            "smd" / IfThenElse(is_continuation, Computed(this.first), Computed(this.second)),
            IfThenElse(
                is_continuation,
                Field(
                    "fpp.preamble.frag_count",
                    Bits("preamble", at=7, size=1),
                    UINT8,
                    "Fragment count",
                    base=Base.HEX,
                ),
                Computed(0),
            ),
        ),
        Payload(
            "mdata" / Field("fpp.mdata", Bytes(this.layer_length - 12), FieldType.BYTES, "mData"),
            # Of a fragment but the last, half of its bits are turned over.
            "crc"
            / IfThenElse(
                is_start & (this.smd == this.second),
                Field("fpp.crc32", Int32ub, UINT32, "CRC", base=Base.HEX),
                Field("fpp.mcrc32", Int32ub, UINT32, "mCRC", base=Base.HEX),
            ),
            Field("fpp.checksum.status", Computed(2), UINT8, "Checksum Status", base=Base.NONE, labels=STATUS),
        ),
    ),
    under={"link": (274,)},
    carries=(Carry("fpp.smd", "smd", length=this.layer_length - 12),),
    summary=Summary(protocol="FPP"),
    reference="IEEE 802.3br",
)
