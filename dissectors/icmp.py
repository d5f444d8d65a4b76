"""ICMP for IPv4 (RFC 792; RFC 1191, RFC 1256, RFC 4884, RFC 8335).

     0                   1                   2                   3
     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    +---------------+---------------+-------------------------------+
    |     Type      |     Code      |           Checksum            |
    +---------------+---------------+-------------------------------+
    |                     depends on the type                       |
    +---------------------------------------------------------------+

An error message quotes the packet that caused it: the quoted headers are read as further layers.
"""

from typing import Any

from construct import Bytes, Computed, Default, If, IfThenElse, Int8ub, Int16ub, Int32sb, Int32ub, Struct, this

from wireproof.dissectors.icmp_extensions import EXTENSION
from wireproof.dissectors.icmp_mobile import MOBILE
from wireproof.dissectors.schema import (
    SET,
    Ahead,
    At,
    Base,
    Bits,
    Carry,
    Field,
    FieldInfo,
    FieldType,
    InternetChecksum,
    Payload,
    Protocol,
    Repeat,
    Severity,
    Summary,
    There,
    bad_checksum,
    parts,
)

BOOLEAN, BYTES, IPV4 = FieldType.BOOLEAN, FieldType.BYTES, FieldType.IPV4
UINT8, UINT16, UINT32 = FieldType.UINT8, FieldType.UINT16, FieldType.UINT32
UNREACHABLE, REDIRECT, ADVERTISEMENT, EXCEEDED, PROBLEM = 3, 5, 9, 11, 12
is_echo = (this.type == 0) | (this.type == 8)
is_extended_echo = (this.type == 42) | (this.type == 43)
is_timestamp = (this.type == 13) | (this.type == 14)
has_mask = (this.type == 17) | (this.type == 18)
has_seq = is_echo | is_timestamp | has_mask | (this.type == 15) | (this.type == 16)
has_ident = has_seq | is_extended_echo
has_mtu = (this.type == UNREACHABLE) & (this.code == 4)
is_unused = ((this.type == UNREACHABLE) & (this.code != 4)) | (this.type == EXCEEDED)
# The quote's length in words, where the message tells it (RFC 4884 section 4).
has_length = (is_unused | has_mtu | (this.type == PROBLEM)) & (this.words != 0)
has_no_length = this.words == 0
is_advertisement = this.type == ADVERTISEMENT
is_error = (this.type == UNREACHABLE) | (this.type == 4) | (this.type == EXCEEDED) | (this.type == PROBLEM)
is_longer = (this.layer_length > 8 + this.words * 4) & (this.quote_length > this.words * 4)
is_limited = is_error & (this.words != 0) & is_longer
# A quote that is a whole packet of no more than 128 octets has room behind it.
is_extended = (is_error | (this.type == REDIRECT)) & (this.layer_length > 136) & (this.quote_length <= 128)
other_entries = this._words_each != 2


def number(name: str, octets: Any, kind: FieldType, title: str, condition: Any, **more: Any) -> Any:
    """A number that is there under a condition, 0 where it is built without one."""
    return If(condition, Field(name, Default(octets, 0), kind, title, **more))


def unused(octets: int, condition: Any) -> Any:
    """Octets that a message has no use for, under a condition."""
    return If(condition, Field("icmp.unused", Default(Bytes(octets), bytes(octets)), BYTES, "Unused"))


def little(member: str, title: str) -> Any:
    """A member of two octets read in the other order, as some systems send them."""
    bits = Bits(member, size=2, order="little")
    condition = has_ident if member == "ident" else has_seq
    return If(condition, Field(f"icmp.{member}_le", bits, UINT16, title, base=Base.DEC_HEX))


def stamp(name: str) -> Struct:
    """The part of a time in milliseconds since midnight UT."""
    field = f"icmp.{name}_timestamp"
    return Struct(name / number(field, Int32ub, UINT32, f"{name.capitalize()} Timestamp", is_timestamp))


def told(name: str, mask: int, title: str) -> Any:
    """A bit of the answer of an interface (RFC 8335 section 3)."""
    bits = Bits("interface", mask)
    return If(this.type == 43, Field(f"icmp.ext.echo.rsp.{name}", bits, BOOLEAN, title, labels=SET))


# Who pings writes the time in front of the data, as seconds and microseconds in either order of octets. What would be
# a time of the day of the capture is one.
NANOSECONDS, MICROSECONDS, DAY = 10**9, 10**6, 86400


def turned(number: Any) -> Any:
    """A number of four octets in the other order."""
    return ((number & 0xFF) << 24) | ((number & 0xFF00) << 8) | ((number >> 8) & 0xFF00) | (number >> 24)


