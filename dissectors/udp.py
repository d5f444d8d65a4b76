"""UDP (RFC 768).

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-------------------------------+-------------------------------+
|          Source port          |        Destination port       |
+-------------------------------+-------------------------------+
|            Length             |            Checksum           |
+-------------------------------+-------------------------------+
"""

from construct import Default, GreedyBytes, If, Int16ub, Struct, this

from wireproof.dissectors import schema as s
from wireproof.dissectors.conversation import processes, times
from wireproof.dissectors.traceroute import POSSIBLE_TRACEROUTE

UINT16 = s.FieldType.UINT16
PORT = s.FieldInfo("udp.port", UINT16, "Source or Destination Port", s.Base.PORT_UDP, hidden=True)
BAD_LENGTH = s.FieldInfo("udp.length.bad", s.FieldType.NONE, "Bad length value")
TOO_LONG = "Bad length value {length} > IP payload length"
port = Default(Int16ub, 0)
fits = (this.length <= this.layer_length) | this.partial

udp = s.Protocol(
    "udp",
    "User Datagram Protocol",
    parts=(
        Struct(
            "srcport" / s.Field("udp.srcport", port, UINT16, "Source Port", base=s.Base.PORT_UDP, feeds=(PORT,)),
            "dstport" / s.Field("udp.dstport", port, UINT16, "Destination Port", base=s.Base.PORT_UDP, feeds=(PORT,)),
        ),
        Struct(*POSSIBLE_TRACEROUTE),
        Struct("length" / s.Field("udp.length", Int16ub, title="Length")),
        Struct(
            s.Rule(this.length >= 8, BAD_LENGTH, "Bad length value {length} < 8", group="Malformed"),
            s.Rule(fits, BAD_LENGTH, TOO_LONG, group="Malformed", stops=False, quoted=False),
            "sum" / s.Field("udp.checksum", Int16ub, title="Checksum", base=s.Base.HEX),
        ),
        # Of a payload that was cut off whole, the capture says so.
        Struct(If((this.length > 8) & (this.quoted == 0), s.There(1))),
        # A datagram that says that it has none is not asked for one, whatever IP carries behind it.
        s.Payload(
            "payload" / If(this.length != 8, s.Field("udp.payload", GreedyBytes, s.FieldType.BYTES, "UDP payload"))
        ),
    ),
    under={"ip.proto": (17,)},
    carries=(s.Carry("udp.port"),),
    extent=this.length,
    computed={
        "udp.length": s.LengthOf("layer"),
        "udp.checksum": s.InternetChecksum.of(
            "udp.checksum",
            pseudo_header=True,
            preference="udp.check_checksum",
            optional=True,
            bad=s.bad_checksum("udp.checksum.bad", "RFC 1122 section 4.1.3.4"),
        ),
    },
    across=times("udp", "first frame", "previous frame"),
    # What only IPv6 and UDP-Lite have, and what is told by other sources than packets.
    idle=(
        s.FieldInfo("udp.checksum.zero", s.FieldType.NONE, "Illegal checksum value (0)"),
        s.FieldInfo("udp.length.bad_zero", s.FieldType.NONE, "Length is zero but payload < 65536"),
        s.FieldInfo("udp.pdu.size", s.FieldType.UINT32, "PDU Size"),
        s.FieldInfo("udplite.checksum_coverage.bad", s.FieldType.NONE, "Bad checksum coverage length value"),
        *processes("udp"),
    ),
    summary=s.Summary("User Datagram Protocol, Src Port: {udp.srcport}, Dst Port: {udp.dstport}", protocol="UDP"),
    reference="RFC 768",
)
