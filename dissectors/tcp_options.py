"""The options of TCP (RFC 9293 section 3.1; RFC 7323, RFC 2018, RFC 2385, RFC 5925, RFC 7413, RFC 5482, RFC 6994).

+--------+--------+---------------- - - - -
|  Kind  | Length |  Data                      kinds 0 and 1 are one octet alone
+--------+--------+---------------- - - - -
"""

from collections.abc import Mapping
from typing import Any

from construct import Bytes, Computed, If, IfThenElse, Int8ub, Int16ub, Int24ub, Int32ub, this

from wireproof.dissectors.numbers.ip_options import QUICK_START_RATES
from wireproof.dissectors.numbers.tcp_options import EXPERIMENTS, OPTION_KINDS, OPTION_NAMES
from wireproof.dissectors.schema import (
    SET,
    Ahead,
    Base,
    Bits,
    Field,
    FieldInfo,
    FieldType,
    Missing,
    Option,
    Options,
    Repeat,
    Rule,
    Several,
    Severity,
    never,
)
from wireproof.dissectors.tcp_multipath import MULTIPATH
from wireproof.dissectors.tcp_riverbed import PROBE, TRANSPARENCY

BOOLEAN, BYTES, NONE = FieldType.BOOLEAN, FieldType.BYTES, FieldType.NONE
UINT8, UINT16, UINT24, UINT32 = FieldType.UINT8, FieldType.UINT16, FieldType.UINT24, FieldType.UINT32
LENGTH = FieldInfo("tcp.option.len.invalid", NONE, "Invalid length for option")
length = this.option_length


def label(name: str, title: str) -> FieldInfo:
    """The field that stands for a diagnosis."""
    return FieldInfo(f"tcp.{name}", NONE, title)


def whole(name: str, title: str) -> FieldInfo:
    """The field that stands for an option."""
    return FieldInfo(f"tcp.options.{name}", BYTES, f"TCP Option - {title}", hidden=True)


def wrong_length(
    message: str, reference: str = "RFC 9293 section 3.1", below: str = "tcp.option_len", **more: Any
) -> Rule:
    """The rule of an option's length."""
    return Rule(
        never,
        LENGTH,
        message,
        severity=Severity.NOTE,
        group="Sequence",
        stops=False,
        reference=reference,
        below=below,
        **more,
    )


def exactly(octets: int, field: FieldInfo, *members: Any, first: tuple[Any, ...] = (), reference: str) -> Option:
    """An option of one length."""
    return Option(members, (octets,), wrong_length(f"option length should be {octets}", reference), field, first)


def note(condition: Any, name: str, message: str, severity: Severity = Severity.NOTE, **more: Any) -> Rule:
    """A rule that is only noted."""
    return Rule(condition, label(name, message), message, severity=severity, stops=False, **more)


MSS_PRESENT = note(
    (this.flag_bits & 2) != 0,
    "options.mss.present",
    "The non-SYN packet does contain a MSS option",
    Severity.WARNING,
    at="tcp.options.mss",
    reference="RFC 9293 section 3.7.1",
)
MSS_ABSENT = note(
    (this.flag_bits & 2) == 0,
    "options.mss.absent",
    "The SYN packet does not contain a MSS option",
    reference="RFC 9293 section 3.7.1",
)
WINDOW_SCALE = (
    "shift" / Field("tcp.options.wscale.shift", Int8ub, title="Shift count"),
    note(
        this.shift <= 14,
        "options.wscale.shift.invalid",
        "Window scale shift exceeds 14",
        Severity.WARNING,
        reference="RFC 7323 section 2.3",
    ),
    IfThenElse(
        this.shift <= 14,
        Field("tcp.options.wscale.multiplier", Computed(1 << (this.shift & 15)), UINT16, "Multiplier"),
        Field("tcp.options.wscale.multiplier", Computed(1 << 14), UINT16, "Multiplier"),
    ),
)
LEFT = Field("tcp.options.sack_le", Int32ub, title="TCP SACK Left Edge", across=True)
RIGHT = Field("tcp.options.sack_re", Int32ub, title="TCP SACK Right Edge", across=True)
SACK_REFERENCE = "RFC 2018 section 3"


def cut_block(condition: Any) -> Rule:
    """The rule that the blocks of a selective acknowledgment are whole."""
    message = "suboption would go past end of option"
    return Rule(
        condition,
        label("suboption_malformed", message),
        message,
        group="Malformed",
        stops=False,
        reference=SACK_REFERENCE,
        below="tcp.option_kind",
        is_line=True,
    )


def is_behind(left: Any, right: Any) -> Any:
    """Whether a sequence number comes before another (RFC 9293 section 3.4)."""
    return ((left + (1 << 32) - right) & 0xFFFFFFFF) >= 1 << 31


