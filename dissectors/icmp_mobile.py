"""What a router says of itself as an agent of Mobile IP, behind its addresses (RFC 5944 section 2.1, RFC 4721)."""

from typing import Any

from construct import Bytes, Computed, If, IfThenElse, Int8ub, Int16ub, this

from wireproof.dissectors.numbers import icmp as numbers
from wireproof.dissectors.schema import Ahead, Base, Bits, Field, FieldType, Objects, Repeat, Tail, There

BOOLEAN, BYTES, IPV4, UINT16 = FieldType.BOOLEAN, FieldType.BYTES, FieldType.IPV4, FieldType.UINT16


def field(name: str, subcon: Any, title: str, kind: FieldType | None = None, **more: Any) -> Field:
    """A field of an agent's advertisement."""
    return Field(f"icmp.mip.{name}", subcon, kind, title, **more)


FLAGS = (
    ("r", 0x8000, "Registration Required"),
    ("b", 0x4000, "Busy"),
    ("h", 0x2000, "Home Agent"),
    ("f", 0x1000, "Foreign Agent"),
    ("m", 0x0800, "Minimal Encapsulation"),
    ("g", 0x0400, "GRE"),
    ("v", 0x0200, "VJ Comp"),
    ("rt", 0x0100, "Reverse tunneling"),
    ("u", 0x0080, "UDP tunneling"),
    ("x", 0x0040, "Revocation support"),
)
AGENT = (
    field("seq", Int16ub, "Sequence Number", reference="RFC 5944 section 2.1.1"),
    field("life", Int16ub, "Registration Lifetime"),
    "_flags" / field("flags", Int16ub, "Flags", base=Base.HEX),
    *(field(name, Bits("_flags", mask), title, BOOLEAN) for name, mask, title in FLAGS),
    field("reserved", Bits("_flags", 0x003F), "Reserved", UINT16, base=Base.HEX),
    "care_of" / IfThenElse(this._size > 6, Computed(((this._size - 6) & 0xFF) >> 2), Computed(0)),
    Repeat(field("coa", Bytes(4), "Care-Of-Address", IPV4), size=this.care_of * 4),
)
PREFIXES = (
    Repeat(field("prefixlength", Int8ub, "Prefix Length", reference="RFC 5944 section 2.1.2"), size=this._size),
)
CHALLENGE = (field("challenge", Bytes(this._size), "Challenge", BYTES, reference="RFC 4721 section 2"),)
PADDING: tuple[Any, ...] = ()
OTHER = (field("content", Bytes(this._size), "Content", BYTES),)
MOBILE = Tail(
    Objects(
        this.layer_length - this.agent,
        (
            "ahead" / Ahead(1),
            If(this.ahead != 0, There(2)),
            "_extension_type" / field("type", Int8ub, "Extension Type", labels=numbers.MOBILE_EXTENSIONS),
            "_size" / IfThenElse(this._extension_type != 0, field("length", Int8ub, "Length"), Computed(0)),
            "total" / IfThenElse(this._extension_type != 0, Computed(this._size + 2), Computed(1)),
        ),
        this.total,
        "_extension_type",
        {0: PADDING, 16: AGENT, 19: PREFIXES, 24: CHALLENGE},
        OTHER,
        least=1,
    ),
    at=this.agent,
    when=this.has_agent,
)
