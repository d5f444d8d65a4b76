"""The options of IPv4 that hold addresses and times of the way: routes and time stamps (RFC 791 section 3.1).

    +--------+--------+--------+---------+---------+ - - - -
    |  Type  | Length | Pointer| Address, or overflow and flag,
    +--------+--------+--------+---------+---------+ - - - -

A source route that is not used up holds the packet's destination as its last address, and the header the next stop.
"""

from typing import Any

from construct import Bytes, IfThenElse, Int8ub, Int32ub, Struct, this

from wireproof.dissectors.ipv4_fields import ADDRESS, HOST, NONE, OPTION, UINT8, address, length, offset, warning, whole
from wireproof.dissectors.numbers import ip_options as numbers
from wireproof.dissectors.schema import Base, Bits, Field, FieldInfo, FieldType, Option, Repeat, Rule, never

ROUTES = (131, 137)
DESTINATION = address("ip.dst", "dst", "Destination Address", "Destination Host", ((ADDRESS,), (HOST,)))


def too_long(**more: Any) -> Rule:
    """The rule that the last address is a whole one."""
    text = "Suboption would go past end of option"
    field = FieldInfo("ip.subopt_too_long", NONE, text)
    return warning(never, field, text, reference="RFC 791 section 3.1", **more)


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
        Repeat(IfThenElse(offset + 1 < this.ptr, RECORDED, ahead), rest=too_long(at="ip.opt.ptr")),
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
            rest=too_long(below=OPTION, is_line=True),
        ),
    ),
    whole=whole("timestamp", "Time Stamp"),
)
RECORD_ROUTE = route("record_route", "Record Route", EMPTY)
LOOSE_SOURCE_ROUTE = route("route", "Loose Source Route", STOPS)
STRICT_SOURCE_ROUTE = route("source_route", "Strict Source Route", STOPS)
