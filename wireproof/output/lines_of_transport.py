"""Lines of TCP and UDP that say more than title and value."""

from __future__ import annotations

from collections.abc import Mapping

from wireproof.output.info.tcp import flags_text
from wireproof.output.items import octets
from wireproof.output.line_words import Line, checksum_line, header_length, set_in, with_flags
from wireproof.output.options import OPTION_LISTS
from wireproof.packet import Layer, Packet, Value

COMPLETENESS = {
    1: "Incomplete, SYN_SENT",
    3: "Incomplete, CLIENT_ESTABLISHED",
    7: "Incomplete, ESTABLISHED",
    15: "Incomplete, DATA",
    **dict.fromkeys((23, 39, 55), "Complete, NO_DATA"),
    **dict.fromkeys((31, 47, 63), "Complete, WITH_DATA"),
}
SCALES = {-1: "unknown", -2: "no window scaling used"}


def _flags(value: Value, layer: Layer, packet: Packet) -> str:
    names = flags_text(value.value, next(iter(layer["tcp.flags.ace"]), None))
    return f"{value.info.title}: 0x{value.value:03x} ({names})"


def _counter(value: Value, layer: Layer, packet: Packet) -> str:
    digits = f"{value.value:03b}"
    return f"...{digits[0]} {digits[1:]}.. .... = {value.info.title}: {value.value}"


def _flag_letters(value: Value, layer: Layer, packet: Packet) -> str:
    count = next(iter(layer["tcp.flags.ace"]), None)
    letters = value.value if count is None else f"{value.value[:3]}-{count}-{value.value[6:]}"
    return f"{value.info.title}: {letters}"


def _relative(kind: str) -> Line:
    def line(value: Value, layer: Layer, packet: Packet) -> str:
        is_relative = any(layer["tcp.flags.ack"]) if kind == "ack" else not layer.quoted
        is_relative = is_relative and packet.is_relative
        return f"{value.info.title}: {value.value}" + (f"    (relative {kind} number)" if is_relative else "")

    return line


def _next_sequence(value: Value, layer: Layer, packet: Packet) -> str:
    return f"{value.info.title}: {value.value}" + ("    (relative sequence number)" if packet.is_relative else "")


def _edge(value: Value, layer: Layer, packet: Packet) -> str:
    side = "left edge" if value.info.name.endswith("_le") else "right edge"
    title = f"D-SACK {side.title()}" if ".dsack_" in value.info.name else side
    return f"{title} = {value.value}" + (" (relative)" if layer["tcp.seq"] and packet.is_relative else "")


def _scale(value: Value, layer: Layer, packet: Packet) -> str:
    note = f" ({SCALES[value.value]})" if value.value in SCALES else ""
    return f"{value.info.title}: {value.value}{note}"


def _udp_length(value: Value, layer: Layer, packet: Packet) -> str:
    available = layer.end - layer.start
    text = f"{value.info.title}: {value.value}"
    if value.value < 8:
        return f"{text} (bogus, must be >= 8)"
    is_bogus = value.value > available and not layer.partial and not layer.quoted
    return f"{text} (bogus, payload length {available})" if is_bogus else text


def _udp_payload(value: Value, layer: Layer, packet: Packet) -> str:
    """The payload by UDP's own length, although the field is all that IP carries."""
    length = next(iter(layer["udp.length"]), 8) - 8
    return f"{value.info.title} ({octets(min(length, len(value.value)))})"


def _capabilities(value: Value, layer: Layer, packet: Packet) -> str:
    """The vector of what a host is capable of, with the short names of it (CCSDS 714.0-B-2 section 3.2.3)."""
    names = [title.partition("(")[2].rstrip(")") for title in set_in(value, layer)]
    names += ["RESERVED"] * bool(value.value & 7)
    return f"{value.info.title}: 0x{value.value:02x}" + (f" ({', '.join(names)})" if names else "")


def _probe_version(value: Value, layer: Layer, packet: Packet) -> str:
    return f"{value.info.title}: {2 - value.value}"


def _long_number(value: Value, layer: Layer, packet: Packet) -> str:
    """A number of Multipath TCP, which says its width in the signal that may have it in one of two."""
    text = f"{value.info.title}: {value.value}"
    if not layer["tcp.options.mptcp.dseqnpresent.flag"]:
        return text
    return text + _WIDTHS.get((value.info.name.rpartition(".")[2], value.bits), "")


_WIDTHS = {
    ("rawdataack", 64): " (64bits)",
    ("rawdataseqno", 32): "  (32bits version)",
    ("rawdataseqno", 64): "  (64bits version)",
}


def _payload(value: Value, layer: Layer, packet: Packet) -> str:
    """The payload as it was sent, of which the capture may have less."""
    return f"{value.info.title} ({octets(layer.end - value.start // 8)})"


def _completeness(value: Value, layer: Layer, packet: Packet) -> str:
    return f"{value.info.title}: {COMPLETENESS.get(value.value, 'Incomplete')} ({value.value})"


def _duplicate(value: Value, layer: Layer, packet: Packet) -> str:
    return "This is a TCP duplicate ack"


def _again(value: Value, layer: Layer, packet: Packet) -> str:
    return f"Retransmitted {value.info.title} ({octets(len(value.value))})"


def _options(value: Value, layer: Layer, packet: Packet) -> str:
    return OPTION_LISTS[value.info.name].line(layer)


LINES: Mapping[str, Line] = {
    "tcp.ack": _relative("ack"),
    "tcp.analysis.duplicate_ack": _duplicate,
    "tcp.segment_data": _again,
    "tcp.checksum": checksum_line("tcp.checksum.status", "unverified", "tcp.checksum_calculated"),
    "tcp.completeness": _completeness,
    "tcp.flags": _flags,
    "tcp.flags.ace": _counter,
    "tcp.flags.str": _flag_letters,
    "tcp.hdr_len": header_length,
    "tcp.nxtseq": _next_sequence,
    "tcp.options": _options,
    "tcp.options.mptcp.flags": with_flags,
    "tcp.options.mptcp.rawdataack": _long_number,
    "tcp.options.mptcp.rawdataseqno": _long_number,
    "tcp.options.rvbd.probe.version_raw": _probe_version,
    "tcp.options.scps.vector": _capabilities,
    "tcp.options.sack.dsack_le": _edge,
    "tcp.options.sack.dsack_re": _edge,
    "tcp.options.sack_le": _edge,
    "tcp.options.sack_re": _edge,
    "tcp.payload": _payload,
    "tcp.seq": _relative("sequence"),
    "tcp.window_size_scalefactor": _scale,
    "udp.checksum": checksum_line("udp.checksum.status", "unverified", "udp.checksum_calculated"),
    "udp.length": _udp_length,
    "udp.payload": _udp_payload,
}
