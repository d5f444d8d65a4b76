"""The fields of TCP that Wireshark has and that get no value here, so that a filter on one finds nothing."""

from wireproof.dissectors.schema import Base, FieldInfo, FieldType
from wireproof.dissectors.transport import processes

BOOLEAN, BYTES, FRAME, NONE = FieldType.BOOLEAN, FieldType.BYTES, FieldType.FRAMENUM, FieldType.NONE
UINT8, UINT16, UINT24, UINT32 = FieldType.UINT8, FieldType.UINT16, FieldType.UINT24, FieldType.UINT32

# What a protocol above TCP has to ask for: its messages, of several segments or several in one.
MESSAGES = (
    ("tcp.continuation_to", FRAME, "This is a continuation to the PDU in frame"),
    ("tcp.pdu.last_frame", FRAME, "Last frame of this PDU"),
    ("tcp.pdu.size", UINT32, "PDU Size"),
    ("tcp.pdu.time", FieldType.RELATIVE_TIME, "Time until the last segment of this PDU"),
    ("tcp.reassembled.data", BYTES, "Reassembled TCP Data"),
    ("tcp.reassembled.length", UINT32, "Reassembled TCP length"),
    ("tcp.reassembled_in", FRAME, "Reassembled PDU in frame"),
    ("tcp.segment", FRAME, "TCP Segment"),
    ("tcp.segment.count", UINT32, "Segment count"),
    ("tcp.segment.error", FRAME, "Reassembling error"),
    ("tcp.segment.multipletails", BOOLEAN, "Multiple tail segments found"),
    ("tcp.segment.overlap", BOOLEAN, "Segment overlap"),
    ("tcp.segment.overlap.conflict", BOOLEAN, "Conflicting data in segment overlap"),
    ("tcp.segment.toolongfragment", BOOLEAN, "Segment too long"),
    ("tcp.segments", NONE, "Reassembled TCP Segments"),
)
# What stays off as a rule: reading time stamps as cookies, and telling which FIN comes again.
SWITCHED_OFF = (
    ("tcp.fin_retransmission", FRAME, "Retransmission of FIN from frame"),
    ("tcp.options.timestamp.tsval.syncookie.ecn", BOOLEAN, "SYN Cookie ECN"),
    ("tcp.options.timestamp.tsval.syncookie.sack", BOOLEAN, "SYN Cookie SACK"),
    ("tcp.options.timestamp.tsval.syncookie.timestamp", UINT32, "SYN Cookie Timestamp"),
    ("tcp.options.timestamp.tsval.syncookie.wscale", UINT8, "SYN Cookie WScale"),
    ("tcp.syncookie.mss", UINT8, "SYN Cookie Maximum Segment Size"),
    ("tcp.syncookie.time", UINT8, "SYN Cookie Time"),
)
# What no length of its option has, or what Wireshark fails on before it gets there.
UNREACHED = (
    ("tcp.options.rvbd.trpy.client.port", UINT16, "Out of band connection Client Port"),
    ("tcp.options.scps.binding.data", BYTES, "Binding Space Data"),
    ("tcp.options.scps.binding.id", UINT8, "Binding Space (Community) ID"),
    ("tcp.options.scps.binding.len", UINT8, "Extended Capability Length"),
    ("tcp.options.snack.le", UINT16, "TCP SNACK Left Edge"),
    ("tcp.options.snack.re", UINT16, "TCP SNACK Right Edge"),
    ("tcp.options.snack.sequence", NONE, "SNACK Sequence"),
)
# What takes the subflows of Multipath TCP together.
SUBFLOWS = (
    (
        "mptcp.connection.echoed_key_mismatch",
        NONE,
        "The echoed key in the ACK of the MPTCP handshake does not match the key of the SYN/ACK",
    ),
    ("mptcp.dss.missing_mapping", NONE, "No mapping available"),
)
IDLE = (
    *processes("tcp"),
    *(
        FieldInfo(name, kind, title)
        for group in (MESSAGES, SWITCHED_OFF, UNREACHED, SUBFLOWS)
        for name, kind, title in group
    ),
    FieldInfo("tcp.syncookie.hash", UINT24, "SYN Cookie hash", Base.HEX),
)
