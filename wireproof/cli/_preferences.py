"""``-o NAME:VALUE``: the preferences that act, and those of Wireshark's that say what is done anyway.

A preference of the protocols that are dissected here is accepted where its value changes nothing, and refused by
name where it would: whoever sets it counts on it.
"""

from __future__ import annotations

from wireproof.cli._failures import UsageError
from wireproof.packet.preferences import DEFRAGMENT, DUPLICATES, MAC_NAMES, OF_STREAMS, ON, PORT_NAMES, STORMS

CHECKSUMS = ("eth.check_fcs", "ip.check_checksum", "tcp.check_checksum", "udp.check_checksum")

ANY: tuple[str, ...] = ()
FALSE = ("false",)
TRUE = ("true",)

# The values, in lower case, that are what is done here; ANY where nothing here depends on it.
SETTLED: dict[str, tuple[str, ...]] = {
    "arp.detect_storm_number_of_packets": ("30",),
    "arp.detect_storm_period": ("100",),
    "arp.register_network_address_binding": ANY,
    "data.datapref.newpane": ANY,
    "data.md5_hash": FALSE,
    "data.show_as_text": FALSE,
    "data.uncompress_data": FALSE,
    "eth.ccsds_heuristic_bit": FALSE,
    "eth.ccsds_heuristic_header": FALSE,
    "eth.ccsds_heuristic_length": FALSE,
    "eth.ccsds_heuristic_version": FALSE,
    "eth.deduplicate_dmac": FALSE,
    "eth.fcs": ("heuristic", "according to heuristic"),
    "eth.interpret_as_fw1_monitor": FALSE,
    "eth.padding": ("zeros",),
    "eth.trailer_length": ("0",),
    "frame.disable_packet_size_limited_in_summary": FALSE,
    "frame.force_docsis_encap": FALSE,
    "frame.generate_bits_field": TRUE,
    "frame.generate_epoch_time": TRUE,
    "frame.generate_md5_hash": FALSE,
    "frame.show_file_off": FALSE,
    "icmp.favor_icmp_mpls": FALSE,
    "ip.decode_tos_as_diffserv": TRUE,
    "ip.security_flag": FALSE,
    "ip.summary_in_tree": TRUE,
    "ip.try_heuristic_first": ANY,
    "ip.tso_support": TRUE,
    "ip.use_geoip": FALSE,
    "nameres.dns_pkt_addr_resolution": FALSE,
    "nameres.network_name": FALSE,
    "nameres.use_external_name_resolver": FALSE,
    "nameres.vlan_name": FALSE,
    "tcp.bif_seq_based": ANY,
    "tcp.default_window_scaling": ("not-known", "not known"),
    "tcp.desegment_tcp_streams": ANY,
    "tcp.display_process_info_from_ipfix": FALSE,
    "tcp.dissect_experimental_options_rfc6994": TRUE,
    "tcp.fastrt_supersedes_ooo": ANY,
    "tcp.ignore_tcp_timestamps": ANY,
    "tcp.no_subdissector_on_error": ANY,
    "tcp.read_seq_as_syn_cookie": FALSE,
    "tcp.reassemble_out_of_order": FALSE,
    "tcp.summary_in_tree": TRUE,
    "tcp.try_heuristic_first": ANY,
    "udp.ignore_ipv6_zero_checksum": ANY,
    "udp.process_info": FALSE,
    "udp.summary_in_tree": TRUE,
    "udp.try_heuristic_first": ANY,
    "vlan.priority_drop": ("8 priorities, 0 drop eligible",),
    "vlan.qinq_ethertype": ("0x9100", "9100"),
    "vlan.summary_in_tree": TRUE,
    "vlan.version": ("ieee 802.1q-2011",),
}
SWITCHES = (*CHECKSUMS, DEFRAGMENT, DUPLICATES, STORMS, *OF_STREAMS, MAC_NAMES, PORT_NAMES)
NAMES = sorted((*SWITCHES, *SETTLED))


def switched_on(texts: list[str]) -> frozenset[str]:
    """Return the preferences that ``-o`` switches on; the last word on each counts. Raises UsageError."""
    chosen = dict(_read(text) for text in texts)
    return frozenset(name for name, on in chosen.items() if on)


def switched_off(texts: list[str]) -> frozenset[str]:
    """Return those that are on unless ``-o`` switches them off, and are switched off. Raises UsageError."""
    chosen = dict(_read(text) for text in texts)
    return frozenset(name for name in ON if not chosen.get(name, True))


def _read(text: str) -> tuple[str, bool]:
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip().lower()
    if not colon:
        raise UsageError(f"-o {text}: expected NAME:VALUE")
    if name in SWITCHES:
        if value not in (*TRUE, *FALSE):
            raise UsageError(f"-o {text}: expected TRUE or FALSE")
        return name, value in TRUE
    if name not in SETTLED:
        import difflib

        close = difflib.get_close_matches(name, NAMES, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise UsageError(f"-o {text}: {name!r} is not a known preference{hint}")
    if SETTLED[name] and value not in SETTLED[name]:
        raise UsageError(f"-o {text} is not there yet: what is done is {name}:{SETTLED[name][-1].upper()}")
    return name, False
