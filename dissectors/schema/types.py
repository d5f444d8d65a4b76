"""The types that a field can have, under Wireshark's names, and how its numbers are shown."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """What a value is made of in memory, which decides what can be done with it.

    INTEGER is an ``int``; FLOAT a ``float``; BOOLEAN a ``bool``; BYTES, ETHER and PROTOCOL are ``bytes``; IPV4 is the
    address as an ``int`` of 32 bits, IPV6 the
    16 octets of one; STRING is a ``str``; ABSOLUTE_TIME and RELATIVE_TIME are ``int`` nanoseconds
    (since the epoch, or a difference); LABEL has no value beyond being there, and is ``True``.
    """

    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    BYTES = "bytes"
    ETHER = "ether"
    IPV4 = "ipv4"
    IPV6 = "ipv6"
    STRING = "string"
    ABSOLUTE_TIME = "absolute time"
    RELATIVE_TIME = "relative time"
    LABEL = "label"
    PROTOCOL = "protocol"


class FieldType(Enum):
    """A field's type. The value is (Wireshark's name, the words Wireshark uses for it, kind, bits, signed)."""

    NONE = ("FT_NONE", "Label", Kind.LABEL, 0, False)
    PROTOCOL = ("FT_PROTOCOL", "Protocol", Kind.PROTOCOL, 0, False)
    BOOLEAN = ("FT_BOOLEAN", "Boolean", Kind.BOOLEAN, 64, False)
    UINT8 = ("FT_UINT8", "Unsigned integer (1 byte)", Kind.INTEGER, 8, False)
    UINT16 = ("FT_UINT16", "Unsigned integer (2 bytes)", Kind.INTEGER, 16, False)
    UINT24 = ("FT_UINT24", "Unsigned integer (3 bytes)", Kind.INTEGER, 24, False)
    UINT32 = ("FT_UINT32", "Unsigned integer (4 bytes)", Kind.INTEGER, 32, False)
    UINT64 = ("FT_UINT64", "Unsigned integer (8 bytes)", Kind.INTEGER, 64, False)
    INT8 = ("FT_INT8", "Signed integer (1 byte)", Kind.INTEGER, 8, True)
    INT16 = ("FT_INT16", "Signed integer (2 bytes)", Kind.INTEGER, 16, True)
    INT32 = ("FT_INT32", "Signed integer (4 bytes)", Kind.INTEGER, 32, True)
    INT64 = ("FT_INT64", "Signed integer (8 bytes)", Kind.INTEGER, 64, True)
    FLOAT = ("FT_FLOAT", "Floating point (single-precision)", Kind.FLOAT, 32, True)
    DOUBLE = ("FT_DOUBLE", "Floating point (double-precision)", Kind.FLOAT, 64, True)
    FRAMENUM = ("FT_FRAMENUM", "Frame number", Kind.INTEGER, 32, False)
    ETHER = ("FT_ETHER", "Ethernet or other MAC address", Kind.ETHER, 48, False)
    IPV4 = ("FT_IPv4", "IPv4 address", Kind.IPV4, 32, False)
    IPV6 = ("FT_IPv6", "IPv6 address", Kind.IPV6, 128, False)
    AX25 = ("FT_AX25", "AX.25 address", Kind.BYTES, 56, False)
    BYTES = ("FT_BYTES", "Sequence of bytes", Kind.BYTES, 0, False)
    STRING = ("FT_STRING", "Character string", Kind.STRING, 0, False)
    ABSOLUTE_TIME = ("FT_ABSOLUTE_TIME", "Date and time", Kind.ABSOLUTE_TIME, 64, True)
    RELATIVE_TIME = ("FT_RELATIVE_TIME", "Time offset", Kind.RELATIVE_TIME, 64, True)

    def __init__(self, wireshark: str, words: str, kind: Kind, bits: int, signed: bool) -> None:
        self.wireshark = wireshark
        self.words = words
        self.kind = kind
        self.bits = bits
        self.signed = signed


class Base(Enum):
    """How an integer or a row of octets is shown: Wireshark's display base."""

    NONE = "BASE_NONE"
    DEC = "BASE_DEC"
    HEX = "BASE_HEX"
    DEC_HEX = "BASE_DEC_HEX"
    HEX_DEC = "BASE_HEX_DEC"
    PORT_TCP = "BASE_PT_TCP"
    PORT_UDP = "BASE_PT_UDP"
    OUI = "BASE_OUI"
    CUSTOM = "BASE_CUSTOM"
    SPACE = "SEP_SPACE"

    @property
    def is_hexadecimal(self) -> bool:
        """Whether the number alone is printed in hexadecimal, padded to the type's width."""
        return self in (Base.HEX, Base.HEX_DEC)
