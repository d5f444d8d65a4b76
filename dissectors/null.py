"""BSD loopback: the number of the address family (tcpdump.org LINKTYPE_NULL, LINKTYPE_LOOP).

     0                   1                   2                   3
     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    +---------------------------------------------------------------+
    |                             Family                            |
    +---------------------------------------------------------------+

LINKTYPE_LOOP has it in network byte order. LINKTYPE_NULL has it in that of the machine that captured, which the file
does not tell: families are small, and so a large number is a small one of the other order. Some systems write sixteen
bits and two octets of zeros, and old ones of Linux an EtherType, which is larger than any family.
"""

from construct import Computed, IfThenElse, Int32ul, Struct, this

from wireproof.dissectors.numbers.ethertypes import ETHERTYPES
from wireproof.dissectors.schema import Base, Bits, Carry, Field, FieldType, Protocol, Summary

FAMILIES = {2: "IP", 7: "OSI", 16: "Appletalk", 23: "Netware IPX/SPX", 24: "IPv6", 28: "IPv6", 30: "IPv6"}

is_loop = this.link_type == 108
# Sixteen bits in the order of the reading, in its high or low half, and in the other order.
is_high = (this.link_type != 108) & (this.word > 0xFFFF) & (this.word < 0x60000)
is_low = (this.link_type != 108) & (this.word < 0x600) & ((this.word & 0xFF) == 0)
is_swapped = is_loop | (this.word > 0xFFFF)
is_type = (this.link_type != 108) & (this.family > 1500)


def family(bits: Bits) -> Field:
    """The family, read in one of the orders."""
    return Field("null.family", bits, FieldType.UINT32, "Family", labels=FAMILIES)


def ethertype(bits: Bits) -> Field:
    """The EtherType that stands in place of a family."""
    return Field("null.type", bits, FieldType.UINT16, "Type", base=Base.HEX, labels=ETHERTYPES)


null = Protocol(
    "null",
    "Null/Loopback",
    parts=(
        Struct(
            "word" / Int32ul,
            "swapped" / Bits("word", size=4, order="little"),
            "family"
            / IfThenElse(
                is_high,
                Computed(this.word >> 16),
                IfThenElse(
                    is_low,
                    Computed(this.word >> 8),
                    IfThenElse(is_swapped, Computed(this.swapped), Computed(this.word)),
                ),
            ),
            "type" / Computed(this.family & 0xFFFF),
            IfThenElse(
                is_type,
                IfThenElse(
                    is_swapped,
                    IfThenElse(
                        this.swapped <= 0xFFFF,
                        ethertype(Bits("word", size=4, order="little")),
                        ethertype(Bits("swapped", 0xFFFF)),
                    ),
                    ethertype(Bits("word")),
                ),
                IfThenElse(
                    is_high,
                    family(Bits("word", 0xFFFF0000)),
                    IfThenElse(
                        is_low,
                        family(Bits("word", 0xFF00)),
                        IfThenElse(is_swapped, family(Bits("word", size=4, order="little")), family(Bits("word"))),
                    ),
                ),
            ),
        ),
    ),
    under={"link": (0, 108)},
    carries=(
        Carry("eth.type", "type", when=is_type, empty=True),
        Carry("null.family", "family", empty=True),
    ),
    summary=Summary(tree="Null/Loopback", protocol="N/A", info="Null/Loopback"),
    reference="LINKTYPE_NULL",
)
