"""What may stand behind the quote of an ICMP error, and in an extended echo (RFC 4884; RFC 4950, RFC 5837, RFC 8335).

+-------+-----------------------+-------------------------------+
|Version|       Reserved        |           Checksum            |
+-------+-----------------------+---------------+---------------+
|            Length             |     Class     |    C-Type     |   objects, up to the end of the message
+-------------------------------+---------------+---------------+
|                           depends on the class ...
+---------------------------------------------------------------+
"""

from typing import Any

from construct import Bytes, Computed, If, IfThenElse, Int8ub, Int16ub, Int24ub, Int32ub, this

from wireproof.dissectors.numbers import icmp as numbers
from wireproof.dissectors.schema import SET, Ahead, Base, Bits, Field, FieldType, Objects, Repeat, Tail, Text, There
from wireproof.dissectors.schema.render import ascii_text

BOOLEAN, BYTES, IPV4, IPV6 = FieldType.BOOLEAN, FieldType.BYTES, FieldType.IPV4, FieldType.IPV6
STRING, UINT8, UINT16, UINT24 = FieldType.STRING, FieldType.UINT8, FieldType.UINT16, FieldType.UINT24
PRESENT = {1: "Present", 0: "Not Present"}
IPV4_FAMILY, IPV6_FAMILY = 1, 2
HEAD = 4


def field(name: str, subcon: Any, title: str, kind: FieldType | None = None, **more: Any) -> Field:
    """A field of ICMP."""
    return Field(f"icmp.{name}", subcon, kind, title, **more)


C_TYPE = "c_type" / field("ext.ctype", Int8ub, "C-Type")
DATA = field("ext.data", Bytes(this.object_size - HEAD), "Data", BYTES)
whole = (this.object_size - HEAD) >> 2
is_stack = this.c_type == 1
LABELS = (
    C_TYPE,
    "stack" / IfThenElse(is_stack, Computed(whole * 4), Computed(0)),
    "others" / IfThenElse(is_stack, Computed((this.object_size - HEAD) & 3), Computed(0)),
    Repeat(
        "entry" / Int24ub,
        field("mpls.label", Bits("entry", 0xFFFFF0), "Label", UINT24, reference="RFC 4950 section 3"),
        field("mpls.exp", Bits("entry", 0x00000E), "Experimental", UINT24),
        field("mpls.s", Bits("entry", 0x000001), "Stack bit", BOOLEAN, labels=SET),
        field("mpls.ttl", Int8ub, "Time to live"),
        size=this.stack,
    ),
    If(is_stack, field("mpls.data", Bytes(this.others), "Data", BYTES)),
    If(this.c_type != 1, DATA),
)


def flag(name: str, mask: int, title: str, labels: dict[int, str] = PRESENT) -> Field:
    """A flag of what an object says of an interface."""
    return field(f"int_info.{name}", Bits("c_type", mask), title, BOOLEAN, labels=labels)


