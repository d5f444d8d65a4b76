"""IEEE 802.2 logical link control, and the SNAP header behind it (RFC 1042).

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+---------------+---------------+---------------+ - - - - - - - +
|     DSAP      |     SSAP      |    Control    | (I and S form)
+---------------+---------------+---------------+ - - - - - - - +
|         Organisation code (SNAP)              |
+-------------------------------+---------------+
|        EtherType (SNAP)       |
+-------------------------------+
"""

from construct import Computed, Default, If, IfThenElse, Int8ub, Int16ub, Int24ub, Struct, this

from wireproof.dissectors.numbers.ethertypes import ETHERTYPES
from wireproof.dissectors.numbers.llc import (
    COMMANDS,
    RESPONSES,
    SERVICE_ACCESS_POINTS,
    SUPERVISORY,
)
from wireproof.dissectors.schema import Base, Bits, Carry, Field, FieldType, Protocol, Summary

BOOLEAN, UINT8, UINT16 = FieldType.BOOLEAN, FieldType.UINT8, FieldType.UINT16
unnumbered = (this.control & 3) == 3
supervisory = (this.control & 3) == 1
information = (this.control & 1) == 0
snap = (this.dsap == 0xAA) & (this.ssap == 0xAA) & (this.control == 3)
FRAME_TYPES = {0: "Information frame", 1: "Supervisory frame", 3: "Unnumbered frame"}

llc = Protocol(
    "llc",
    "Logical-Link Control",
    parts=(
        Struct(
            "dsap"
            / Field("llc.dsap", Default(Int8ub, 0xAA), title="DSAP", base=Base.HEX, labels=SERVICE_ACCESS_POINTS),
            Field("llc.dsap.sap", Bits("dsap", 0xFE), UINT8, "SAP", base=Base.CUSTOM),
            Field("llc.dsap.ig", Bits("dsap", 0x01), BOOLEAN, "IG Bit", labels={1: "Group", 0: "Individual"}),
        ),
        Struct(
            "ssap"
            / Field("llc.ssap", Default(Int8ub, 0xAA), title="SSAP", base=Base.HEX, labels=SERVICE_ACCESS_POINTS),
            Field("llc.ssap.sap", Bits("ssap", 0xFE), UINT8, "SAP", base=Base.CUSTOM),
            Field("llc.ssap.cr", Bits("ssap", 0x01), BOOLEAN, "CR Bit", labels={1: "Response", 0: "Command"}),
        ),
        Struct(
            "first" / Default(Int8ub, 3),
            "second" / IfThenElse((this.first & 3) == 3, Computed(0), Int8ub),
            "control" / Computed(this.first | (this.second << 8)),
            Field("llc.control", Bits("control"), UINT16, "Control field", base=Base.HEX),
            If(information, Field("llc.control.n_r", Bits("control", 0xFE00), UINT16, "N(R)")),
            If(information, Field("llc.control.n_s", Bits("control", 0x00FE), UINT16, "N(S)")),
            If(supervisory, Field("llc.control.n_r", Bits("control", 0xFE00), UINT16, "N(R)")),
            If(
                supervisory,
                Field(
                    "llc.control.s_ftype",
                    Bits("first", 0x0C),
                    UINT16,
                    "Supervisory frame type",
                    base=Base.HEX,
                    labels=SUPERVISORY,
                ),
            ),
            If(
                unnumbered & ((this.ssap & 1) == 0),
                Field(
                    "llc.control.u_modifier_cmd",
                    Bits("first", 0xEC),
                    UINT8,
                    "Command",
                    base=Base.HEX,
                    labels=COMMANDS,
                ),
            ),
            If(
                unnumbered & ((this.ssap & 1) == 1),
                Field(
                    "llc.control.u_modifier_resp",
                    Bits("first", 0xEC),
                    UINT8,
                    "Response",
                    base=Base.HEX,
                    labels=RESPONSES,
                ),
            ),
            If(
                unnumbered,
                Field("llc.control.ftype", Bits("first", 0x03), UINT8, "Frame type", labels=FRAME_TYPES, base=Base.HEX),
            ),
            If(
                supervisory,
                Field("llc.control.ftype", Bits("control", 3), UINT16, "Frame type", labels=FRAME_TYPES, base=Base.HEX),
            ),
            If(
                information,
                Field("llc.control.ftype", Bits("control", 1), UINT16, "Frame type", labels=FRAME_TYPES, base=Base.HEX),
            ),
        ),
        Struct(
            "oui"
            / IfThenElse(
                snap,
                Field("llc.oui", Default(Int24ub, 0), FieldType.UINT24, title="Organization Code", base=Base.OUI),
                Computed(0xFFFFFF),
            ),
            "type"
            / IfThenElse(
                snap,
                IfThenElse(
                    this.oui == 0,
                    Field("llc.type", Int16ub, title="Type", base=Base.HEX, labels=ETHERTYPES),
                    Int16ub,
                ),
                Computed(0),
            ),
        ),
    ),
    under={"eth.len": (0,), "sll.ltype": (4,)},
    carries=(
        Carry("eth.type", "type", when=snap & (this.oui == 0)),
        Carry("llc.dsap", "dsap"),
    ),
    summary=Summary(protocol="LLC"),
    reference="IEEE 802.2-1998 section 5",
)
