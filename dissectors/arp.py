"""ARP, RARP, DRARP, InARP and UnARP: one layout (RFC 826, RFC 903, RFC 1931, RFC 2390, RFC 1868).

     0                   1                   2                   3
     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    +-------------------------------+-------------------------------+
    |         Hardware type         |         Protocol type         |
    +---------------+---------------+-------------------------------+
    | Hardware size | Protocol size |            Opcode             |
    +---------------+---------------+-------------------------------+
    |  Sender hardware address, sender protocol address,            |
    |  target hardware address, target protocol address ...         |
    +---------------------------------------------------------------+

The fixed fields appear as far as the bytes reach; the four addresses are read all or none. An address is typed where
type and size are the usual ones, and bytes otherwise; one of no size is absent (RFC 1868). A Q.922 address of two
octets is read as a DLCI as well (RFC 2390).
"""

from typing import Any

from construct import Bytes, Computed, Default, If, IfThenElse, Int8ub, Int16ub, Struct, this

from wireproof.dissectors.numbers.arp import DRARP_ERRORS, HARDWARE_TYPES, OPCODES
from wireproof.dissectors.numbers.ethertypes import ETHERTYPES
from wireproof.dissectors.schema import TRUE, AllZero, Base, Bits, Field, FieldType, LengthOf, Protocol, Summary, parts

is_ethernet = ((this.hrd == 1) | (this.hrd == 6)) & (this.hln == 6)
# A Q.922 address, of which the DLCI is six bits of the first octet and four of the second (RFC 2390 section 4).
is_q922 = (this.hrd == 15) & (this.hln == 2)
is_ipv4 = ((this.pro == 0x0800) | (this.pro == 0xCC)) & (this.pln == 4)
# Opcode 7 has an error code in place of the target's protocol address (RFC 1931 section 2.2.3).
is_error = this.op == 7

is_gratuitous = ((this.op == 1) | (this.op == 2)) & (this.spa == this.tpa) & (this.pln > 0)
is_probe = (this.op == 1) & ((this.spa != this.tpa) | (this.pln == 0)) & AllZero("spa") & AllZero("tha")


def flag(name: str, title: str) -> Field:
    """A field that is there only where it is true."""
    return Field(name, Computed(1), FieldType.BOOLEAN, title, labels=TRUE)


def hardware(side: str, title: str) -> Any:
    """One hardware address."""
    return IfThenElse(
        is_ethernet,
        Field(f"arp.{side}.hw_mac", Default(Bytes(6), bytes(6)), FieldType.ETHER, f"{title} MAC address"),
        Field(f"arp.{side}.hw", Bytes(this.hln), FieldType.BYTES, f"{title} hardware address"),
    )


def dlci(side: str, title: str, member: str) -> tuple[Any, ...]:
    """The DLCI of a hardware address that is one, and a member to compute it from."""
    address = getattr(this, f"_{member}")
    return (
        f"_{member}" / IfThenElse(is_q922, Bits(member, size=2), Computed(0)),
        If(
            is_q922,
            Field(
                f"arp.{side}.dlci",
                Computed(((address >> 10) << 4) | ((address >> 4) & 15)),
                FieldType.UINT32,
                f"{title} DLCI",
                reference="RFC 2390",
            ),
        ),
    )


def protocol(side: str, title: str) -> Any:
    """One protocol address."""
    return IfThenElse(
        is_ipv4,
        Field(f"arp.{side}.proto_ipv4", Default(Bytes(4), bytes(4)), FieldType.IPV4, f"{title} IP address"),
        Field(f"arp.{side}.proto", Bytes(this.pln), FieldType.BYTES, f"{title} protocol address"),
    )


arp = Protocol(
    "arp",
    "Address Resolution Protocol",
    parts=(
        *parts(
            "hrd" / Field("arp.hw.type", Default(Int16ub, 1), FieldType.UINT16, "Hardware type", labels=HARDWARE_TYPES),
            "pro"
            / Field(
                "arp.proto.type",
                Default(Int16ub, 0x0800),
                FieldType.UINT16,
                "Protocol type",
                base=Base.HEX,
                labels=ETHERTYPES,
            ),
            "hln" / Field("arp.hw.size", Default(Int8ub, 6), FieldType.UINT8, "Hardware size"),
            "pln" / Field("arp.proto.size", Default(Int8ub, 4), FieldType.UINT8, "Protocol size"),
            "op" / Field("arp.opcode", Default(Int16ub, 1), FieldType.UINT16, "Opcode", labels=OPCODES),
        ),
        Struct(
            "sha" / hardware("src", "Sender"),
            *dlci("src", "Sender", "sha"),
            "spa" / protocol("src", "Sender"),
            "tha" / hardware("dst", "Target"),
            *dlci("dst", "Target", "tha"),
            "tpa"
            / IfThenElse(
                is_error,
                Bytes(this.pln),
                protocol("dst", "Target"),
            ),
            If(
                is_error & (this.pln > 0),
                Field(
                    "arp.dst.drarp_error_status",
                    Bits("tpa", at=0, size=1),
                    FieldType.UINT16,
                    "DRARP error status",
                    labels=DRARP_ERRORS,
                ),
            ),
            If(is_gratuitous, flag("arp.isgratuitous", "Is gratuitous")),
            If(is_probe, flag("arp.isprobe", "Is probe")),
            If(
                is_gratuitous & (this.op == 1) & AllZero("tha"),
                flag("arp.isannouncement", "Is announcement"),
            ),
        ),
    ),
    under={"eth.type": (0x0806, 0x8035), "gre.proto": (0x0806,), "chdlc.protocol": (0x0806,)},
    extent=8 + 2 * this.hln + 2 * this.pln,
    computed={"arp.hw.size": LengthOf("sha"), "arp.proto.size": LengthOf("spa")},
    summary=Summary(protocol="ARP"),
    reference="RFC 826",
)
