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
be whole, eight octets with the delimiter. The CRC tells a frame from the first part of one: of every part but the last,
half of its bits are turned over. That of a part that continues a frame goes over the parts before it as well, and is
not verified.
"""

from typing import Any

from construct import Bytes, Computed, If, IfThenElse, Int32ub, Struct, this

from wireproof.dissectors.schema import (
    STATUS,
    Base,
    Bits,
    Carry,
    Crc32,
    Field,
    FieldInfo,
    FieldType,
    Payload,
    Protocol,
    Rule,
    Summary,
)

UINT8, UINT32 = FieldType.UINT8, FieldType.UINT32
EXPRESS, VERIFY, RESPOND = 0xD5, 0x07, 0x19
ALIGNED = 0x50  # half an octet of the preamble, and what fills it
TURNED_OVER = 0xFFFF0000

is_continuation = (this.first == 0x61) | (this.first == 0x52) | (this.first == 0x9E) | (this.first == 0x2A)
is_start = (this.smd == 0xE6) | (this.smd == 0x4C) | (this.smd == 0x7F) | (this.smd == 0xB3)
is_express = this.smd == EXPRESS
is_whole = this.crc == this.right
is_part = this.crc == this.turned
is_answer = (this.smd == VERIFY) | (this.smd == RESPOND)
is_good = ((is_express | is_start) & is_whole) | ((is_start | is_answer) & is_part)
is_verified = is_express | is_start | is_answer


def delimiter(at: int) -> Field:
    """The start delimiter, where it is the octet `at` of the preamble."""
    return Field("fpp.preamble.smd", Bits("preamble", at=at, size=1), UINT8, "SMD", base=Base.HEX)


def bad(name: str, right: str, is_right: Any) -> Rule:
    """What is said of a CRC that is not right."""
    title = f"Bad {name} checksum"
    return Rule(
        is_right,
        FieldInfo(f"fpp.{name.lower()}32_bad", FieldType.NONE, title),
        f"{title} [should be 0x{{{right}:08x}}]",
        group="Checksum",
        stops=False,
        reference="IEEE 802.3br section 99.3.6",
    )


mpacket = Protocol(
    "fpp",
    "IEEE 802.3br Frame Preemption Protocol",
    parts=(
        Struct(
            "preamble" / Field("fpp.preamble", Bytes(8), FieldType.BYTES, "Preamble"),
            "first" / Bits("preamble", at=6, size=1),
            "second" / Bits("preamble", at=7, size=1),
            "begin" / Bits("preamble", at=0, size=1),
            If(
                this.begin == ALIGNED,
                Field(
                    "fpp.preamble.pad",
                    Bits("preamble", 0x0F, at=0, size=1),
                    UINT8,
                    "Alignment padding, not part of frame",
                    base=Base.HEX,
                ),
            ),
            IfThenElse(is_continuation, delimiter(6), delimiter(7)),
            "smd" / IfThenElse(is_continuation, Computed(this.first), Computed(this.second)),
            If(
                is_continuation,
                Field(
                    "fpp.preamble.frag_count",
                    Bits("preamble", at=7, size=1),
                    UINT8,
                    "Fragment count",
                    base=Base.HEX,
                ),
            ),
        ),
        Payload(
            "mdata" / Field("fpp.mdata", Bytes(this.layer_length - 12), FieldType.BYTES, "mData"),
            "right" / Computed(Crc32("mdata")),
            "turned" / Computed(this.right ^ TURNED_OVER),
            "crc" / Int32ub,
            IfThenElse(
                is_express | (is_start & is_whole),
                Field("fpp.crc32", Bits("crc"), UINT32, "CRC", base=Base.HEX),
                Field("fpp.mcrc32", Bits("crc"), UINT32, "mCRC", base=Base.HEX),
            ),
            "verdict" / IfThenElse(is_good, Computed(1), IfThenElse(is_verified, Computed(0), Computed(2))),
            If(
                this.smd != VERIFY,
                Field(
                    "fpp.checksum.status",
                    Computed(this.verdict),
                    UINT8,
                    "Checksum Status",
                    base=Base.NONE,
                    labels=STATUS,
                ),
            ),
        ),
        Payload(
            bad("CRC", "right", (this.smd != EXPRESS) | is_whole),
            bad("mCRC", "turned", is_express | (this.verdict != 0)),
        ),
    ),
    under={"link": (274,)},
    carries=(
        Carry("fpp.smd", "smd", when=is_whole, length=this.layer_length - 12, empty=True),
        Carry("fpp.part", length=this.layer_length - 12),
    ),
    summary=Summary(protocol="FPP"),
    reference="IEEE 802.3br",
)
