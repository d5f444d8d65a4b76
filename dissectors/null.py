"""BSD loopback: the number of the address family, in the byte order of the machine (tcpdump.org LINKTYPE_NULL).

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+---------------------------------------------------------------+
|                             Family                            |
+---------------------------------------------------------------+
"""

from construct import IfThenElse, Int32ul, Struct, this

from wireproof.dissectors.schema import Bits, Carry, Field, FieldType, Protocol, Summary

FAMILIES = {2: "IP", 7: "OSI", 23: "IPX", 24: "IPv6", 28: "IPv6", 30: "IPv6"}


def family(bits: Bits) -> Field:
    """The family, read in one of the two orders."""
    return Field("null.family", bits, FieldType.UINT32, "Family", labels=FAMILIES)


null = Protocol(
    "null",
    "Null/Loopback",
    parts=(
        Struct(
            "word" / Int32ul,
            # Families are small: a large number is a small one of the other order.
            "family"
            / IfThenElse(this.word <= 0xFFFF, family(Bits("word")), family(Bits("word", size=4, order="little"))),
        ),
    ),
    under={"link": (0,)},
    carries=(Carry("null.family", "family", empty=True),),
    summary=Summary(tree="Null/Loopback", protocol="N/A", info="Null/Loopback"),
    reference="LINKTYPE_NULL",
)
