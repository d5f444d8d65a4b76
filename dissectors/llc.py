"""IEEE 802.2 logical link control, and the SNAP header behind it (RFC 1042).

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+---------------+---------------+---------------+ - - - - - - - +
|     DSAP      |     SSAP      |    Control    | (I and S form)
+---------------+---------------+---------------+ - - - - - - - +
|         Organisation code (SNAP)              |
+-------------------------------+---------------+
|   EtherType or PID (SNAP)     |
+-------------------------------+

The control field is two octets, the low one first, but for an unnumbered frame (section 5.2). P/F is a poll in a
command and final in a response, which the last bit of the SSAP tells.
"""

from typing import Any

from construct import Computed, Default, If, IfThenElse, Int8ub, Int16ub, Int24ub, Struct, this

from wireproof.dissectors.numbers.ethertypes import ETHERTYPES
from wireproof.dissectors.numbers.llc import (
    COMMANDS,
    ORGANIZATIONS,
    RESPONSES,
    SERVICE_ACCESS_POINTS,
    SUPERVISORY,
)
from wireproof.dissectors.schema import SET, Ahead, Base, Bits, Carry, Field, FieldType, Protocol, Reaches, Summary

BOOLEAN, UINT8, UINT16 = FieldType.BOOLEAN, FieldType.UINT8, FieldType.UINT16
FRAME_TYPES = {0: "Information frame", 1: "Supervisory frame", 3: "Unnumbered frame"}

unnumbered = (this.control & 3) == 3
supervisory = (this.control & 3) == 1
information = (this.control & 1) == 0
response = (this.ssap & 1) == 1
snap = (this.dsap == 0xAA) & (this.ssap == 0xAA)
# What has data of a protocol: an information frame, or an unnumbered one that says no more.
has_data = information | (this.control == 3)
# Exchange identification, which tells of the station alone (section 5.4.1.1.2).
XID_FORMAT = 0x81
exchange = (this.control & 0xFFEF) == 0xAF
is_ethertype = (this.oui == 0) | (this.oui == 0xF8)
named: Any = 0
for organization in ORGANIZATIONS:
    named = named | (this.oui == organization)


def access_point(member: str, title: str, bit: str, one: str, zero: str) -> tuple[Any, ...]:
    """A service access point, and the bit of it that says something else."""
    name = f"llc.{member}"
    return (
        member / Field(name, Default(Int8ub, 0xAA), title=title, base=Base.HEX, labels=SERVICE_ACCESS_POINTS),
        Field(f"{name}.sap", Bits(member, 0xFE), UINT8, "SAP", base=Base.CUSTOM),
        Field(f"{name}.{bit}", Bits(member, 0x01), BOOLEAN, f"{bit.upper()} Bit", labels={1: one, 0: zero}),
    )


def control(name: str, bits: Bits, type: FieldType, title: str, **more: Any) -> Field:
    """A part of the control field."""
    return Field(f"llc.control.{name}", bits, type, title, **more)


def poll(condition: Any, octet: str, mask: int) -> Any:
    """The bit that asks for an answer, where it is set."""
    return If(
        condition & ((getattr(this, octet) & mask) != 0),
        control("p", Bits(octet, mask), BOOLEAN, "Poll", labels=SET),
    )


def final(condition: Any, octet: str, mask: int) -> Any:
    """The bit that marks an answer, where it is set."""
    return If(
        condition & response & ((getattr(this, octet) & mask) != 0),
        control("f", Bits(octet, mask), BOOLEAN, "Final", labels=SET),
    )


def modifier(name: str, title: str, labels: dict[int, str]) -> Field:
    """What an unnumbered frame says."""
    return control(f"u_modifier_{name}", Bits("control_1", 0xEC), UINT8, title, base=Base.HEX, labels=labels)


def frame_type(bits: Bits, type: FieldType) -> Field:
    """Which of the three forms it is."""
    return control("ftype", bits, type, "Frame type", labels=FRAME_TYPES, base=Base.HEX)


def protocol(name: str, labels: dict[int, str]) -> Field:
    """The protocol that an organisation gave this number."""
    return Field(name, Bits("type"), UINT16, "PID", base=Base.HEX, labels=labels)


llc = Protocol(
    "llc",
    "Logical-Link Control",
    parts=(
        Struct(*access_point("dsap", "DSAP", "ig", "Group", "Individual"), Reaches(this.captured_length)),
        Struct(*access_point("ssap", "SSAP", "cr", "Response", "Command")),
        Struct(
            "control_1" / Default(Int8ub, 3),
            "control_2" / IfThenElse((this.control_1 & 3) == 3, Computed(0), Int8ub),
            "control" / Computed(this.control_1 | (this.control_2 << 8)),
            Field("llc.control", Bits("control"), UINT16, "Control field", base=Base.HEX),
            If(information, control("n_r", Bits("control", 0xFE00), UINT16, "N(R)")),
            If(information, control("n_s", Bits("control", 0x00FE), UINT16, "N(S)")),
            poll(information, "control_2", 0x01),
            If(supervisory, control("n_r", Bits("control", 0xFE00), UINT16, "N(R)")),
            poll(supervisory & (response == 0), "control_2", 0x01),
            final(supervisory, "control_2", 0x01),
            If(
                supervisory,
                control(
                    "s_ftype",
                    Bits("control_1", 0x0C),
                    UINT16,
                    "Supervisory frame type",
                    base=Base.HEX,
                    labels=SUPERVISORY,
                ),
            ),
            poll(unnumbered & (response == 0), "control_1", 0x10),
            final(unnumbered, "control_1", 0x10),
            If(unnumbered & (response == 0), modifier("cmd", "Command", COMMANDS)),
            If(unnumbered & response, modifier("resp", "Response", RESPONSES)),
            If(unnumbered, frame_type(Bits("control_1", 0x03), UINT8)),
            If(supervisory, frame_type(Bits("control", 3), UINT16)),
            If(information, frame_type(Bits("control", 1), UINT16)),
        ),
        Struct(
            "oui"
            / IfThenElse(
                snap,
                Field("llc.oui", Default(Int24ub, 0), FieldType.UINT24, title="Organization Code", base=Base.OUI),
                Computed(0xFFFFFF),
            ),
            "type" / IfThenElse(snap, Int16ub, Computed(0)),
            If(
                snap & is_ethertype & has_data,
                Field("llc.type", Bits("type"), UINT16, "Type", base=Base.HEX, labels=ETHERTYPES),
            ),
            *(
                If(snap & (this.oui == organization), protocol(name, labels))
                for organization, (name, labels) in ORGANIZATIONS.items()
            ),
            If(
                snap & (is_ethertype == 0) & (named == 0),
                Field("llc.pid", Bits("type"), UINT16, "Protocol ID", base=Base.HEX),
            ),
        ),
        Struct("_format" / Ahead(1)),
    ),
    under={"eth.len": (0,), "sll.ltype": (4,)},
    carries=(
        Carry("eth.type", "type", when=snap & is_ethertype & has_data, empty=True),
        Carry("llc.pid", when=snap),
        Carry("llc.dsap", "dsap", when=has_data),
        Carry("llc.xid", when=exchange & (this._format == XID_FORMAT), fallback=None),
        Carry("llc.undecoded"),
    ),
    summary=Summary(protocol="LLC"),
    reference="IEEE 802.2-1998 section 5",
    references=dict.fromkeys(("llc.oui", "llc.type", "llc.pid"), "RFC 1042"),
)
