"""What the sequence of a conversation's segments says of one, as fields of its layer and as diagnoses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wireproof.analysis.rules.tcp_tables import LOOKED_AT, RETRANSMISSION, Readings, Remarks
from wireproof.dissectors import tcp_analysis as fields
from wireproof.dissectors.schema import FieldInfo, Severity
from wireproof.dissectors.tcp_analysis import REMARKS, Remark
from wireproof.engine.tables import ABSENT
from wireproof.packet import Diagnosis, Layer, Packet, Value
from wireproof.packet.checksum import BAD
from wireproof.packet.finish import note


def remark_values(packet: Packet, layer: Layer, remarks: Remarks) -> Iterator[Value]:
    """Yield the values of the first row, in Wireshark's order, and say what is remarkable."""
    kinds = remarks.kinds[0]
    if not kinds:
        return
    yield _value(layer, fields.ANALYSIS, True)
    yield from _numbers(layer, remarks)
    if not kinds & ~LOOKED_AT:
        return
    yield _value(layer, fields.FLAGS, True)
    for bit, each in enumerate(REMARKS):
        if kinds >> bit & 1:
            yield from _remarked(packet, layer, remarks, each)
            if 1 << bit == RETRANSMISSION and remarks.rto[0] != ABSENT:
                yield _value(layer, fields.RTO, remarks.rto[0])
                yield _value(layer, fields.RTO_FRAME, remarks.rto_frame[0])


def fast_open_values(packet: Packet, layer: Layer, readings: Readings) -> Iterator[Value]:
    """Yield what a SYN,ACK says of data in the SYN, which is said in front of what else is said of the segment."""
    info = fields.FAST_OPEN.get(readings.fast_open[0])
    if info is None:
        return
    said = Diagnosis("rule", layer.protocol.name, info.title, Severity.NOTE, "Sequence", info)
    first = next((at for at, each in enumerate(packet.diagnoses) if each.layer == layer.protocol.name), None)
    if first is None:
        note(packet, layer, said)
    else:
        packet.diagnoses.insert(first, said)
    yield _value(layer, info, True)


def repeats(packet: Packet, layer: Layer, remarks: Remarks) -> bool:
    """Whether the payload of a layer comes again, whole, and the checksum does not say that it is another one."""
    is_whole = layer.end <= len(packet.data) and BAD not in layer["tcp.checksum.status"]
    return is_whole and bool(remarks.kinds[0] & RETRANSMISSION)


def _numbers(layer: Layer, remarks: Remarks) -> Iterator[Value]:
    if remarks.acks_frame[0]:
        yield _value(layer, fields.ACKS_FRAME, remarks.acks_frame[0])
    for info, time in ((fields.ACK_RTT, remarks.ack_rtt[0]), (fields.INITIAL_RTT, remarks.initial_rtt[0])):
        if time != ABSENT:
            yield _value(layer, info, time)
    if remarks.bytes_in_flight[0]:
        yield _value(layer, fields.BYTES_IN_FLIGHT, remarks.bytes_in_flight[0])
    if remarks.push_bytes_sent[0]:
        yield _value(layer, fields.PUSH_BYTES_SENT, remarks.push_bytes_sent[0])


def _remarked(packet: Packet, layer: Layer, remarks: Remarks, remark: Remark) -> Iterator[Value]:
    """Yield the field of a remark, for which its diagnosis stands in the tree, and those that come with it."""
    number = remarks.duplicate_number[0]
    if remark.field is fields.DUPLICATE_ACK:
        yield _value(layer, fields.DUPLICATE_ACK, True)
        yield _value(layer, fields.DUPLICATE_NUMBER, number)
        yield _value(layer, fields.DUPLICATE_FRAME, remarks.duplicate_frame[0])
    for info in (remark.field, *remark.also):
        own = replace(info)  # which tells the diagnosis from others under this name
        message = remark.message.format(number=number) if info is remark.field else ""
        note(
            packet,
            layer,
            Diagnosis("rule", layer.protocol.name, message or info.title, remark.severity, "Sequence", own),
        )
        yield _value(layer, own, True)


def _value(layer: Layer, info: FieldInfo, value: object) -> Value:
    return Value(info, value, layer.start * 8, 0)
