"""The TCP options of Riverbed's appliances, kinds 76 and 78 (IANA tcp-parameters), as Wireshark describes them.

+--------+--------+------+-------+- - - -      version 1: the last bit of the second half is set
|   76   | Length | Type |Version|  ...
+--------+--------+------+-------+- - - -
"""

from typing import Any

from construct import Bytes, Computed, If, Int8ub, Int16ub, Int32ub, Struct, this

from wireproof.dissectors.schema import SET, Base, Bits, Field, FieldType

BOOLEAN, IPV4, UINT8 = FieldType.BOOLEAN, FieldType.IPV4, FieldType.UINT8
PROBE_NAME, TRANSPARENCY_NAME = "tcp.options.rvbd.probe", "tcp.options.rvbd.trpy"
QUERY, RESPONSE, INFORMATION, TRACE, QUERY_SH, RESPONSE_SH = range(6)
QUERY_INFORMATION, RESPONSE_INFORMATION, QUERY_INFORMATION_SH, QUERY_INFORMATION_ID = range(6, 10)
LAST = 10


def probe(name: str, subcon: Any, title: str, kind: FieldType | None = None, **more: Any) -> Field:
    """A field of a probe."""
    return Field(f"{PROBE_NAME}.{name}", subcon, kind, title, **more)


def flag(name: str, mask: int, title: str) -> Field:
    """A flag of a probe of version 2."""
    return probe(f"flags.{name}", Bits("flags", mask), title, BOOLEAN, labels=SET)


is_first, is_second = (this.head & 1) == 1, (this.head & 1) == 0
has_more = is_first & (this.type1 != INFORMATION) & (this.type1 <= LAST)
ADDRESSES = (
    probe("reserved", Int8ub, "Reserved", base=Base.HEX),
    probe("prober", Bytes(4), "CSH IP", IPV4),
    If(
        (this._.type1 == QUERY) | (this._.type1 == TRACE) | (this._.type1 == QUERY_SH),
        probe("appli_ver", Int16ub, "Application Version"),
    ),
    If(this._.type1 == RESPONSE_SH, probe("client.ip", Bytes(4), "Client IP", IPV4)),
    If((this._.type1 == RESPONSE) | (this._.type1 == RESPONSE_SH), probe("proxy.ip", Bytes(4), "SSH IP", IPV4)),
    If((this._.type1 == RESPONSE) | (this._.type1 == RESPONSE_SH), probe("proxy.port", Int16ub, "SSH Port")),
)
has_flags = is_second & (this.type2 >= QUERY_INFORMATION) & (this.type2 <= LAST)
asks = has_flags & (this.type2 != RESPONSE_INFORMATION) & (this.type2 != LAST)
answers = has_flags & (this.type2 == RESPONSE_INFORMATION)
# What a probe has, each only if what is in front of it is there.
PROBE = (
    "head" / Int8ub,
    "type1" / Bits("head", 0xF0),
    "type2" / Bits("head", 0xFE),
    If(is_first & (this.type1 <= LAST), probe("type1", Bits("head", 0xF0), "Type", UINT8)),
    If(is_first & (this.type1 <= LAST), probe("version", Bits("head", 0x0F), "Version", UINT8)),
    If(has_more, ADDRESSES[0]),
    If(has_more, ADDRESSES[1]),
    *(If(has_more, Struct(member)) for member in ADDRESSES[2:]),
    If(is_second & (this.type2 <= LAST), probe("type2", Bits("head", 0xFE), "Type", UINT8)),
    If(is_second & (this.type2 <= LAST), probe("version_raw", Bits("head", 0x01), "Version", UINT8)),
    If(is_second & (this.type2 <= LAST), probe("version", Computed(2), "Version", UINT8)),
    "flags" / If(has_flags, probe("flags", Int8ub, "Probe Flags", base=Base.HEX)),
    If(asks, flag("notcfe", 0x04, "Not CFE")),
    If(asks, flag("last", 0x01, "Last Notify")),
    If(answers, flag("probe", 0x10, "Disable Probe Cache on CSH")),
    If(answers, flag("ssl", 0x02, "SSL Enabled")),
    If(answers, flag("server", 0x01, "SSH outer to server established")),
    If(is_second & (this.type2 == QUERY_INFORMATION_SH), probe("client.ip", Bytes(4), "Client IP", IPV4)),
    If(is_second & (this.type2 == QUERY_INFORMATION_ID), probe("storeid", Int32ub, "CFE Store ID")),
)


def transparency(name: str, subcon: Any, title: str, kind: FieldType | None = None, **more: Any) -> Field:
    """A field of the transparency option."""
    return Field(f"{TRANSPARENCY_NAME}.{name}", subcon, kind, title, **more)


TRANSPARENCY_FLAGS = (
    ("fw_rst_probe", 0x0400, "Enable FW traversal feature"),
    ("fw_rst_inner", 0x0200, "Enable Inner FW feature on All FWs"),
    ("fw_rst", 0x0100, "Enable Transparency FW feature on All FWs"),
    ("chksum", 0x0004, "Reserved"),
    ("oob", 0x0002, "Out of band connection"),
)
TRANSPARENCY = (
    "flags" / transparency("flags", Int16ub, "Transparency Options", base=Base.HEX),
    *(
        transparency(f"flags.{name}", Bits("flags", mask), title, BOOLEAN, labels=SET)
        for name, mask, title in TRANSPARENCY_FLAGS
    ),
    transparency(
        "flags.mode",
        Bits("flags", 0x0001),
        "Transparency Mode",
        BOOLEAN,
        labels={1: "Port Transparency", 0: "Full Transparency"},
    ),
    transparency("src.ip", Bytes(4), "Src SH IP Addr", IPV4),
    transparency("dst.ip", Bytes(4), "Dst SH IP Addr", IPV4),
    transparency("src.port", Int16ub, "Src SH Inner Port"),
    transparency("dst.port", Int16ub, "Dst SH Inner Port"),
)
