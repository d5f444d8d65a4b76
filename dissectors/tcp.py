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

from construct import Bytes, Computed, Default, GreedyBytes, If, IfThenElse, Int8ub, Int16ub, Int32ub, Struct, this

from wireproof.dissectors.numbers.tcp_options import EXPERIMENTS, MPTCP_SUBTYPES, OPTION_KINDS
from wireproof.dissectors.schema import (
    SET,
    Base,
    Bits,
    Carry,
    Field,
    FieldInfo,
    FieldType,
    InternetChecksum,
    LengthOf,
    Option,
    Options,
    Protocol,
    Repeat,
    Rule,
    Severity,
    Summary,
    Text,
    never,
)
from wireproof.dissectors.schema.render import FlagLetters

BOOLEAN, BYTES, NONE = FieldType.BOOLEAN, FieldType.BYTES, FieldType.NONE
UINT8, UINT16, UINT32 = FieldType.UINT8, FieldType.UINT16, FieldType.UINT32
PORT = FieldInfo("tcp.port", UINT16, "Source or Destination Port", Base.PORT_TCP, hidden=True)
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


OPTIONS = {
    2: Option((Field("tcp.options.mss_val", Int16ub, title="MSS Value"),), (4,)),
    3: Option((Field("tcp.options.wscale.shift", Int8ub, title="Shift count"),), (3,)),
    4: Option((), (2,)),
    5: Option(
        (
            Repeat(
                Field("tcp.options.sack_le", Int32ub, title="TCP SACK Left Edge", across=True),
                Field("tcp.options.sack_re", Int32ub, title="TCP SACK Right Edge", across=True),
            ),
        ),
        range(10, 41, 8),
    ),
    8: Option(
        (
            Field("tcp.options.timestamp.tsval", Int32ub, title="Timestamp value"),
            Field("tcp.options.timestamp.tsecr", Int32ub, title="Timestamp echo reply"),
        ),
        (10,),
    ),
    19: Option((Field("tcp.options.md5.digest", Bytes(this.option_length - 2), BYTES, "MD5 digest"),), (18,)),
    28: Option(
        (
            "user_timeout" / Int16ub,
            Field(
                "tcp.options.user_to_granularity",
                Bits("user_timeout", 0x8000),
                BOOLEAN,
                "Granularity",
                labels={1: "Minutes", 0: "Seconds"},
            ),
            Field("tcp.options.user_to_val", Bits("user_timeout", 0x7FFF), UINT16, "User Timeout"),
        ),
        (4,),
    ),
    29: Option(
        (
            Field("tcp.options.ao.keyid", Int8ub, title="AO KeyID"),
            Field("tcp.options.ao.rnextkeyid", Int8ub, title="AO RNextKeyID"),
            Field("tcp.options.ao.mac", Bytes(this.option_length - 4), BYTES, "AO MAC"),
        ),
        range(4, 41),
    ),
    30: Option(
        (
            "subtype" / Int8ub,
            Field(
                "tcp.options.mptcp.subtype",
                Bits("subtype", 0xF0),
                UINT8,
                "Multipath TCP subtype",
                labels=MPTCP_SUBTYPES,
            ),
        ),
        range(3, 41),
    ),
    34: Option(
        (
            If(
                this.option_length == 2,
                Field("tcp.options.tfo.request", Computed(1), NONE, "Fast Open Cookie Request"),
            ),
            Field("tcp.options.tfo.cookie", Bytes(this.option_length - 2), BYTES, "Fast Open Cookie"),
        ),
        range(2, 41),
    ),
    **{
        kind: Option(
            (
                "exid"
                / Field(
                    "tcp.options.experimental.exid",
                    Int16ub,
                    title="Experiment Identifier",
                    base=Base.HEX,
                    labels=EXPERIMENTS,
                ),
                # Fast Open before it had a kind of its own (RFC 7413 section 4.1.1).
                IfThenElse(
                    this.exid == 0xF989,
                    Field("tcp.options.tfo.cookie", Bytes(this.option_length - 4), BYTES, "Fast Open Cookie"),
                    Field("tcp.options.experimental.data", Bytes(this.option_length - 4), BYTES, "Data"),
                ),
            )
        )
        for kind in (253, 254)
    },
}

