"""What the rules over several packets take of a frame's fields, and which fields they tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from wireproof.analysis.arp import KINDS
from wireproof.analysis.mac_table import CASTS
from wireproof.analysis.rules import arp, arp_tables, echo, switch, tcp, tcp_tables, timeline, udp
from wireproof.analysis.rules.entries import NONE
from wireproof.dissectors import tcp_analysis as analysis
from wireproof.engine.ruling import WHOLE, First, Rule, Source, Sum, Test, Told
from wireproof.engine.tables import ABSENT

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


def _once(told: Mapping[str, Told]) -> dict[str, tuple[Told, ...]]:
    """Return what is told of fields that have one value at most."""
    return {name: (each,) for name, each in told.items()}


def _remarks() -> dict[str, tuple[Told, ...]]:
    """Return what is told of the sequence of segments."""
    masks: dict[str, int] = {analysis.ANALYSIS.name: -1, analysis.FLAGS.name: ~tcp_tables.LOOKED_AT}
    for bit, remark in enumerate(analysis.REMARKS):
        for info in (remark.field, *remark.also):
            masks[info.name] = masks.get(info.name, 0) | 1 << bit

    def told(column: str, mask: int = -1, none: int = ABSENT) -> Told:
        return Told(f"remarks.{column}", none, (Test("remarks.kinds", mask=mask),), whole=True)

    labels = {name: Told(None, tests=(Test("remarks.kinds", mask=mask),), whole=True) for name, mask in masks.items()}
    duplicate = analysis.DUPLICATE_ACK.name  # which Wireshark has as a field and as what is remarkable
    others = {
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
    return {**_once(labels | others), duplicate: (labels[duplicate],) * 2}


def _duplicates() -> dict[str, tuple[Told, ...]]:
    """Return what is told of addresses of two stations: the sender's, and the target's."""
    columns = ("frame", "holder", "seconds")
    fields = ("duplicate-address-frame", "duplicate-address-mac", "seconds-since-duplicate-address-frame")
    sides = ("sender", "target")
    told = {
        f"arp.{name}": tuple(Told(f"findings.{side}_{column}") for side in sides)
        for name, column in zip(fields, columns, strict=True)
    }
    detected = tuple(Told(None, tests=(Test(f"findings.{side}_frame"),)) for side in sides)
    return {**told, "arp.duplicate-address-detected": detected}


def _texts(words: Mapping[int, str]) -> dict[int, bytes]:
    return {number: text.encode() for number, text in words.items()}


def _frame() -> Rule:
    given = {"frame": _TIMES["frame"], "time": _TIMES["time"]}
    told = {f"frame.{name}": Told(f"moments.{name}") for name in ("time_delta", "time_relative")}
    return Rule(
        "frame",
        timeline.take_frame,
        "moments.frame",
        _of("moments", given),
        _once(told),
        begins="frame.number",
        needs="frame.number",
    )


def _ethernet() -> Rule:
    given: dict[str, Source] = {
        "frame": _TIMES["frame"],
        "time": _TIMES["time"],
        "port": ("frame.interface_id", 0),
        "vlan": First("vlan.id"),
        "source": ("eth.src", 0),
        "destination": ("eth.dst", 0),
    }
    told = {
        "switch.bum": Told("views.flooded"),
        "switch.cast": Told("views.cast", words=_texts(dict(enumerate(CASTS)))),
    }
    return Rule(
        "eth",
        switch.take_frame,
        "frames.frame",
        _of("frames", given),
        _once(told),
        begins="eth.dst",
        needs="eth.src",
    )


def _arp() -> Rule:
    given: dict[str, Source] = {
        "frame": _TIMES["frame"],
        "time": _TIMES["time"],
        "source": First("eth.src", ABSENT),
        "operation": ("arp.opcode", ABSENT),
        "hardware_size": ("arp.hw.size", ABSENT),
        "sender_mac": ("arp.src.hw_mac", ABSENT),
        "sender": ("arp.src.proto_ipv4", ABSENT),
        "target_mac": ("arp.dst.hw_mac", ABSENT),
        "target": ("arp.dst.proto_ipv4", ABSENT),
        "complete": WHOLE,
    }
    told = {
        "arp.packet-storm-detected": Told(None, tests=(Test("findings.storm", none=0),)),
        "arp.src.differs": Told(None, tests=(Test("findings.differs", none=0),)),
        "arp.moved": Told("findings.moved", none=arp_tables.UNMOVED, words=_texts(KINDS)),
        "arp.moved.from": Told("findings.moved_from"),
    }
    return Rule(
        "arp",
        arp.take_packet,
        "packets.frame",
        _of("packets", given),
        _duplicates() | _once(told),
        begins="arp.opcode",
        needs="arp.dst.proto_ipv4",
        says=(Test("findings.sender_frame"), Test("findings.target_frame"), Test("findings.storm", none=0)),
    )


def _tcp() -> Rule:
    given: dict[str, Source] = {
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
    active, passive = (Test("readings.closes", value=closes) for closes in (1, 0))
    told = {
        **_times("tcp", "tcp.urgent_pointer"),
        "tcp.completeness": Told("readings.completeness"),
        "tcp.src.state": Told("readings.source_state", tests=counts),
        "tcp.dst.state": Told("readings.destination_state", tests=counts),
        "tcp.seq": Told("readings.seq"),
        "tcp.ack": Told("readings.ack"),
        "tcp.nxtseq": Told("readings.next"),
        "tcp.window_size": Told("readings.window"),
        "tcp.window_size_scalefactor": Told("readings.scale"),
        "tcp.connection.fin_active": Told(None, tests=(active,), beside="tcp.flags"),
        "tcp.connection.fin_passive": Told(None, tests=(passive,), beside="tcp.flags"),
        "tcp.flags.ace": Told("readings.counter", beside="tcp.flags"),
        **{
            info.name: Told(None, tests=(Test("readings.fast_open", value=said),))
            for said, info in analysis.FAST_OPEN.items()
        },
    }
    return Rule(
        "tcp",
        tcp.take_segment,
        "packets.frame",
        _packets("tcp") | _of("segments", given),
        _once(told) | _remarks(),
        begins="tcp.hdr_len",
        needs="tcp.window_size_value",
        says=(
            Test("remarks.kinds", mask=~tcp_tables.LOOKED_AT),
            Test("readings.closes"),
            Test("readings.fast_open", none=tcp_tables.NO_FAST_OPEN),
        ),
    )


def _udp() -> Rule:
    return Rule(
        "udp",
        udp.take_datagram,
        "packets.frame",
        _packets("udp") | _of("datagrams", {"length": ("udp.length", 0)}),
        _once(_times("udp")),
        begins="udp.checksum",
        needs="udp.checksum",
    )


def _icmp() -> Rule:
    given: dict[str, Source] = {
        **_TIMES,
        "type": ("icmp.type", 0),
        "ident": ("icmp.ident", 0),
        "seq": ("icmp.seq", 0),
        "checksum": ("icmp.checksum", 0),
    }
    return Rule(
        "icmp",
        echo.take_message,
        "messages.frame",
        _of("messages", given),
        _once({"icmp.resp_to": Told("answers.frame", none=NONE)}),
        begins="icmp.seq",
        needs="icmp.checksum",
        only=("messages.type", (echo.REPLY, echo.REQUEST)),
    )


@cache
def rules() -> Sequence[Rule]:
    """Return all rules."""
    return _frame(), _ethernet(), _arp(), _tcp(), _udp(), _icmp()
