"""UDP (RFC 768).

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-------------------------------+-------------------------------+
|          Source port          |        Destination port       |
+-------------------------------+-------------------------------+
|            Length             |            Checksum           |
+-------------------------------+-------------------------------+
"""

from construct import If, Int16ub, Struct, this

from wireproof.dissectors import schema as s
from wireproof.dissectors import transport
from wireproof.dissectors.traceroute import POSSIBLE_TRACEROUTE
from wireproof.dissectors.udp_idle import IDLE

BAD = s.FieldInfo("udp.length.bad", s.FieldType.NONE, "Bad length value", reference="RFC 768")
has_header = this.length >= 8
is_there = (this.length <= this.layer_length) | this.partial

udp = s.Protocol(
    "udp",
    "User Datagram Protocol",
    parts=(
        Struct(*transport.ports("udp", s.Base.PORT_UDP)),
        Struct(*POSSIBLE_TRACEROUTE),
        Struct("length" / s.Field("udp.length", Int16ub, title="Length")),
        Struct(
            s.malformed(has_header, BAD, "Bad length value {length} < 8", stops=True),
            s.malformed(is_there, BAD, "Bad length value {length} > IP payload length", quoted=False),
            "sum" / s.Field("udp.checksum", Int16ub, title="Checksum", base=s.Base.HEX),
        ),
        # Of a payload that was cut off whole, the capture says so.
        Struct(If((this.length > 8) & (this.quoted == 0), s.There(1))),
        # A datagram that says that it has none is not asked for one, whatever IP carries behind it.
        s.Payload("payload" / If(this.length != 8, transport.payload("udp"))),
    ),
    under={"ip.proto": (17,)},
    carries=(s.Carry("udp.port"),),
    extent=this.length,
    computed={
        "udp.length": s.LengthOf("layer"),
        **transport.checksum("udp", "udp.checksum.bad", "RFC 1122 section 4.1.3.4", optional=True),
    },
    across=transport.times("udp", "first frame", "previous frame"),
    idle=IDLE,
    summary=s.Summary("User Datagram Protocol, Src Port: {udp.srcport}, Dst Port: {udp.dstport}", protocol="UDP"),
    reference="RFC 768",
    references={"udp.proc": "", "udp.pdu": "", "udp.stream": ""},
)
