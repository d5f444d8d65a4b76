"""Linux cooked capture, versions 1 and 2 (tcpdump.org LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2).

Version 1:

     0                   1                   2                   3
     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    +-------------------------------+-------------------------------+
    |          Packet type          |          Address type         |
    +-------------------------------+-------------------------------+
    |         Address length        |                               |
    +-------------------------------+        Address, padded        |
    |                          to eight octets                      |
    |                               +-------------------------------+
    |                               |            Protocol           |
    +-------------------------------+-------------------------------+

Version 2, which has a link type of its own:

    +-------------------------------+-------------------------------+
    |            Protocol           |            Reserved           |
    +-------------------------------+-------------------------------+
    |                        Interface index                        |
    +-------------------------------+---------------+---------------+
    |          Address type         |  Packet type  |Address length |
    +-------------------------------+---------------+---------------+
    |             Address, padded to eight octets ...               |
    +---------------------------------------------------------------+

A protocol up to 1536 is a number of Linux's own, not an EtherType.
"""

from typing import Any

from construct import Bytes, Computed, Default, If, IfThenElse, Int8ub, Int16ub, Int32ub, Struct, this

from wireproof.dissectors.ethernet import BAD_PADDING, PADDING
from wireproof.dissectors.numbers.arp import HARDWARE_TYPES
from wireproof.dissectors.numbers.ethertypes import ETHERTYPES
from wireproof.dissectors.schema import (
    Base,
    Bits,
    Carry,
    Field,
    FieldInfo,
    FieldType,
    Protocol,
    Summary,
    There,
    Trailer,
)

UINT16 = FieldType.UINT16
PACKET_TYPES = {
    0: "Unicast to us",
    1: "Broadcast",
    2: "Multicast",
    3: "Unicast to another host",
    4: "Sent by us",
}
LINUX_TYPES = {
    0x0001: "Raw 802.3",
    0x0003: "Ethernet",
    0x0004: "802.2 LLC",
    0x0007: "PPP (HDLC)",
    0x000C: "CAN",
    0x000D: "CAN FD",
    0x0017: "IrDA LAP",
    0x00F5: "ISI",
    0x00F6: "IEEE 802.15.4",
}
GRE_TYPES = {0x0800: "IP", 0x0806: "ARP", 0x86DD: "IPv6", 0x6558: "Transparent Ethernet bridging", 0x880B: "PPP"}

is_first = this.link_type != 276
is_linux = this.protocol <= 0x0600
# Of a GRE tunnel the link layer is not in the capture, and the protocol is the one that GRE's header names.
is_gre = this.hatype == 778


def protocol(member: str, type: Any) -> Any:
    """The protocol, under the name that its number and the address type give it."""
    return IfThenElse(
        type <= 0x0600,
        Field("sll.ltype", Bits(member), UINT16, "Protocol", base=Base.HEX, labels=LINUX_TYPES),
        IfThenElse(
            is_gre,
            Field("sll.gretype", Bits(member), UINT16, "Protocol", base=Base.HEX, labels=GRE_TYPES),
            Field("sll.etype", Bits(member), UINT16, "Protocol", base=Base.HEX, labels=ETHERTYPES),
        ),
    )


def packet_type(member: str) -> Field:
    """Whom the frame was for."""
    return Field("sll.pkttype", Bits(member), UINT16, "Packet type", labels=PACKET_TYPES)


sll = Protocol(
    "sll",
    "Linux cooked-mode capture",
    parts=(
        Struct(
            If(this.link_type == 276, There(12)),
            "type" / IfThenElse(is_first, Computed(0), Int16ub),
            "reserved" / IfThenElse(is_first, Computed(0), Int16ub),
            "ifindex" / IfThenElse(is_first, Computed(0), Int32ub),
            "pkttype" / IfThenElse(is_first, Default(Int16ub, 0), Computed(0)),
            "hatype" / Default(Int16ub, 1),
            "narrow" / IfThenElse(is_first, Computed(0), Int8ub),
            "length" / IfThenElse(is_first, Computed(0), Int8ub),
            If(this.link_type == 276, protocol("type", this.type)),
            If(
                this.link_type == 276,
                Field("sll.ifindex", Bits("ifindex"), FieldType.UINT32, "Interface index"),
            ),
            If(is_first, packet_type("pkttype")),
            Field("sll.hatype", Bits("hatype"), UINT16, "Link-layer address type", labels=HARDWARE_TYPES),
            If(this.link_type == 276, packet_type("narrow")),
        ),
        Struct(
            "halen"
            / IfThenElse(
                is_first,
                Field("sll.halen", Default(Int16ub, 6), UINT16, "Link-layer address length"),
                Field("sll.halen", Bits("length"), UINT16, "Link-layer address length"),
            ),
        ),
        Struct(
            "octets" / IfThenElse(this.halen < 8, Computed(this.halen), Computed(8)),
            "address"
            / IfThenElse(
                this.halen == 6,
                Field("sll.src.eth", Default(Bytes(6), bytes(6)), FieldType.ETHER, "Source"),
                IfThenElse(
                    this.halen == 4,
                    Field("sll.src.ipv4", Bytes(4), FieldType.IPV4, "Source"),
                    Field("sll.src.other", Bytes(this.octets), FieldType.BYTES, "Source"),
                ),
            ),
        ),
        Struct(
            "unused"
            / IfThenElse(
                this.halen == 6,
                Field("sll.unused", Default(Bytes(2), bytes(2)), FieldType.BYTES, "Unused"),
                Field("sll.unused", Bytes(8 - this.octets), FieldType.BYTES, "Unused"),
            ),
        ),
        Struct(
            "protocol" / IfThenElse(is_first, Int16ub, Computed(this.type)),
            If(is_first, protocol("protocol", this.protocol)),
        ),
    ),
    under={"link": (113, 276)},
    carries=(
        Carry("sll.ltype", "protocol", when=is_linux, empty=True),
        Carry("gre.proto", "protocol", when=is_gre, fallback=None, empty=True),
        Carry("eth.type", "protocol", path="ethertype", empty=True),
    ),
    trailer=Trailer(
        padding=PADDING,
        trailer=FieldInfo("sll.trailer", FieldType.BYTES, "Trailer"),
        bad_padding=BAD_PADDING,
    ),
    summary=Summary(protocol="SLL"),
    reference="LINKTYPE_LINUX_SLL",
)