tcp = Protocol(
    "tcp",
    "Transmission Control Protocol",
    parts=(
        Struct(
            "srcport"
            / Field("tcp.srcport", Default(Int16ub, 0), UINT16, "Source Port", base=Base.PORT_TCP, feeds=(PORT,)),
            "dstport"
            / Field("tcp.dstport", Default(Int16ub, 0), UINT16, "Destination Port", base=Base.PORT_TCP, feeds=(PORT,)),
        ),
        Struct(
            "seq_raw" / Field("tcp.seq_raw", Default(Int32ub, 0), UINT32, "Sequence Number (raw)"),
            "ack_raw" / Default(Int32ub, 0),
            "offset_flags" / Default(Int16ub, 0x5000),
            "window" / Default(Int16ub, 0),
            "hdr_len" / Field("tcp.hdr_len", Bits("offset_flags", 0xF000, scale=4), UINT8, "Header Length"),
            If(
                this.hdr_len <= this.layer_length,
                Field("tcp.len", Computed(this.layer_length - this.hdr_len), UINT32, "TCP Segment Len"),
            ),
        ),
        Struct(
            Rule(
                this.hdr_len >= 20,
                FieldInfo("tcp.bogus_header_length", NONE, "Bogus TCP Header length"),
                "Bogus TCP header length ({hdr_len}, must be at least 20)",
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
        ),
        Struct("sum" / Field("tcp.checksum", Int16ub, title="Checksum", base=Base.HEX)),
        Struct("urp" / Field("tcp.urgent_pointer", Default(Int16ub, 0), UINT16, "Urgent Pointer")),
        Struct(
            "options"
            / Field(
                "tcp.options",
                Options(
                    this.hdr_len - 20,
                    Field("tcp.option_kind", Int8ub, title="Kind", labels=OPTION_KINDS),
                    Field("tcp.option_len", Int8ub, title="Length"),
                    OPTIONS,
                    end=None,  # what stands behind the end of the list is shown, as Wireshark does
                    invalid=Rule(
                        never,
                        FieldInfo("tcp.option.len.invalid", NONE, "Invalid length for option"),
                        "Invalid length for option",
                        severity=Severity.NOTE,
                        group="Sequence",
                    ),
                ),
                BYTES,
                "TCP Options",
            )
        ),
        Struct("payload" / Field("tcp.payload", GreedyBytes, BYTES, "TCP payload")),
    ),
    under={"ip.proto": (6,)},
    carries=(Carry("tcp.port"),),
    computed={
        "tcp.hdr_len": LengthOf("header"),
        "tcp.checksum": InternetChecksum.of("tcp.checksum", pseudo_header=True, preference="tcp.check_checksum"),
    },
    across=(
        across("tcp.stream", UINT32, "Stream index"),
        FieldInfo("tcp.completeness", UINT8, "Conversation completeness", Base.CUSTOM, across=True),
        across("tcp.seq", UINT32, "Sequence Number"),
        across("tcp.nxtseq", UINT32, "Next Sequence Number"),
        across("tcp.ack", UINT32, "Acknowledgment Number"),
        across("tcp.window_size", UINT32, "Calculated window size"),
        across("tcp.window_size_scalefactor", FieldType.INT32, "Window size scaling factor"),
        across("tcp.time_relative", FieldType.RELATIVE_TIME, "Time since first frame in this TCP stream"),
        across("tcp.time_delta", FieldType.RELATIVE_TIME, "Time since previous frame in this TCP stream"),
    ),
    summary=Summary(protocol="TCP"),
    reference="RFC 9293",
)
