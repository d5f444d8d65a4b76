"""IPv4 (RFC 791; RFC 2474 and RFC 3168 for the second octet).

     0                   1                   2                   3
     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    +-------+-------+-----------+---+-------------------------------+
    |Version|  IHL  |   DSCP    |ECN|          Total length         |
    +-------+-------+-----------+---+-----+-------------------------+
    |         Identification        |Flags|     Fragment offset     |
    +---------------+---------------+-----+-------------------------+
    |  Time to live |    Protocol   |        Header checksum        |
    +---------------+---------------+-------------------------------+
    |                         Source address                        |
    +---------------------------------------------------------------+
    |                      Destination address                      |
    +---------------------------------------------------------------+
    |                    Options and padding ...                    |
    +---------------------------------------------------------------+

The fields appear as far as the bytes reach. A fragment's payload is not read as the next protocol. A total length of
zero stands for the length that there is, as segmentation offload leaves it.
"""

from construct import Bytes, Computed, Default, IfThenElse, Int8ub, Int16ub, Struct, this

from wireproof.dissectors.numbers.dscp import DSCP, ECN
from wireproof.dissectors.numbers.ip_options import OPTION_CLASSES, OPTION_NUMBERS
from wireproof.dissectors.numbers.ip_protocols import IP_PROTOCOLS
from wireproof.dissectors.schema import (
    SET,
    AllZero,
    Base,
    Bits,
    Carry,
    Field,
    FieldInfo,
    FieldType,
    InNetwork,
    InternetChecksum,
    IsNoBroadcast,
    LengthOf,
    Options,
    Protocol,
    PseudoHeader,
    Rule,
    Severity,
    Summary,
    Text,
    never,
    noted,
    parts,
)
from wireproof.dissectors.schema.render import dotted_quad

BOOLEAN, UINT8, UINT16, NONE = FieldType.BOOLEAN, FieldType.UINT8, FieldType.UINT16, FieldType.NONE
ADDRESS = FieldInfo("ip.addr", FieldType.IPV4, "Source or Destination Address", hidden=True)
HOST = FieldInfo("ip.host", FieldType.STRING, "Source or Destination Host", hidden=True)
header_length = this._header_length


def address(name: str, member: str, title: str) -> Struct:
    """The fields of one address."""
    return Struct(
        member / Field(name, Default(Bytes(4), bytes(4)), FieldType.IPV4, f"{title} Address", feeds=(ADDRESS,)),
        Field(f"{name}_host", Text(member, dotted_quad), FieldType.STRING, f"{title} Host", feeds=(HOST,), hidden=True),
    )


# Where the user says which networks the link has.
NETWORK_RULES = (
    noted(
        IsNoBroadcast("dst"),
        "ip.dst.directed_broadcast",
        "Directed broadcast",
        "RFC 1812 section 5.3.5.2",
    ),
    noted(
        InNetwork("src") | InNetwork("dst") | AllZero("src"),
        "ip.outside",
        "Neither address is in the network",
        "RFC 1122 section 3.3.1.1",
    ),
)

