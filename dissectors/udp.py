"""UDP (RFC 768).

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-------------------------------+-------------------------------+
|          Source port          |        Destination port       |
+-------------------------------+-------------------------------+
|            Length             |            Checksum           |
+-------------------------------+-------------------------------+
"""

from construct import Default, GreedyBytes, Int16ub, Struct, this

from wireproof.dissectors.schema import (
    Base,
    Carry,
    Field,
    FieldInfo,
    FieldType,
    InternetChecksum,
    LengthOf,
    Protocol,
    Rule,
    Summary,
    parts,
)

STATUS = {0: "Bad", 1: "Good", 2: "Unverified", 3: "Not present", 4: "Illegal"}
PORT = FieldInfo("udp.port", FieldType.UINT16, "Source or Destination Port", Base.PORT, hidden=True)
BAD_LENGTH = FieldInfo("udp.length.bad", FieldType.NONE, "Bad length value")

udp = Protocol(
    "udp",
    "User Datagram Protocol",
    parts=(
        Struct(
            "srcport"
            / Field("udp.srcport", Default(Int16ub, 0), FieldType.UINT16, "Source Port", base=Base.PORT, feeds=(PORT,)),
            "dstport"
            / Field(
                "udp.dstport", Default(Int16ub, 0), FieldType.UINT16, "Destination Port", base=Base.PORT, feeds=(PORT,)
            ),
        ),
        *parts("length" / Field("udp.length", Int16ub, title="Length")),
        Struct(
            Rule(this.length >= 8, BAD_LENGTH, "Bad length value {length} < 8", group="Malformed"),
            Rule(
                this.length <= this.layer_length,
                BAD_LENGTH,
                "Bad length value {length} > IP payload length",
                group="Malformed",
                stops=False,
            ),
            "sum" / Field("udp.checksum", Int16ub, title="Checksum", base=Base.HEX),
        ),
        Struct("payload" / Field("udp.payload", GreedyBytes, FieldType.BYTES, "UDP payload")),
    ),
    under={"ip.proto": (17,)},
    carries=(Carry("udp.port"),),
    extent=this.length,
    computed={
        "udp.length": LengthOf("layer"),
        "udp.checksum": InternetChecksum(
            status=FieldInfo("udp.checksum.status", FieldType.UINT8, "Checksum Status", Base.NONE, STATUS),
            calculated=FieldInfo("udp.checksum_calculated", FieldType.UINT16, "Calculated Checksum", Base.HEX),
            pseudo_header=True,
            preference="udp.check_checksum",
            optional=True,
        ),
    },
    across=(
        FieldInfo("udp.stream", FieldType.UINT32, "Stream index", across=True),
        FieldInfo("udp.time_relative", FieldType.RELATIVE_TIME, "Time since first frame", across=True),
        FieldInfo("udp.time_delta", FieldType.RELATIVE_TIME, "Time since previous frame", across=True),
    ),
    summary=Summary(
        tree="User Datagram Protocol, Src Port: {udp.srcport}, Dst Port: {udp.dstport}",
        protocol="UDP",
    ),
    reference="RFC 768",
)
