"""TCP (RFC 9293; options: RFC 7323, RFC 2018, RFC 2385, RFC 5925, RFC 7413, RFC 5482, RFC 8684).

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-------------------------------+-------------------------------+
|          Source port          |        Destination port       |
+-------------------------------+-------------------------------+
|                        Sequence number                        |
+---------------------------------------------------------------+
|                     Acknowledgment number                     |
+-------+-----+-+-+-+-+-+-+-+-+-+-------------------------------+
|Offset | Res |A|C|E|U|A|P|R|S|F|             Window            |
+-------+-----+-+-+-+-+-+-+-+-+-+-------------------------------+
|            Checksum           |         Urgent pointer        |
+-------------------------------+-------------------------------+
|                    Options and padding ...                    |
+---------------------------------------------------------------+
"""

from construct import Computed, Default, GreedyBytes, If, IfThenElse, Int16ub, Int32ub, Struct, this

from wireproof.dissectors import tcp_analysis, transport
from wireproof.dissectors.schema import (
    SET,
    Base,
    Bits,
    Carry,
    Field,
    FieldInfo,
    FieldType,
    LengthOf,
    Payload,
    Protocol,
    Reaches,
    Rule,
    Severity,
    Summary,
    Text,
    malformed,
    never,
)
from wireproof.dissectors.schema.render import FlagLetters, text
from wireproof.dissectors.tcp_fields import label, note
from wireproof.dissectors.tcp_idle import IDLE
from wireproof.dissectors.tcp_options import OPTIONS
from wireproof.dissectors.tcp_standards import STANDARDS

BOOLEAN, BYTES, NONE = FieldType.BOOLEAN, FieldType.BYTES, FieldType.NONE
UINT8, UINT16, UINT32 = FieldType.UINT8, FieldType.UINT16, FieldType.UINT32
FLAGS = (
    ("res", 0x0E00, "Reserved", ()),
    ("ae", 0x0100, "Accurate ECN", ("tcp.flags.ns",)),
    ("cwr", 0x0080, "Congestion Window Reduced", ()),
    ("ece", 0x0040, "ECN-Echo", ("tcp.flags.ecn",)),
    ("urg", 0x0020, "Urgent", ()),
    ("ack", 0x0010, "Acknowledgment", ()),
    ("push", 0x0008, "Push", ("tcp.flags.psh",)),
    ("reset", 0x0004, "Reset", ("tcp.flags.rst",)),
    ("syn", 0x0002, "Syn", ()),
    ("fin", 0x0001, "Fin", ()),
)


def across(name: str, kind: FieldType, title: str) -> FieldInfo:
    """A field that takes more than one packet."""
    return FieldInfo(name, kind, title, across=True)


def state(side: str, title: str) -> FieldInfo:
    """What a side of the connection comes into with the segment."""
    return FieldInfo(
        f"tcp.{side}.state",
        UINT8,
        f"State of the {title}",
        labels=STATES,
        reference="RFC 9293 section 3.3.2",
        across=True,
        hidden=True,
        own=True,
    )


def connection(mask: int, bits: int, name: str, title: str, severity: Severity = Severity.CHAT, more: str = "") -> Rule:
    """What the flags of a segment say of its connection."""
    field = label(f"connection.{name}", title)
    return Rule(
        (this.flag_bits & mask) != bits,
        field,
        title + more,
        severity=severity,
        group="Sequence",
        stops=False,
        reference="RFC 9293 section 3.5",
    )


STATES = {
    1: "LISTEN",
    2: "SYN-SENT",
    3: "SYN-RECEIVED",
    4: "ESTABLISHED",
    5: "FIN-WAIT-1",
    6: "FIN-WAIT-2",
    7: "CLOSE-WAIT",
    8: "CLOSING",
    9: "LAST-ACK",
    10: "TIME-WAIT",
    11: "CLOSED",
}
ALL_ONES = note(
    never,
    "checksum.ffff",
    "TCP Checksum 0xffff instead of 0x0000 (see RFC 1624)",
    Severity.WARNING,
    group="Checksum",
    reference="RFC 1624 section 3",
)
FIN, SYN, RST, ACK, URG = 0x001, 0x002, 0x004, 0x010, 0x020
has_cause = ((this.flag_bits & RST) != 0) & (this.captured_length > this.hdr_len)
NOTED = (
    malformed(
        (this.hdr_len <= this.layer_length) | this.partial,
        label("short_segment", "Short segment"),
        "Short segment. Segment/fragment does not contain a full TCP header (might be NMAP or someone else deliberately"
        " sending unusual packets)",
        severity=Severity.WARNING,
        quoted=False,
        reference="RFC 9293 section 3.1",
        is_line=True,
    ),
    note(
        ((this.flag_bits & ACK) != 0) | (this.ack_raw == 0),
        "ack.nonzero",
        "The acknowledgment number field is nonzero while the ACK flag is not set",
        reference="RFC 9293 section 3.1",
    ),
    connection(RST, RST, "rst", "Connection reset (RST)", Severity.WARNING),
    connection(SYN | ACK, SYN, "syn", "Connection establish request (SYN)", more=": server port {dstport}"),
    connection(
        SYN | ACK, SYN | ACK, "synack", "Connection establish acknowledge (SYN+ACK)", more=": server port {srcport}"
    ),
    connection(FIN, FIN, "fin", "Connection finish (FIN)"),
)