ipv4 = Protocol(
    "ip",
    "Internet Protocol Version 4",
    parts=(
        Struct("vihl" / Default(Int8ub, 0x45), Field("ip.version", Bits("vihl", 0xF0), UINT8, "Version")),
        Struct(
            Rule(
                (this.vihl >> 4) == 4,
                FieldInfo("ip.bogus_ip_version", NONE, "Bogus IP version"),
                "Bogus IPv4 version",
            ),
            "_header_length" / Field("ip.hdr_len", Bits("vihl", 0x0F, scale=4), UINT8, "Header Length"),
        ),
        Struct(
            Rule(
                header_length >= 20,
                FieldInfo("ip.bogus_header_length", NONE, "Bogus IP header length"),
                "Bogus IP header length ({_header_length}, must be at least 20)",
            ),
            "tos"
            / Field(
                "ip.dsfield",
                Default(Int8ub, 0),
                title="Differentiated Services Field",
                base=Base.HEX,
                aliases=("ip.tos",),
            ),
            Field(
                "ip.dsfield.dscp",
                Bits("tos", 0xFC),
                UINT8,
                "Differentiated Services Codepoint",
                labels=DSCP,
                reference="RFC 2474",
            ),
            Field(
                "ip.dsfield.ecn",
                Bits("tos", 0x03),
                UINT8,
                "Explicit Congestion Notification",
                labels=ECN,
                reference="RFC 3168",
            ),
        ),
        Struct(
            "total_length" / Int16ub,
            IfThenElse(
                this.total_length == 0,
                Field("ip.len", Computed(this.layer_length), UINT16, "Total Length"),
                Field("ip.len", Bits("total_length"), UINT16, "Total Length"),
            ),
        ),
        Struct(
            Rule(
                (this.total_length >= header_length) | (this.total_length == 0),
                FieldInfo("ip.bogus_ip_length", NONE, "Bogus IP length"),
                "Bogus IP length",
            ),
            Rule(
                this.total_length <= this.layer_length,
                FieldInfo("ip.bogus_ip_length", NONE, "Bogus IP length"),
                "IPv4 total length exceeds packet length ({layer_length} bytes)",
                stops=False,
            ),
            "id" / Field("ip.id", Default(Int16ub, 0), title="Identification", base=Base.HEX_DEC),
        ),
        Struct(
            "fragment" / Default(Int16ub, 0),
            Field("ip.flags", Bits("fragment", 0xE000), UINT8, "Flags", base=Base.HEX),
            Field("ip.flags.rb", Bits("fragment", 0x8000), BOOLEAN, "Reserved bit", labels=SET),
            Field("ip.flags.df", Bits("fragment", 0x4000), BOOLEAN, "Don't fragment", labels=SET),
            Field("ip.flags.mf", Bits("fragment", 0x2000), BOOLEAN, "More fragments", labels=SET),
            Field("ip.frag_offset", Bits("fragment", 0x1FFF), UINT16, "Fragment Offset"),
        ),
        *parts(
            "ttl" / Field("ip.ttl", Default(Int8ub, 64), UINT8, "Time to Live"),
            "protocol" / Field("ip.proto", Int8ub, title="Protocol", labels=IP_PROTOCOLS),
            "sum" / Field("ip.checksum", Int16ub, title="Header Checksum", base=Base.HEX),
        ),
        address("ip.src", "src", "Source"),
        address("ip.dst", "dst", "Destination"),
        Struct(*NETWORK_RULES),
        Struct(
            "options"
            / Field(
                "ip.options",
                Options(
                    header_length - 20,
                    Field("ip.opt.type", Int8ub, title="Type"),
                    Field("ip.opt.len", Int8ub, title="Length"),
                    {},
                    details=(
                        Field(
                            "ip.opt.type.copy",
                            Bits("kind", 0x80),
                            BOOLEAN,
                            "Copy on fragmentation",
                            labels={1: "Yes", 0: "No"},
                        ),
                        Field("ip.opt.type.class", Bits("kind", 0x60), UINT8, "Class", labels=OPTION_CLASSES),
                        Field("ip.opt.type.number", Bits("kind", 0x1F), UINT8, "Number", labels=OPTION_NUMBERS),
                    ),
                    invalid=Rule(
                        never,
                        FieldInfo("ip.opt.len.invalid", NONE, "Invalid length for option"),
                        "Invalid length for option",
                        severity=Severity.WARNING,
                    ),
                ),
                FieldType.BYTES,
                "Options",
            )
        ),
    ),
    under={
        "eth.type": (0x0800,),
        "ip.proto": (4,),
        "icmp.quote": (3, 4, 5, 11, 12),
        "raw.version": (4,),
        "null.family": (2,),
        "fr.nlpid": (0xCC,),
        "chdlc.protocol": (0x0800,),
        "gre.proto": (0x0800,),
        "link": (228,),
    },
    carries=(
        Carry("ip.proto", "protocol", when=(this.fragment & 0x3FFF) == 0),
        Carry("ip.fragment"),
    ),
    extent=this.total_length,
    computed={
        "ip.hdr_len": LengthOf("header"),
        "ip.len": LengthOf("layer"),
        "ip.checksum": InternetChecksum.of(
            "ip.checksum", extent="header", preference="ip.check_checksum", title="Header checksum status"
        ),
    },
    pseudo_header=PseudoHeader("src", "dst", "protocol"),
    summary=Summary(
        tree={"ip.dst": "Internet Protocol Version 4, Src: {ip.src}, Dst: {ip.dst}"},
        protocol="IPv4",
    ),
    reference="RFC 791",
)
