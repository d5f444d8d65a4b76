"""802.1Q tag (IEEE 802.1Q clause 9).

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-----+-+-----------------------+-------------------------------+
| PCP |D|          VID          |        Type or length         |
+-----+-+-----------------------+-------------------------------+
"""

from typing import Any

from construct import Default, If, Int16ub, Struct, this

from wireproof.dissectors.ethernet import BAD_PADDING, NOVELL_RAW, PADDING
from wireproof.dissectors.numbers.ethertypes import ETHERTYPES
from wireproof.dissectors.numbers.vlan import PRIORITIES
from wireproof.dissectors.schema import (
    Ahead,
    Base,
    Bits,
    Carry,
    Field,
    FieldInfo,
    FieldType,
    LengthOf,
    Protocol,
    Rule,
    Severity,
    Summary,
    Trailer,
    malformed,
    never,
    noted,
)

UINT16 = FieldType.UINT16

TABLE = "IEEE 802.1Q-2022 table 9-2"


def priority_tag(tci: Any, name: str) -> Rule:
    """The tag bears a VLAN's number, and not the priority alone."""
    return noted((tci & 0xFFF) != 0, f"{name}.priority_tag", "Priority tag: of no VLAN, VID 0", TABLE)


def reserved_tag(tci: Any, name: str) -> Rule:
    """The number is one that a frame may have."""
    text = "Reserved VID 4095, which no frame may have"
    return noted((tci & 0xFFF) != 0xFFF, f"{name}.reserved_vid", text, TABLE, Severity.WARNING)


vlan = Protocol(
    "vlan",
    "802.1Q Virtual LAN",
    parts=(
        Struct(
            "tci" / Default(Int16ub, 0),
            Field("vlan.priority", Bits("tci", 0xE000), UINT16, "Priority", labels=PRIORITIES, aliases=("vlan.pcp",)),
            Field("vlan.dei", Bits("tci", 0x1000), FieldType.BOOLEAN, "DEI", labels={1: "Eligible", 0: "Ineligible"}),
            Field("vlan.id", Bits("tci", 0x0FFF), UINT16, "ID", aliases=("vlan.vid",)),
        ),
        Struct(
            "lentype" / Int16ub,
            If(
                this.lentype > 1500,
                Field("vlan.etype", Bits("lentype"), UINT16, "Type", base=Base.HEX, labels=ETHERTYPES),
            ),
            If(this.lentype <= 1500, Field("vlan.len", Bits("lentype"), UINT16, "Length")),
        ),
        Struct("_first" / Ahead(2)),
        Struct(
            malformed(
                (this.lentype > 1500) | (this.lentype + 4 <= this.layer_length),
                FieldInfo("vlan.len.past_end", FieldType.NONE, "Length field value goes past the end of the payload"),
                "Length field value goes past the end of the payload",
                reference="IEEE 802.3-2022 section 3.2.6",
            ),
            priority_tag(this.tci, "vlan"),
            reserved_tag(this.tci, "vlan"),
        ),
    ),
    under={"eth.type": (0x8100, 0x9100)},
    nested=(
        20,
        Rule(
            never,
            FieldInfo("vlan.too_many_tags", FieldType.NONE, "Too many nested VLAN tags"),
            "Too many nested VLAN tags",
            severity=Severity.WARNING,
            group="Undecoded",
            reference="IEEE 802.1Q-2022 section 9.6",
        ),
    ),
    # By preference, Wireshark has the bit of older standards in place of vlan.dei, and names from a file.
    idle=(
        FieldInfo("vlan.cfi", FieldType.BOOLEAN, "CFI", labels={1: "Non-canonical", 0: "Canonical"}),
        FieldInfo("vlan.id_name", FieldType.STRING, "Name"),
    ),
    header=4,
    carries=(
        Carry("eth.type", "lentype", when=this.lentype > 1500, path="ethertype", empty=True),
        Carry("eth.raw", when=this._first == NOVELL_RAW, length=this.lentype),
        Carry("eth.len", length=this.lentype, empty=True),
    ),
    computed={"vlan.len": LengthOf("payload")},
    trailer=Trailer(
        padding=PADDING,
        trailer=FieldInfo("vlan.trailer", FieldType.BYTES, "Trailer"),
        bad_padding=BAD_PADDING,
    ),
    summary=Summary(
        tree="802.1Q Virtual LAN, PRI: {vlan.priority}, DEI: {vlan.dei}, ID: {vlan.id}",
        protocol="VLAN",
    ),
    reference="IEEE 802.1Q-2022 section 9.6",
)
