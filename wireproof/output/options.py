"""What options are called in the detailed tree and in JSON, by their kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from wireproof.dissectors.ipv4_options import BODIES
from wireproof.dissectors.numbers.ip_options import ROUTER_ALERTS
from wireproof.dissectors.schema import FieldInfo, FieldType
from wireproof.output.items import octets as counted
from wireproof.packet import Layer

FIXED_HEADER = 20  # octets that headers with options have in front of them


class OptionList(NamedTuple):
    """The field that begins an option, the field that stands for the whole of one, with its line, its short name in
    the list of them, the field of the header's length, and the kinds that the list leaves out. `is_text` is a list that
    Wireshark has no field for.
    """

    kind: str
    describe: Callable[[bytes, int], tuple[FieldInfo | None, str]]
    name: Callable[[int], str]
    header: str
    unlisted: tuple[int, ...] = ()
    is_text: bool = False

    def line(self, layer: Layer) -> str:
        """Return the line of the whole list."""
        kinds, size = layer[self.kind], layer[self.header][0] - FIXED_HEADER
        if not layer.complete and kinds and kinds[-1] not in SINGLE:  # of the last one octets are missing
            kinds = kinds[:-1]
        names = "".join(f", {self.name(kind)}" for kind in kinds if kind not in self.unlisted)
        return f"Options: ({counted(size)}){names}"


TCP_OPTIONS: Mapping[int, tuple[str, str]] = {
    0: ("eol", "End of Option List (EOL)"),
    1: ("nop", "No-Operation (NOP)"),
    2: ("mss", "Maximum segment size"),
    3: ("wscale", "Window scale"),
    4: ("sack_perm", "SACK permitted"),
    5: ("sack", "SACK"),
    6: ("echo", "Echo"),
    7: ("echoreply", "Echo reply"),
    8: ("timestamp", "Timestamps"),
    11: ("cc", "CC"),
    12: ("ccnew", "CC.NEW"),
    13: ("ccecho", "CC.ECHO"),
    19: ("md5", "TCP MD5 signature"),
    20: ("scps", "SCPS capabilities"),
    21: ("snack", "Selective Negative Acknowledgment"),
    27: ("qs", "Quick-Start"),
    28: ("user_to", "User Timeout"),
    29: ("ao", "TCP AO"),
    30: ("mptcp", "MPTCP"),
    34: ("tfo", "TCP Fast Open"),
    76: ("rvbd.probe", "Riverbed Probe"),
    78: ("rvbd.trpy", "Riverbed Transparency"),
    172: ("acc_ecn", "Accurate ECN"),
    174: ("acc_ecn", "Accurate ECN"),
    253: ("experimental", "Experimental"),
    254: ("experimental", "Experimental"),
}
IP_OPTIONS: Mapping[int, tuple[str, str]] = {
    0: ("eol", "End of Options List (EOL)"),
    1: ("nop", "No-Operation (NOP)"),
    130: ("security", "Security"),
    131: ("route", "Loose Source Route"),
    68: ("timestamp", "Time Stamp"),
    133: ("ext_security", "Extended Security"),
    134: ("cipso", "Commercial Security"),
    7: ("record_route", "Record Route"),
    136: ("sid", "Stream ID"),
    137: ("source_route", "Strict Source Route"),
    11: ("mtu_probe", "MTU Probe"),
    12: ("mtu_reply", "MTU Reply"),
    82: ("traceroute", "Traceroute"),
    148: ("routeralert", "Router Alert"),
    149: ("sdb", "Selective Directed Broadcast"),
    25: ("qs", "Quick-Start"),
}


@cache
def _whole(name: str) -> FieldInfo:
    """The field of an option as a whole, which Wireshark has, and no filter here knows."""
    return FieldInfo(name, FieldType.BYTES)


def _tcp_name(kind: int) -> str:
    return TCP_OPTIONS[kind][1] if kind in TCP_OPTIONS else f"Unknown (0x{kind:02x})"


def _tcp_option(octets: bytes, kind: int) -> tuple[FieldInfo, str]:
    """Return the field and the line of a TCP option; the common ones say their value in it."""
    key = TCP_OPTIONS[kind][0] if kind in TCP_OPTIONS else "unknown"
    body = octets[2:]
    text = f"TCP Option - {TCP_OPTIONS[kind][1] if kind in TCP_OPTIONS else 'Unknown'}"
    if kind in (6, 7) and len(body) == 4:
        text += f": {int.from_bytes(body, 'big')}"
    elif kind == 2 and len(body) == 2:
        text += f": {int.from_bytes(body, 'big')} bytes"
    elif kind == 3 and len(body) == 1:
        text += f": {body[0]} (multiply by {1 << min(body[0], 14)})"
    elif kind == 8 and len(body) == 8:
        text += f": TSval {int.from_bytes(body[:4], 'big')}, TSecr {int.from_bytes(body[4:], 'big')}"
    return _whole(f"tcp.options.{key}"), text


def _ip_name(kind: int) -> str:
    return IP_OPTIONS[kind][1] if kind in IP_OPTIONS else f"Unknown (0x{kind:02x})"


def _ip_option(octets: bytes, kind: int) -> tuple[FieldInfo | None, str]:
    """Return the field and the line of an IPv4 option; one that is not known is a text alone."""
    right = FIXED.get(kind, len(octets))
    size = "" if kind in SINGLE else f" ({counted(right)})"
    if kind not in IP_OPTIONS:
        return None, f"{_ip_name(kind)}{size}"
    said = _said_by_ip(octets[2:], kind) if kind in FIXED else ""
    return _whole(f"ip.options.{IP_OPTIONS[kind][0]}"), f"IP Option - {_ip_name(kind)}{size}{said}"


def _said_by_ip(body: bytes, kind: int) -> str:
    """Return the value of an option as its line says it."""
    if kind == ROUTER_ALERT and len(body) >= 2:
        value = int.from_bytes(body[:2], "big")
        return f": {ROUTER_ALERTS.get(value, 'Unknown')} ({value})"
    return ""


SINGLE = (0, 1)
FIXED = {kind: option.lengths[0] for kind, option in BODIES.items() if option.lax and isinstance(option.lengths, tuple)}
"""The lengths of options that have one; their lines say it, also where it is another."""

ROUTER_ALERT = 148
OPTION_LISTS: Mapping[str, OptionList] = {
    "tcp.options": OptionList("tcp.option_kind", _tcp_option, _tcp_name, "tcp.hdr_len"),
    "ip.options": OptionList("ip.opt.type", _ip_option, _ip_name, "ip.hdr_len", SINGLE, is_text=True),
}
