"""Options of TCP that began as experiments: Fast Open (RFC 7413), Accurate ECN, and kinds 253 and 254 (RFC 6994).

+--------+--------+-----------------+- - - -
|  253   | Length | Experiment (ID) |  Data       what is behind the identifier is as behind a kind of its own
+--------+--------+-----------------+- - - -
"""

from typing import Any

from construct import Bytes, Computed, If, Int8ub, Int16ub, Int24ub, this

from wireproof.dissectors.numbers.tcp_options import EXPERIMENTS
from wireproof.dissectors.schema import Base, Bits, Field, FieldType, Option, Rule, Severity
from wireproof.dissectors.tcp_fields import LENGTH, length, note, whole, wrong_length

BYTES, NONE, UINT24, UINT8 = FieldType.BYTES, FieldType.NONE, FieldType.UINT24, FieldType.UINT8


def fast_open(head: int, condition: Any) -> tuple[Any, ...]:
    """What follows the head of so many octets under a condition: a request, or a cookie."""
    return (
        If(
            condition & (length == head),
            Field("tcp.options.tfo.request", Computed(1), NONE, "Fast Open Cookie Request"),
        ),
        If(condition, Field("tcp.options.tfo.cookie", Bytes(length - head), BYTES, "Fast Open Cookie")),
        note(
            (condition == 0) | (length <= head) | ((this.flag_bits & 0x12) != 2),
            "analysis.tfo_syn",
            "TCP SYN with TFO Cookie",
            group="Sequence",
            below="tcp.options.tfo.cookie",
            reference="RFC 7413 section 4.1.1",
        ),
    )


COUNTERS = {
    name: Field(f"tcp.options.acc_ecn.{name}", Int24ub, UINT24, f"Accurate ECN Echo {title} Byte Counter")
    for name, title in (("ee0b", "ECT(0)"), ("eceb", "CE"), ("ee1b", "ECT(1)"))
}
ORDERS = ("ee0b", "eceb", "ee1b"), ("ee1b", "eceb", "ee0b")
ACCURATE_ECN = (172, 174)


def counters(order: int, head: int, condition: Any) -> tuple[Any, ...]:
    """The counters of Accurate ECN that a length has room for, behind a head of so many octets, under a condition."""
    return tuple(
        If(condition & (length >= head + 3 * place), COUNTERS[name]) for place, name in enumerate(ORDERS[order], 1)
    )


def accurate_ecn(order: int) -> Option:
    """An option of Accurate ECN."""
    said = "option length should be 2, 5, 8, or 11 instead of {option_length}"
    return Option(counters(order, 2, length >= 2), (2, 5, 8, 11), wrong_length(said), whole("acc_ecn", "Accurate ECN"))


is_ecn = (this.exid == 0xACC0) | (this.exid == 0xACC1)
ECN_LENGTHS = (length == 4) | (length == 7) | (length == 10) | (length == 13)
has_rate = (this.exid == 0x00AC) & (length == 5)
RATE = (
    "rate" / If(has_rate, Int8ub),
    If(has_rate, Field("tcp.options.tarr.rate", Bits("rate", 0xFE), UINT8, "TARR Rate")),
    If(has_rate, Field("tcp.options.tar.reserved", Bits("rate", 0x01), UINT8, "TARR Reserved")),
)
EXPERIMENTAL = Option(
    (
        "exid"
        / Field(
            "tcp.options.experimental.exid",
            Int16ub,
            title="Experiment Identifier",
            base=Base.HEX,
            labels=EXPERIMENTS,
            reference="RFC 6994 section 3",
        ),
        Rule(
            (is_ecn == 0) | ECN_LENGTHS,
            LENGTH,
            "option length should be 4, 7, 10, or 13 instead of {option_length}",
            severity=Severity.NOTE,
            group="Sequence",
            below="tcp.option_len",
            reference="RFC 6994 section 3",
        ),
        Rule(
            (this.exid != 0x00AC) | (length <= 5),
            LENGTH,
            "option length should be 4 or 5 instead of {option_length}",
            severity=Severity.NOTE,
            group="Sequence",
            below="tcp.option_len",
            reference="RFC 6994 section 3",
        ),
        *counters(0, 4, this.exid == 0xACC0),
        *counters(1, 4, this.exid == 0xACC1),
        *RATE,
        # Fast Open before it had a kind of its own (RFC 7413 section 4.1.1).
        *fast_open(4, this.exid == 0xF989),
        If(
            (is_ecn == 0) & (this.exid != 0xF989) & (this.exid != 0x00AC),
            Field("tcp.options.experimental.data", Bytes(length - 4), BYTES, "Data"),
        ),
    ),
    range(4, 256),
    wrong_length("option length {option_length} smaller than 4", "RFC 6994 section 3"),
    whole("experimental", "Experimental"),
)
FAST_OPEN = Option(fast_open(2, length >= 2), whole=whole("tfo", "TCP Fast Open"))
