"""The options of IPv4 that say how secret a packet is: RFC 791 section 3.1, RFC 1108, and CIPSO.

+--------+--------+--------+---------+ - - - -      Security (RFC 1108 section 2)
|  130   | Length |  Level | Protection authority flags, as many as their last bits say
+--------+--------+--------+---------+ - - - -

+--------+--------+--------+---------+---------+---------+ - - - -      CIPSO (FIPS 188 section 6)
|  134   | Length |      Domain of interpretation        | Tags
+--------+--------+--------+---------+---------+---------+ - - - -

+--------+--------+ - - - -         a tag; type 0 is one octet alone
|  Type  | Length | an octet of zeros, level, categories; or data
+--------+--------+ - - - -
"""

from typing import Any

from construct import Bytes, Computed, If, IfThenElse, Int8ub, Int16ub, Int32ub, this

from wireproof.dissectors.ipv4_fields import (
    BOOLEAN,
    BYTES,
    LENGTH,
    NONE,
    OPTION,
    STRING,
    UINT8,
    length,
    offset,
    warning,
    whole,
)
from wireproof.dissectors.numbers import ip_options as numbers
from wireproof.dissectors.schema import (
    Ahead,
    Base,
    Bits,
    Field,
    FieldInfo,
    OneOf,
    Option,
    Piece,
    Repeat,
    Rule,
    Text,
)
from wireproof.dissectors.schema.render import bit_numbers, number_list, number_ranges, text


def stray(condition: Any, name: str) -> Rule:
    """The rule that nothing stands in a text behind the octet that ends it."""
    field = FieldInfo("_ws.string.trailing_stray_characters", NONE, "Trailing stray characters")
    return warning(condition, field, field.title, group="Undecoded", at=name, reference="RFC 791 section 3.1")


AUTHORITIES = (("genser", 0x80), ("siop_esi", 0x40), ("sci", 0x20), ("nsa", 0x10), ("doe", 0x08))
TITLES = {"siop_esi": "SIOP-ESI"}


def unassigned(mask: int) -> Field:
    """The unassigned bits of an octet of protection authority flags."""
    bits = Bits("authorities", mask)
    return Field("ip.opt.sec_prot_auth_unassigned", bits, UINT8, "Unassigned", base=Base.HEX)


# RFC 791's form is told from RFC 1108's by its length and by a known level.
is_rfc791 = (length == 11) & OneOf("level", frozenset(numbers.SECURITY_LEVELS))
RFC_791 = "ip.opt.sec_rfc791"
SECURITY = Option(
    (
        "level" / Ahead(2),
        "old" / Computed(is_rfc791),
        If(
            this.old,
            Field(
                "ip.opt.sec_rfc791_sec",
                Int16ub,
                title="Security",
                base=Base.HEX,
                labels=numbers.SECURITY_LEVELS,
                reference="RFC 791 section 3.1",
            ),
        ),
        If(this.old, Field("ip.opt.sec_rfc791_comp", Int16ub, title="Compartments")),
        "restrictions" / If(this.old, Bytes(2)),
        If(this.old, Field(f"{RFC_791}_hr", Text("restrictions", text), STRING, "Handling Restrictions")),
        "control" / If(this.old, Bytes(3)),
        If(this.old, Field(f"{RFC_791}_tcc", Text("control", text), STRING, "Transmission Control Code")),
        "ends" / If(this.old, Bits("restrictions", size=2)),
        If(this.old, stray((this.ends == 0) | (this.ends > 0xFF), f"{RFC_791}_hr")),
        "stops" / If(this.old, Bits("control", size=3)),
        If(
            this.old,
            stray(
                (this.stops == 0)
                | ((this.stops > 0xFFFF) & (((this.stops & 0xFF00) != 0) | ((this.stops & 0xFF) == 0))),
                f"{RFC_791}_tcc",
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
                below=OPTION,
                stops=True,
                reference="RFC 1108 section 2.4",
            ),
            warning(
                (this.more != 0) | (offset + 1 == length),
                LENGTH,
                "Extraneous data in option",
                below=OPTION,
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

FIPS_188 = "FIPS 188 section 6"
LONGEST_TAG = 34  # what the options of a header have room for, without what precedes it
is_filler = this.tag == 0
has_level = (this.tag == 1) | (this.tag == 2) | (this.tag == 5)
has_data = (this.tag == 6) | (this.tag == 7)
is_known = is_filler | has_level | has_data
is_in_order = (
    ((this.tag_length >= 4) | ((this.tag == 7) & (this.tag_length >= 2)))
    & (this.tag_length <= LONGEST_TAG)
    & (offset + this.tag_length <= length + 1)  # Wireshark lets one octet pass that is not there, and misses it then
)
# Of numbers that do not come out even, the last octet is read again, as the next tag.
numbers_mask = 0x1F - ((this.tag == 2) | (this.tag == 5))


def categories(tag: int, render: Any) -> Any:
    """The categories of a tag in words."""
    field = Field("ip.cipso.categories", Text("tag_body", render), STRING, "Categories", reference=FIPS_188)
    return If((this.tag == tag) & (this.tag_length > 4), field)


TAG = (
    "tag" / Field("ip.cipso.tag_type", Int8ub, title="Tag Type", labels=numbers.CIPSO_TAGS, reference=FIPS_188),
    "leveled" / Computed(has_level),
    "known" / Computed(is_known),
    "tag_length" / IfThenElse((this.tag != 0) & ((offset + 1 < length) | (this.known == 0)), Int8ub, Computed(1)),
    Rule(
        is_filler | (this.known == 0) | is_in_order,
        FieldInfo("ip.cipso.malformed", NONE, "Malformed CIPSO tag"),
        "Malformed CIPSO tag",
        group="Sequence",
        reference=FIPS_188,
        at="ip.cipso.tag_type",
    ),
    # An octet of zeros in front of the level.
    "tag_head" / Bytes(this.leveled * 2),
    If(
        this.leveled,
        Field(
            "ip.cipso.sensitivity_level",
            Bits("tag_head", at=1, size=1),
            UINT8,
            "Sensitivity Level",
            reference=FIPS_188,
        ),
    ),
    # Nobody knows what follows a tag that nobody knows.
    "tag_body"
    / Bytes(
        (
            this.leveled * ((this.tag_length - 4) & numbers_mask)
            + has_data * (this.tag_length - 2)
            + (this.known == 0) * (length - offset - 2)
        )
        & 0x3F
    ),
    categories(1, bit_numbers),
    categories(2, number_list),
    categories(5, number_ranges),
    If(has_data, Field("ip.cipso.tag_data", Piece("tag_body"), BYTES, "Tag data", reference=FIPS_188)),
)
# One tag that fills the option, as hosts send it, or one that nobody knows.
is_one = ((this.first >> 8) != 0) & ((this.first >> 8) <= 7) & ((this.first & 0xFF) == length - 6) & (length >= 10)
is_even = ((length & 1) == 0) | ((this.first >> 8) == 1) | ((this.first >> 8) >= 6)
CIPSO = Option(
    (
        Field("ip.cipso.doi", Int32ub, title="DOI", reference=FIPS_188),
        Repeat(*TAG, size=(length - 6) & 0x3F),
    ),
    whole=whole("cipso", "Commercial Security"),
    first=("first" / Ahead(2, skip=4),),
    certain=((is_one & is_even) | ((this.first >> 8) > 7)) & (length >= 8),
)
