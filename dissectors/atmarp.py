"""ATM ARP, the form of ARP that hardware type 19 has (RFC 2225 section 8.7).

     0                   1                   2                   3
     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    +-------------------------------+-------------------------------+
    |       Hardware type (19)      |         Protocol type         |
    +-+-+-----------+-+-+-----------+-------------------------------+
    |0|T| Sender ATM|0|T| Subaddress|            Opcode             |
    +-+-+-----------+-+-+-----------+-+-+-----------+---------------+
    | Sender proto. |0|T| Target ATM|0|T| Subaddress| Target proto. |
    +---------------+-+-+-----------+-+-+-----------+---------------+
    |  Sender ATM number, its subaddress, its protocol address,     |
    |  target ATM number, its subaddress, its protocol address ...  |
    +---------------------------------------------------------------+

T is 1 for a number of E.164 and 0 for an address of the ATM Forum (NSAP), of which Wireshark shows the parts, the
target's too, under names of the sender. It is all read or nothing.
"""

from collections.abc import Mapping
from typing import Any

from construct import Bytes, Computed, Default, If, IfThenElse, Int8ub, Int16ub, Struct, this

from wireproof.dissectors.arp_kinds import is_inverse, kind, named
from wireproof.dissectors.numbers.arp import HARDWARE_TYPES, OPCODES
from wireproof.dissectors.numbers.ethertypes import ETHERTYPES
from wireproof.dissectors.schema import (
    Base,
    Bits,
    Field,
    FieldInfo,
    FieldType,
    Piece,
    Protocol,
    Rule,
    Severity,
    Summary,
    Text,
)
from wireproof.dissectors.schema.render import ascii_text

BOOLEAN, BYTES, STRING = FieldType.BOOLEAN, FieldType.BYTES, FieldType.STRING
UINT8, UINT16 = FieldType.UINT8, FieldType.UINT16
NUMBER_TYPES = {1: "E.164", 0: "ATM Forum NSAPA"}
FORMATS = {
    0x39: "DCC ATM format",
    0xBD: "DCC ATM group format",
    0x47: "ICD ATM format",
    0xC5: "ICD ATM group format",
    0x45: "E.164 ATM format",
    0xC3: "E.164 ATM group format",
}
PARTS = {
    0x39: ("data_country_code", "Data Country Code", 2),
    0xBD: ("data_country_code_group", "Data Country Code (group)", 2),
    0x47: ("international_code_designator", "International Code Designator", 2),
    0xC5: ("international_code_designator_group", "International Code Designator (group)", 2),
    0x45: ("e.164_isdn", "E.164 ISDN", 8),
    0xC3: ("e.164_isdn_group", "E.164 ISDN", 8),
}
"""What stands behind the format's number: field, title and octets (ATM Forum UNI 3.1 section 5.1.3)."""

is_gratuitous = (this.spa == this.tpa) & (this.spln > 0)
KINDS = (
    ("request", this.op == 1),
    ("reply", this.op == 2),
    ("gratuitous request", (this.op == 1) & is_gratuitous),
    ("gratuitous reply", (this.op == 2) & is_gratuitous),
    ("InARP request", this.op == 8),
    ("InARP reply", this.op == 9),
    ("other", (this.op == 0) | ((this.op > 2) & (this.op < 8)) | (this.op > 9)),
)


def lengths(side: str, title: str, member: str, what: str, letter: str) -> tuple[Any, ...]:
    """An octet with the type and the length of a number or subaddress."""
    return (
        member / Default(Int8ub, 0),
        Field(f"arp.{side}.{letter}type", Bits(member, 0x40), BOOLEAN, f"{title} {what} type", labels=NUMBER_TYPES),
        Field(f"arp.{side}.{letter}len", Bits(member, 0x3F), UINT8, f"{title} {what} length"),
    )


