"""The options of IPv4 (RFC 791 section 3.1; RFC 1108, RFC 1063, RFC 1393, RFC 2113, RFC 4782, and CIPSO).

    +--------+--------+---------------- - - - -
    |  Type  | Length |  Data                      types 0 and 1 are one octet alone
    +--------+--------+---------------- - - - -
     copied (1), class (2), number (5)

A source route that is not used up holds the packet's destination as its last address, and the header the next stop.
"""

from collections.abc import Mapping
from typing import Any

from construct import Bytes, Computed, Default, If, IfThenElse, Int8ub, Int16ub, Int32ub, Struct, this

from wireproof.dissectors.numbers import ip_options as numbers
from wireproof.dissectors.schema import (
    Ahead,
    Base,
    Bits,
    Field,
    FieldInfo,
    FieldType,
    InARow,
    OneOf,
    Option,
    Options,
    Repeat,
    Rule,
    Severity,
    Text,
    never,
)
from wireproof.dissectors.schema.render import dotted_quad, text

BOOLEAN, BYTES, NONE, STRING = FieldType.BOOLEAN, FieldType.BYTES, FieldType.NONE, FieldType.STRING
UINT8, UINT16, UINT32 = FieldType.UINT8, FieldType.UINT16, FieldType.UINT32
ADDRESS = FieldInfo("ip.addr", FieldType.IPV4, "Source or Destination Address", hidden=True)
HOST = FieldInfo("ip.host", STRING, "Source or Destination Host", hidden=True)
LENGTH = FieldInfo("ip.opt.len.invalid", NONE, "Invalid length for option")
length, offset = this.option_length, this.option_offset


def address(
    name: str,
    member: str,
    title: str,
    host: str = "",
    feeds: tuple[tuple[FieldInfo, ...], tuple[FieldInfo, ...]] = ((), ()),
) -> Struct:
    """The fields of one address, which may give values to general ones of addresses and of hosts."""
    octets = Default(Bytes(4), bytes(4))
    return Struct(
        member / Field(name, octets, FieldType.IPV4, title, feeds=feeds[0]),
        Field(f"{name}_host", Text(member, dotted_quad), STRING, host or f"{title} Host", feeds=feeds[1], hidden=True),
    )


DESTINATION = address("ip.dst", "dst", "Destination Address", "Destination Host", ((ADDRESS,), (HOST,)))
ROUTES = (131, 137)


def warning(condition: Any, field: FieldInfo, message: str, *, stops: bool = False, reference: str = "") -> Rule:
    """A rule of an option."""
    return Rule(condition, field, message, severity=Severity.WARNING, stops=stops, reference=reference)


def whole(name: str, title: str) -> FieldInfo:
    """The field that stands for an option."""
    return FieldInfo(f"ip.options.{name}", BYTES, f"IP Option - {title}", hidden=True)


def exactly(octets: int, field: FieldInfo, *members: Any, reference: str) -> Option:
    """An option of one length, which is read also where it has another."""
    said = f"{{option_name}} (with option length = {{option_length}} bytes; should be {octets})"
    rule = warning(never, LENGTH, said, reference=reference)
    return Option(members, (octets,), rule, field, lax=True)


TOO_LONG = warning(
    never,
    FieldInfo("ip.subopt_too_long", NONE, "Suboption would go past end of option"),
    "Suboption would go past end of option",
    reference="RFC 791 section 3.1",
)
BEFORE = FieldInfo("ip.opt.ptr.before_address", NONE, "Pointer points before first address")
MIDDLE = FieldInfo("ip.opt.ptr.middle_address", NONE, "Pointer points to middle of address")
RECORDED = address("ip.rec_rt", "recorded", "Recorded Route")
EMPTY = address("ip.empty_rt", "empty", "Empty Route")
SOURCE_ROUTE = address("ip.src_rt", "stop", "Source Route")


