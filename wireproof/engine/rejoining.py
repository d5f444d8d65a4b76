"""The frame that makes a datagram whole, for machine code: a record of its own, in which it was never cut.

Machine code reads from one stretch of octets. So a datagram that is put together is laid out behind its header there,
the header says its length and that it is no fragment, and everything else is as in the frame. That is right for
whoever looks at nothing that differs: the lengths of what is in the frame, flags, checksums, and octets of the headers.
The frame's own lengths are told beside the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from wireproof.capture.pcapng_blocks import ENHANCED
from wireproof.dissectors.schema import Catalogue
from wireproof.engine.relevance import START, names_of
from wireproof.engine.state import CAPTURED, FCS, FRAME, RecordLayout
from wireproof.engine.wanted import Wanted

if TYPE_CHECKING:
    from wireproof.engine.schemas import Schemas
    from wireproof.packet.reassembly import Whole

IP = "ip"
BELOW = frozenset({START, "eth", "vlan", IP})
"""The protocols whose headers are in front of such a datagram."""
UNCHANGED = frozenset(
    {
        START,
        "frame.cap_len",
        "frame.encap_type",
        "frame.interface_id",
        "frame.len",
        "frame.number",
        "frame.protocols",
        "frame.section_number",
        "frame.time",
        "frame.time_epoch",
        IP,
        "ip.addr",
        "ip.hdr_len",
        "ip.host",
        "ip.id",
        "ip.proto",
        "ip.ttl",
        "ip.version",
    }
)
UNCHANGED_BELOW = ("ip.dsfield", "ip.src", "ip.dst")
"""Names of fields of the frame and of IPv4 that are as in the frame, and what such names begin with."""

HEADER = 20
LONGEST = 0xFFFF
OFFSET, MORE = 0x1FFF, 0x2000
OF_PCAP = (8, 12)  # where a record's head has its two lengths
OF_PCAPNG = (20, 24)
ENHANCED_HEAD = 28
LENGTH_AGAIN = 4


def is_right(catalogue: Catalogue, wanted: Wanted, schemas: Schemas, asks: bool) -> bool:
    """Whether nobody looks at what differs in such a record."""
    if asks or schemas.diagnoses is not None or schemas.trailers is not None:
        return False
    if not BELOW.isdisjoint(wanted.headers) or not BELOW.isdisjoint(wanted.reaches):
        return False
    known = names_of(catalogue.protocols[START]) | names_of(catalogue.protocols[IP])
    looked_at = known.intersection(wanted.fields) - UNCHANGED
    return all(name.startswith(UNCHANGED_BELOW) for name in looked_at)


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
