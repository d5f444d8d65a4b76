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

from wireproof.dissectors.numbers.arp import DRARP_ERRORS, HARDWARE_TYPES, OPCODES
from wireproof.dissectors.numbers.ethertypes import ETHERTYPES
from wireproof.dissectors.schema import (
    TRUE,
    Ahead,
    AllZero,
    AnySet,
    Base,
    Bits,
    Field,
    FieldInfo,
    FieldType,
    InNetwork,
    LengthOf,
    Protocol,
    Severity,
    Summary,
    There,
    noted,
    parts,
)

GROUP_BIT = 1 << 40
LINK_LOCAL = 0xA9FE

is_ethernet = ((this.hrd == 1) | (this.hrd == 6)) & (this.hln == 6)
is_ax25 = (this.hrd == 3) & (this.hln == 7)
# A Q.922 address, of which the DLCI is six bits of the first octet and four of the second (RFC 2390 section 4).
is_q922 = (this.hrd == 15) & (this.hln == 2)
is_ipv4 = ((this.pro == 0x0800) | (this.pro == 0xCC)) & (this.pln == 4)
# Opcode 7 has an error code in place of the target's protocol address (RFC 1931 section 2.2.3).
is_error = this.op == 7
is_reverse = (this.op == 3) | (this.op == 4)
is_inverse = (this.op == 8) | (this.op == 9)
is_farewell = (this.op == 2) & (this.hln == 0)

# As tshark has it: of any protocol, and 0.0.0.0 that asks for itself is an announcement.
is_gratuitous = ((this.op == 1) | (this.op == 2)) & (this.spa == this.tpa) & (this.pln > 0)
is_probe = (this.op == 1) & ((this.spa != this.tpa) | (this.pln == 0)) & AllZero("spa")
# Six octets from the target's hardware address on, whatever its size: they have to be there.
has_no_target = (this._first_four == 0) & (this._next_two == 0) & (this.hln + this.pln >= 6)
# Of AX.25 it says none of these.
is_flagged = this.hrd != 3
# As the RFCs have it: an IPv4 address that is asked for by nobody, or claimed. What a probe has for the target's
# hardware address is ignored (RFC 5227 section 2.1.1).
is_check = (this.op == 1) & is_ipv4 & (this.spa != this.tpa) & AllZero("spa")
is_claim = is_ipv4 & (this.spa == this.tpa) & AnySet("spa")

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

KIND = "arp.kind"
KINDS = (
    ("request", this.op == 1, "RFC 826"),
    ("reply", this.op == 2, "RFC 826"),
    ("gratuitous request", is_gratuitous & (this.op == 1), "RFC 5944 section 4.6"),
    ("gratuitous reply", is_gratuitous & (this.op == 2), "RFC 5944 section 4.6"),
    ("probe", is_check, "RFC 5227 section 1.1"),
    ("announcement", is_claim & (this.op == 1) & AllZero("tha"), "RFC 5227 section 1.1"),
    ("DHCP check", is_check, "RFC 2131 section 4.4.1"),
    ("DHCP announcement by reply", is_claim & (this.op == 2), "RFC 2131 section 4.4.1"),
    ("RARP request", this.op == 3, "RFC 903"),
    ("RARP reply", this.op == 4, "RFC 903"),
    ("InARP request", this.op == 8, "RFC 2390"),
    ("InARP reply", this.op == 9, "RFC 2390"),
    ("UnARP", is_farewell, "RFC 1868"),
    ("other", (this.op == 0) | ((this.op > 4) & (this.op < 8)) | (this.op > 9), "RFC 826"),
)
"""Every kind of packet, what tells it, and the standard that has it."""


def flag(name: str, title: str) -> Field:
    """A field that is there only where it is true."""
    return Field(name, Computed(1), FieldType.BOOLEAN, title, labels=TRUE)


def named(name: str, condition: Any, title: str, reference: str) -> Any:
    """The name of packets that have no layer of their own, which is true of them."""
    return If(condition, Field(name, Computed(1), FieldType.NONE, title, reference=reference, hidden=True, own=True))


