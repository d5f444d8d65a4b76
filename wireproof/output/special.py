"""Lines of the detailed tree that say more than title and value, by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wireproof.dissectors.frame import FLAGS_FIELDS, VERDICTS
from wireproof.dissectors.mpacket import TURNED_OVER
from wireproof.dissectors.numbers.dscp import DSCP
from wireproof.dissectors.numbers.llc import SERVICE_ACCESS_POINTS
from wireproof.dissectors.schema import Crc32, Kind
from wireproof.output.escape import escape
from wireproof.output.info.icmp import code_text, type_text
from wireproof.output.info.link import FRAGMENT_COUNTS
from wireproof.output.info.llc import control_text
from wireproof.output.info.tcp import flags_text
from wireproof.output.items import octets
from wireproof.output.options import OPTION_LISTS
from wireproof.output.values import format_value
from wireproof.packet import Layer, Packet, Value
from wireproof.packet.checksum import ALL_ONES, BAD, GOOD, NOT_PRESENT, UNVERIFIED, internet_checksum

Line = Callable[[Value, Layer, Packet], str]

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

DSCP_SHORT = {"Default": "CS0", "Lower Effort": "LE", "Expedited Forwarding": "EF PHB", "Voice Admit": "VOICE-ADMIT"}
START_DELIMITERS = {
    **{0x07: "V", 0x19: "R", 0xD5: "E"},
    **{number: f"S{place}" for place, number in enumerate((0xE6, 0x4C, 0x7F, 0xB3))},
    **{number: f"C{place}" for place, number in enumerate((0x61, 0x52, 0x9E, 0x2A))},
}
ECN_SHORT = ("Not-ECT", "ECT(1)", "ECT(0)", "CE")
COMPLETENESS = {
    1: "Incomplete, SYN_SENT",
    3: "Incomplete, CLIENT_ESTABLISHED",
    7: "Incomplete, ESTABLISHED",
    15: "Incomplete, DATA",
    **dict.fromkeys((23, 39, 55), "Complete, NO_DATA"),
    **dict.fromkeys((31, 47, 63), "Complete, WITH_DATA"),
}
TIME_STAMP = 68
SCALES = {-1: "unknown", -2: "no window scaling used"}


def _lengths(value: Value, layer: Layer, packet: Packet) -> str:
    return f"{value.info.title}: {octets(value.value)} ({value.value * 8} bits)"


def _header_length(value: Value, layer: Layer, packet: Packet) -> str:
    return f"{value.info.title}: {value.value} bytes ({value.value // 4})"


def _services(value: Value, layer: Layer, packet: Packet) -> str:
    label = DSCP.get(value.value >> 2, "Unknown")
    short = DSCP_SHORT.get(label) or _per_hop_behaviour(label)
    return f"{value.info.title}: 0x{value.value:02x} (DSCP: {short}, ECN: {ECN_SHORT[value.value & 3]})"


def _per_hop_behaviour(label: str) -> str:
    """Return the short name of a code point: ``Class Selector 6`` is CS6, ``Assured Forwarding 11`` is AF11."""
    for words, letters in (("Class Selector ", "CS"), ("Assured Forwarding ", "AF")):
        if label.startswith(words):
            return letters + label.removeprefix(words)
    return label


def _total_length(value: Value, layer: Layer, packet: Packet) -> str:
    if value.bits:
        header = next(iter(layer["ip.hdr_len"]), 0)
        bogus = f" bytes (bogus, less than header length {header})" if value.value < header else ""
        return f"{value.info.title}: {value.value}{bogus}"
    reason = 'reported as 0, presumed to be because of "TCP segmentation offload" (TSO)'
    return f"{value.info.title}: {value.value} bytes ({reason})"


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


def _ip_flags(value: Value, layer: Layer, packet: Packet) -> str:
    names = [
        name for mask, name in ((4, "Reserved bit"), (2, "Don't fragment"), (1, "More fragments")) if value.value & mask
    ]
    return f"{value.info.title}: 0x{value.value:x}" + "".join(f", {name}" for name in names)


def _interface(value: Value, layer: Layer, packet: Packet) -> str:
    name = next(iter(layer["frame.interface_name"]), "unknown")
    return f"{value.info.title}: {value.value} ({escape(name)})"


def _comment(value: Value, layer: Layer, packet: Packet) -> str:
    return escape(value.value)


_JUDGES = {
    "frame.verdict.hw": "Hardware (0)",
    "frame.verdict.ebpf_tc": "eBPF_TC (1)",
    "frame.verdict.ebpf_xdp": "eBPF_XDP (2)",
}


def _verdict(value: Value, layer: Layer, packet: Packet) -> str:
    judges = [_JUDGES[each.info.name] for each in layer.values if each.info.name in _JUDGES]
    return f"{value.info.title}: {', '.join(judges)}"


def _flag(mask: int) -> Line:
    """Return the line of a part of a word that lies in no octet of the packet: its bits, and what they say."""

    def line(value: Value, layer: Layer, packet: Packet) -> str:
        word = value.value * (mask & -mask)
        digits = [str(word >> bit & 1) if mask >> bit & 1 else "." for bit in range(31, -1, -1)]
        pattern = " ".join("".join(digits[at : at + 4]) for at in range(0, 32, 4))
        number = f"0x{value.value:x}" if value.info.base.is_hexadecimal else str(int(value.value))
        label = value.info.labels.get(int(value.value), "Unknown") if value.info.labels else ""
        is_named = value.info.type.kind is Kind.BOOLEAN or not label
        return f"{pattern} = {value.info.title}: " + (label or number if is_named else f"{label} ({number})")

    return line


def _offset(value: Value, layer: Layer, packet: Packet) -> str:
    return f"{value.info.title}: {value.value * 8}"  # in octets, where the field counts eights


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


def _checksum(status: str, unverified: str, calculated: str = "", cut: bool = False) -> Line:
    """The verdict stands behind the checksum, in words that differ from protocol to protocol."""

    def line(value: Value, layer: Layer, packet: Packet) -> str:
        text = f"{value.info.title}: {format_value(value)}"
        verdict = next(iter(layer[status]), None)
        right = next(iter(layer[calculated]), None) if calculated else None
        if verdict == GOOD:
            return f"{text} [correct]"
        if verdict == UNVERIFIED:
            if cut and not layer.complete:
                return f"{text} [not all data available]"
            return f"{text} [{unverified}]"
        if verdict == NOT_PRESENT:
            return f"{text} [zero-value ignored]"
        if verdict != BAD:
            return text
        if value.value == ALL_ONES and right == 0:
            return f"{text} [should be 0x0000 (see RFC 1624)]"
        should = "" if right is None else f", should be 0x{right:04x}"
        return f"{text} incorrect{should}" + _OFFLOAD.get(layer.protocol.name, "")

    return line


_OFFLOAD = {
    "ip": '(may be caused by "IP checksum offload"?)',
    "tcp": '(maybe caused by "TCP checksum offload"?)',
    "udp": ' (maybe caused by "UDP checksum offload"?)',
}


def _icmp_checksum(value: Value, layer: Layer, packet: Packet) -> str:
    text = _checksum("icmp.checksum.status", "unverified")(value, layer, packet)
    if UNVERIFIED in layer["icmp.checksum.status"]:
        return text + (" [in ICMP error packet]" if layer.quoted else " [fragmented datagram]")
    right = internet_checksum_of(layer, packet)
    return f"{text}, should be 0x{right:04x}" if BAD in layer["icmp.checksum.status"] else text


def internet_checksum_of(layer: Layer, packet: Packet) -> int:
    """Return the checksum that a message should have, whose own is at its third octet."""
    octets = packet.buffer[layer.start : layer.end]
    return internet_checksum(octets[:2] + bytes(2) + octets[4:])


def _after_midnight(value: Value, layer: Layer, packet: Packet) -> str:
    told = value.value & 0x7FFFFFFF  # the highest bit says that it is another time (RFC 792)
    return f"{value.info.title}: {value.value} ({span(told)} after midnight UTC)"


def _lifetime(value: Value, layer: Layer, packet: Packet) -> str:
    return f"{value.info.title}: {value.value} ({span(value.value * 1000)})"


def span(milliseconds: int) -> str:
    """Return a time in words, from days down to seconds, as Wireshark puts them."""
    seconds, rest = divmod(milliseconds, 1000)
    counts = (("day", seconds // 86400), ("hour", seconds // 3600 % 24), ("minute", seconds // 60 % 60))
    words = [f"{count} {unit}{'' if count == 1 else 's'}" for unit, count in counts if count]
    if rest:
        words.append(f"{seconds % 60}.{rest:03} seconds")
    elif seconds % 60 or not words:
        words.append(f"{seconds % 60} second" + ("" if seconds % 60 == 1 else "s"))
    return ", ".join(words)


def _frame_check(value: Value, layer: Layer, packet: Packet) -> str:
    text = _checksum("eth.fcs.status", "unverified")(value, layer, packet)
    said = (d.message for d in packet.diagnoses if d.field is not None and d.field.name == "eth.fcs_bad")
    found = next(said, "").partition("[")[2].removesuffix("]")
    return f"{text}, {found}" if found else text


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


def _next_address(value: Value, layer: Layer, packet: Packet) -> str:
    """An address of a route; a pointer in front of it says whether it is the next one."""
    pointers = [each for each in layer.values if each.info.name == "ip.opt.ptr" and each.start < value.start]
    # The pointer counts from the option's first octet, as 1, and is the third one itself.
    is_next = bool(pointers) and (pointers[-1].start - value.start) // 8 + pointers[-1].value - 3 == 0
    return f"{value.info.title}: {format_value(value)}" + (" <- (next)" if is_next else "")


def _with_flags(value: Value, layer: Layer, packet: Packet) -> str:
    """An octet of flags, with those that are set."""
    return f"{value.info.title}: 0x{value.value:02x}" + "".join(f", {name}" for name in _set_in(value, layer))


def _set_in(value: Value, layer: Layer) -> list[str]:
    """Return the titles of the flags that are set in an octet."""
    flags = (each for each in layer.values if each.info.type.kind is Kind.BOOLEAN and each.octets == value.octets)
    return [flag.info.title for flag in flags if flag.value]


def _capabilities(value: Value, layer: Layer, packet: Packet) -> str:
    """The vector of what a host is capable of, with the short names of it (CCSDS 714.0-B-2 section 3.2.3)."""
    names = [title.partition("(")[2].rstrip(")") for title in _set_in(value, layer)]
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


def _tag_type(value: Value, layer: Layer, packet: Packet) -> str:
    """The type of a tag; of one that is not known, its length as well (FIPS 188)."""
    size = next(iter(packet.buffer[value.start // 8 + 1 : value.start // 8 + 2]), 0)
    said = f" ({octets(size)})" if size and value.value not in value.info.labels else ""
    return f"{value.info.title}: {value.info.labels.get(value.value, 'Unknown')} ({value.value}){said}"


def _stamp_pointer(value: Value, layer: Layer, packet: Packet) -> str:
    """The pointer of a time stamp option says where it points, and that of a route does not."""
    is_stamp = packet.buffer[value.start // 8 - 2] == TIME_STAMP
    text = f"{value.info.title}: {value.value}"
    if not is_stamp:
        return text
    if value.value == 1:
        return f"{text} (header is full)"
    if value.value < 5:
        return f"{text} (points before first address)"
    return f"{text} (points to middle of field)" if (value.value - 1) & 3 else text


def _payload(value: Value, layer: Layer, packet: Packet) -> str:
    """The payload as it was sent, of which the capture may have less."""
    return f"{value.info.title} ({octets(layer.end - value.start // 8)})"


def _icmp_type(value: Value, layer: Layer, packet: Packet) -> str:
    code = next(iter(layer["icmp.code"]), 1)
    return f"{value.info.title}: {value.value} ({type_text(value.value, code)})"


def _icmp_code(value: Value, layer: Layer, packet: Packet) -> str:
    meaning = code_text(next(iter(layer["icmp.type"]), 0), value.value)
    return f"{value.info.title}: {value.value} ({meaning})" if meaning else f"{value.info.title}: {value.value}"


def _response_time(value: Value, layer: Layer, packet: Packet) -> str:
    return f"{value.info.title}: {value.value:.3f} ms"


def _completeness(value: Value, layer: Layer, packet: Packet) -> str:
    return f"{value.info.title}: {COMPLETENESS.get(value.value, 'Incomplete')} ({value.value})"


def _duplicate(value: Value, layer: Layer, packet: Packet) -> str:
    return "This is a TCP duplicate ack"


def _again(value: Value, layer: Layer, packet: Packet) -> str:
    return f"Retransmitted {value.info.title} ({octets(len(value.value))})"


def _access_point(value: Value, layer: Layer, packet: Packet) -> str:
    return f"{value.info.title}: {SERVICE_ACCESS_POINTS.get(value.value << 1, 'Unknown')}"


def _control(value: Value, layer: Layer, packet: Packet) -> str:
    is_response = bool(layer["llc.ssap"][0] & 1)
    digits = 2 if value.value & 3 == 3 else 4
    return f"{value.info.title}: {control_text(value.value, is_response)} (0x{value.value:0{digits}X})"


def _options(value: Value, layer: Layer, packet: Packet) -> str:
    return OPTION_LISTS[value.info.name].line(layer)


def _address_octet(*flags: str) -> Line:
    """The octet with the flags that are set in it, which stand behind it."""

    def line(value: Value, layer: Layer, packet: Packet) -> str:
        within = {each.info.name for each in layer.values if each.value and each.octets == value.octets}
        names = "".join(f", {name.upper()}" for name in flags if f"fr.{name}" in within)
        return f"{value.info.title}: 0x{value.value:02x}{names}"

    return line


def _fragments(value: Value, layer: Layer, packet: Packet) -> str:
    whole = packet.whole_at(value.start // 8)
    pieces = () if whole is None else whole.pieces
    listed = ", ".join(f"#{piece.frame}({len(piece.octets)})" for piece in pieces)
    return f"{len(pieces)} {value.info.title} ({octets(len(value.value))}): {listed}"


def _fragment(value: Value, layer: Layer, packet: Packet) -> str:
    place = value.start // 8
    begin = packet.home(place)[0]
    whole = packet.whole_at(begin)
    place -= begin
    found = [piece for piece in whole.pieces if piece.frame == value.value] if whole is not None else []
    first = next((piece for piece in found if min(piece.offset, len(whole.octets)) == place), None) if whole else None
    start, size = (place, 0) if first is None else (first.offset, len(first.octets))
    return f"Frame: {value.value}, payload: {start}-{start + size - 1} ({octets(size)})"


def _nlpid(value: Value, layer: Layer, packet: Packet) -> str:
    label = value.info.labels.get(value.value, "Unknown")
    return f"{value.info.title}: {label} (0x{value.value:02x})" if value.value else "Padding"


def _preamble(value: Value, layer: Layer, packet: Packet) -> str:
    shortened = "Shortened by 4 bits" if layer["fpp.preamble.pad"] else "Normal"
    return f"{value.info.title}: {value.value.hex()} [Preamble length: {shortened}]"


def _delimiter(value: Value, layer: Layer, packet: Packet) -> str:
    name = START_DELIMITERS.get(value.value)
    return f"{value.info.title}: 0x{value.value:02x}" + (f" [SMD-{name}]" if name else "")


def _fragment_count(value: Value, layer: Layer, packet: Packet) -> str:
    name = FRAGMENT_COUNTS.get(value.value)
    return f"{value.info.title}: 0x{value.value:02x}" + (f" {name}" if name else "")


def _mpacket_check(value: Value, layer: Layer, packet: Packet) -> str:
    text = f"{value.info.title}: {format_value(value)}"
    if UNVERIFIED in layer["fpp.checksum.status"]:
        return f"{text} [unverified]"
    right = Crc32("mdata")({"mdata": next(iter(layer["fpp.mdata"]), b"")})
    right ^= TURNED_OVER if value.info.name == "fpp.mcrc32" else 0
    return f"{text} [correct]" if right == value.value else f"{text} incorrect, should be 0x{right:08x}"


def _call_sign(value: Value, layer: Layer, packet: Packet) -> str:
    """An AX.25 address: each octet a character, shifted by a bit, and the number of the station unless it is 0."""
    letters = "".join(chr(octet >> 1) if 0x20 < octet >> 1 < 0x7F else "" for octet in value.value[:6])
    station = value.value[6] >> 1 & 0xF
    return f"{value.info.title}: {letters}" + (f"-{station}" if station else "")


def _relay_control(value: Value, layer: Layer, packet: Packet) -> str:
    return f"Control field: {control_text(value.value, bool(any(layer['fr.cr'])))} (0x{value.value:02X})"


LINES: Mapping[str, Line] = {
    "arp.dst.hw_ax25": _call_sign,
    "arp.src.hw_ax25": _call_sign,
    "eth.fcs": _frame_check,
    "fpp.crc32": _mpacket_check,
    "fpp.mcrc32": _mpacket_check,
    "fpp.preamble": _preamble,
    "fpp.preamble.frag_count": _fragment_count,
    "fpp.preamble.smd": _delimiter,
    "fr.control": _relay_control,
    "fr.first_addr_octet": _address_octet("cr", "ea"),
    "fr.nlpid": _nlpid,
    "fr.second_addr_octet": _address_octet("fecn", "becn", "de", "ea"),
    "fr.third_addr_octet": _address_octet("ea"),
    "frame.cap_len": _lengths,
    "frame.len": _lengths,
    "icmp.checksum": _icmp_checksum,
    **dict.fromkeys(("icmp.originate_timestamp", "icmp.receive_timestamp", "icmp.transmit_timestamp"), _after_midnight),
    "icmp.lifetime": _lifetime,
    "icmp.code": _icmp_code,
    "icmp.resptime": _response_time,
    "icmp.type": _icmp_type,
    "ip.checksum": _checksum("ip.checksum.status", "validation disabled", "ip.checksum_calculated", cut=True),
    "ip.dsfield": _services,
    "ip.empty_rt": _next_address,
    "ip.flags": _ip_flags,
    "ip.opt.ptr": _stamp_pointer,
    "ip.cipso.tag_type": _tag_type,
    "ip.opt.sec_prot_auth_flags": _with_flags,
    "ip.src_rt": _next_address,
    "ip.fragment": _fragment,
    "ip.fragment.error": _fragment,
    "ip.fragments": _fragments,
    "ip.frag_offset": _offset,
    "frame.comment": _comment,
    "frame.interface_id": _interface,
    "frame.verdict": _verdict,
    **{info.name: _flag(mask) for info, mask in FLAGS_FIELDS},
    "ip.hdr_len": _header_length,
    "ip.len": _total_length,
    "llc.control": _control,
    "llc.dsap.sap": _access_point,
    "llc.ssap.sap": _access_point,
    "tcp.ack": _relative("ack"),
    "tcp.analysis.duplicate_ack": _duplicate,
    "tcp.segment_data": _again,
    "tcp.checksum": _checksum("tcp.checksum.status", "unverified", "tcp.checksum_calculated"),
    "tcp.completeness": _completeness,
    "tcp.flags": _flags,
    "tcp.flags.ace": _counter,
    "tcp.flags.str": _flag_letters,
    "tcp.hdr_len": _header_length,
    "tcp.nxtseq": _next_sequence,
    "tcp.options": _options,
    "tcp.options.mptcp.flags": _with_flags,
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
    "udp.checksum": _checksum("udp.checksum.status", "unverified", "udp.checksum_calculated"),
    "udp.length": _udp_length,
    "udp.payload": _udp_payload,
}