tcp = Protocol(
    "tcp",
    "Transmission Control Protocol",
    parts=(
        Struct(
            *transport.ports("tcp", Base.PORT_TCP),
            Reaches(this.captured_length),
        ),
        Struct(
            # Of a segment that an error message quotes, Wireshark does not tell these two.
            "seq_raw"
            / IfThenElse(
                this.quoted == 0,
                Field("tcp.seq_raw", Default(Int32ub, 0), UINT32, "Sequence Number (raw)"),
                Int32ub,
            ),
            "ack_raw" / Default(Int32ub, 0),
            "offset_flags" / Default(Int16ub, 0x5000),
            "window" / Default(Int16ub, 0),
            "hdr_len" / Field("tcp.hdr_len", Bits("offset_flags", 0xF000, scale=4), UINT8, "Header Length"),
            If(
                (this.hdr_len <= this.layer_length) & (this.quoted == 0) & (this.partial == 0),
                Field("tcp.len", Computed(this.layer_length - this.hdr_len), UINT32, "TCP Segment Len"),
            ),
        ),
        Struct(
            Rule(
                this.hdr_len >= 20,
                FieldInfo("tcp.bogus_header_length", NONE, "Bogus TCP Header length"),
                "Bogus TCP header length ({hdr_len}, must be at least 20)",
                reference="RFC 9293 section 3.1",
            ),
            Field("tcp.ack_raw", Bits("ack_raw"), UINT32, "Acknowledgment number (raw)"),
            Field("tcp.flags", Bits("offset_flags", 0x0FFF), UINT16, "Flags", base=Base.HEX),
            *(
                Field(f"tcp.flags.{name}", Bits("offset_flags", mask), BOOLEAN, title, labels=SET, aliases=aliases)
                for name, mask, title, aliases in FLAGS
            ),
            "flag_bits" / Computed(this.offset_flags & 0x0FFF),
            Field("tcp.flags.str", Text("flag_bits", FlagLetters("RRRACEUAPRSF")), FieldType.STRING, "TCP Flags"),
            Field("tcp.window_size_value", Bits("window"), UINT16, "Window"),
            *NOTED,
        ),
        Struct("sum" / Field("tcp.checksum", Int16ub, title="Checksum", base=Base.HEX)),
        Struct(
            "urp" / Field("tcp.urgent_pointer", Default(Int16ub, 0), UINT16, "Urgent Pointer"),
            note(
                (this.urp == 0) | ((this.flag_bits & URG) != 0),
                "urgent_pointer.non_zero",
                "The urgent pointer field is nonzero while the URG flag is not set",
                reference="RFC 9293 section 3.1",
            ),
        ),
        Struct("options" / OPTIONS),
        Payload(
            "cause" / If(has_cause, GreedyBytes),
            If(has_cause, Field("tcp.reset_cause", Text("cause", text), FieldType.STRING, "Reset cause")),
        ),
        Payload("payload" / transport.payload("tcp")),
    ),
    under={"ip.proto": (6,)},
    carries=(Carry("tcp.port", when=(this.flag_bits & RST) == 0),),
    computed={
        "tcp.hdr_len": LengthOf("header"),
        **transport.checksum("tcp", "tcp.checksum_bad.expert", "RFC 9293 section 3.1", all_ones=ALL_ONES),
    },
    across=(
        *transport.times("tcp", "first frame in this TCP stream", "previous frame in this TCP stream"),
        FieldInfo("tcp.completeness", UINT8, "Conversation completeness", Base.CUSTOM, across=True),
        state("src", "sender"),
        state("dst", "receiver"),
        across("tcp.flags.ace", UINT8, "ACE"),
        across("tcp.connection.fin_active", NONE, "This frame initiates the connection closing"),
        across("tcp.connection.fin_passive", NONE, "This frame undergoes the connection closing"),
        across("tcp.seq", UINT32, "Sequence Number"),
        across("tcp.nxtseq", UINT32, "Next Sequence Number"),
        across("tcp.ack", UINT32, "Acknowledgment Number"),
        across("tcp.window_size", UINT32, "Calculated window size"),
        across("tcp.window_size_scalefactor", FieldType.INT32, "Window size scaling factor"),
        *tcp_analysis.FIELDS,
    ),
    idle=IDLE,
    summary=Summary(protocol="TCP"),
    reference="RFC 9293",
    references=STANDARDS,
)