# RFC 2883: a duplicate lies below what is acknowledged, or within the second block. Wireshark looks where it ends.
is_below = is_behind(this.ack_raw, this.right) == 0
is_within = (length >= 18) & is_behind(this.second_left, this.right) & (is_behind(this.second_right, this.right) == 0)
COUNT = Field("tcp.options.sack.count", Computed((length - 2) >> 3), UINT8, "TCP SACK Count")
DUPLICATE_LEFT = Field("tcp.options.sack.dsack_le", Computed(this.left), UINT32, "TCP D-SACK Left Edge", across=True)
DUPLICATE_RIGHT = Field("tcp.options.sack.dsack_re", Computed(this.right), UINT32, "TCP D-SACK Right Edge", across=True)
SACK = (
    cut_block((length == 2) | (length >= 6)),
    If((length > 2) & (length < 6), COUNT),
    "left" / LEFT,
    cut_block((length < 6) | (length >= 10)),
    # Half a block is told as if it were a duplicate, and then the rest of it is missed.
    If((length >= 6) & (length < 10), COUNT),
    If((length >= 6) & (length < 10), DUPLICATE_LEFT),
    "right" / RIGHT,
    "second_left" / Ahead(4),
    "second_right" / Ahead(4, skip=4),
    Repeat(LEFT, RIGHT, rest=cut_block(never)),
    COUNT,
    "duplicate" / Computed(is_below | is_within),
    If(this.duplicate, DUPLICATE_LEFT),
    If(this.duplicate, DUPLICATE_RIGHT),
    Rule(
        this.duplicate == 0,
        label("options.sack.dsack", "D-SACK Sequence"),
        "D-SACK Sequence",
        severity=Severity.WARNING,
        group="Sequence",
        stops=False,
        reference="RFC 2883 section 4",
        is_line=True,
    ),
)
ECHO = Field("tcp.options.echo_value", Int32ub, title="TCP Echo Option", reference="RFC 1072 section 3")
CC = Field("tcp.options.cc_value", Int32ub, title="TCP CC Option", reference="RFC 1644 section 4.1")
TIMESTAMPS = (
    Field("tcp.options.timestamp.tsval", Int32ub, title="Timestamp value", reference="RFC 7323 section 3.2"),
    Field("tcp.options.timestamp.tsecr", Int32ub, title="Timestamp echo reply", reference="RFC 7323 section 3.2"),
)
CAPABILITIES = (
    ("bets", 0x80, "Partial Reliability Capable (BETS)"),
    ("snack1", 0x40, "Short Form SNACK Capable (SNACK1)"),
    ("snack2", 0x20, "Long Form SNACK Capable (SNACK2)"),
    ("compress", 0x10, "Lossless Header Compression (COMP)"),
    ("nlts", 0x08, "Network Layer Timestamp (NLTS)"),
)
SPACE_CAPABILITIES = (
    "vector"
    / If(length == 4, Field("tcp.options.scps.vector", Int8ub, title="TCP SCPS Capabilities Vector", base=Base.HEX)),
    *(
        If(length == 4, Field(f"tcp.options.scpsflags.{name}", Bits("vector", mask), BOOLEAN, title, labels=SET))
        for name, mask, title in CAPABILITIES
    ),
    If(length == 4, Field("tcp.options.scpsflags.reserved", Bits("vector", 0x07), UINT8, "Reserved")),
    If(length == 4, Field("tcp.options.scps.binding", Int8ub, title="Connection ID")),
)
NEGATIVE_ACKNOWLEDGMENT = (
    Field("tcp.options.snack.offset", Int16ub, title="TCP SNACK Offset"),
    Field("tcp.options.snack.size", Int16ub, title="TCP SNACK Size"),
)
QUICK_START = (
    "rate" / Int8ub,
    Field("tcp.options.qs.rate", Bits("rate", 0x0F), UINT8, "QS Rate", labels=QUICK_START_RATES),
    Field("tcp.options.qs.ttl_diff", Int8ub, title="QS Rate"),
)
USER_TIMEOUT = (
    "user_timeout" / Int16ub,
    Field(
        "tcp.options.user_to_granularity",
        Bits("user_timeout", 0x8000),
        BOOLEAN,
        "Granularity",
        labels={1: "Minutes", 0: "Seconds"},
    ),
    Field("tcp.options.user_to_val", Bits("user_timeout", 0x7FFF), UINT16, "User Timeout"),
)
AUTHENTICATION = Option(
    (
        Field("tcp.options.ao.keyid", Int8ub, title="AO KeyID"),
        Field("tcp.options.ao.rnextkeyid", Int8ub, title="AO RNextKeyID"),
        Field("tcp.options.ao.mac", Bytes(length - 4), BYTES, "AO MAC"),
    ),
    range(4, 256),
    wrong_length("option length should be >= than 4", "RFC 5925 section 2.2"),
    whole("ao", "TCP AO"),
)


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
        ),
        Rule(
            (this.exid != 0x00AC) | (length <= 5),
            LENGTH,
            "option length should be 4 or 5 instead of {option_length}",
            severity=Severity.NOTE,
            group="Sequence",
            below="tcp.option_len",
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
BODIES: Mapping[int, Option] = {
    0: Option(whole=whole("eol", "End of Option List (EOL)")),
    1: Option(whole=whole("nop", "No-Operation (NOP)")),
    2: exactly(
        4,
        whole("mss", "Maximum segment size"),
        Field("tcp.options.mss_val", Int16ub, title="MSS Value", reference="RFC 9293 section 3.7.1"),
        first=(MSS_PRESENT,),
        reference="RFC 9293 section 3.2",
    ),
    3: exactly(3, whole("wscale", "Window scale"), *WINDOW_SCALE, reference="RFC 7323 section 2.2"),
    4: exactly(2, whole("sack_perm", "SACK permitted"), reference="RFC 2018 section 2"),
    5: Option(SACK, whole=whole("sack", "SACK")),
    6: exactly(6, whole("echo", "Echo"), ECHO, reference="RFC 1072 section 3"),
    7: exactly(6, whole("echo", "Echo"), ECHO, reference="RFC 1072 section 3"),
    8: exactly(10, whole("timestamp", "Timestamps"), *TIMESTAMPS, reference="RFC 7323 section 3.2"),
    11: exactly(6, whole("cc", "CC"), CC, reference="RFC 1644 section 4.1"),
    12: exactly(6, whole("cc", "CC"), CC, reference="RFC 1644 section 4.1"),
    13: exactly(6, whole("cc", "CC"), CC, reference="RFC 1644 section 4.1"),
    19: exactly(
        18,
        whole("md5", "TCP MD5 signature"),
        Field("tcp.options.md5.digest", Bytes(16), BYTES, "MD5 digest"),
        reference="RFC 2385 section 3.0",
    ),
    20: Option(SPACE_CAPABILITIES, whole=whole("scps", "SCPS capabilities")),
    21: exactly(
        6,
        whole("snack", "Selective Negative Acknowledgment"),
        *NEGATIVE_ACKNOWLEDGMENT,
        reference="CCSDS 714.0-B-2 section 3.5",
    ),
    22: exactly(2, whole("scpsrec", "SCPS record boundary"), reference="CCSDS 714.0-B-2 section 3.3"),
    23: exactly(2, whole("scpscor", "SCPS corruption experienced"), reference="CCSDS 714.0-B-2 section 3.4"),
    27: exactly(8, whole("qs", "Quick-Start"), *QUICK_START, reference="RFC 4782 section 4.2"),
    28: exactly(4, whole("user_to", "User Timeout"), *USER_TIMEOUT, reference="RFC 5482 section 3"),
    29: AUTHENTICATION,
    30: MULTIPATH,
    34: Option(fast_open(2, length >= 2), whole=whole("tfo", "TCP Fast Open")),
    76: Option(
        PROBE, range(3, 256), wrong_length("option length should be >= 3)"), whole("rvbd.probe", "Riverbed Probe")
    ),
    78: exactly(
        16, whole("rvbd.trpy", "Riverbed Transparency"), *TRANSPARENCY, reference="IANA tcp-parameters, kind 78"
    ),
    **{kind: accurate_ecn(order) for order, kind in enumerate(ACCURATE_ECN)},
    253: EXPERIMENTAL,
    254: EXPERIMENTAL,
}
NOPS = "4 NOP in a row - a router may have removed some options"
OPTIONS = Options(
    this.hdr_len - 20,
    FieldInfo("tcp.options", BYTES, "TCP Options"),
    Field("tcp.option_kind", Int8ub, title="Kind", labels=OPTION_KINDS),
    Field("tcp.option_len", Int8ub, title="Length"),
    BODIES,
    default=Option(
        (Field("tcp.options.unknown.payload", Bytes(length - 2), BYTES, "Payload"),),
        whole=whole("unknown", "Unknown"),
    ),
    names=OPTION_NAMES,
    invalid=wrong_length("{option_name} ({option_fault})", below="tcp.options", is_line=True),
    stray=Rule(
        never,
        label("non_zero_bytes_after_eol", "Non zero bytes in option space after EOL option"),
        "Non-zero header padding",
        stops=False,
        below="tcp.options",
        is_line=True,
        reference="RFC 9293 section 3.1",
    ),
    several=Several(1, 4, note(never, "nop", NOPS, Severity.WARNING, below="tcp.options")),
    missing=Missing(2, MSS_ABSENT),
)
