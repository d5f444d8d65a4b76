"""What an IPv4 header tells of its addresses: class, scope, the times to live that they ask for, and where they are."""

from typing import Any

from construct import Computed, this

from wireproof.dissectors.numbers import ipv4_addresses as kinds
from wireproof.dissectors.schema import (
    AllZero,
    Base,
    Field,
    FieldInfo,
    FieldType,
    InNetwork,
    IsNoBroadcast,
    KindOfAddress,
    OneOf,
    Rule,
    Severity,
    noted,
)

NONE, UINT8 = FieldType.NONE, FieldType.UINT8

LOCAL_CONTROL_BLOCK = FieldInfo("ip.ttl.lncb", NONE, "Time To Live")
# Addresses of the block whose protocols want another time to live than 1: VRRP, GLBP and mDNS 255, LLMNR any.
ALWAYS_255 = frozenset({0xE0000012, 0xE0000066, 0xE00000FB})
ANY_TTL = frozenset({0xE00000FC})
PIM, OSPF = 103, 89


def local(condition: Any, ttl: int) -> Rule:
    """The rule of the time to live of a packet to the Local Network Control Block, 224.0.0.0/24."""
    return Rule(
        condition,
        LOCAL_CONTROL_BLOCK,
        f'"Time To Live" != {ttl} for a packet sent to the Local Network Control Block (see RFC 3171)',
        severity=Severity.NOTE,
        group="Sequence",
        stops=False,
        reference="RFC 5771 section 4",
        at="ip.ttl",
    )


TIMES_TO_LIVE = (
    local(
        ((this._destination >> 8) != 0xE00000) | (this.ttl == 1) | OneOf("_destination", ALWAYS_255 | ANY_TTL),
        1,
    ),
    "_is_255" / Computed((this.ttl >= 0) & OneOf("_destination", ALWAYS_255)),
    local((this.ttl == 255) | (this._is_255 == 0), 255),
    Rule(
        ((this._destination >> 28) == 0xE) | (this.ttl >= 5) | OneOf("protocol", frozenset({PIM, OSPF})),
        FieldInfo("ip.ttl.too_small", NONE, "Time To Live"),
        '"Time To Live" only {ttl}',
        severity=Severity.NOTE,
        group="Sequence",
        stops=False,
        reference="RFC 1122 section 3.2.1.7",
        at="ip.ttl",
    ),
)
"""Behind `_destination`, the address that the packet goes to in the end."""


def kind_of_address(name: str, member: str, title: str) -> tuple[Field, Field]:
    """The class of an address, which says how it was once divided, and the block that it is in, which says its use."""
    return (
        Field(
            f"{name}.class",
            Computed(KindOfAddress(member, kinds.CLASS_BLOCKS)),
            UINT8,
            f"{title} Address Class",
            base=Base.NONE,
            labels=kinds.CLASSES,
            reference="RFC 791 section 3.2",
            hidden=True,
            own=True,
        ),
        Field(
            f"{name}.scope",
            Computed(KindOfAddress(member, kinds.SCOPE_BLOCKS)),
            UINT8,
            f"{title} Address Scope",
            base=Base.NONE,
            labels=kinds.SCOPES,
            reference="RFC 6890 section 2",
            hidden=True,
            own=True,
        ),
    )


# Where the user says which networks the link has.
NETWORK_RULES = (
    noted(
        IsNoBroadcast("dst"),
        "ip.dst.directed_broadcast",
        "Directed broadcast",
        "RFC 1812 section 5.3.5.2",
    ),
    noted(
        InNetwork("src") | InNetwork("dst") | AllZero("src"),
        "ip.outside",
        "Neither address is in the network",
        "RFC 1122 section 3.3.1.1",
    ),
)
