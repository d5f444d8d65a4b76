"""The frame that makes a datagram whole, for machine code: a record of its own, in which it was never cut.

Machine code reads from one stretch of octets. So a datagram that is put together is laid out behind its header there,
the header says its length and that it is no fragment, and everything else is as in the frame. That is right for
whoever looks at nothing that differs (see `relevance.may_be_rejoined`): the lengths of what is in the frame, flags,
checksums, and octets of the headers. The frame's own lengths are told beside the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from wireproof.capture.pcapng_blocks import ENHANCED
from wireproof.engine.state import CAPTURED, FCS, FRAME, RecordLayout

if TYPE_CHECKING:
    from wireproof.packet.reassembly import Whole

HEADER = 20
LONGEST = 0xFFFF
OFFSET, MORE = 0x1FFF, 0x2000
OF_PCAP = (8, 12)  # where a record's head has its two lengths
OF_PCAPNG = (20, 24)
ENHANCED_HEAD = 28
LENGTH_AGAIN = 4


def rejoined(octets: bytearray, row: Sequence[int], layout: RecordLayout, at: int, whole: Whole) -> bytearray | None:
    """Return the record of a frame with the whole datagram, whose header is `at` that place; None if none can be.

    It follows the layout of the capture's own records.
    """
    length = HEADER + len(whole.octets)
    if length > LONGEST or not whole.is_sound or row[FCS] > 0:
        return None
    frame, captured = row[FRAME], row[CAPTURED]
    begin = frame - (ENHANCED_HEAD if layout.is_pcapng else layout.head_bytes)
    order: Literal["little", "big"] = "little" if layout.order == "<" else "big"
    record = octets[begin : frame + at + HEADER]
    size = frame - begin
    header = size + at
    record[header + 2 : header + 4] = length.to_bytes(2, "big")
    word = int.from_bytes(record[header + 6 : header + 8], "big") & ~(OFFSET | MORE)
    record[header + 6 : header + 8] = word.to_bytes(2, "big")
    record += whole.octets
    lengths = (at + length).to_bytes(4, order)
    for place in OF_PCAPNG if layout.is_pcapng else OF_PCAP:
        record[place : place + 4] = lengths
    if layout.is_pcapng:
        total = ENHANCED_HEAD + -(-captured // 4) * 4 + LENGTH_AGAIN
        if record[:8] != ENHANCED.to_bytes(4, order) + total.to_bytes(4, order):
            return None  # a block of another kind, or with options
        record += bytes(-len(record) % 4)
        total_now = (len(record) + LENGTH_AGAIN).to_bytes(4, order)
        record += total_now
        record[4:8] = total_now
    return record
