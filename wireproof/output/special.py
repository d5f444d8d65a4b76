"""Lines of the detailed tree that say more than title and value, by field."""

from __future__ import annotations

from collections.abc import Mapping

from wireproof.dissectors.frame import FLAGS_FIELDS, VERDICTS
from wireproof.output import lines_of_internet, lines_of_link, lines_of_transport
from wireproof.output.line_words import Line

PLAIN = frozenset(
    {
        "frame.encap_type",
        "frame.time",
        "frame.time_epoch",
        "frame.number",
        "frame.len",
        "frame.cap_len",
        "frame.interface_id",
        "frame.interface_name",
        "frame.section_number",
        "frame.comment",
        "frame.drop_count",
        "frame.interface_description",
        "frame.interface_queue",
        "frame.p2p_dir",
        "frame.packet_flags",
        "frame.packet_id",
        "frame.verdict",
        *(info.name for info, _ in FLAGS_FIELDS),
        *(info.name for info in VERDICTS.values()),
        "fr.chdlctype",
        "fr.dlci",
        "llc.control",
        "llc.control.ftype",
        "llc.control.u_modifier_cmd",
        "llc.control.u_modifier_resp",
        "ip.cipso.categories",
        "tcp.seq",
        "tcp.ack",
        "tcp.flags.ace",
        "tcp.options.sack_le",
        "tcp.options.sack_re",
        "tcp.options.tfo.request",
        "tcp.segment_data",
        "icmp.data_time",
        "ip.src_host",
        "ip.dst_host",
    }
)
"""Fields that no octet of the packet stands for, or that the analysis changed, and that are not in brackets yet."""

LINES: Mapping[str, Line] = {**lines_of_link.LINES, **lines_of_internet.LINES, **lines_of_transport.LINES}
