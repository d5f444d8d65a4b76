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

The fixed fields appear as far as the bytes reach. The four addresses are read all or none; of a packet that the capture
cut, some opcodes have the first of them. An address is typed where type and size are the usual ones, and bytes
otherwise; one of no size is absent (RFC 1868). A Q.922 address of two
octets is read as a DLCI as well (RFC 2390). Hardware type 19 has another layout: see `atmarp`.

``arp.kind`` names every kind of packet that the bytes fit, so a probe is a request and a DHCP client's check as well.
"""

from typing import Any

from construct import Bytes, Computed, Default, If, IfThenElse, Int8ub, Int16ub, Struct, this

from wireproof.dissectors.arp_kinds import (
    KINDS,
    has_no_target,
    is_ax25,
    is_error,
    is_ethernet,
    is_farewell,
    is_flagged,
    is_gratuitous,
    is_inverse,
    is_ipv4,
    is_probe,
    is_q922,
    is_reverse,
    kind,
    named,
)
from wireproof.dissectors.arp_rules import ACROSS, RULES
from wireproof.dissectors.numbers.arp import DRARP_ERRORS, HARDWARE_TYPES, OPCODES
from wireproof.dissectors.numbers.ethertypes import ETHERTYPES
from wireproof.dissectors.schema import (
    TRUE,
    Ahead,
    Base,
    Bits,
    Field,
    FieldType,
    LengthOf,
    Protocol,
    Summary,
    There,
    parts,
)

# Wireshark looks at some addresses first, for its packet list: without these it tells none.
looks_at_all = (this.op == 1) | (this.op == 2) | (this.op == 4) | (this.op == 6)
looks_at_station = (this.op == 3) | (this.op == 5) | (this.op == 8)
looks_at_sender = (this.op == 9) | ((this.op >= 11) & (this.op <= 23))
addresses = 2 * (this.hln + this.pln)
looked_at = IfThenElse(
    looks_at_all | (this.layer_length < 8 + addresses),
    Computed(addresses),
    IfThenElse(
        looks_at_station,
        Computed(2 * this.hln + this.pln),
        IfThenElse(looks_at_sender, Computed(this.hln + this.pln), Computed(0)),
    ),
)
# Of the address that an error stands in, its first octet is enough where the capture cut the rest.
errors_at = 8 + 2 * this.hln + this.pln
is_error_cut = (this.captured_length > errors_at) & (this.captured_length < errors_at + this.pln)
error_octets = IfThenElse(is_error_cut, Computed(this.captured_length - errors_at), Computed(this.pln))


def flag(name: str, title: str, reference: str) -> Field:
    """A field that is there only where it is true."""
    return Field(name, Computed(1), FieldType.BOOLEAN, title, labels=TRUE, reference=reference)


def hardware(side: str, title: str) -> Any:
    """One hardware address."""
    return IfThenElse(
        is_ethernet,
        Field(f"arp.{side}.hw_mac", Default(Bytes(6), bytes(6)), FieldType.ETHER, f"{title} MAC address"),
        IfThenElse(
            is_ax25,
            Field(f"arp.{side}.hw_ax25", Bytes(7), FieldType.AX25, f"{title} AX.25 address"),
            Field(f"arp.{side}.hw", Bytes(this.hln), FieldType.BYTES, f"{title} hardware address"),
        ),
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
                own=True,
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
        ),
        Struct(
            "op" / Field("arp.opcode", Default(Int16ub, 1), FieldType.UINT16, "Opcode", labels=OPCODES),
            named("rarp", is_reverse, "Reverse ARP", "RFC 903"),
            named("inarp", is_inverse, "Inverse ARP", "RFC 2390"),
            named("unarp", is_farewell, "UnARP", "RFC 1868"),
        ),
        Struct(
            "_looked_at" / looked_at,
            There(this._looked_at),
            "sha" / hardware("src", "Sender"),
            *dlci("src", "Sender", "sha"),
            "_sender" / IfThenElse(is_ethernet, Bits("sha", at=0, size=6), Computed(0)),
        ),
        Struct(
            "spa" / protocol("src", "Sender"),
            "_from" / IfThenElse(is_ipv4, Bits("spa", at=0, size=4), Computed(0)),
        ),
        Struct(
            "_first_four" / Ahead(4),
            "_next_two" / Ahead(2, skip=4),
            "tha" / hardware("dst", "Target"),
            *dlci("dst", "Target", "tha"),
        ),
        Struct(
            "_error_octets" / error_octets,
            "tpa" / IfThenElse(is_error, Bytes(this._error_octets), protocol("dst", "Target")),
            "_to" / IfThenElse(is_ipv4, Bits("tpa", at=0, size=4), Computed(0)),
            If(
                is_error & (this.pln > 0),
                Field(
                    "arp.dst.drarp_error_status",
                    Bits("tpa", at=0, size=1),
                    FieldType.UINT16,
                    "DRARP error status",
                    labels=DRARP_ERRORS,
                    reference="RFC 1931 section 2.2.3",
                ),
            ),
            If(is_flagged & is_gratuitous, flag("arp.isgratuitous", "Is gratuitous", "RFC 5944 section 4.6")),
            If(is_flagged & is_probe & has_no_target, flag("arp.isprobe", "Is probe", "RFC 5227 section 1.1")),
            If(
                is_flagged & is_gratuitous & (this.op == 1) & has_no_target,
                flag("arp.isannouncement", "Is announcement", "RFC 5227 section 1.1"),
            ),
            *(kind(name, condition) for name, condition, _ in KINDS),
        ),
        Struct(*RULES),
    ),
    under={"eth.type": (0x0806, 0x8035), "gre.proto": (0x0806,), "chdlc.protocol": (0x0806,)},
    extent=8 + 2 * this.hln + 2 * this.pln,
    computed={"arp.hw.size": LengthOf("sha"), "arp.proto.size": LengthOf("spa")},
    across=ACROSS,
    summary=Summary(protocol="ARP"),
    reference="RFC 826",
)
