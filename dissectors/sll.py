"""Linux cooked capture, version 1 (tcpdump.org LINKTYPE_LINUX_SLL).

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
"""

from construct import Bytes, Default, IfThenElse, Int16ub, Struct, this

from wireproof.dissectors.numbers.arp import HARDWARE_TYPES
from wireproof.dissectors.numbers.ethertypes import ETHERTYPES
from wireproof.dissectors.schema import Base, Bits, Carry, Field, FieldType, Protocol, Summary

UINT16 = FieldType.UINT16
PACKET_TYPES = {
    0: "Unicast to us",
    1: "Broadcast",
    2: "Multicast",
    3: "Unicast to another host",
    4: "Sent by us",
}

sll = Protocol(
    "sll",
    "Linux cooked-mode capture",
    parts=(
        Struct(
            "pkttype" / Field("sll.pkttype", Default(Int16ub, 0), UINT16, "Packet type", labels=PACKET_TYPES),
            "hatype"
            / Field("sll.hatype", Default(Int16ub, 1), UINT16, "Link-layer address type", labels=HARDWARE_TYPES),
            "halen" / Field("sll.halen", Default(Int16ub, 6), UINT16, "Link-layer address length"),
            "address"
            / IfThenElse(
                this.halen == 6,
                Field("sll.src.eth", Default(Bytes(6), bytes(6)), FieldType.ETHER, "Source"),
                Default(Bytes(6), bytes(6)),
            ),
            "unused" / Field("sll.unused", Default(Bytes(2), bytes(2)), FieldType.BYTES, "Unused"),
            "protocol" / Int16ub,
            IfThenElse(
                this.protocol >= 0x0600,
                Field("sll.etype", Bits("protocol"), UINT16, "Protocol", base=Base.HEX, labels=ETHERTYPES),
                Field("sll.ltype", Bits("protocol"), UINT16, "Protocol", base=Base.HEX),
            ),
        ),
    ),
    under={"link": (113,)},
    carries=(
        Carry("eth.type", "protocol", when=this.protocol >= 0x0600, path="ethertype", empty=True),
        Carry("sll.ltype", "protocol"),
    ),
    summary=Summary(tree="Linux cooked capture v1", protocol="SLL"),
    reference="LINKTYPE_LINUX_SLL",
)
