"""Option lists in the detailed tree: the line of the list, and of each option in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from wireproof.dissectors import ipv4_options, tcp_experiments, tcp_options
from wireproof.dissectors.numbers.ip_options import QUICK_START_RATES, ROUTER_ALERTS
from wireproof.dissectors.numbers.tcp_options import EXPERIMENTS, MPTCP_SUBTYPES
from wireproof.dissectors.schema import Kind, Options
from wireproof.output.items import octets as counted
from wireproof.output.values import format_value
from wireproof.packet import Layer, Value

FIXED_HEADER = 20  # octets that headers with options have in front of them
Said = Mapping[str, Sequence[Any]]


class OptionList:
    """A list: its schema, the field of the header's length, and what makes the line of an option.

    That takes its title, its kind, its octets as its length has it, and the values of its fields. `unlisted` are kinds
    that the list's line leaves out. `is_text` is a list that Wireshark has no field for.
    """

    def __init__(
        self,
        options: Options,
        header: str,
        line_of: Callable[[str, int, int, Said], str],
        unlisted: tuple[int, ...] = (),
        *,
        is_text: bool = False,
    ) -> None:
        self.options, self.header, self.line_of = options, header, line_of
        self.unlisted, self.is_text = unlisted, is_text
        self.kind = options.kind.info.name

    @cached_property
    def wholes(self) -> frozenset[str]:
        """The fields that stand for all octets of an option."""
        return frozenset(info.name for info in self.options.infos() if info is not self.options.field)

    def name(self, kind: int) -> str:
        """Return what a kind of option is called in the list."""
        return self.options.names.get(kind, f"Unknown (0x{kind:02x})")

    def line(self, layer: Layer) -> str:
        """Return the line of the whole list."""
        kinds, size = layer[self.kind], layer[self.header][0] - FIXED_HEADER
        if not layer.complete and kinds and kinds[-1] not in self.options.single:  # of the last one octets are missing
            kinds = kinds[:-1]
        names = "".join(f", {self.name(kind)}" for kind in kinds if kind not in self.unlisted)
        return f"Options: ({counted(size)}){names}"

    def option_line(self, title: str, octets: bytes, values: Sequence[Value]) -> str:
        """Return the line of an option with the values that were read of it."""
        said: dict[str, list[Any]] = {}
        for value in values:
            found = format_value(value) if value.info.type.kind is Kind.IPV4 else value.value
            said.setdefault(value.info.name.removeprefix(f"{self.options.field.name}."), []).append(found)
        kind = octets[0]
        length = 1 if kind in self.options.single else octets[1] if len(octets) > 1 else len(octets)
        return self.line_of(title, kind, length, said)

    def untold(self, octets: bytes, start: int) -> Iterator[tuple[int, int, str]]:
        """Yield start, length and line of options from octet `start` of the list on, up to one that has fields."""
        while start + 1 < len(octets):
            kind, length = octets[start], octets[start + 1]
            is_told = kind in self.options.bodies or self.options.default is not None
            if is_told or not 2 <= length <= len(octets) - start:
                return
            yield start, length, f"{self.name(kind)} ({counted(length)})"
            start += length


def _tcp_line(title: str, kind: int, length: int, said: Said) -> str:
    for name, line in _TCP_LINES.items():
        if name in said:
            return title + line(said)
    if kind == SCPS and "scps.vector" not in said:
        return f"Illegal SCPS Extended Capabilities ({counted(length)})"
    if kind in tcp_experiments.ACCURATE_ECN:
        return title + _counters(tcp_experiments.ACCURATE_ECN.index(kind), said)
    return title


def _sacked(said: Said) -> str:
    return "".join(f" {left}-{right}" for left, right in zip(said["sack_le"], said.get("sack_re", ()), strict=False))


def _timestamps(said: Said) -> str:
    return f": TSval {said['timestamp.tsval'][0]}, TSecr {said['timestamp.tsecr'][0]}"


def _experiment(said: Said) -> str:
    number = said["experimental.exid"][0]
    text = f": {EXPERIMENTS.get(number, 'Unknown')}"
    if number in (0xACC0, 0xACC1) and "tcp.option.len.invalid" not in said:
        return f"{text}: Accurate ECN{_counters(number - 0xACC0, said)}"
    return f"{text} {said['tarr.rate'][0]}" if "tarr.rate" in said else text


def _counters(order: int, said: Said) -> str:
    """Return the counters of Accurate ECN in the order that they were sent in."""
    found = [
        f"{name.upper()} {said[f'acc_ecn.{name}'][0]}" for name in tcp_experiments.ORDERS[order] if _has(said, name)
    ]
    return f" (Order {order}): {', '.join(found)}" if found else ""


def _has(said: Said, counter: str) -> bool:
    return f"acc_ecn.{counter}" in said


PROBES = (
    "Query",
    "Response",
    "Internal",
    "Trace",
    "Query SH",
    "Response SH",
    "Query Info",
    "Response Info",
    "Query Info SH",
    "Query Info Store ID",
    "Reset",
)


def _probe(said: Said) -> str:
    """Return the type of a probe of Riverbed's, and who sent it or answers."""
    number = next(iter((*said.get("rvbd.probe.type1", ()), *said.get("rvbd.probe.type2", ()))))
    text = f": Probe {PROBES[number]}"
    if "rvbd.probe.proxy.port" in said:
        return f"{text}, Server Steelhead: {said['rvbd.probe.proxy.ip'][0]}:{said['rvbd.probe.proxy.port'][0]}"
    return f"{text}, CSH IP: {said['rvbd.probe.prober'][0]}" if "rvbd.probe.appli_ver" in said else text