# How far the members in front reach, in octets of the object.
has_index, has_address = (this.c_type & 8) != 0, ((this.c_type & 4) != 0) & (this.object_size >= this.indexed + 2)
is_known = (has_address == 0) | (this.family == IPV4_FAMILY) | (this.family == IPV6_FAMILY)
has_name = is_known & ((this.c_type & 2) != 0) & (this.object_size > this.addressed)
is_named = has_name & (this.name_size > 0) & (this.object_size >= this.addressed + this.name_size)
INTERFACE = (
    C_TYPE,
    field("int_info.role", Bits("c_type", 0xC0), "Interface Role", UINT8, labels=numbers.ROLES),
    field("int_info.reserved", Bits("c_type", 0x30), "Reserved", UINT8),
    flag("ifindex", 0x08, "ifIndex", {}),
    flag("ipaddr", 0x04, "IP Address"),
    flag("name_present", 0x02, "Interface Name"),
    flag("mtu_present", 0x01, "MTU"),
    If(has_index, field("int_info.index", Int32ub, "Interface Index", reference="RFC 5837 section 4.1")),
    "indexed" / IfThenElse(has_index, Computed(8), Computed(4)),
    "family" / Ahead(2),
    If(has_address, field("int_info.afi", Int16ub, "Address Family Identifier", reference="RFC 5837 section 4.2")),
    If(has_address, field("reserved", Bytes(2), "Reserved", BYTES)),
    If(has_address & (this.family == IPV4_FAMILY), field("int_info.ipv4", Bytes(4), "Source", IPV4)),
    If(has_address & (this.family == IPV6_FAMILY), field("int_info.ipv6", Bytes(16), "Source", IPV6)),
    If(is_known == 0, field("int_info.ipunknown", Bytes(this.object_size - this.indexed - 4), "Source", BYTES)),
    "address" / IfThenElse(this.family == IPV4_FAMILY, Computed(8), Computed(20)),
    "addressed" / IfThenElse(has_address, Computed(this.indexed + this.address), Computed(this.indexed)),
    "name_size" / Ahead(1),
    If(has_name, field("int_info.name_length", Int8ub, "Name Length", reference="RFC 5837 section 4.3")),
    "name_octets" / IfThenElse(is_named, Computed(this.name_size - 1), Computed(0)),
    "name" / Bytes(this.name_octets),
    If(is_named, field("int_info.name", Text("name", ascii_text), "Name", STRING)),
    If(
        is_known & ((this.c_type & 1) != 0),
        field("int_info.mtu", Int32ub, "Maximum Transmission Unit", reference="RFC 5837 section 4.4"),
    ),
)
has_more = this.object_room > HEAD
is_name = (this.c_type == 1) & (this.object_size > HEAD)
by_address = (this.c_type == 3) & has_more
is_ipv4, is_ipv6 = by_address & (this.family == IPV4_FAMILY), by_address & (this.family == IPV6_FAMILY)
room = this.object_room - HEAD - 4
fitting = IfThenElse(this.length_of_all > room, Computed(room), Computed(this.length_of_all))
IDENTIFICATION = (
    C_TYPE,
    "text_octets" / IfThenElse(is_name, Computed(this._object_length - HEAD), Computed(0)),
    "text" / Bytes(this.text_octets),
    If(is_name, field("int_ident.name", Text("text", ascii_text), "Name", STRING, reference="RFC 8335 section 2.1")),
    If((this.c_type == 2) & has_more, field("int_ident.index", Int32ub, "Interface Index")),
    "family" / Ahead(2),
    If(
        by_address,
        field("int_ident.afi", Int16ub, "Address Family Identifier", labels=numbers.ADDRESS_FAMILIES),
    ),
    "length_of_all" / Ahead(1),
    If(by_address, field("int_ident.addr_length", Int8ub, "Address Length")),
    If(by_address, field("int_ident.reserved", Bytes(1), "Reserved", BYTES)),
    "fitting" / fitting,
    "all_ipv4" / IfThenElse(is_ipv4 & (this.fitting > 0), Computed((this.fitting & 0xFF) >> 2), Computed(0)),
    "all_ipv6" / IfThenElse(is_ipv6 & (this.fitting > 0), Computed((this.fitting & 0xFF) >> 4), Computed(0)),
    Repeat(field("int_ident.ipv4", Bytes(4), "Address", IPV4), size=this.all_ipv4 * 4),
    Repeat(field("int_ident.ipv6", Bytes(16), "Address", IPV6), size=this.all_ipv6 * 16),
    If(
        by_address & (this.family != IPV4_FAMILY) & (this.family != IPV6_FAMILY),
        field("int_ident.address", Bytes(room), "Address", BYTES),
    ),
)
is_whole = this.extension_size >= 4
is_known_version = is_whole & ((this.head >> 12 == 1) | (this.head >> 12 == 2))
EXTENSION = Tail(
    "extension_size" / Computed(this.layer_length - this.extension),
    field("ext", Computed(1), "ICMP Extensions", FieldType.NONE, reference="RFC 4884 section 7"),
    "head" / Ahead(2),
    "word" / If(is_whole, Int16ub),
    If(is_whole, field("ext.version", Bits("word", 0xF000), "Version", UINT8)),
    If(is_whole, field("ext.res", Bits("word", 0x0FFF), "Reserved", UINT16, base=Base.HEX)),
    "given" / Ahead(2),
    # A sum that is there is computed at once, for which all of it has to be there.
    If(is_whole & (this.given != 0), There(this.extension_size - 2)),
    If(is_whole, field("ext.checksum", Int16ub, "Checksum", base=Base.HEX, reference="RFC 4884 section 7")),
    "objects_size" / IfThenElse(is_known_version, Computed(this.extension_size - 4), Computed(0)),
    Objects(
        this.objects_size,
        (
            "_object_length" / field("ext.length", Int16ub, "Length"),
            "_object_class" / field("ext.class", Int8ub, "Class", labels=numbers.OBJECT_CLASSES),
        ),
        this._object_length,
        "_object_class",
        {1: LABELS, 2: INTERFACE, 3: IDENTIFICATION},
        (C_TYPE, DATA),
        least=HEAD,
    ),
    at=this.extension,
    when=this.has_extension,
)
