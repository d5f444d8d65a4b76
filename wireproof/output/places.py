"""Where tshark puts a field in the tree, where neither its bits nor its place in the schema tell."""

from __future__ import annotations

from collections.abc import Mapping

from wireproof.dissectors import tcp_analysis
from wireproof.dissectors.frame import FLAGS_FIELDS, VERDICTS

TAGS = ("vlan", "ieee8021ad")
ADDRESS_FIELDS = ("eth.addr", "eth.addr_resolved", "eth.addr.oui", "eth.addr.oui_resolved", "eth.lg", "eth.ig")
LLC_CONTROL = ("n_r", "n_s", "p", "f", "s_ftype", "u_modifier_cmd", "u_modifier_resp", "ftype")
FRAGMENT_FLAGS = ("overlap", "overlap.conflict", "multipletails", "toolongfragment")
BELOW: Mapping[str, tuple[str, ...]] = {
    "icmp.checksum_bad": ("icmp.checksum",),
    "icmp.resp_not_found": ("icmp.no_resp",),
    "arp.duplicate-address-detected": ("arp.duplicate-address-frame",),
    **dict.fromkeys(ADDRESS_FIELDS, ("eth.dst", "eth.src")),
    **{
        f"eth.{side}{part}": (f"eth.{side}",)
        for side in ("dst", "src")
        for part in ("_resolved", ".oui", ".oui_resolved", ".lg", ".ig", ".cast")
    },
    "eth.fcs_bad": ("eth.fcs",),
    "eth.padding_bad": ("eth.trailer", "vlan.trailer", "ieee8021ah.trailer"),
    "eth.src_not_group": ("eth.src",),
    **{f"{name}.{rule}": (f"{name}.id", f"{name}.svid") for name in TAGS for rule in ("priority_tag", "reserved_vid")},
    **{f"llc.control.{name}": ("llc.control",) for name in LLC_CONTROL},
    "frame.interface_description": ("frame.interface_id",),
    "frame.interface_name": ("frame.interface_id",),
    **{info.name: ("frame.packet_flags",) for info, _ in FLAGS_FIELDS},
    **{info.name: ("frame.verdict",) for info in VERDICTS.values()},
    **dict.fromkeys(("ip.fragment", "ip.fragment.error"), ("ip.fragments",)),
    **{f"ip.fragment.{flag}": ("ip.fragment", "ip.fragment.error") for flag in FRAGMENT_FLAGS},
    **dict.fromkeys(("ip.fragment.count", "ip.reassembled.length", "ip.reassembled.data"), ("ip.fragments",)),
    "ip.bogus_header_length": ("ip.hdr_len",),
    "ip.bogus_ip_length": ("ip.len",),
    "ip.bogus_ip_version": ("ip.version",),
    "fpp.crc32_bad": ("fpp.crc32",),
    "fpp.mcrc32_bad": ("fpp.mcrc32",),
    "ip.checksum_bad.expert": ("ip.checksum",),
    "tcp.bogus_header_length": ("tcp.hdr_len",),
    "tcp.checksum_bad.expert": ("tcp.checksum",),
    "tcp.connection.fin": ("tcp.flags.fin",),
    "tcp.connection.fin_active": ("tcp.flags.str",),
    "tcp.connection.fin_passive": ("tcp.flags.str",),
    "tcp.connection.rst": ("tcp.flags.reset",),
    "tcp.connection.syn": ("tcp.flags.syn",),
    "tcp.connection.synack": ("tcp.flags.syn",),
    "tcp.flags.ace": ("tcp.flags",),
    "tcp.flags.str": ("tcp.flags",),
    "tcp.options.rvbd.probe.client.ip": ("tcp.options.rvbd.probe.flags",),
    "tcp.options.rvbd.probe.storeid": ("tcp.options.rvbd.probe.flags",),
    **{info.name: ("tcp.analysis",) for info in tcp_analysis.NUMBERS},
    **{info.name: ("tcp.analysis.flags",) for info in (*tcp_analysis.KINDS, tcp_analysis.RTO, tcp_analysis.RTO_FRAME)},
    **{info.name: ("tcp.ack",) for info in tcp_analysis.FAST_OPEN.values()},
    "tcp.analysis.duplicate_ack": ("tcp.analysis.flags", "tcp.analysis.duplicate_ack_frame"),
    "udp.checksum_calculated": ("udp.checksum",),
    "udp.possible_traceroute": ("udp.dstport",),
}
"""Fields that hang below another although neither bits nor the name of a diagnosis tell: the last of these names."""

_ADDRESS = ("eth.dst.oui", "eth.src.oui", "eth.dst.oui_resolved", "eth.src.oui_resolved")
AFTER: Mapping[str, tuple[str, ...]] = {
    "arp.isannouncement": ("arp.opcode",),
    "arp.isgratuitous": ("arp.opcode",),
    "arp.isprobe": ("arp.opcode",),
    "eth.addr": _ADDRESS,
    "eth.addr_resolved": ("eth.addr",),
    "tcp.port": ("tcp.dstport",),
    "tcp.short_segment": ("tcp.completeness",),
    "udp.port": ("udp.dstport",),
}
"""Fields that the tree shows behind another than the one that gives them their value: the next of these names."""

LAST = frozenset({"tcp.reset_cause"})
"""Fields that the tree shows behind all others of their layer."""

GROUPED: Mapping[str, str] = dict.fromkeys(
    ("tcp.time_relative", "tcp.time_delta", "udp.time_relative", "udp.time_delta"), "Timestamps"
)
"""Fields that hang below a line of their own, and its text."""

ATM_LENGTHS: Mapping[str, str] = {
    f"arp.{side}.{letter}{what}": f"{title} ATM {part}"
    for side, title in (("src", "Sender"), ("dst", "Target"))
    for letter, part in (("h", "number"), ("s", "subaddress"))
    for what in ("type", "len")
}
"""Fields that hang below a line that says both of them."""

COUNTED: Mapping[str, str] = {
    **dict.fromkeys(("tcp.flags.ae", "tcp.flags.cwr", "tcp.flags.ece"), "tcp.flags.ace"),
    "tcp.options.rvbd.probe.version": "tcp.options.rvbd.probe.version_raw",
}
"""Fields that the tree leaves out where another takes their place."""

AT: Mapping[str, str] = {
    "tcp.options.sack.dsack_le": "tcp.options.sack_le",
    "tcp.options.sack.dsack_re": "tcp.options.sack_re",
    "tcp.options.tfo.request": "tcp.options.tfo",
    "tcp.flags.str": "tcp.flags",
    "tcp.options.wscale.multiplier": "tcp.options.wscale.shift",
    "tcp.window_size": "tcp.window_size_value",
    "tcp.window_size_scalefactor": "tcp.window_size_value",
}
"""Computed fields that stand on the octets of another."""

OVER: Mapping[str, tuple[str, str]] = {
    "ip.len": ("total_length", "total_length"),
    "llc.control": ("control_1", "control_2"),
}
"""Computed fields that stand on several members, from the first of these to the last."""

BEHIND = frozenset({"udp.stream"})
"""Computed fields that stand behind the header, and not at its begin."""

WHOLE = frozenset({"icmp", "raw"})
"""Protocols that reach over what they carry."""
