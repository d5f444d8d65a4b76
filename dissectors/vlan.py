"""802.1Q tag (IEEE 802.1Q clause 9).

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-----+-+-----------------------+-------------------------------+
| PCP |D|          VID          |        Type or length         |
+-----+-+-----------------------+-------------------------------+
"""

from construct import Default, If, Int16ub, Struct, this

from wireproof.dissectors.numbers.ethertypes import ETHERTYPES
from wireproof.dissectors.numbers.vlan import PRIORITIES
from wireproof.dissectors.schema import (
    Base,
    Bits,
    Carry,
    Field,
    FieldInfo,
    FieldType,
    LengthOf,
    Protocol,
    Summary,
    Trailer,
)

UINT16 = FieldType.UINT16

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
                this.lentype >= 0x0600,
                Field("vlan.etype", Bits("lentype"), UINT16, "Type", base=Base.HEX, labels=ETHERTYPES),
            ),
            If(this.lentype < 0x0600, Field("vlan.len", Bits("lentype"), UINT16, "Length")),
        ),
    ),
    under={"eth.type": (0x8100, 0x9100)},
    carries=(
        Carry("eth.type", "lentype", when=this.lentype >= 0x0600, path="ethertype", empty=True),
        Carry("eth.len", length=this.lentype, empty=True),
    ),
    computed={"vlan.len": LengthOf("payload")},
    trailer=Trailer(
        padding=FieldInfo("eth.padding", FieldType.BYTES, "Padding"),
        trailer=FieldInfo("vlan.trailer", FieldType.BYTES, "Trailer"),
    ),
    summary=Summary(
        tree="802.1Q Virtual LAN, PRI: {vlan.priority}, DEI: {vlan.dei}, ID: {vlan.id}",
        protocol="VLAN",
    ),
    reference="IEEE 802.1Q-2022 section 9.6",
)
