"""The rules of the analyses in machine code: what they take of a frame's fields, and which fields they tell."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from wireproof.analysis.rules import echo, switch, tcp, tcp_tables, timeline, udp
from wireproof.analysis.rules.entries import NONE
from wireproof.analysis.session import Analysis
from wireproof.dissectors import tcp_analysis as analysis
from wireproof.engine.machine import Code, code_of
from wireproof.engine.ruling import WHOLE, First, Rule, Source, Sum, Test, Told
from wireproof.engine.tables import ABSENT, Table
from wireproof.engine.translating import ENTRY, module_of, parameters_of
from wireproof.packet import Packet

WITHOUT_RULE = ("arp",)
"""The protocols whose analyses only the packet reader does."""
LEVEL = 2  # of code generation: it is done once after an installation
_TIMES: Mapping[str, Source] = {
    "frame": ("frame.number", 0),
    "time": ("frame.time_epoch", ABSENT),
    "source": ("ip.src", 0),
    "destination": ("ip.dst", 0),
}


def _of(table: str, given: Mapping[str, Source]) -> dict[str, Source]:
    return {f"{table}.{column}": source for column, source in given.items()}


def _packets(protocol: str) -> dict[str, Source]:
    ports: dict[str, Source] = {
        "source_port": (f"{protocol}.srcport", 0),
        "destination_port": (f"{protocol}.dstport", 0),
    }
    return _of("packets", {**_TIMES, **ports, "quoted": 0})


def _times(protocol: str, beside: str | None = None) -> dict[str, Told]:
    times = {f"{protocol}.{name}": Told(f"times.{name}", beside=beside) for name in ("time_relative", "time_delta")}
    return {f"{protocol}.stream": Told("times.stream"), **times}


def _remarks() -> dict[str, Told]:
    """Return what is told of the sequence of segments."""
    masks: dict[str, int] = {analysis.ANALYSIS.name: -1, analysis.FLAGS.name: ~tcp_tables.LOOKED_AT}
    for bit, remark in enumerate(analysis.REMARKS):
        for info in (remark.field, *remark.also):
            masks[info.name] = masks.get(info.name, 0) | 1 << bit

    def told(column: str, mask: int = -1, none: int = ABSENT) -> Told:
        return Told(f"remarks.{column}", none, (Test("remarks.kinds", mask=mask),), whole=True)

    labels = {name: Told(None, tests=(Test("remarks.kinds", mask=mask),), whole=True) for name, mask in masks.items()}
    duplicate = analysis.DUPLICATE_ACK.name  # which Wireshark has as a field and as what is remarkable
    return {
        **labels,
        duplicate: labels[duplicate]._replace(times=2),
        analysis.ACKS_FRAME.name: told("acks_frame", none=NONE),
        analysis.ACK_RTT.name: told("ack_rtt"),
        analysis.INITIAL_RTT.name: told("initial_rtt"),
        analysis.BYTES_IN_FLIGHT.name: told("bytes_in_flight", none=0),
        analysis.PUSH_BYTES_SENT.name: told("push_bytes_sent", none=0),
        analysis.RTO.name: told("rto", tcp_tables.RETRANSMISSION),
        analysis.RTO_FRAME.name: Told(
            "remarks.rto_frame",
            tests=(Test("remarks.kinds", mask=tcp_tables.RETRANSMISSION), Test("remarks.rto")),
            whole=True,
        ),
        analysis.DUPLICATE_NUMBER.name: told("duplicate_number", tcp_tables.DUPLICATE_ACK),
        analysis.DUPLICATE_FRAME.name: told("duplicate_frame", tcp_tables.DUPLICATE_ACK),
    }


@cache
def rules() -> Sequence[Rule]:
    """Return all rules."""
    segment: dict[str, Source] = {
        "seq": ("tcp.seq_raw", 0),
        "ack": ("tcp.ack_raw", 0),
        "flags": ("tcp.flags", 0),
        "window": ("tcp.window_size_value", 0),
        "length": ("tcp.len", ABSENT),
        "valid": 1,
        "complete": WHOLE,
        "shift": ("tcp.options.wscale.shift", ABSENT),
        "left_edges": Sum("tcp.options.sack_le"),
        "right_edges": Sum("tcp.options.sack_re"),
        "cookie": Sum("tcp.options.tfo.cookie", any=True),
    }
    counts = (Test("readings.next"),)
    message: dict[str, Source] = {
        **_TIMES,
        "type": ("icmp.type", 0),
        "ident": ("icmp.ident", 0),
        "seq": ("icmp.seq", 0),
        "checksum": ("icmp.checksum", 0),
    }
    ethernet: dict[str, Source] = {
        "frame": _TIMES["frame"],
        "time": _TIMES["time"],
        "port": ("frame.interface_id", 0),
        "vlan": First("vlan.id"),
        "source": ("eth.src", 0),
        "destination": ("eth.dst", 0),
    }
    frame = {f"frame.{name}": Told(f"moments.{name}") for name in ("time_delta", "time_relative")}
    moment = {"frame": _TIMES["frame"], "time": _TIMES["time"]}
    return (
        Rule(
            "frame",
            timeline.take_frame,
            "moments.frame",
            _of("moments", moment),
            frame,
            begins="frame.number",
            needs="frame.number",
        ),
        Rule(
            "eth",
            switch.take_frame,
            "frames.frame",
            _of("frames", ethernet),
            {"switch.bum": Told("views.flooded")},
            begins="eth.dst",
            needs="eth.src",
        ),
        Rule(
            "tcp",
            tcp.take_segment,
            "packets.frame",
            _packets("tcp") | _of("segments", segment),
            {
                **_times("tcp", "tcp.urgent_pointer"),
                "tcp.completeness": Told("readings.completeness"),
                "tcp.src.state": Told("readings.source_state", tests=counts),
                "tcp.dst.state": Told("readings.destination_state", tests=counts),
                "tcp.seq": Told("readings.seq"),
                "tcp.ack": Told("readings.ack"),
                "tcp.nxtseq": Told("readings.next"),
                "tcp.window_size": Told("readings.window"),
                "tcp.window_size_scalefactor": Told("readings.scale"),
                "tcp.connection.fin_active": Told(None, tests=(Test("readings.closes", value=1),), beside="tcp.flags"),
                "tcp.connection.fin_passive": Told(None, tests=(Test("readings.closes", value=0),), beside="tcp.flags"),
                "tcp.flags.ace": Told("readings.counter", beside="tcp.flags"),
                **_remarks(),
            },
            begins="tcp.hdr_len",
            needs="tcp.window_size_value",
            says=(
                Test("remarks.kinds", mask=~tcp_tables.LOOKED_AT),
                Test("readings.closes"),
                Test("readings.fast_open", none=tcp_tables.NO_FAST_OPEN),
            ),
        ),
        Rule(
            "udp",
            udp.take_datagram,
            "packets.frame",
            _packets("udp") | _of("datagrams", {"length": ("udp.length", 0)}),
            _times("udp"),
            begins="udp.checksum",
            needs="udp.checksum",
        ),
        Rule(
            "icmp",
            echo.take_message,
            "messages.frame",
            _of("messages", message),
            {"icmp.resp_to": Told("answers.frame", none=NONE)},
            begins="icmp.seq",
            needs="icmp.checksum",
            only=("messages.type", (echo.REPLY, echo.REQUEST)),
        ),
    )


@cache
def _code(protocol: str) -> Code:
    (rule,) = (rule for rule in rules() if rule.protocol == protocol)
    key = [b"rule", protocol.encode()]
    return code_of(lambda: module_of(rule.function), ENTRY, level=LEVEL, key=key)


@cache
def called(function: Callable[..., int]) -> Callable[..., int]:
    """Return a function of the subset as machine code, called as it is: by the names of its parameters."""
    key = [b"function", f"{function.__module__}.{function.__qualname__}".encode()]
    code = code_of(lambda: module_of(function), ENTRY, level=LEVEL, key=key)
    kinds = parameters_of(function)
    call = ctypes.CFUNCTYPE(ctypes.c_int64, *(ctypes.c_int64 for _ in kinds))(code.address)

    def run(**given: Any) -> int:
        found: int = call(
            *(given[each].words if issubclass(kind, Table) else given[each] for each, kind in kinds.items())
        )
        assert code.address
        assert all(each.is_sound for each in given.values() if isinstance(each, Table))
        return found

    return run


class CompiledAnalysis:
    """An analysis that machine code does for the protocols of a query; the reference goes on with the same tables."""

    def __init__(self, analysis: Analysis, protocols: Sequence[str]) -> None:
        self._analysis = analysis
        self._rules = {rule.protocol: rule for rule in rules() if rule.protocol in protocols}
        addresses: list[int] = []
        self._tables: list[Table] = []
        for protocol in protocols:
            rule, tables = self._rules[protocol], analysis.of(protocol).tables
            given = [tables[name] for name, kind in parameters_of(rule.function).items() if issubclass(kind, Table)]
            addresses += [_code(protocol).address, *(table.words for table in given)]
            self._tables += given
        self._addresses = (ctypes.c_int64 * len(addresses))(*addresses)

    @property
    def addresses(self) -> int:
        """Where machine code finds the rules and their tables."""
        return ctypes.addressof(self._addresses)

    def see(self, packet: Packet) -> None:
        """Take a packet in that the reference reads, unless machine code has taken it in."""
        taken = {protocol for protocol, rule in self._rules.items() if self._last(protocol, rule) == packet.number}
        self._analysis.see(packet, taken)

    def _last(self, protocol: str, rule: Rule) -> int:
        table, column = rule.frame.split(".")
        number: int = getattr(self._analysis.of(protocol).tables[table], column)[0]
        return number

    def check(self) -> None:
        """Raise AssertionError where machine code was about to leave a table."""
        assert all(table.is_sound for table in self._tables), "an index that a table of an analysis does not have"
