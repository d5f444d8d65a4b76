"""Ethernet II and IEEE 802.3 (RFC 894, RFC 1042; IEEE 802.3 clause 3).

     0                   1                   2                   3
     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    +---------------------------------------------------------------+
    |                      Destination address                      |
    +                               +-------------------------------+
    |                               |                               |
    +-------------------------------+                               +
    |                         Source address                        |
    +-------------------------------+-------------------------------+
    |        Type or length         |
    +-------------------------------+

A number from 0x0600 is an EtherType; up to 1500 it is the length of an LLC payload; between them it is neither.
Type 0 is taken for a type, as Wireshark does. Without name resolution an address resolves to itself.
"""

from typing import Any

from construct import Bytes, Computed, Default, If, IfThenElse, Int16ub, Struct, this

from wireproof.dissectors.numbers.ethertypes import ETHERTYPES
from wireproof.dissectors.schema import (
    STATUS,
    Ahead,
    Base,
    Bits,
    Carry,
    Field,
    FieldInfo,
    FieldType,
    LengthOf,
    Protocol,
    Rule,
    Severity,
    Summary,
    Text,
    Trailer,
    malformed,
    never,
)
from wireproof.dissectors.schema.render import colon_text

GROUP_BIT = 1 << 40
BROADCAST = (1 << 48) - 1
NOVELL_RAW = 0xFFFF  # what begins an IPX packet that has no LLC header
GROUP_SOURCE = "Source MAC must not be a group address: IEEE 802.3-2002, Section 3.2.3(b)"
LOCAL = {
    1: "Locally administered address (this is NOT the factory default)",
    0: "Globally unique address (factory default)",
}
GROUP = {1: "Group address (multicast/broadcast)", 0: "Individual address (unicast)"}
ADDRESS = FieldInfo("eth.addr", FieldType.ETHER, "Address")
NAMED = tuple(
    FieldInfo(f"eth.{which}.oui_resolved", FieldType.STRING, f"{title} OUI (resolved)", hidden=True)
    for which, title in (("dst", "Destination"), ("src", "Source"), ("addr", "Address"))
)
"""The organisations of addresses, where names are resolved."""

SWITCHED = (
    FieldInfo(
        "switch.cast",
        FieldType.STRING,
        "For a switch",
        across=True,
        hidden=True,
        reference="IEEE 802.1Q-2022 section 8.8",
        own=True,
    ),
    FieldInfo(
        "switch.bum",
        FieldType.BOOLEAN,
        "Flooded by a switch",
        across=True,
        hidden=True,
        reference="RFC 7432 section 3",
        own=True,
    ),
)
"""What a frame is to a switch that has learned from those before: unicast, multicast, broadcast or unknown unicast."""

RESOLVED = FieldInfo("eth.addr_resolved", FieldType.STRING, "Address (resolved)", hidden=True)
OUI = FieldInfo("eth.addr.oui", FieldType.UINT24, "Address OUI", Base.OUI, hidden=True)
LG = FieldInfo("eth.lg", FieldType.BOOLEAN, "LG bit", labels=LOCAL, hidden=True)
IG = FieldInfo("eth.ig", FieldType.BOOLEAN, "IG bit", labels=GROUP, hidden=True)
BAD_FCS = Rule(
    never,
    FieldInfo("eth.fcs_bad", FieldType.NONE, "Bad checksum", reference="IEEE 802.3-2022 section 3.2.9"),
    "Bad checksum [should be 0x{right:08x}]",
    group="Checksum",
    stops=False,
)
PADDING = FieldInfo("eth.padding", FieldType.BYTES, "Padding")
BAD_PADDING = Rule(
    never,
    FieldInfo(
        "eth.padding_bad",
        FieldType.NONE,
        "Padding identification may be inaccurate and impact trailer dissector",
        reference="IEEE 802.3-2022 section 3.2.8",
    ),
    "Didn't find padding of zeros, and an undecoded trailer exists. There may be padding of non-zeros.",
    severity=Severity.NOTE,
    stops=False,
)

is_type = (this.lentype >= 0x0600) | (this.lentype == 0)
is_length = (this.lentype <= 1500) & (this.lentype != 0)
is_neither = (this.lentype > 1500) & (this.lentype < 0x0600)


def address(name: str, member: str, title: str) -> tuple[Any, ...]:
    """The fields of one address: itself, its organisation, and the bits that tell local and group addresses."""
    return (
        member / Field(name, Default(Bytes(6), bytes(6)), FieldType.ETHER, title, feeds=(ADDRESS,)),
        Field(
            f"{name}_resolved",
            Text(member, colon_text),
            FieldType.STRING,
            f"{title} (resolved)",
            feeds=(RESOLVED,),
            hidden=True,
        ),
        Field(
            f"{name}.oui",
            Bits(member, at=0, size=3),
            FieldType.UINT24,
            f"{title} OUI",
            base=Base.OUI,
            feeds=(OUI,),
            hidden=True,
        ),
        Field(
            f"{name}.lg", Bits(member, 0x20000, at=0, size=3), FieldType.BOOLEAN, "LG bit", labels=LOCAL, feeds=(LG,)
        ),
        Field(
            f"{name}.ig", Bits(member, 0x10000, at=0, size=3), FieldType.BOOLEAN, "IG bit", labels=GROUP, feeds=(IG,)
        ),
    )


