"""Frame Relay, and what names its payload (ITU-T Q.922 section 3.3; RFC 2427).

     0                   1                   2                   3
     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    +-----------+-+-+-------+-+-+-+-+---------------+---------------+
    |Upper DLCI |C|0| DLCI  |F|B|D|E|  Control, 3   |     NLPID     |
    +-----------+-+-+-------+-+-+-+-+---------------+---------------+
    |         Organisation code (SNAP)              |
    +-------------------------------+---------------+
    |       Protocol (SNAP)         |
    +-------------------------------+

The address goes on to the octet whose last bit, EA, is set, up to four. Without the control octet of an unnumbered
frame the two octets behind the address are the EtherType of Cisco's encapsulation, but LAPF on the DLCI 0.
"""

from typing import Any

from construct import Computed, Default, If, IfThenElse, Int8ub, Int16ub, Int24ub, Struct, this

from wireproof.dissectors.numbers.ethertypes import ETHERTYPES
from wireproof.dissectors.numbers.frame_relay import CISCO_TYPES, NLPIDS
from wireproof.dissectors.numbers.llc import COMMANDS, RESPONSES
from wireproof.dissectors.schema import (
    Base,
    Bits,
    Carry,
    Field,
    FieldInfo,
    FieldType,
    Protocol,
    Rule,
    Severity,
    Summary,
    parts,
)

BOOLEAN, UINT8, UINT16 = FieldType.BOOLEAN, FieldType.UINT8, FieldType.UINT16
FRAME_TYPES = {0: "Information frame", 1: "Supervisory frame", 3: "Unnumbered frame"}

is_long = (this.first & 1) == 0
is_longer = (this.second & 1) == 0
is_longest = (this.third & 1) == 0
is_unnumbered = this.control == 3
is_exchange = (this.control == 0xAF) & (this.dlci != 0)
is_lapf = (this.control != 3) & (this.dlci == 0)
is_cisco = (this.control != 3) & (this.control != 0xAF) & (this.dlci != 0)
is_snap = this.protocol == 0x80
is_ethertype = (this.oui == 0) | (this.oui == 0xF8) | (this.oui == 0x080007)


def octet(number: str, member: str) -> Field:
    """One octet of the address."""
    return Field(f"fr.{number.lower()}_addr_octet", Bits(member), UINT8, f"{number} address octet", base=Base.HEX)


def bits(name: str, title: str, member: str, mask: int) -> Field:
    """Bits of the DLCI."""
    return Field(f"fr.{name}", Bits(member, mask), UINT8, title, base=Base.HEX)


def flag(name: str, member: str, mask: int, one: str = "True", zero: str = "False") -> Field:
    """A bit of an address octet."""
    return Field(f"fr.{name}", Bits(member, mask), BOOLEAN, name.upper(), labels={1: one, 0: zero})


def extension(member: str) -> Field:
    """Whether the address ends with this octet."""
    return flag("ea", member, 0x01, "Last Octet", "More Follows")


def last(member: str) -> tuple[Any, ...]:
    """The fields of the last octet of an address of three or four: bits of the DLCI, or of the core's control."""
    return (
        IfThenElse(
            (getattr(this, member) & 2) == 0,
            bits("lower_dlci", "Lower DLCI", member, 0xFC),
            bits("dlcore_control", "DL-CORE Control", member, 0xFC),
        ),
        flag("dc", member, 0x02, "DLCI Address", "Control"),
        extension(member),
    )


def nlpid(default: int) -> Field:
    """The number of the network layer protocol."""
    return Field("fr.nlpid", Default(Int8ub, default), UINT8, "NLPID", base=Base.HEX, labels=NLPIDS)


def noted(condition: Any, name: str, text: str, group: str) -> Rule:
    """What is said of a frame that is read on."""
    title, section = (text, "5") if group == "Undecoded" else ("Bogus address", "3.3")
    return Rule(
        condition,
        FieldInfo(f"fr.{name}", FieldType.NONE, title),
        text,
        severity=Severity.WARNING,
        group=group,
        stops=False,
        reference=f"ITU-T Q.922 section {section}",
    )