def route(name: str, title: str, ahead: Any) -> Option:
    """An option with a pointer and addresses: those in front of the pointer are recorded, and those ahead of it."""
    members = (
        "ptr" / Field("ip.opt.ptr", Int8ub, title="Pointer", reference="RFC 791 section 3.1"),
        warning(this.ptr >= 4, BEFORE, BEFORE.title, stops=True, reference="RFC 791 section 3.1"),
        warning((this.ptr & 3) == 0, MIDDLE, MIDDLE.title, stops=True, reference="RFC 791 section 3.1"),
        Repeat(IfThenElse(offset + 1 < this.ptr, RECORDED, ahead), rest=TOO_LONG),
    )
    return Option(members, whole=whole(name, title))


STOPS = IfThenElse(offset + 4 == length, DESTINATION, SOURCE_ROUTE)
TIME_STAMP = Field("ip.opt.time_stamp", Int32ub, title="Time stamp")
TIMESTAMP = Option(
    (
        Field("ip.opt.ptr", Int8ub, title="Pointer"),
        "overflow" / Int8ub,
        Field("ip.opt.overflow", Bits("overflow", 0xF0), UINT8, "Overflow"),
        "flag" / Field("ip.opt.flag", Bits("overflow", 0x0F), UINT8, "Flag", base=Base.HEX, labels=numbers.TIME_FLAGS),
        Repeat(
            IfThenElse(
                (this.flag == 1) | (this.flag == 3),
                Struct(Field("ip.opt.time_stamp_addr", Bytes(4), FieldType.IPV4, "Address"), TIME_STAMP),
                TIME_STAMP,
            ),
            rest=TOO_LONG,
        ),
    ),
    whole=whole("timestamp", "Time Stamp"),
)


def stray(condition: Any) -> Rule:
    """The rule that nothing stands in a text behind the octet that ends it."""
    field = FieldInfo("_ws.string.trailing_stray_characters", NONE, "Trailing stray characters")
    return Rule(condition, field, field.title, severity=Severity.WARNING, group="Undecoded", stops=False)


AUTHORITIES = (("genser", 0x80), ("siop_esi", 0x40), ("sci", 0x20), ("nsa", 0x10), ("doe", 0x08))
TITLES = {"siop_esi": "SIOP-ESI"}


def unassigned(mask: int) -> Field:
    """The unassigned bits of an octet of protection authority flags."""
    bits = Bits("authorities", mask)
    return Field("ip.opt.sec_prot_auth_unassigned", bits, UINT8, "Unassigned", base=Base.HEX)


