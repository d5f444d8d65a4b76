"""The frame as the capture file tells it: when, how long, of which link type. It takes no octet of the packet.

What a pcapng file may tell besides, of its interface and in the options of the packet's block (draft-ietf-opsawg-pcapng
sections 4.2 and 4.3), is declared here and added by the packet reader.
"""

from construct import Computed, If, Struct, this

from wireproof.dissectors.numbers.encapsulations import ENCAPSULATIONS
from wireproof.dissectors.schema import (
    SET,
    TRUE,
    Base,
    Carry,
    Field,
    FieldInfo,
    FieldType,
    InTable,
    Protocol,
    Rule,
    Severity,
)

UINT32 = FieldType.UINT32
DIRECTIONS = {0: "Unknown", 1: "Inbound", 2: "Outbound"}
RECEPTIONS = {0: "Not specified", 1: "Unicast", 2: "Multicast", 3: "Broadcast", 4: "Promiscuous"}
SENT_OR_RECEIVED = {-1: "Unknown", 0: "Sent", 1: "Received"}
CLASSIFIER_VERDICTS = {
    -1: "TC_ACT_UNSPEC",
    0: "TC_ACT_OK",
    1: "TC_ACT_RECLASSIFY",
    2: "TC_ACT_SHOT",
    3: "TC_ACT_PIPE",
    4: "TC_ACT_STOLEN",
    5: "TC_ACT_QUEUED",
    6: "TC_ACT_REPEAT",
    7: "TC_ACT_REDIRECT",
    8: "TC_ACT_TRAP",
}
DATA_PATH_VERDICTS = {0: "XDP_ABORTED", 1: "XDP_DROP", 2: "XDP_PASS", 3: "XDP_TX", 4: "XDP_REDIRECT"}

INTERFACE_DESCRIPTION = FieldInfo("frame.interface_description", FieldType.STRING, "Interface description")
INTERFACE_QUEUE = FieldInfo("frame.interface_queue", UINT32, "Interface queue")
FLAGS = FieldInfo("frame.packet_flags", UINT32, "Packet flags", Base.HEX)
PACKET_ID = FieldInfo("frame.packet_id", FieldType.UINT64, "Packet id")
DROP_COUNT = FieldInfo("frame.drop_count", FieldType.UINT64, "Drop Count")
DIRECTION = FieldInfo("frame.p2p_dir", FieldType.INT8, "Point-to-Point Direction", labels=SENT_OR_RECEIVED)
VERDICT = FieldInfo("frame.verdict", FieldType.STRING, "Verdict")
VERDICTS = {
    0: FieldInfo("frame.verdict.hw", FieldType.BYTES, "Hardware", Base.SPACE),
    1: FieldInfo("frame.verdict.ebpf_tc", FieldType.INT64, "eBPF TC", labels=CLASSIFIER_VERDICTS),
    2: FieldInfo("frame.verdict.ebpf_xdp", FieldType.INT64, "eBPF XDP", labels=DATA_PATH_VERDICTS),
}
COMMENT = FieldInfo("frame.comment", FieldType.STRING, "Comment")
COMMENT_EXPERT = FieldInfo("frame.comment.expert", FieldType.NONE, "Formatted comment")


def _error(name: str, title: str, mask: int) -> tuple[FieldInfo, int]:
    return FieldInfo(f"frame.packet_flags_{name}", FieldType.BOOLEAN, title, labels=SET), mask


FLAGS_FIELDS = (
    (FieldInfo("frame.packet_flags_direction", UINT32, "Direction", Base.HEX, DIRECTIONS), 0x00000003),
    (FieldInfo("frame.packet_flags_reception_type", UINT32, "Reception type", labels=RECEPTIONS), 0x0000001C),
    (FieldInfo("frame.packet_flags_fcs_length", UINT32, "FCS length"), 0x000001E0),
    (FieldInfo("frame.packet_flags_reserved", UINT32, "Reserved"), 0x0000FE00),
    _error("crc_error", "CRC error", 0x01000000),
    _error("packet_too_error", "Packet too long error", 0x02000000),
    _error("packet_too_short_error", "Packet too short error", 0x04000000),
    _error("wrong_inter_frame_gap_error", "Wrong interframe gap error", 0x08000000),
    _error("unaligned_frame_error", "Unaligned frame error", 0x10000000),
    _error("start_frame_delimiter_error", "Start frame delimiter error", 0x20000000),
    _error("preamble_error", "Preamble error", 0x40000000),
    _error("symbol_error", "Symbol error", 0x80000000),
)
"""The parts of the flags word, each with its mask (draft-ietf-opsawg-pcapng section 4.3.1)."""

