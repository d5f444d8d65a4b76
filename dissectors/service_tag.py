"""802.1ad service tag, and the customer tag under it where that bears the same EtherType (IEEE 802.1Q clause 9).

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-----+-+-----------------------+-------------------------------+
| PCP |D|          VID          |             Type              |
+-----+-+-----------------------+-------------------------------+
"""

from typing import Any

from construct import Computed, Default, If, IfThenElse, Int16ub, Struct, this

from wireproof.dissectors.ethernet import BAD_PADDING, PADDING
from wireproof.dissectors.numbers.ethertypes import ETHERTYPES
from wireproof.dissectors.schema import Base, Bits, Carry, Field, FieldInfo, FieldType, Protocol, Summary, Trailer
from wireproof.dissectors.vlan import priority_tag, reserved_tag

UINT16 = FieldType.UINT16
stacked = this.type == 0x88A8


def tag(member: str, name: str, condition: Any) -> tuple[Any, ...]:
    """The fields of one tag, whose number has another name in each form."""
    return (
        If(condition, Field("ieee8021ad.priority", Bits(member, 0xE000), UINT16, "Priority")),
        If(condition, Field("ieee8021ad.dei", Bits(member, 0x1000), UINT16, "DEI")),
        If(condition, Field(f"ieee8021ad.{name}", Bits(member, 0x0FFF), UINT16, "ID")),
    )


service_tag = Protocol(
    "ieee8021ad",
    "IEEE 802.1ad",
    parts=(
        Struct("tci" / Default(Int16ub, 0)),
        Struct(
            "type" / Int16ub,
            "inner" / IfThenElse(stacked, Int16ub, Computed(0)),
            *tag("tci", "svid", stacked),
            *tag("tci", "id", this.type != 0x88A8),
            *tag("inner", "cvid", stacked),
        ),
        Struct(
            "inner_type" / IfThenElse(stacked, Int16ub, Computed(this.type)),
            IfThenElse(
                stacked,
                Field("ieee8021ah.etype", Bits("inner_type"), UINT16, "Type", base=Base.HEX, labels=ETHERTYPES),
                Field("ieee8021ah.etype", Bits("type"), UINT16, "Type", base=Base.HEX, labels=ETHERTYPES),
            ),
        ),
        Struct(
            priority_tag(this.tci, "ieee8021ad"),
            reserved_tag(this.tci, "ieee8021ad"),
        ),
    ),
    under={"eth.type": (0x88A8,)},
    header=4,  # also of two tags under one EtherType
    carries=(
        Carry("eth.type", "type", when=this.type != 0x88A8, path="ethertype", empty=True),
        Carry("eth.type", "inner_type", path="ethertype", empty=True),
    ),
    trailer=Trailer(
        padding=PADDING,
        trailer=FieldInfo("ieee8021ah.trailer", FieldType.BYTES, "Trailer"),
        bad_padding=BAD_PADDING,
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