def cast(name: str) -> Field:
    """For how many stations the frame is."""
    return Field("eth.dst.cast", Computed(name), FieldType.STRING, "Destination cast", hidden=True, own=True)


ethernet = Protocol(
    "eth",
    "Ethernet",
    parts=(
        Struct(
            *address("eth.dst", "dst", "Destination"),
            "_dst" / Bits("dst", at=0, size=6),
            IfThenElse(
                (this._dst & GROUP_BIT) == 0,
                cast("unicast"),
                IfThenElse(this._dst == BROADCAST, cast("broadcast"), cast("multicast")),
            ),
            *address("eth.src", "src", "Source"),
            "_src" / Bits("src", at=0, size=6),
            "lentype" / Int16ub,
            If(is_type, Field("eth.type", Bits("lentype"), FieldType.UINT16, "Type", base=Base.HEX, labels=ETHERTYPES)),
            If(is_length, Field("eth.len", Bits("lentype"), FieldType.UINT16, "Length")),
            If(
                is_neither,
                Field(
                    "eth.invalid_lentype", Bits("lentype"), FieldType.UINT16, "Invalid length/type", base=Base.HEX_DEC
                ),
            ),
        ),
        Struct("_first" / Ahead(2)),
        Struct(
            Rule(
                ((this._src & GROUP_BIT) == 0) | is_length | is_neither,
                FieldInfo("eth.src_not_group", FieldType.NONE, GROUP_SOURCE, reference="IEEE 802.3-2022 section 3.2.3"),
                GROUP_SOURCE,
                severity=Severity.WARNING,
                stops=False,
                at="eth.src",
            ),
            Rule(
                (this.lentype <= 1500) | (this.lentype >= 0x0600),
                FieldInfo("eth.invalid_lentype.expert", FieldType.NONE, "Invalid length/type"),
                "Invalid length/type: 0x{lentype:04x} ({lentype})",
                reference="IEEE 802.3-2022 section 3.2.6",
                severity=Severity.WARNING,
                stops=False,
            ),
            malformed(
                (this.lentype > 1500) | (this.lentype + 14 <= this.layer_length),
                FieldInfo("eth.len.past_end", FieldType.NONE, "Length field value goes past the end of the payload"),
                "Length field value goes past the end of the payload",
                reference="IEEE 802.3-2022 section 3.2.6",
            ),
        ),
    ),
    under={
        "link": (1,),
        "sll.ltype": (3,),
        "fpp.smd": (0xD5, 0xE6, 0x4C, 0x7F, 0xB3),
        "ieee8021.pid": (0x0001, 0x0007),
    },
    across=(*NAMED, *SWITCHED),
    carries=(
        Carry("eth.type", "lentype", when=is_type, path="ethertype", empty=True),
        Carry("eth.raw", when=is_length & (this._first == NOVELL_RAW), length=this.lentype),
        Carry("eth.len", when=is_length, length=this.lentype, empty=True),
        Carry("eth.invalid"),
    ),
    computed={"eth.len": LengthOf("payload")},
    trailer=Trailer(
        padding=PADDING,
        trailer=FieldInfo("eth.trailer", FieldType.BYTES, "Trailer"),
        fcs=FieldInfo("eth.fcs", FieldType.UINT32, "Frame check sequence", Base.HEX),
        fcs_status=FieldInfo("eth.fcs.status", FieldType.UINT8, "FCS Status", Base.NONE, STATUS),
        bad_fcs=BAD_FCS,
        bad_padding=BAD_PADDING,
        check="eth.check_fcs",
    ),
    summary=Summary(
        tree={
            "eth.type": "Ethernet II, Src: {eth.src}, Dst: {eth.dst}",
            "eth.len": "IEEE 802.3 Ethernet ",
            "eth.invalid_lentype": "Ethernet Unknown, Src: {eth.src}, Dst: {eth.dst}",
        },
        protocol="Ethernet",
    ),
    reference="RFC 894",
    references={
        **dict.fromkeys(("eth.dst", "eth.src", "eth.addr", "eth.lg", "eth.ig"), "IEEE 802.3-2022 section 3.2.3"),
        **dict.fromkeys(("eth.len", "eth.invalid_lentype"), "IEEE 802.3-2022 section 3.2.6"),
        "eth.padding": "IEEE 802.3-2022 section 3.2.8",
        "eth.fcs": "IEEE 802.3-2022 section 3.2.9",
    },
)
