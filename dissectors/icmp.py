"""ICMP for IPv4 (RFC 792; RFC 1191 for the MTU).

     0                   1                   2                   3
     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    +---------------+---------------+-------------------------------+
    |     Type      |     Code      |           Checksum            |
    +---------------+---------------+-------------------------------+
    |                     depends on the type                       |
    +---------------------------------------------------------------+

An error message quotes the packet that caused it: the quoted headers are read as further layers.
"""

from construct import Bytes, Default, If, Int8ub, Int16ub, Int32ub, Struct, this

from wireproof.dissectors.schema import (
    Base,
    Bits,
    Carry,
    Field,
    FieldInfo,
    FieldType,
    InternetChecksum,
    Protocol,
    Summary,
    parts,
)

UINT16 = FieldType.UINT16
is_query = (this.type == 0) | (this.type == 8) | (this.type == 13) | (this.type == 14) | (this.type == 17)
has_ident = is_query | (this.type == 15) | (this.type == 16) | (this.type == 18)
has_mtu = (this.type == 3) & (this.code == 4)
is_unused = ((this.type == 3) & (this.code != 4)) | (this.type == 4) | (this.type == 11)
is_timestamp = (this.type == 13) | (this.type == 14)

icmp = Protocol(
    "icmp",
    "Internet Control Message Protocol",
    parts=(
        *parts(
            "type" / Field("icmp.type", Int8ub, title="Type"),
            "code" / Field("icmp.code", Default(Int8ub, 0), FieldType.UINT8, "Code"),
            "sum" / Field("icmp.checksum", Int16ub, title="Checksum", base=Base.HEX),
        ),
        Struct(
            "ident"
            / If(
                has_ident,
                Field("icmp.ident", Default(Int16ub, 0), FieldType.UINT16, "Identifier (BE)", base=Base.DEC_HEX),
            ),
            If(
                has_ident,
                Field(
                    "icmp.ident_le", Bits("ident", size=2, order="little"), UINT16, "Identifier (LE)", base=Base.DEC_HEX
                ),
            ),
            "seq"
            / If(
                has_ident,
                Field("icmp.seq", Default(Int16ub, 0), FieldType.UINT16, "Sequence Number (BE)", base=Base.DEC_HEX),
            ),
            If(
                has_ident,
                Field(
                    "icmp.seq_le",
                    Bits("seq", size=2, order="little"),
                    UINT16,
                    "Sequence Number (LE)",
                    base=Base.DEC_HEX,
                ),
            ),
            "unused" / If(is_unused, Field("icmp.unused", Default(Bytes(4), bytes(4)), FieldType.BYTES, "Unused")),
            "_before_mtu" / If(has_mtu, Field("icmp.unused", Default(Bytes(2), bytes(2)), FieldType.BYTES, "Unused")),
            "mtu" / If(has_mtu, Field("icmp.mtu", Default(Int16ub, 0), FieldType.UINT16, "MTU of next hop")),
            "gateway" / If(this.type == 5, Field("icmp.redir_gw", Bytes(4), FieldType.IPV4, "Gateway Address")),
            "pointer" / If(this.type == 12, Field("icmp.pointer", Int8ub, FieldType.UINT32, "Pointer")),
            "rest" / If(this.type == 12, Default(Bytes(3), bytes(3))),
        ),
        Struct(
            "originate"
            / If(
                is_timestamp,
                Field("icmp.originate_timestamp", Default(Int32ub, 0), FieldType.UINT32, "Originate Timestamp"),
            ),
            "receive"
            / If(
                is_timestamp,
                Field("icmp.receive_timestamp", Default(Int32ub, 0), FieldType.UINT32, "Receive Timestamp"),
            ),
            "transmit"
            / If(
                is_timestamp,
                Field("icmp.transmit_timestamp", Default(Int32ub, 0), FieldType.UINT32, "Transmit Timestamp"),
            ),
            "mask"
            / If(
                (this.type == 17) | (this.type == 18),
                Field("icmp.address_mask", Bytes(4), FieldType.IPV4, "Address Mask"),
            ),
        ),
    ),
    under={"ip.proto": (1,)},
    carries=(Carry("icmp.quote", "type", quoted=True),),
    computed={"icmp.checksum": InternetChecksum.of("icmp.checksum", shown=False)},
    across=(FieldInfo("icmp.resp_to", FieldType.FRAMENUM, "Request frame", across=True),),
    summary=Summary(protocol="ICMP"),
    reference="RFC 792",
)
