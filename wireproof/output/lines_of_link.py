"""Lines of frames, links and ARP that say more than title and value."""

from __future__ import annotations

from collections.abc import Mapping

from wireproof.dissectors.frame import FLAGS_FIELDS
from wireproof.dissectors.mpacket import TURNED_OVER
from wireproof.dissectors.numbers.llc import SERVICE_ACCESS_POINTS
from wireproof.dissectors.schema import Crc32, Kind
from wireproof.output.escape import escape
from wireproof.output.info.link import FRAGMENT_COUNTS
from wireproof.output.info.llc import control_text
from wireproof.output.items import octets
from wireproof.output.line_words import Line, checksum_line
from wireproof.output.values import format_value
from wireproof.packet import Layer, Packet, Value
from wireproof.packet.checksum import UNVERIFIED

START_DELIMITERS = {
    **{0x07: "V", 0x19: "R", 0xD5: "E"},
    **{number: f"S{place}" for place, number in enumerate((0xE6, 0x4C, 0x7F, 0xB3))},
    **{number: f"C{place}" for place, number in enumerate((0x61, 0x52, 0x9E, 0x2A))},
}


def _lengths(value: Value, layer: Layer, packet: Packet) -> str:
    return f"{value.info.title}: {octets(value.value)} ({value.value * 8} bits)"


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


def _frame_check(value: Value, layer: Layer, packet: Packet) -> str:
    text = checksum_line("eth.fcs.status", "unverified")(value, layer, packet)
    said = (d.message for d in packet.diagnoses if d.field is not None and d.field.name == "eth.fcs_bad")
    found = next(said, "").partition("[")[2].removesuffix("]")
    return f"{text}, {found}" if found else text


def _access_point(value: Value, layer: Layer, packet: Packet) -> str:
    return f"{value.info.title}: {SERVICE_ACCESS_POINTS.get(value.value << 1, 'Unknown')}"


def _control(value: Value, layer: Layer, packet: Packet) -> str:
    is_response = bool(layer["llc.ssap"][0] & 1)
    digits = 2 if value.value & 3 == 3 else 4
    return f"{value.info.title}: {control_text(value.value, is_response)} (0x{value.value:0{digits}X})"


def _address_octet(*flags: str) -> Line:
    """The octet with the flags that are set in it, which stand behind it."""

    def line(value: Value, layer: Layer, packet: Packet) -> str:
        within = {each.info.name for each in layer.values if each.value and each.octets == value.octets}
        names = "".join(f", {name.upper()}" for name in flags if f"fr.{name}" in within)
        return f"{value.info.title}: 0x{value.value:02x}{names}"

    return line


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
    "frame.comment": _comment,
    "frame.interface_id": _interface,
    "frame.verdict": _verdict,
    **{info.name: _flag(mask) for info, mask in FLAGS_FIELDS},
    "llc.control": _control,
    "llc.dsap.sap": _access_point,
    "llc.ssap.sap": _access_point,
}