# RFC 791's form is told from RFC 1108's by its length and by a known level.
is_rfc791 = (length == 11) & OneOf("level", frozenset(numbers.SECURITY_LEVELS))
SECURITY = Option(
    (
        "level" / Ahead(2),
        "old" / Computed(is_rfc791),
        If(
            this.old,
            Struct(
                Field(
                    "ip.opt.sec_rfc791_sec",
                    Int16ub,
                    title="Security",
                    base=Base.HEX,
                    labels=numbers.SECURITY_LEVELS,
                    reference="RFC 791 section 3.1",
                ),
                Field("ip.opt.sec_rfc791_comp", Int16ub, title="Compartments"),
                "restrictions" / Bytes(2),
                Field("ip.opt.sec_rfc791_hr", Text("restrictions", text), STRING, "Handling Restrictions"),
                "control" / Bytes(3),
                Field("ip.opt.sec_rfc791_tcc", Text("control", text), STRING, "Transmission Control Code"),
                "ends" / Bits("restrictions", size=2),
                stray((this.ends == 0) | (this.ends > 0xFF)),
                "stops" / Bits("control", size=3),
                stray(
                    (this.stops == 0)
                    | ((this.stops > 0xFFFF) & (((this.stops & 0xFF00) != 0) | ((this.stops & 0xFF) == 0)))
                ),
            ),
        ),
        If(
            this.old == 0,
            Field(
                "ip.opt.sec_cl",
                Int8ub,
                title="Classification Level",
                base=Base.HEX,
                labels=numbers.CLASSIFICATION_LEVELS,
                reference="RFC 1108 section 2.3",
            ),
        ),
        Repeat(
            "authorities"
            / Field("ip.opt.sec_prot_auth_flags", Int8ub, title="Protection Authority Flags", base=Base.HEX),
            *(
                If(
                    offset == 3,
                    Field(
                        f"ip.opt.sec_prot_auth_{name}",
                        Bits("authorities", mask),
                        BOOLEAN,
                        TITLES.get(name, name.upper()),
                        labels=numbers.PROTECTED,
                    ),
                )
                for name, mask in AUTHORITIES
            ),
            IfThenElse(offset == 3, unassigned(0x06), unassigned(0xFE)),
            "more"
            / Field(
                "ip.opt.sec_prot_auth_fti",
                Bits("authorities", 0x01),
                BOOLEAN,
                "Field Termination Indicator",
                labels={1: "Additional octet present", 0: "Final octet"},
                reference="RFC 1108 section 2.4",
            ),
            warning(
                (this.more == 0) | (offset + 1 < length),
                LENGTH,
                "Field Termination Indicator set to 1 for last byte of option",
                stops=True,
                reference="RFC 1108 section 2.4",
            ),
            warning(
                (this.more != 0) | (offset + 1 == length),
                LENGTH,
                "Extraneous data in option",
                stops=True,
                reference="RFC 1108 section 2.4",
            ),
        ),
    ),
    whole=whole("security", "Security"),
)
EXTENDED_SECURITY = Option(
    (
        Field(
            "ip.opt.ext_sec_add_sec_info_format_code",
            Int8ub,
            title="Additional Security Info Format Code",
            base=Base.HEX,
            reference="RFC 1108 section 3",
        ),
        Field("ip.opt.ext_sec_add_sec_info", Bytes(length - 3), BYTES, "Additional Security Info"),
    ),
    whole=whole("ext_security", "Extended Security"),
)
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
NONCE = Struct(
    "nonce" / Int32ub,
    Field("ip.opt.qs_nonce", Bits("nonce", 0xFFFFFFFC), UINT32, "QS Nonce", base=Base.HEX),
    Field("ip.opt.qs_reserved", Bits("nonce", 0x00000003), UINT32, "Reserved", base=Base.HEX),
)
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
    If(is_request | is_report, NONCE),
)
MTU = Field("ip.opt.mtu", Int16ub, title="MTU", reference="RFC 1063 section 3.1")
ALERT = Field(
    "ip.opt.ra", Int16ub, title="Router Alert", labels=numbers.ROUTER_ALERTS, reference="RFC 2113 section 2.1"
)
STREAM = Field("ip.opt.sid", Int16ub, title="Stream Identifier", reference="RFC 791 section 3.1")
BODIES: Mapping[int, Option] = {
    0: Option(whole=whole("eol", "End of Options List (EOL)")),
    1: Option(whole=whole("nop", "No-Operation (NOP)")),
    7: route("record_route", "Record Route", EMPTY),
    11: exactly(4, whole("mtu_probe", "MTU Probe"), MTU, reference="RFC 1063 section 3.1"),
    12: exactly(4, whole("mtu_reply", "MTU Reply"), MTU, reference="RFC 1063 section 3.2"),
    25: exactly(8, whole("qs", "Quick-Start"), *QUICK_START, reference="RFC 4782 section 3.1"),
    68: TIMESTAMP,
    82: exactly(12, whole("traceroute", "Traceroute"), *TRACEROUTE, reference="RFC 1393 section 2.2"),
    130: SECURITY,
    131: route("route", "Loose Source Route", STOPS),
    133: EXTENDED_SECURITY,
    136: exactly(4, whole("sid", "Stream ID"), STREAM, reference="RFC 791 section 3.1"),
    137: route("source_route", "Strict Source Route", STOPS),
    148: exactly(4, whole("routeralert", "Router Alert"), ALERT, reference="RFC 2113 section 2.1"),
    149: BROADCAST,
}
OPTIONS = Options(
    this._header_length - 20,
    FieldInfo("ip.options", BYTES, "Options"),
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
    invalid=warning(never, LENGTH, "{option_name} ({option_fault})", reference="RFC 791 section 3.1"),
    in_a_row=InARow(
        1,
        4,
        warning(
            never,
            FieldInfo("ip.nop", NONE, "4 NOP in a row - a router may have removed some options"),
            "4 NOP in a row - a router may have removed some options",
        ),
    ),
)
