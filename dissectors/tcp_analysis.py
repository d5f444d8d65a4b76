"""What the sequence of a TCP conversation's segments says of one (wireproof/analysis), under Wireshark's names."""

from __future__ import annotations

from typing import NamedTuple

from wireproof.dissectors.schema import FieldInfo, FieldType, Severity

LABEL, NUMBER, FRAME, TIME = FieldType.NONE, FieldType.UINT32, FieldType.FRAMENUM, FieldType.RELATIVE_TIME
STANDARDS = {
    **dict.fromkeys(("retransmission", "spurious_retransmission"), "RFC 9293 section 3.8.1"),
    **dict.fromkeys(("rto", "rto_frame"), "RFC 6298 section 2"),
    **dict.fromkeys(("ack_rtt", "initial_rtt"), "RFC 6298 section 3"),
    **dict.fromkeys(("duplicate_ack", "duplicate_ack_num", "duplicate_ack_frame"), "RFC 5681 section 2"),
    "fast_retransmission": "RFC 5681 section 3.2",
    **dict.fromkeys(("out_of_order", "lost_segment", "ack_lost_segment"), "RFC 9293 section 3.10.7.4"),
    **dict.fromkeys(("window_update", "window_full", "zero_window"), "RFC 9293 section 3.8.6"),
    **dict.fromkeys(("zero_window_probe", "zero_window_probe_ack"), "RFC 9293 section 3.8.6.1"),
    **dict.fromkeys(("keep_alive", "keep_alive_ack"), "RFC 9293 section 3.8.4"),
    "reused_ports": "RFC 6191 section 2",
    "tfo_ack": "RFC 7413 section 4.2.2",
    "tfo_ignored": "RFC 7413 section 4.2.2",
}
"""Where a standard has what a segment is told to be."""


def told(name: str, kind: FieldType, title: str) -> FieldInfo:
    """A field of the analysis."""
    reference = STANDARDS.get(name.removeprefix("."), "")
    return FieldInfo(f"tcp.analysis{name}", kind, title, reference=reference, across=True)


class Remark(NamedTuple):
    """What is remarkable of a segment: its field, which is the message too, and what the packet list says first.

    `message` is there where it is another one than the field's title, and `also` are fields that are told with it.
    """

    field: FieldInfo
    severity: Severity
    prefix: str
    message: str = ""
    also: tuple[FieldInfo, ...] = ()


NOTE, WARNING, CHAT = Severity.NOTE, Severity.WARNING, Severity.CHAT
ANALYSIS = told("", LABEL, "SEQ/ACK analysis")
ACKS_FRAME = told(".acks_frame", FRAME, "This is an ACK to the segment in frame")
ACK_RTT = told(".ack_rtt", TIME, "The RTT to ACK the segment was")
INITIAL_RTT = told(".initial_rtt", TIME, "iRTT")
BYTES_IN_FLIGHT = told(".bytes_in_flight", NUMBER, "Bytes in flight")
PUSH_BYTES_SENT = told(".push_bytes_sent", NUMBER, "Bytes sent since last PSH flag")
FLAGS = told(".flags", LABEL, "TCP Analysis Flags")
RTO = told(".rto", TIME, "The RTO for this segment was")
RTO_FRAME = told(".rto_frame", FRAME, "RTO based on delta from frame")
DUPLICATE_ACK = told(".duplicate_ack", LABEL, "Duplicate ACK")
DUPLICATE_NUMBER = told(".duplicate_ack_num", NUMBER, "Duplicate ACK #")
DUPLICATE_FRAME = told(".duplicate_ack_frame", FRAME, "Duplicate to the ACK in frame")
RETRANSMISSION = told(".retransmission", LABEL, "This frame is a (suspected) retransmission")

REMARKS = (
    Remark(
        told(
            ".reused_ports",
            LABEL,
            "A new tcp session is started with the same ports as an earlier session in this trace",
        ),
        NOTE,
        "TCP Port numbers reused",
    ),
    Remark(RETRANSMISSION, NOTE, "TCP Retransmission"),
    Remark(
        told(".fast_retransmission", LABEL, "This frame is a (suspected) fast retransmission"),
        NOTE,
        "TCP Fast Retransmission",
        also=(RETRANSMISSION,),
    ),
    Remark(
        told(".spurious_retransmission", LABEL, "This frame is a (suspected) spurious retransmission"),
        NOTE,
        "TCP Spurious Retransmission",
        also=(RETRANSMISSION,),
    ),
    Remark(
        told(".out_of_order", LABEL, "This frame is a (suspected) out-of-order segment"), WARNING, "TCP Out-Of-Order"
    ),
    Remark(
        told(".lost_segment", LABEL, "Previous segment(s) not captured (common at capture start)"),
        WARNING,
        "TCP Previous segment not captured",
    ),
    Remark(
        told(".ack_lost_segment", LABEL, "ACKed segment that wasn't captured (common at capture start)"),
        WARNING,
        "TCP ACKed unseen segment",
    ),
    Remark(told(".window_update", LABEL, "TCP window update"), CHAT, "TCP Window Update"),
    Remark(
        told(".window_full", LABEL, "TCP window specified by the receiver is now completely full"),
        WARNING,
        "TCP Window Full",
    ),
    Remark(told(".keep_alive", LABEL, "TCP keep-alive segment"), NOTE, "TCP Keep-Alive"),
    Remark(told(".keep_alive_ack", LABEL, "ACK to a TCP keep-alive segment"), NOTE, "TCP Keep-Alive ACK"),
    Remark(DUPLICATE_ACK, NOTE, "TCP Dup ACK {frame}#{number}", "Duplicate ACK (#{number})"),
    Remark(told(".zero_window_probe", LABEL, "TCP Zero Window Probe"), NOTE, "TCP ZeroWindowProbe"),
    Remark(told(".zero_window", LABEL, "TCP Zero Window segment"), WARNING, "TCP ZeroWindow"),
    Remark(told(".zero_window_probe_ack", LABEL, "ACK to a TCP Zero Window Probe"), NOTE, "TCP ZeroWindowProbeAck"),
)
"""In the order in which they are told, each a bit of the kinds in the tables of the analysis, from the lowest."""

FAST_OPEN = {
    1: told(".tfo_ack", LABEL, "TCP SYN-ACK accepting TFO data"),
    2: told(".tfo_ignored", LABEL, "TCP SYN-ACK ignoring TFO data"),
}
"""What the second segment of a handshake says of data in the first one (RFC 7413, section 4.2)."""
SEGMENT_DATA = FieldInfo("tcp.segment_data", FieldType.BYTES, "TCP segment data", across=True)

NUMBERS = (
    ACKS_FRAME,
    ACK_RTT,
    INITIAL_RTT,
    BYTES_IN_FLIGHT,
    PUSH_BYTES_SENT,
    FLAGS,
    DUPLICATE_NUMBER,
    DUPLICATE_FRAME,
)
KINDS = tuple(remark.field for remark in REMARKS)
FIELDS = (ANALYSIS, *NUMBERS, *KINDS, RTO, RTO_FRAME, *FAST_OPEN.values(), SEGMENT_DATA)
