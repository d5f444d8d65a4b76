"""The options of TCP (RFC 9293 section 3.1; RFC 7323, RFC 2018, RFC 2385, RFC 5925, RFC 7413, RFC 5482, RFC 6994).

+--------+--------+---------------- - - - -
|  Kind  | Length |  Data                      kinds 0 and 1 are one octet alone
+--------+--------+---------------- - - - -
"""

from collections.abc import Mapping

from construct import Bytes, Computed, If, IfThenElse, Int8ub, Int16ub, Int32ub, this

from wireproof.dissectors.numbers.ip_options import QUICK_START_RATES
from wireproof.dissectors.numbers.tcp_options import OPTION_KINDS, OPTION_NAMES
from wireproof.dissectors.schema import (
    SET,
    Base,
    Bits,
    Field,
    FieldInfo,
    FieldType,
    Missing,
    Option,
    Options,
    Rule,
    Several,
    Severity,
    never,
)
from wireproof.dissectors.tcp_experiments import ACCURATE_ECN, EXPERIMENTAL, FAST_OPEN, accurate_ecn
from wireproof.dissectors.tcp_fields import exactly, label, length, note, whole, wrong_length
from wireproof.dissectors.tcp_multipath import MULTIPATH
from wireproof.dissectors.tcp_riverbed import PROBE, TRANSPARENCY
from wireproof.dissectors.tcp_sack import SACK

BOOLEAN, BYTES, NONE = FieldType.BOOLEAN, FieldType.BYTES, FieldType.NONE
UINT8, UINT16, UINT24, UINT32 = FieldType.UINT8, FieldType.UINT16, FieldType.UINT24, FieldType.UINT32
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
    5: SACK,
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
    34: FAST_OPEN,
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
    several=Several(
        1, 4, note(never, "nop", NOPS, Severity.WARNING, below="tcp.options", reference="RFC 9293 section 3.1")
    ),
    missing=Missing(2, MSS_ABSENT),
)
