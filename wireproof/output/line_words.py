"""What the lines of several protocols have in common."""

from __future__ import annotations

from collections.abc import Callable

from wireproof.dissectors.schema import Kind
from wireproof.output.values import format_value
from wireproof.packet import Layer, Packet, Value
from wireproof.packet.checksum import ALL_ONES, BAD, GOOD, NOT_PRESENT, UNVERIFIED

Line = Callable[[Value, Layer, Packet], str]


def header_length(value: Value, layer: Layer, packet: Packet) -> str:
    """A length in octets, which the header has as a number of words."""
    return f"{value.info.title}: {value.value} bytes ({value.value // 4})"


def checksum_line(status: str, unverified: str, calculated: str = "", cut: bool = False) -> Line:
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
        return f"{text} incorrect{should}" + OFFLOAD.get(layer.protocol.name, "")

    return line


OFFLOAD = {
    "ip": '(may be caused by "IP checksum offload"?)',
    "tcp": '(maybe caused by "TCP checksum offload"?)',
    "udp": ' (maybe caused by "UDP checksum offload"?)',
}


def with_flags(value: Value, layer: Layer, packet: Packet) -> str:
    """An octet of flags, with those that are set."""
    return f"{value.info.title}: 0x{value.value:02x}" + "".join(f", {name}" for name in set_in(value, layer))


def set_in(value: Value, layer: Layer) -> list[str]:
    """Return the titles of the flags that are set in an octet."""
    flags = (each for each in layer.values if each.info.type.kind is Kind.BOOLEAN and each.octets == value.octets)
    return [flag.info.title for flag in flags if flag.value]
