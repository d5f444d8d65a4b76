"""Lines of IPv4 and ICMP that say more than title and value."""

from __future__ import annotations

from collections.abc import Mapping

from wireproof.dissectors.numbers.dscp import DSCP
from wireproof.output.info.icmp import code_text, type_text
from wireproof.output.items import octets
from wireproof.output.line_words import Line, checksum_line, header_length, with_flags
from wireproof.output.values import format_value
from wireproof.packet import Layer, Packet, Value
from wireproof.packet.checksum import BAD, UNVERIFIED, internet_checksum

DSCP_SHORT = {"Default": "CS0", "Lower Effort": "LE", "Expedited Forwarding": "EF PHB", "Voice Admit": "VOICE-ADMIT"}
ECN_SHORT = ("Not-ECT", "ECT(1)", "ECT(0)", "CE")
TIME_STAMP = 68


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


def _ip_flags(value: Value, layer: Layer, packet: Packet) -> str:
    names = [
        name for mask, name in ((4, "Reserved bit"), (2, "Don't fragment"), (1, "More fragments")) if value.value & mask
    ]
    return f"{value.info.title}: 0x{value.value:x}" + "".join(f", {name}" for name in names)


def _offset(value: Value, layer: Layer, packet: Packet) -> str:
    return f"{value.info.title}: {value.value * 8}"  # in octets, where the field counts eights


def _icmp_checksum(value: Value, layer: Layer, packet: Packet) -> str:
    text = checksum_line("icmp.checksum.status", "unverified")(value, layer, packet)
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


def _next_address(value: Value, layer: Layer, packet: Packet) -> str:
    """An address of a route; a pointer in front of it says whether it is the next one."""
    pointers = [each for each in layer.values if each.info.name == "ip.opt.ptr" and each.start < value.start]
    # The pointer counts from the option's first octet, as 1, and is the third one itself.
    is_next = bool(pointers) and (pointers[-1].start - value.start) // 8 + pointers[-1].value - 3 == 0
    return f"{value.info.title}: {format_value(value)}" + (" <- (next)" if is_next else "")


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


def _icmp_type(value: Value, layer: Layer, packet: Packet) -> str:
    code = next(iter(layer["icmp.code"]), 1)
    return f"{value.info.title}: {value.value} ({type_text(value.value, code)})"


def _icmp_code(value: Value, layer: Layer, packet: Packet) -> str:
    meaning = code_text(next(iter(layer["icmp.type"]), 0), value.value)
    return f"{value.info.title}: {value.value} ({meaning})" if meaning else f"{value.info.title}: {value.value}"


def _response_time(value: Value, layer: Layer, packet: Packet) -> str:
    return f"{value.info.title}: {value.value:.3f} ms"


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


LINES: Mapping[str, Line] = {
    "icmp.checksum": _icmp_checksum,
    **dict.fromkeys(("icmp.originate_timestamp", "icmp.receive_timestamp", "icmp.transmit_timestamp"), _after_midnight),
    "icmp.lifetime": _lifetime,
    "icmp.code": _icmp_code,
    "icmp.resptime": _response_time,
    "icmp.type": _icmp_type,
    "ip.checksum": checksum_line("ip.checksum.status", "validation disabled", "ip.checksum_calculated", cut=True),
    "ip.dsfield": _services,
    "ip.empty_rt": _next_address,
    "ip.flags": _ip_flags,
    "ip.opt.ptr": _stamp_pointer,
    "ip.cipso.tag_type": _tag_type,
    "ip.opt.sec_prot_auth_flags": with_flags,
    "ip.src_rt": _next_address,
    "ip.fragment": _fragment,
    "ip.fragment.error": _fragment,
    "ip.fragments": _fragments,
    "ip.frag_offset": _offset,
    "ip.hdr_len": header_length,
    "ip.len": _total_length,
}