def is_near(seconds: Any) -> Any:
    """Whether a time is less than a day away from that of the capture."""
    return ((seconds - this.captured_at // NANOSECONDS + DAY - 1) & 0xFFFFFFFF) < 2 * DAY - 1


is_time = is_near(this.seconds) & (this.micros < MICROSECONDS)
is_turned_time = is_near(this.turned_seconds) & (this.turned_micros < MICROSECONDS)
TIME = (
    "seconds" / Ahead(4),
    "micros" / Ahead(4, skip=4),
    "turned_seconds" / Computed(turned(this.seconds)),
    "turned_micros" / Computed(turned(this.micros)),
    "timed" / Computed(is_echo & (this.captured_length >= 16) & (is_time | is_turned_time)),
    "time"
    / IfThenElse(
        is_time,
        Computed(this.seconds * NANOSECONDS + this.micros * 1000),
        Computed(this.turned_seconds * NANOSECONDS + this.turned_micros * 1000),
    ),
    If(
        this.timed,
        Field("icmp.data_time", Computed(this.time), FieldType.ABSOLUTE_TIME, "Timestamp from icmp data"),
    ),
    If(
        this.timed,
        Field(
            "icmp.data_time_relative",
            Computed(this.captured_at - this.time),
            FieldType.RELATIVE_TIME,
            "Timestamp from icmp data (relative)",
        ),
    ),
)
ADVERTISED = "num_addrs", "addr_entry_size", "lifetime", "router_address", "pref_level"
STANDARDS = {
    **dict.fromkeys((f"icmp.{name}" for name in ADVERTISED), "RFC 1256 section 3"),
    "icmp.address_mask": "RFC 950 appendix I",
    "icmp.ext": "RFC 4884 section 7",
    "icmp.ext.echo": "RFC 8335 section 2",
    "icmp.int_info": "RFC 5837 section 4",
    "icmp.int_ident": "RFC 8335 section 2.1",
    "icmp.mip": "RFC 5944 section 2.1.1",
    "icmp.mpls": "RFC 4950 section 3",
}
ECHO_STATES = dict(enumerate(("Reserved", "Incomplete", "Reachable", "Stale", "Delay", "Probe", "Failed")))
icmp = Protocol(
    "icmp",
    "Internet Control Message Protocol",
    parts=(
        Struct(
            "type" / Field("icmp.type", Int8ub, title="Type"),
            "code" / Field("icmp.code", Default(Int8ub, 0), UINT8, "Code"),
            "sum" / Field("icmp.checksum", Int16ub, title="Checksum", base=Base.HEX),
            There(2),  # Wireshark reads nothing of a message that ends here
            "_rest" / At(this.quoted * 0, 2, of="length"),
            "words" / Bits("_rest", 0x00FF, size=2),
        ),
        Struct(
            "ident" / number("icmp.ident", Int16ub, UINT16, "Identifier (BE)", has_ident, base=Base.DEC_HEX),
            little("ident", "Identifier (LE)"),
        ),
        Struct(
            "seq" / number("icmp.seq", Int16ub, UINT16, "Sequence Number (BE)", has_seq, base=Base.DEC_HEX),
            little("seq", "Sequence Number (LE)"),
        ),
        Struct(
            "sequence"
            / If(
                is_extended_echo,
                Field("icmp.ext.echo.seq", Int8ub, title="Sequence Number", base=Base.DEC_HEX, reference="RFC 8335"),
            ),
        ),
        Struct(
            "interface" / If(is_extended_echo, Int8ub),
            If(
                this.type == 42,
                Field("icmp.ext.echo.req.res", Bits("interface", 0xFE), UINT8, "Reserved", base=Base.HEX),
            ),
            If(
                this.type == 42,
                Field("icmp.ext.echo.req.local", Bits("interface", 0x01), BOOLEAN, "Local bit", labels=SET),
            ),
            If(
                this.type == 43,
                Field("icmp.ext.echo.rsp.state", Bits("interface", 0xE0), UINT8, "State", labels=ECHO_STATES),
            ),
            If(
                this.type == 43,
                Field("icmp.ext.echo.rsp.res", Bits("interface", 0x18), UINT8, "Reserved", base=Base.HEX),
            ),
            told("active", 0x04, "Active bit"),
            told("ipv4", 0x02, "IPv4 bit"),
            told("ipv6", 0x01, "IPv6 bit"),
        ),
        # The second of these octets tells how long the quote is, and is looked at before anything is told of them.
        Struct(If(is_unused | has_mtu | (this.type == PROBLEM), There(2))),
        *parts(
            "unused" / unused(4, is_unused & has_no_length),
            "_before_mtu" / unused(2, has_mtu & has_no_length),
            "_before_length" / unused(1, (is_unused | has_mtu) & has_length),
            "pointer" / If(this.type == PROBLEM, Field("icmp.pointer", Int8ub, UINT32, "Pointer")),
        ),
        Struct(
            "length"
            / If(
                has_length,
                Field("icmp.length", Int8ub, title="Length", reference="RFC 4884 section 4"),
            ),
            If(
                has_length,
                Field(
                    "icmp.length.original_datagram",
                    Computed(this.length * 4),
                    UINT8,
                    "Length of original datagram",
                    reference="RFC 4884 section 4",
                ),
            ),
        ),
        *parts(
            "_behind_length" / unused(2, (is_unused | (this.type == PROBLEM)) & has_length),
            "_behind_pointer" / unused(3, (this.type == PROBLEM) & has_no_length),
            "mtu" / number("icmp.mtu", Int16ub, UINT16, "MTU of next hop", has_mtu, reference="RFC 1191 section 4"),
            "quench" / If(this.type == 4, Default(Bytes(4), bytes(4))),
            "gateway" / If(this.type == REDIRECT, Field("icmp.redir_gw", Bytes(4), IPV4, "Gateway Address")),
            If(this.type == REDIRECT, There(1)),
        ),
        Struct("count" / number("icmp.num_addrs", Int8ub, UINT8, "Number of addresses", is_advertisement)),
        Struct("entry" / number("icmp.addr_entry_size", Int8ub, UINT8, "Address entry size", is_advertisement)),
        Struct("lifetime" / number("icmp.lifetime", Int16ub, UINT16, "Lifetime", is_advertisement)),
        Struct(
            # Entries of another size than RFC 1256's are not looked at.
            "_words_each" / IfThenElse(is_advertisement, Computed(this.entry), Computed(2)),
            "_entries" / IfThenElse(is_advertisement, Computed(this.count), Computed(0)),
            "addresses" / IfThenElse(this._words_each == 2, Computed(this._entries * 8), Computed(0)),
            Repeat(
                Field("icmp.router_address", Bytes(4), IPV4, "Router address", reference="RFC 1256 section 3.1"),
                Field("icmp.pref_level", Int32sb, FieldType.INT32, "Preference level"),
                size=this.addresses,
            ),
        ),
        stamp("originate"),
        stamp("receive"),
        stamp("transmit"),
        Struct("mask" / If(has_mask, Field("icmp.address_mask", Bytes(4), IPV4, "Address Mask"))),
        Struct(
            "first" / Ahead(1),
            "quote_length" / Ahead(2, skip=2),
            "quoted_octets" / IfThenElse(this.words == 0, Computed(128), Computed(this.words * 4)),
            "extension" / IfThenElse(this.type == 42, Computed(8), Computed(8 + this.quoted_octets)),
            "has_extension" / Computed(is_extended | ((this.type == 42) & (this.layer_length > 8))),
            "agent" / Computed(8 + this.addresses),
            "has_agent" / Computed(is_advertisement & (this._words_each == 2) & ((this.code == 0) | (this.code == 16))),
        ),
        Payload(*TIME),
        EXTENSION,
        MOBILE,
    ),
    under={"ip.proto": (1,)},
    carries=(
        # Of what a redirect quotes, the header and 64 bits are looked at (RFC 792), of others all that is there.
        Carry(
            "icmp.quote",
            "type",
            when=this.type == REDIRECT,
            length=(this.first & 0x0F) * 4 + 8,
            quoted=True,
            fallback=None,
        ),
        Carry(
            "icmp.quote",
            "type",
            when=is_limited,
            length=((this.first & 0x0F) + this.words) * 4,
            quoted=True,
            fallback=None,
        ),
        Carry("icmp.quote", "type", when=(is_echo | other_entries) == 0, quoted=True, fallback=None),
        Carry("icmp.data", skip=this.timed * 8),
    ),
    computed={
        "icmp.checksum": InternetChecksum.of(
            "icmp.checksum",
            shown=False,
            quoted=False,
            bad=bad_checksum("icmp.checksum_bad", "RFC 792", Severity.WARNING),
        ),
        "icmp.ext.checksum": InternetChecksum.of(
            "icmp.ext.checksum",
            optional=True,
            shown=False,
            lead=2,
            bad=bad_checksum("icmp.ext.checksum_bad", "RFC 4884 section 7", Severity.WARNING),
        ),
    },
    across=(
        FieldInfo("icmp.resp_to", FieldType.FRAMENUM, "Request frame", across=True),
        FieldInfo("icmp.resp_in", FieldType.FRAMENUM, "Response frame", across=True),
        FieldInfo("icmp.no_resp", FieldType.NONE, "No response seen", across=True),
        FieldInfo("icmp.resp_not_found", FieldType.NONE, "No response seen to ICMP request", across=True),
        FieldInfo("icmp.resptime", FieldType.DOUBLE, "Response time", across=True),
    ),
    summary=Summary(protocol="ICMP"),
    reference="RFC 792",
    references=STANDARDS,
)