def number(side: str, title: str, member: str, octet: str, length: str) -> tuple[Any, ...]:
    """An ATM number, and the parts of an address of the ATM Forum, which is whole with 20 octets."""
    e164, size, format = getattr(this, octet) & 0x40, getattr(this, length), getattr(this, f"{member}_format")
    is_nsap = (e164 == 0) & (size >= 20)
    is_known = (format == 0x39) | (format == 0xBD) | (format == 0x47) | (format == 0xC5)
    is_isdn = (format == 0x45) | (format == 0xC3)
    title = f"{title} ATM number"

    def piece(name: str, title: str, at: int, size: int | None = None) -> Field:
        return Field(f"arp.src.atm_{name}", Piece(member, at, size), BYTES, title)

    def value(name: str, title: str, at: int, size: int, labels: Mapping[int, str] = {}) -> Field:
        type = UINT16 if size == 2 else UINT8
        return Field(f"arp.src.atm_{name}", Bits(member, at=at, size=size), type, title, base=Base.HEX, labels=labels)

    return (
        member / Bytes(size),
        f"{member}_format" / IfThenElse(is_nsap, Bits(member, at=0, size=1), Computed(0)),
        If(
            (e164 != 0) & (size > 0),
            Field(f"arp.{side}.atm_num_e164", Text(member, ascii_text), STRING, f"{title} (E.164)"),
        ),
        If(e164 == 0, Field(f"arp.{side}.atm_num_nsap", Piece(member), BYTES, f"{title} (NSAP)")),
        If(is_nsap, value("afi", "AFI", 0, 1, FORMATS)),
        *(
            If(
                is_nsap & (format == which),
                value(name, shown, 1, octets) if octets == 2 else piece(name, shown, 1, octets),
            )
            for which, (name, shown, octets) in PARTS.items()
        ),
        If(is_known, piece("high_order_dsp", "High Order DSP", 3, 10)),
        If(is_isdn, piece("high_order_dsp", "High Order DSP", 9, 4)),
        If(is_known | is_isdn, piece("end_system_identifier", "End System Identifier", 13, 6)),
        If(is_known | is_isdn, value("selector", "Selector", 19, 1)),
        If(is_nsap & (is_known == 0) & (is_isdn == 0), piece("rest_of_address", "Rest of address", 1)),
    )


def known_format(member: str, octet: str, length: str) -> Rule:
    """The format of an address of the ATM Forum is one of those that have a number."""
    format = getattr(this, f"{member}_format")
    is_known = (format == 0x39) | (format == 0xBD) | (format == 0x47) | (format == 0xC5)
    is_known = is_known | (format == 0x45) | (format == 0xC3)
    return Rule(
        ((getattr(this, octet) & 0x40) != 0) | (getattr(this, length) < 20) | is_known,
        FieldInfo("arp.src.atm_afi.unknown", FieldType.NONE, "Unknown AFI"),
        "Unknown AFI",
        severity=Severity.WARNING,
        stops=False,
        reference="ITU-T X.213 annex A",
    )


def protocol(side: str, title: str, length: str) -> Any:
    """One protocol address."""
    is_ipv4 = ((this.pro == 0x0800) | (this.pro == 0xCC)) & (getattr(this, length) == 4)
    return IfThenElse(
        is_ipv4,
        Field(f"arp.{side}.proto_ipv4", Default(Bytes(4), bytes(4)), FieldType.IPV4, f"{title} IP address"),
        Field(f"arp.{side}.proto", Bytes(getattr(this, length)), BYTES, f"{title} protocol address"),
    )


def subaddress(side: str, title: str, length: str) -> Field:
    """One ATM subaddress."""
    return Field(f"arp.{side}.atm_subaddr", Bytes(getattr(this, length)), BYTES, f"{title} ATM subaddress")


atmarp = Protocol(
    "atmarp",
    "ATM Address Resolution Protocol",
    parts=(
        Struct(
            "hrd" / Field("arp.hw.type", Default(Int16ub, 19), UINT16, "Hardware type", labels=HARDWARE_TYPES),
            "pro"
            / Field(
                "arp.proto.type", Default(Int16ub, 0x0800), UINT16, "Protocol type", base=Base.HEX, labels=ETHERTYPES
            ),
            *lengths("src", "Sender ATM", "shtl", "number", "h"),
            *lengths("src", "Sender ATM", "sstl", "subaddress", "s"),
            "op" / Field("arp.opcode", Default(Int16ub, 1), UINT16, "Opcode", labels=OPCODES),
            named("inarp", is_inverse, "Inverse ARP", "RFC 2225 section 8.7"),
            "spln" / Field("arp.src.pln", Default(Int8ub, 4), UINT8, "Sender protocol size"),
            *lengths("dst", "Target ATM", "thtl", "number", "h"),
            *lengths("dst", "Target ATM", "tstl", "subaddress", "s"),
            "tpln" / Field("arp.dst.pln", Default(Int8ub, 4), UINT8, "Target protocol size"),
            *(
                name / Computed(getattr(this, octet) & 0x3F)
                for name, octet in (("_shl", "shtl"), ("_ssl", "sstl"), ("_thl", "thtl"), ("_tsl", "tstl"))
            ),
            *number("src", "Sender", "sha", "shtl", "_shl"),
            "ssa" / subaddress("src", "Sender", "_ssl"),
            "spa" / protocol("src", "Sender", "spln"),
            *number("dst", "Target", "tha", "thtl", "_thl"),
            "tsa" / subaddress("dst", "Target", "_tsl"),
            "tpa" / protocol("dst", "Target", "tpln"),
            *(kind(name, condition) for name, condition in KINDS),
        ),
        Struct(known_format("sha", "shtl", "_shl"), known_format("tha", "thtl", "_thl")),
    ),
    extent=12 + this._shl + this._ssl + this.spln + this._thl + this._tsl + this.tpln,
    summary=Summary(protocol="ATMARP"),
    reference="RFC 2225 section 8.7",
    form_of="arp",
    opening=b"\0\x13",
)
