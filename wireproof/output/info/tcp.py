"""TCP. Numbers are relative where the analysis has added them, and those of the header otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from wireproof.dissectors.tcp_analysis import DUPLICATE_FRAME, DUPLICATE_NUMBER, REMARKS
from wireproof.output.info.row import Row
from wireproof.output.ports import column_port
from wireproof.output.templates import first_values
from wireproof.packet import Layer, Packet, Value
from wireproof.packet.checksum import BAD

FLAGS = ("FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE")
ACK, URG, RESERVED = 0x010, 0x020, 0xE00
COUNTERS = ("EE0B", "ECEB", "EE1B")


def write(row: Row, layer: Layer, packet: Packet) -> None:
    """Write ports, flags, numbers and options."""
    values = first_values(layer)
    row.protocol = "TCP"
    row.info = " → ".join(column_port(values[name], packet) for name in ("tcp.srcport", "tcp.dstport"))
    if "tcp.seq_raw" in values:
        row.info += _header(values, layer, packet) + _rest(values, layer, packet)
        if "tcp.analysis.flags" in values:
            row.info = _remarks(values) + row.info


def _remarks(values: Mapping[str, Value]) -> str:
    """Return what is remarkable of the segment, the last that was remarked first."""
    frame, number = (values.get(info.name) for info in (DUPLICATE_FRAME, DUPLICATE_NUMBER))
    told: dict[str, str] = {}
    for remark in REMARKS:
        if remark.field.name in values:
            told[remark.field.name] = remark.prefix.format(
                frame=frame.value if frame else 0, number=number.value if number else 0
            )
            for info in remark.also:  # which has a prefix of its own only where it is alone
                told.pop(info.name, None)
    return "".join(f"[{text}] " for text in reversed(told.values()))


def flags_text(flags: int, count: int | None = None) -> str:
    """Return the names of the flags that are set, the lowest bit first; three of them may be a count."""
    names = [name for place, name in enumerate(FLAGS[: None if count is None else -3]) if flags >> place & 1]
    if count is not None:
        names.append(f"ACE={count}")
    if flags & RESERVED:
        names.append("Reserved")
    return ", ".join(names) or "<None>"


def _header(values: Mapping[str, Value], layer: Layer, packet: Packet) -> str:
    """Sixteen octets of the header were read; where it is too short by its own account, not all as fields."""
    start = layer.start
    flags = int.from_bytes(packet.buffer[start + 12 : start + 14], "big") & 0xFFF
    count = values["tcp.flags.ace"].value if "tcp.flags.ace" in values else None
    text = f" [{flags_text(flags, count)}] Seq={_number(values, 'tcp.seq', 'tcp.seq_raw')}"
    if flags & ACK:
        raw = int.from_bytes(packet.buffer[start + 8 : start + 12], "big")
        text += f" Ack={_number(values, 'tcp.ack', 'tcp.ack_raw', raw)}"
    raw = int.from_bytes(packet.buffer[start + 14 : start + 16], "big")
    return f"{text} Win={_number(values, 'tcp.window_size', 'tcp.window_size_value', raw)}"


def _number(values: Mapping[str, Value], name: str, raw_name: str, raw: int = 0) -> int:
    value = values.get(name) or values.get(raw_name)
    return raw if value is None else int(value.value)


def _rest(values: Mapping[str, Value], layer: Layer, packet: Packet) -> str:
    header_length = values["tcp.hdr_len"].value
    if header_length < 20:
        return f", bogus TCP header length ({header_length}, must be at least 20)"
    text = ""
    if "tcp.checksum.status" in values and values["tcp.checksum.status"].value == BAD:
        text = " [TCP CHECKSUM 0xFFFF]" if "tcp.checksum.ffff" in values else " [TCP CHECKSUM INCORRECT]"
    if "tcp.urgent_pointer" not in values:
        return text
    if values["tcp.flags"].value & URG:
        text += f" Urg={values['tcp.urgent_pointer'].value}"
    if "tcp.len" in values:
        text += f" Len={values['tcp.len'].value}"
    return text + "".join(_options(layer, packet)) if "tcp.options" in values else text


def _options(layer: Layer, packet: Packet) -> Iterator[str]:
    """Yield what is said of each option, in their order."""
    values = layer.values
    for place, value in enumerate(values):
        if value.info.name == "tcp.option_kind" and value.value in OPTIONS:
            at = value.octets.start
            body = packet.buffer[at + 2 : at + packet.buffer[at + 1]] if at + 1 < len(packet.buffer) else b""
            yield OPTIONS[value.value](body, values[place + 1 :])


def _words(*names: str) -> Callable[[bytes, Sequence[Value]], str]:
    """Numbers of four octets under these names, where there are exactly as many."""

    def text(body: bytes, values: Sequence[Value]) -> str:
        if len(body) != 4 * len(names):
            return ""
        numbers = (int.from_bytes(body[at : at + 4], "big") for at in range(0, len(body), 4))
        return "".join(f" {name}={number}" for name, number in zip(names, numbers, strict=True))

    return text


def _constant(text: str) -> Callable[[bytes, Sequence[Value]], str]:
    return lambda body, values: text


def _segment_size(body: bytes, values: Sequence[Value]) -> str:
    return f" MSS={int.from_bytes(body, 'big')}" if len(body) == 2 else ""


def _window_scale(body: bytes, values: Sequence[Value]) -> str:
    return f" WS={1 << min(body[0], 14)}" if len(body) == 1 else ""


def _selective(body: bytes, values: Sequence[Value]) -> str:
    edges = {"tcp.options.sack_le": "SLE", "tcp.options.sack_re": "SRE"}
    text = block = ""
    for value in values:
        if value.info.name == "tcp.option_kind":
            break
        if value.info.name in edges:
            block += f" {edges[value.info.name]}={value.value}"
        if value.info.name == "tcp.options.sack_re":
            text, block = text + block, ""  # half a block is not said
    return text


def _user_timeout(body: bytes, values: Sequence[Value]) -> str:
    return f" USER_TO={int.from_bytes(body, 'big') & 0x7FFF}" if len(body) == 2 else ""


def _fast_open(body: bytes, values: Sequence[Value]) -> str:
    return " TFO=C" if body else " TFO=R"


def _accurate_ecn(*names: str) -> Callable[[bytes, Sequence[Value]], str]:
    """Counters of three octets, as many as there are."""

    def text(body: bytes, values: Sequence[Value]) -> str:
        counters = (int.from_bytes(body[at : at + 3], "big") for at in range(0, len(body) - 2, 3))
        return "".join(f" {name}={counter}" for name, counter in zip(names, counters, strict=False)) or " AccECN"

    return text


def _experiment(body: bytes, values: Sequence[Value]) -> str:
    if len(body) < 2:
        return ""
    identifier = int.from_bytes(body[:2], "big")
    text = EXPERIMENTS.get(identifier)
    return text(body[2:], values) if text else f" ExID={identifier:X}"


EXPERIMENTS = {0xF989: _fast_open, 0xACC0: _accurate_ecn(*COUNTERS), 0xACC1: _accurate_ecn(*reversed(COUNTERS))}
OPTIONS: dict[int, Callable[[bytes, Sequence[Value]], str]] = {
    2: _segment_size,
    3: _window_scale,
    4: _constant(" SACK_PERM"),
    5: _selective,
    6: _words("ECHO"),
    7: _words("ECHO"),
    8: _words("TSval", "TSecr"),
    11: _words("CC"),
    12: _words("CC"),
    13: _words("CC"),
    19: _constant(" MD5"),
    28: _user_timeout,
    29: _constant("TCP AO"),
    34: _fast_open,
    172: _accurate_ecn(*COUNTERS),
    174: _accurate_ecn(*reversed(COUNTERS)),
    253: _experiment,
    254: _experiment,
}
