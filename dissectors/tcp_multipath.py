"""The option of Multipath TCP, kind 30 (RFC 8684 section 3; version 0: RFC 6824 section 3).

+---------------+---------------+-------+-----------------------+
|   Kind = 30   |    Length     |Subtype|  depends on that ...
+---------------+---------------+-------+- - - - - - - - - - - -
"""

from typing import Any

from construct import Bytes, Computed, If, IfThenElse, Int8ub, Int16ub, Int32ub, Int64ub, this

from wireproof.dissectors.numbers.tcp_options import MPTCP_SUBTYPES, RESET_REASONS
from wireproof.dissectors.schema import (
    SET,
    Ahead,
    Base,
    Bits,
    Field,
    FieldInfo,
    FieldType,
    Option,
    Repeat,
    Rule,
    Severity,
    There,
)

BYTES, IPV4, IPV6 = FieldType.BYTES, FieldType.IPV4, FieldType.IPV6
UINT8, UINT16, UINT64 = FieldType.UINT8, FieldType.UINT16, FieldType.UINT64
CAPABLE, JOIN, DATA, ADD, REMOVE, PRIORITY, FAIL, CLOSE, RESET = range(9)
length, subtype = this.option_length, this.subtype
# Of these subtypes, twelve bits behind the subtype are reserved.
is_wide = (this.ahead >> 4 == FAIL) | (this.ahead >> 4 == CLOSE) | ((this.ahead >> 4 == JOIN) & (length == 24))
is_offered = (subtype == JOIN) & (length == 12)
is_accepted = (subtype == JOIN) & (length == 16)
is_joining = is_offered | is_accepted
is_capable = subtype == CAPABLE
has_sender = is_capable & ((length == 12) | (length == 20) | (length == 22) | (length == 24))
has_receiver = is_capable & ((length == 20) | (length == 22) | (length == 24))
has_first_data = is_capable & ((length == 22) | (length == 24))
is_first = is_capable & (this.low == 1)
is_older = is_capable & (this.low != 1)
# In version 0 the bit that says "no more subflows" today stands for an algorithm as well.
algorithms = IfThenElse(this.low == 1, Computed(this.bits & 0x1F), Computed(this.bits & 0x3F))
is_data = subtype == DATA
is_added = subtype == ADD
has_version = is_added & ((this.low == 4) | (this.low == 6))
is_echo = is_added & (this.low != 4) & (this.low != 6)
has_ipv4 = is_added & ((length == 8) | (length == 10) | (length == 16) | (length == 18))
has_ipv6 = is_added & ((length == 20) | (length == 22) | (length == 28) | (length == 30))
has_port = is_added & ((length == 10) | (length == 18) | (length == 22) | (length == 30))
is_signed = is_added & ((length == 16) | (length == 18) | (length == 28) | (length == 30))
is_acknowledged = is_data & ((this.bits & 1) != 0)
is_mapped = is_data & ((this.bits & 4) != 0)
has_checksum = is_mapped & (length - 4 - this.acknowledged - this.mapped >= 2)


def field(name: str, subcon: Any, title: str, kind: FieldType | None = None, **more: Any) -> Field:
    """A field of the option."""
    return Field(f"tcp.options.mptcp.{name}", subcon, kind, title, **more)


def flag(condition: Any, name: str, member: str, mask: int, title: str, **more: Any) -> Any:
    """A flag of a subtype, which Wireshark takes for a number."""
    return If(condition, field(name, Bits(member, mask), title, UINT8, **more))


def bit(name: str, mask: int, title: str) -> Any:
    """A flag of a reset."""
    bits = Bits("head", mask)
    return If(subtype == RESET, field(f"flag_{name}.flag", bits, title, FieldType.BOOLEAN, labels=SET))


def warned(condition: Any, name: str, text: str, reference: str, below: str) -> Rule:
    """A rule that is only noted."""
    info = FieldInfo(f"mptcp.{name}", FieldType.NONE, text)
    return Rule(condition, info, text, severity=Severity.WARNING, stops=False, reference=reference, below=below)