def kind(name: str, condition: Any) -> Any:
    """One kind of packet, where it is that."""
    return If(condition, Field(KIND, Computed(name), FieldType.STRING, "Kind", hidden=True, own=True))


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


RULES = (
    noted(
        (this.op != 0) & (this.op != 65535),
        "arp.reserved_opcode",
        "Opcode that is reserved",
        "RFC 5494 section 3",
    ),
    noted(
        ((this.hrd != 1) & (this.hrd != 6)) | (this.hln == 6) | is_farewell,
        "arp.hw.size.unusual",
        "Hardware size that is not that of a MAC address, 6",
        "RFC 826",
    ),
    noted(
        ((this.pro != 0x0800) & (this.pro != 0xCC)) | (this.pln == 4),
        "arp.proto.size.unusual",
        "Protocol size that is not that of an IPv4 address, 4",
        "RFC 826",
    ),
    noted(
        (is_check == 0) | AllZero("tha"),
        "arp.probe.target",
        "Probe whose target hardware address is not all zero",
        "RFC 5227 section 2.1.1",
    ),
    noted(
        ((this.op != 2) | (is_ethernet == 0)) | ((this._sender & GROUP_BIT) == 0),
        "arp.src.hw_mac.group",
        "Reply that claims a group address for the sender",
        "RFC 1812 section 3.3.2",
        Severity.WARNING,
    ),
    # Where the user says which networks the link has. Link-local addresses are on every link (RFC 3927 section 2.7).
    noted(
        (this._from == 0) | ((this._from >> 16) == LINK_LOCAL) | InNetwork("_from"),
        "arp.src.off_link",
        "Sender whose address is outside the network",
        "RFC 1122 section 3.3.1.1",
        Severity.WARNING,
    ),
    noted(
        (this.op != 1) | (this._to == 0) | ((this._to >> 16) == LINK_LOCAL) | InNetwork("_to"),
        "arp.dst.off_link",
        "Request for an address that is not on the link",
        "RFC 1122 section 3.3.1.1",
        Severity.WARNING,
    ),
)


ACROSS = (
    FieldInfo(
        "arp.duplicate-address-detected",
        FieldType.NONE,
        "Duplicate IP address configured",
        across=True,
        reference="RFC 5227 section 2.4",
    ),
    FieldInfo(
        "arp.duplicate-address-frame", FieldType.FRAMENUM, "Frame showing earlier use of IP address", across=True
    ),
    FieldInfo(
        "arp.seconds-since-duplicate-address-frame",
        FieldType.UINT32,
        "Seconds since earlier frame seen",
        across=True,
    ),
    FieldInfo(
        "arp.duplicate-address-mac",
        FieldType.ETHER,
        "MAC address of the earlier use",
        across=True,
        hidden=True,
        own=True,
    ),
    FieldInfo("arp.packet-storm-detected", FieldType.NONE, "ARP packet storm detected", across=True),
    FieldInfo("arp.moved", FieldType.STRING, "Address moved", across=True, reference="RFC 826", hidden=True, own=True),
    FieldInfo("arp.moved.from", FieldType.ETHER, "Address moved from", across=True, hidden=True, own=True),
    FieldInfo(
        "arp.src.differs", FieldType.NONE, "Sender is not the frame's source", across=True, hidden=True, own=True
    ),
)
"""What takes more than one packet, or another layer: of ours, whether an address moved for a failover or a conflict."""

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
            "tpa" / IfThenElse(is_error, Bytes(this.pln), protocol("dst", "Target")),
            "_to" / IfThenElse(is_ipv4, Bits("tpa", at=0, size=4), Computed(0)),
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
            If(is_flagged & is_gratuitous, flag("arp.isgratuitous", "Is gratuitous")),
            If(is_flagged & is_probe & has_no_target, flag("arp.isprobe", "Is probe")),
            If(
                is_flagged & is_gratuitous & (this.op == 1) & has_no_target,
                flag("arp.isannouncement", "Is announcement"),
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
