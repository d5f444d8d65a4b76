"""The options of IPv4 (RFC 791 section 3.1; RFC 1063, RFC 1393, RFC 2113, RFC 4782), a list of them.

    +--------+--------+---------------- - - - -
    |  Type  | Length |  Data                      types 0 and 1 are one octet alone
    +--------+--------+---------------- - - - -
     copied (1), class (2), number (5)

Those that hold addresses are in `ipv4_routes`, and those that say how secret a packet is in `ipv4_security`.
"""

from collections.abc import Mapping

from construct import Bytes, Computed, If, IfThenElse, Int8ub, Int16ub, Int32ub, this

from wireproof.dissectors.ipv4_fields import (
    BOOLEAN,
    BYTES,
    LENGTH,
    LIST,
    NONE,
    UINT8,
    UINT32,
    exactly,
    length,
    offset,
    warning,
    whole,
)
from wireproof.dissectors.ipv4_routes import LOOSE_SOURCE_ROUTE, RECORD_ROUTE, STRICT_SOURCE_ROUTE, TIMESTAMP
from wireproof.dissectors.ipv4_security import CIPSO, EXTENDED_SECURITY, SECURITY
from wireproof.dissectors.numbers import ip_options as numbers
from wireproof.dissectors.schema import Base, Bits, Field, FieldInfo, FieldType, Option, Options, Repeat, Several, never

TRACEROUTE = (
    Field("ip.opt.id_number", Int16ub, title="ID Number"),
    Field("ip.opt.ohc", Int16ub, title="Outbound Hop Count"),
    Field("ip.opt.rhc", Int16ub, title="Return Hop Count"),
    Field("ip.opt.originator", Bytes(4), FieldType.IPV4, "Originator IP Address"),
)
BROADCAST = Option(
    (
        Repeat(
            IfThenElse(
                offset + 4 <= length,
                Field("ip.opt.addr", Bytes(4), FieldType.IPV4, "IP Address"),
                Field("ip.opt.padding", Bytes(length - offset), BYTES, "Padding"),
            )
        ),
    ),
    whole=whole("sdb", "Selective Directed Broadcast"),
)
is_request, is_report = this.function == 0, this.function == 8
QUICK_START = (
    "rate" / Int8ub,
    "function"
    / Field("ip.opt.qs_func", Bits("rate", 0xF0), UINT8, "Function", labels={0: "Rate request", 8: "Rate report"}),
    If(
        is_request | is_report,
        Field("ip.opt.qs_rate", Bits("rate", 0x0F), UINT8, "Rate", labels=numbers.QUICK_START_RATES),
    ),
    "qs_ttl" / If(is_request, Field("ip.opt.qs_ttl", Int8ub, title="QS TTL")),
    If(is_request, Field("ip.opt.qs_ttl_diff", Computed((this.ttl + 256 - this.qs_ttl) & 0xFF), UINT8, "TTL Diff")),
    If(is_report, Field("ip.opt.qs_unused", Int8ub, title="Not Used")),
    "nonce" / If(is_request | is_report, Int32ub),
    If(
        is_request | is_report,
        Field("ip.opt.qs_nonce", Bits("nonce", 0xFFFFFFFC), UINT32, "QS Nonce", base=Base.HEX),
    ),
    If(
        is_request | is_report,
        Field("ip.opt.qs_reserved", Bits("nonce", 0x00000003), UINT32, "Reserved", base=Base.HEX),
    ),
)
MTU = Field("ip.opt.mtu", Int16ub, title="MTU", reference="RFC 1063 section 3.1")
ALERT = Field(
    "ip.opt.ra", Int16ub, title="Router Alert", labels=numbers.ROUTER_ALERTS, reference="RFC 2113 section 2.1"
)
STREAM = Field("ip.opt.sid", Int16ub, title="Stream Identifier", reference="RFC 791 section 3.1")
BODIES: Mapping[int, Option] = {
    0: Option(whole=whole("eol", "End of Options List (EOL)")),
    1: Option(whole=whole("nop", "No-Operation (NOP)")),
    7: RECORD_ROUTE,
    11: exactly(4, whole("mtu_probe", "MTU Probe"), MTU, reference="RFC 1063 section 3.1"),
    12: exactly(4, whole("mtu_reply", "MTU Reply"), MTU, reference="RFC 1063 section 3.2"),
    25: exactly(8, whole("qs", "Quick-Start"), *QUICK_START, reference="RFC 4782 section 3.1"),
    68: TIMESTAMP,
    82: exactly(12, whole("traceroute", "Traceroute"), *TRACEROUTE, reference="RFC 1393 section 2.2"),
    130: SECURITY,
    131: LOOSE_SOURCE_ROUTE,
    133: EXTENDED_SECURITY,
    134: CIPSO,
    136: exactly(4, whole("sid", "Stream ID"), STREAM, reference="RFC 791 section 3.1"),
    137: STRICT_SOURCE_ROUTE,
    148: exactly(4, whole("routeralert", "Router Alert"), ALERT, reference="RFC 2113 section 2.1"),
    149: BROADCAST,
}
OPTIONS = Options(
    this._header_length - 20,
    FieldInfo("ip.options", BYTES, "Options", own=True),
    Field("ip.opt.type", Int8ub, title="Type"),
    Field("ip.opt.len", Int8ub, title="Length"),
    BODIES,
    details=(
        Field("ip.opt.type.copy", Bits("kind", 0x80), BOOLEAN, "Copy on fragmentation", labels={1: "Yes", 0: "No"}),
        Field("ip.opt.type.class", Bits("kind", 0x60), UINT8, "Class", labels=numbers.OPTION_CLASSES),
        Field("ip.opt.type.number", Bits("kind", 0x1F), UINT8, "Number", labels=numbers.OPTION_NUMBERS),
    ),
    entire=True,
    names=numbers.OPTION_NAMES,
    invalid=warning(
        never,
        LENGTH,
        "{option_name} ({option_fault})",
        reference="RFC 791 section 3.1",
        below=LIST,
        is_line=True,
    ),
    several=Several(
        1,
        4,
        warning(
            never,
            FieldInfo("ip.nop", NONE, "4 NOP in a row - a router may have removed some options"),
            "4 NOP in a row - a router may have removed some options",
            below=LIST,
            reference="RFC 791 section 3.1",
        ),
    ),
)
