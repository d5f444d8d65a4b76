"""802.1ad service tag, and the customer tag under it where that bears the same EtherType (IEEE 802.1Q clause 9).

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-----+-+-----------------------+-------------------------------+
| PCP |D|          VID          |             Type              |
+-----+-+-----------------------+-------------------------------+
"""

from construct import Computed, Default, If, IfThenElse, Int16ub, Struct, this

from wireproof.dissectors.numbers.ethertypes import ETHERTYPES
from wireproof.dissectors.schema import Base, Bits, Carry, Field, FieldInfo, FieldType, Protocol, Summary, Trailer

UINT16 = FieldType.UINT16
stacked = this.type == 0x88A8

service_tag = Protocol(
    "ieee8021ad",
    "IEEE 802.1ad",
    parts=(
        Struct(
            "tci" / Default(Int16ub, 0),
            "type" / Int16ub,
            Field("ieee8021ad.priority", Bits("tci", 0xE000), UINT16, "Priority"),
            Field("ieee8021ad.dei", Bits("tci", 0x1000), UINT16, "DEI"),
            If(stacked, Field("ieee8021ad.svid", Bits("tci", 0x0FFF), UINT16, "ID")),
            If(this.type != 0x88A8, Field("ieee8021ad.id", Bits("tci", 0x0FFF), UINT16, "ID")),
        ),
        Struct(
            "inner" / IfThenElse(stacked, Int16ub, Computed(0)),
            "inner_type" / IfThenElse(stacked, Int16ub, Computed(this.type)),
            If(stacked, Field("ieee8021ad.priority", Bits("inner", 0xE000), UINT16, "Priority")),
            If(stacked, Field("ieee8021ad.dei", Bits("inner", 0x1000), UINT16, "DEI")),
            If(stacked, Field("ieee8021ad.cvid", Bits("inner", 0x0FFF), UINT16, "ID")),
            IfThenElse(
                stacked,
                Field("ieee8021ah.etype", Bits("inner_type"), UINT16, "Type", base=Base.HEX, labels=ETHERTYPES),
                Field("ieee8021ah.etype", Bits("type"), UINT16, "Type", base=Base.HEX, labels=ETHERTYPES),
            ),
        ),
    ),
    under={"eth.type": (0x88A8,)},
    carries=(
        Carry("eth.type", "type", when=this.type != 0x88A8, path="ethertype", empty=True),
        Carry("eth.type", "inner_type", path="ethertype", empty=True),
    ),
    trailer=Trailer(
        padding=FieldInfo("eth.padding", FieldType.BYTES, "Padding"),
        trailer=FieldInfo("eth.trailer", FieldType.BYTES, "Trailer"),
    ),
    summary=Summary(
        tree={
            "ieee8021ad.id": "IEEE 802.1ad, ID: {ieee8021ad.id}",
            "ieee8021ad.svid": "IEEE 802.1ad, S-VID: {ieee8021ad.svid}, C-VID: {ieee8021ad.cvid}",
        },
        protocol="802.1ad",
    ),
    reference="IEEE 802.1Q-2022 section 9.6",
)