frame_relay = Protocol(
    "fr",
    "Frame Relay",
    parts=(
        Struct(
            "first" / Int8ub,
            If(is_long, octet("First", "first")),
            If(is_long, bits("upper_dlci", "Upper DLCI", "first", 0xFC)),
            If(is_long, flag("cr", "first", 0x02, "Command", "Response")),
            If(is_long, extension("first")),
        ),
        Struct(
            noted((this.first & 1) == 0, "bogus_address", "Bogus 1-octet address field", "Protocol"),
            "second" / IfThenElse(is_long, Int8ub, Computed(1)),
            If(is_long, octet("Second", "second")),
            If(is_long, bits("second_dlci", "Second DLCI", "second", 0xF0)),
            If(is_long, flag("fecn", "second", 0x08)),
            If(is_long, flag("becn", "second", 0x04)),
            If(is_long, flag("de", "second", 0x02)),
            If(is_long, extension("second")),
        ),
        Struct(
            "third" / IfThenElse(is_longer, Int8ub, Computed(1)),
            If(is_longer & is_longest, octet("Third", "third")),
            If(is_longer & is_longest, bits("third_dlci", "Third DLCI", "third", 0xFE)),
            If(is_longer & is_longest, extension("third")),
        ),
        Struct(
            "fourth" / IfThenElse(is_longest, Int8ub, Computed(1)),
            *(If(is_longer & ((this.third & 1) == 1), each) for each in last("third")),
            *(If(is_longest, each) for each in last("fourth")),
            "upper" / IfThenElse(is_long, Computed(((this.first >> 2) << 4) | (this.second >> 4)), Computed(0)),
            "middle" / IfThenElse(is_longest, Computed((this.upper << 7) | (this.third >> 1)), Computed(this.upper)),
            "final" / IfThenElse(is_longest, Computed(this.fourth), Computed(this.third)),
            "whole"
            / IfThenElse(
                is_longer & ((this.final & 2) == 0),
                Computed((this.middle << 6) | (this.final >> 2)),
                Computed(this.middle),
            ),
            "dlci" / Field("fr.dlci", Computed(this.whole), FieldType.UINT32, "DLCI"),
        ),
        Struct(
            noted((this.fourth & 1) == 1, "bogus_address", "Bogus extra address octet", "Protocol"),
            "control" / Default(Int8ub, 3),
            "low" / IfThenElse(is_cisco, Int8ub, Computed(0)),
            "type" / Computed((this.control << 8) | this.low),
            IfThenElse(
                is_cisco,
                Field("fr.chdlctype", Computed(this.type), UINT16, "Type", base=Base.HEX, labels=CISCO_TYPES),
                Field("fr.control", Bits("control"), UINT8, "Control Field", base=Base.HEX),
            ),
            *(
                If(
                    ((this.control & 3) == 3) & ((this.first & 2) == response),
                    Field(
                        f"fr.control.u_modifier_{short}",
                        Bits("control", 0xEC),
                        UINT8,
                        title,
                        base=Base.HEX,
                        labels=labels,
                    ),
                )
                for response, short, title, labels in (
                    (0, "cmd", "Command", COMMANDS),
                    (2, "resp", "Response", RESPONSES),
                )
            ),
            If(
                (this.control & 3) == 3,
                Field("fr.control.ftype", Bits("control", 3), UINT8, "Frame type", base=Base.HEX, labels=FRAME_TYPES),
            ),
        ),
        Struct(
            noted(
                (this.control == 3) | (this.dlci != 0),
                "frame_relay.lapf",
                "Frame relay lapf not yet implemented",
                "Undecoded",
            ),
            noted(
                (this.control != 0xAF) | (this.dlci == 0),
                "frame_relay.xid",
                "Frame relay xid not yet implemented",
                "Undecoded",
            ),
        ),
        # An octet of zeros before the NLPID aligns what follows.
        *parts(
            "padding" / IfThenElse(is_unnumbered, nlpid(0xCC), Computed(0xFF)),
            "protocol" / IfThenElse(this.padding == 0, nlpid(0xCC), Computed(this.padding)),
        ),
        Struct(
            "oui"
            / IfThenElse(
                is_snap,
                Field("fr.snap.oui", Default(Int24ub, 0), FieldType.UINT24, "Organization Code", base=Base.OUI),
                Computed(0xFFFFFF),
            ),
            "pid" / IfThenElse(is_snap, Int16ub, Computed(0)),
            If(
                is_snap & is_ethertype,
                Field("fr.snaptype", Bits("pid"), UINT16, "Type", base=Base.HEX, labels=ETHERTYPES),
            ),
            If(
                is_snap & (this.oui != 0) & (this.oui != 0xF8) & (this.oui != 0x080007),
                Field("fr.snap.pid", Bits("pid"), UINT16, "Protocol ID", base=Base.HEX),
            ),
        ),
    ),
    under={"link": (107,)},
    carries=(
        Carry("eth.type", "pid", when=is_snap & is_ethertype, empty=True),
        Carry("ieee8021.pid", "pid", when=is_snap & (this.oui == 0x80C2), empty=True),
        Carry("fr.snap.pid", "pid", when=is_snap),
        Carry("fr.nlpid", "protocol", when=is_unnumbered, empty=True),
        Carry("chdlc.protocol", "type", when=is_cisco, empty=True),
        Carry("fr.undecoded"),
    ),
    summary=Summary(tree="Frame Relay", protocol="FR"),
    reference="RFC 2427",
)