def _transparency(said: Said) -> str:
    ends = [f"{said[f'rvbd.trpy.{end}.ip'][0]}:{said[f'rvbd.trpy.{end}.port'][0]}" for end in ("src", "dst")]
    return f" {ends[0]} -> {ends[1]}"


def _subtype(number: int) -> str:
    return MPTCP_SUBTYPES.get(number, f"Unknown ({number})")


SCPS = 20
_TCP_LINES: Mapping[str, Callable[[Said], str]] = {
    "echo_value": lambda said: f": {said['echo_value'][0]}",
    "mss_val": lambda said: f": {said['mss_val'][0]} bytes",
    "wscale.multiplier": lambda said: f": {said['wscale.shift'][0]} (multiply by {said['wscale.multiplier'][0]})",
    "sack_le": _sacked,
    "timestamp.tsecr": _timestamps,
    "experimental.exid": _experiment,
    "rvbd.probe.type1": _probe,
    "rvbd.probe.type2": _probe,
    "rvbd.trpy.dst.port": _transparency,
    "mptcp.subtype": lambda said: f": {_subtype(said['mptcp.subtype'][0])}",
}
"""What stands behind the title of a TCP option that has a value of a field."""


def _ip_line(title: str, kind: int, length: int, said: Said) -> str:
    size = "" if kind in ipv4_options.OPTIONS.single else f" ({counted(FIXED.get(kind, length))})"
    if "ip.opt.ra" in said:
        value = said["ip.opt.ra"][0]
        return f"{title}{size}: {ROUTER_ALERTS.get(value, 'Unknown')} ({value})"
    return title + size + (_quick_start(said) if "ip.opt.qs_func" in said else "")


def _quick_start(said: Said) -> str:
    """Return what a Quick-Start option asks for or reports (RFC 4782 section 3.1)."""
    function = said["ip.opt.qs_func"][0]
    text = f": {QUICK_START.get(function, f'Unknown ({function})')} ({function})"
    if "ip.opt.qs_rate" in said:
        text += f", {QUICK_START_RATES.get(said['ip.opt.qs_rate'][0], 'Unknown')}"
    if "ip.opt.qs_ttl_diff" in said:
        text += f", QS TTL {said['ip.opt.qs_ttl'][0]}, QS TTL diff {said['ip.opt.qs_ttl_diff'][0]}"
    return text


QUICK_START = {0: "Rate request", 8: "Rate report"}
FIXED = {
    kind: option.lengths[0]
    for kind, option in ipv4_options.BODIES.items()
    if option.lax and isinstance(option.lengths, tuple)
}
"""The lengths of options that have one; their lines say it, also where it is another."""

OPTION_LISTS: Mapping[str, OptionList] = {
    "tcp.options": OptionList(tcp_options.OPTIONS, "tcp.hdr_len", _tcp_line),
    "ip.options": OptionList(ipv4_options.OPTIONS, "ip.hdr_len", _ip_line, ipv4_options.OPTIONS.single, is_text=True),
}
WHOLES = frozenset(name for listed in OPTION_LISTS.values() for name in listed.wholes)
"""The fields that stand for all octets of an option."""