FLAGS = "tcp.options.mptcp.flags"
SUBTYPE = {"labels": MPTCP_SUBTYPES, "reference": "RFC 8684 section 3"}
SEND_KEY, RECEIVE_KEY = field("sendkey", Int64ub, "Sender's Key"), field("recvkey", Int64ub, "Receiver's Key")
LEVEL = field("datalvllen", Int16ub, "Data-level Length")
SUM = field("checksum", Int16ub, "Checksum", base=Base.HEX)
NUMBER = field("rawdataseqno", Int64ub, "Data Sequence Number")
ADDRESS = field("addrid", Int8ub, "Address ID")
RANDOM = field("sendrand", Int32ub, "Sender's Random Number")
BACKUP = field("backup.flag", Bits("head", 0x01), "Backup flag", UINT8)
# The octet behind the head, or the twelve bits of both.
HEAD = (
    "low" / Computed(this.ahead & 0x0F),
    "wide" / Computed(is_wide & (length >= 4)),
    "word" / If(this.wide, Int16ub),
    "head" / If(this.wide == 0, Int8ub),
    If(this.wide, field("subtype", Bits("word", 0xF000), "Multipath TCP subtype", UINT8, **SUBTYPE)),
    If(this.wide == 0, field("subtype", Bits("head", 0xF0), "Multipath TCP subtype", UINT8, **SUBTYPE)),
    If(is_wide & (length < 4), There(1)),
    If(this.wide, field("reserved", Bits("word", 0x0FFF), "Reserved", UINT16, base=Base.HEX)),
    flag(is_capable, "version", "head", 0x0F, "Multipath TCP version"),
    "_octet" / If(is_capable | is_data, field("flags", Int8ub, "Multipath TCP flags", base=Base.HEX)),
)
MP_CAPABLE = (
    flag(is_capable, "checksumreq.flags", "_octet", 0x80, "Checksum required"),
    flag(is_capable, "extensibility.flag", "_octet", 0x40, "Extensibility"),
    flag(
        is_first,
        "nomoresubflows.flag",
        "_octet",
        0x20,
        "Do not attempt to establish new subflows to this address and port",
    ),
    flag(is_first, "sha256.flag", "_octet", 0x01, "Use HMAC-SHA256"),
    flag(is_first, "reserved.flag", "_octet", 0x1E, "Reserved", base=Base.HEX),
    flag(is_older, "sha1.flag", "_octet", 0x01, "Use HMAC-SHA1"),
    flag(is_older, "reserved.flag", "_octet", 0x3E, "Reserved", base=Base.HEX),
    "algorithms" / algorithms,
    warned(
        (subtype != CAPABLE) | (this.bits & 0x3F != 0),
        "connection.missing_algorithm",
        "No crypto algorithm specified",
        "RFC 8684 section 3.1",
        FLAGS,
    ),
    warned(
        (subtype != CAPABLE) | (this.algorithms == 1),
        "connection.unsupported_algorithm",
        "Unsupported algorithm",
        "RFC 8684 section 3.1",
        FLAGS,
    ),
    If(has_sender, SEND_KEY),
    If(has_receiver, RECEIVE_KEY),
    If(has_first_data, LEVEL),
    If(is_capable & (length == 24), SUM),
)
MP_JOIN = (
    If(is_joining, field("flags", Bits("head"), "Multipath TCP flags", UINT8, base=Base.HEX)),
    If(is_joining, BACKUP),
    If(is_joining, ADDRESS),
    If(is_offered, field("recvtok", Int32ub, "Receiver's Token")),
    If(is_accepted, field("sendtrunchmac", Int64ub, "Sender's Truncated HMAC")),
    If(is_joining, RANDOM),
    If((subtype == JOIN) & (length == 24), field("sendhmac", Bytes(20), "Sender's HMAC", BYTES)),
)
DSS = (
    flag(is_data, "datafin.flag", "_octet", 0x10, "DATA_FIN"),
    flag(is_data, "dseqn8.flag", "_octet", 0x08, "Data Sequence Number is 8 octets"),
    flag(
        is_data,
        "dseqnpresent.flag",
        "_octet",
        0x04,
        "Data Sequence Number, Subflow Sequence Number, Data-level Length, Checksum present",
    ),
    flag(is_data, "dataack8.flag", "_octet", 0x02, "Data ACK is 8 octets"),
    flag(is_data, "dataackpresent.flag", "_octet", 0x01, "Data ACK is present"),
    If(
        is_acknowledged & (this.bits & 2 == 0),
        field("rawdataack", Int32ub, "Original MPTCP Data ACK", UINT64),
    ),
    If(is_acknowledged & (this.bits & 2 != 0), field("rawdataack", Int64ub, "Original MPTCP Data ACK")),
    If(is_mapped & (this.bits & 8 == 0), field("rawdataseqno", Int32ub, "Data Sequence Number", UINT64)),
    If(is_mapped & (this.bits & 8 != 0), NUMBER),
    If(is_mapped, field("subflowseqno", Int32ub, "Subflow Sequence Number")),
    "_level" / IfThenElse(is_mapped, LEVEL, Computed(1)),
    warned(
        this._level != 0,
        "dss.infinite_mapping",
        "Fallback to infinite mapping",
        "RFC 8684 section 3.7",
        "tcp.option_kind",
    ),
    # It is there where both hosts asked for checksums, which the length tells.
    If(has_checksum, SUM),
)
ADD_ADDR = (
    flag(has_version, "ipver", "head", 0x0F, "IP version"),
    flag(is_echo, "echo", "head", 0x01, "Echo"),
    If(is_added, ADDRESS),
    If(has_ipv4, field("ipv4", Bytes(4), "Advertised IPv4 Address", IPV4)),
    If(has_ipv6, field("ipv6", Bytes(16), "Advertised IPv6 Address", IPV6)),
    If(has_port, field("port", Int16ub, "Advertised port")),
    If(is_signed, field("addaddrtrunchmac", Int64ub, "Truncated HMAC")),
)
OTHERS = (
    "removed" / IfThenElse(subtype == REMOVE, Computed((length - 3) & 0xFF), Computed(0)),
    Repeat(ADDRESS, size=this.removed),
    If(subtype == PRIORITY, field("flags", Bits("head"), "Multipath TCP flags", UINT8, base=Base.HEX)),
    If(subtype == PRIORITY, BACKUP),
    If((subtype == PRIORITY) & (length == 4), ADDRESS),
    If(subtype == FAIL, NUMBER),
    If(subtype == CLOSE, RECEIVE_KEY),
    If(subtype == RESET, field("flags", Bits("head"), "Multipath TCP flags", UINT8, base=Base.HEX)),
    bit("U", 0x08, "Flag U"),
    bit("V", 0x04, "Flag V"),
    bit("W", 0x02, "Flag W"),
    bit("T", 0x01, "Transient"),
    If(subtype == RESET, field("rst_reason", Int8ub, "TCPRST Reason", base=Base.HEX, labels=RESET_REASONS)),
)
FIRST = (
    "ahead" / Ahead(1),
    "bits" / Ahead(1, skip=1),
    "subtype" / Computed(this.ahead >> 4),
    "acknowledged" / IfThenElse((this.bits & 1) != 0, Computed(4 + (this.bits & 2) * 2), Computed(0)),
    "mapped" / IfThenElse((this.bits & 4) != 0, Computed(10 + (this.bits & 8) // 2), Computed(0)),
    "data" / IfThenElse(is_data, Computed(1 + this.acknowledged + this.mapped), Computed(0)),
    "one" / IfThenElse((subtype == CAPABLE) | (subtype == ADD) | (subtype == RESET), Computed(1), Computed(0)),
    "nine" / IfThenElse((subtype == FAIL) | (subtype == CLOSE), Computed(9), Computed(0)),
)
MULTIPATH = Option(
    (*HEAD, *MP_CAPABLE, *MP_JOIN, *DSS, *ADD_ADDR, *OTHERS),
    whole=FieldInfo(
        "tcp.options.mptcp", BYTES, "Multipath Transmission Control Protocol", hidden=True, aliases=("mptcp",), own=True
    ),
    first=FIRST,
    certain=length >= 3 + this.data + this.one + this.nine,
)