IDLE = (
    ("bblog", FieldType.STRING, "Black Box Log"),
    ("bblog.serial_nr", UINT32, "Serial Number"),
    ("bblog.ticks", UINT32, "Ticks"),
    ("cb_copy", FieldType.BOOLEAN, "Copying"),
    ("cb_pen", UINT32, "Private Enterprise Number"),
    ("coloring_rule.name", FieldType.STRING, "Coloring Rule Name"),
    ("coloring_rule.string", FieldType.STRING, "Coloring Rule String"),
    ("file_off", FieldType.INT64, "File Offset"),
    ("incomplete", FieldType.NONE, "Incomplete dissector"),
    ("link_nr", FieldType.UINT16, "Link Number"),
    ("md5_hash", FieldType.STRING, "Frame MD5 Hash"),
    ("pcaplog.data", FieldType.BYTES, "Data"),
    ("pcaplog.data_length", UINT32, "Data Length"),
    ("pcaplog.data_type", UINT32, "Date Type"),
    ("ref_time", FieldType.NONE, "This is a Time Reference frame"),
    ("time_invalid", FieldType.NONE, "Arrival Time: Fractional second out of range (0-1000000000)"),
    ("verdict.unknown", FieldType.BYTES, "Unknown"),
)
"""Of preferences that are off, of windows with colours, and of records that are no packets; and what reading a capture
puts right: a second that has more than its parts."""

comments = Protocol("pkt_comment", "Packet comments", across=(COMMENT, COMMENT_EXPERT))
frame = Protocol(
    "frame",
    "Frame",
    parts=(
        Struct(
            If(
                this.interface != None,  # noqa: E711 - an expression, not a comparison
                Struct(
                    Field("frame.section_number", Computed(this._.section), UINT32, "Section number"),
                    Field("frame.interface_id", Computed(this._.interface), UINT32, "Interface id"),
                    Field("frame.interface_name", Computed(this._.interface_name), FieldType.STRING, "Interface name"),
                ),
            ),
            "encap_type"
            / Field(
                "frame.encap_type",
                Computed(this.encapsulation),
                FieldType.INT16,
                "Encapsulation type",
                labels=ENCAPSULATIONS,
            ),
            If(
                this.time != None,  # noqa: E711
                Struct(
                    Field("frame.time", Computed(this._.time), FieldType.ABSOLUTE_TIME, "Arrival Time"),
                    Field("frame.offset_shift", Computed(0), FieldType.RELATIVE_TIME, "Time shift for this packet"),
                    Field("frame.time_epoch", Computed(this._.time), FieldType.RELATIVE_TIME, "Epoch Time"),
                ),
            ),
            "number" / Field("frame.number", Computed(this.number), UINT32, "Frame Number"),
            "len" / Field("frame.len", Computed(this.wire_length), UINT32, "Frame Length"),
            Rule(
                this.captured_length <= this.wire_length,
                FieldInfo("frame.len_lt_caplen", FieldType.NONE, "Frame length is less than captured length"),
                "Frame length is less than captured length",
                severity=Severity.ERROR,
                group="Malformed",
                below="frame.len",
                stops=False,
            ),
            "cap_len" / Field("frame.cap_len", Computed(this.captured_length), UINT32, "Capture Length"),
            Field("frame.marked", Computed(0), FieldType.BOOLEAN, "Frame is marked", labels=TRUE),
            Field("frame.ignored", Computed(0), FieldType.BOOLEAN, "Frame is ignored", labels=TRUE),
        ),
        Struct(
            Rule(
                InTable("link", "link_type"),
                FieldInfo("frame.unknown_link_type", FieldType.NONE, "Link type not decoded", own=True),
                "Link type {link_type} is not decoded",
                severity=Severity.NOTE,
                group="Undecoded",
                stops=False,
            ),
        ),
    ),
    carries=(Carry("link", "link_type", empty=True),),
    across=(
        FieldInfo("frame.time_delta", FieldType.RELATIVE_TIME, "Time delta from previous captured frame", across=True),
        FieldInfo(
            "frame.time_delta_displayed",
            FieldType.RELATIVE_TIME,
            "Time delta from previous displayed frame",
            across=True,
        ),
        FieldInfo("frame.time_relative", FieldType.RELATIVE_TIME, "Time since reference or first frame", across=True),
        FieldInfo("frame.protocols", FieldType.STRING, "Protocols in frame"),
        *(INTERFACE_DESCRIPTION, INTERFACE_QUEUE, FLAGS, PACKET_ID, DROP_COUNT, DIRECTION, VERDICT),
        *VERDICTS.values(),
        *(info for info, _ in FLAGS_FIELDS),
    ),
    idle=tuple(FieldInfo(f"frame.{name}", type, title) for name, type, title in IDLE),
)
