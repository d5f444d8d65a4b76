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

The fields appear as far as the bytes reach. A fragment's payload is read as the next protocol
in the frame that makes a datagram whole. A total length of
zero stands for the length that there is, as segmentation offload leaves it.
"""

from construct import Bytes, Computed, Default, If, IfThenElse, Int8ub, Int16ub, Struct, this

from wireproof.dissectors.ipv4_addresses import NETWORK_RULES, TIMES_TO_LIVE, kind_of_address
from wireproof.dissectors.ipv4_fields import ADDRESS, BOOLEAN, HOST, NONE, STRING, UINT8, UINT16, address
from wireproof.dissectors.ipv4_idle import FRAGMENTS, IDLE, REASSEMBLED_IN
from wireproof.dissectors.ipv4_options import OPTIONS
from wireproof.dissectors.ipv4_routes import ROUTES
from wireproof.dissectors.ipv4_standards import STANDARDS
from wireproof.dissectors.numbers.dscp import DSCP, ECN
from wireproof.dissectors.numbers.ip_protocols import IP_PROTOCOLS
from wireproof.dissectors.schema import (
    SET,
    At,
    Base,
    Bits,
    Carry,
    Field,
    FieldInfo,
    FieldType,
    InternetChecksum,
    LengthOf,
    Protocol,
    PseudoHeader,
    Reassembly,
    Rule,
    SourceRoute,
    Summary,
    Text,
    bad_checksum,
    parts,
)
from wireproof.dissectors.schema.render import dotted_quad

VERSION = FieldInfo("ip.bogus_ip_version", NONE, "Bogus IP version")
header_length = this._header_length
ROUTE = SourceRoute(header_length - 20, ROUTES, destination="dst", options="options")
is_routed = this._routed != 0
# A first fragment that is not all there, or whose checksum is wrong, is never put together with others, and is read as
# far as it goes.
is_start = (this.fragment & 0x1FFF) == 0
ipv4 = Protocol(
    "ip",
    "Internet Protocol Version 4",
    parts=(
        Struct(
            "vihl" / Default(Int8ub, 0x45),
            Field("ip.version", Bits("vihl", 0xF0), UINT8, "Version"),
        ),
        Struct(
            # Wireshark hands what it does not find by its EtherType to a dissector of either version first.
            *(
                Rule(condition, VERSION, message, reference="RFC 1122 section 3.2.1.1")
                for condition, message in (
                    (((this.vihl >> 4) == 4) | (this.typed == 0), "Bogus IPv4 version"),
                    ((this.vihl >> 4) == 4, VERSION.title),
                )
            ),
            "_header_length" / Field("ip.hdr_len", Bits("vihl", 0x0F, scale=4), UINT8, "Header Length"),
        ),
        Struct(
            Rule(
                header_length >= 20,
                FieldInfo("ip.bogus_header_length", NONE, "Bogus IP header length"),
                "Bogus IP header length ({_header_length}, must be at least 20)",
                reference="RFC 791 section 3.1",
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
                reference="RFC 791 section 3.1",
            ),
            Rule(
                this.total_length <= this.layer_length,
                FieldInfo("ip.bogus_ip_length", NONE, "Bogus IP length"),
                "IPv4 total length exceeds packet length ({layer_length} bytes)",
                reference="RFC 791 section 3.1",
                stops=False,
                quoted=False,
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
        address("ip.src", "src", "Source Address", "Source Host", ((ADDRESS,), (HOST,))),
        Struct(*kind_of_address("ip.src", "src", "Source")),
        Struct(
            "_routed" / IfThenElse(header_length > 20, ROUTE, Computed(0)),
            "_final" / At(this._routed, 4, read_later=True),
            "_destination" / Bits("_final", size=4),
            "dst"
            / IfThenElse(
                is_routed,
                Field("ip.cur_rt", Bytes(4), FieldType.IPV4, "Current Route", reference="RFC 791 section 3.1"),
                Field(
                    "ip.dst",
                    Default(Bytes(4), bytes(4)),
                    FieldType.IPV4,
                    "Destination Address",
                    feeds=(ADDRESS,),
                ),
            ),
            If(
                is_routed,
                Field("ip.cur_rt_host", Text("dst", dotted_quad), STRING, "Current Route Host", hidden=True),
            ),
            If(
                this._routed == 0,
                Field("ip.dst_host", Text("dst", dotted_quad), STRING, "Destination Host", feeds=(HOST,), hidden=True),
            ),
            *TIMES_TO_LIVE,
        ),
        Struct(*kind_of_address("ip.dst", "_destination", "Destination"), *NETWORK_RULES),
        Struct("options" / OPTIONS),
    ),
    under={
        "eth.type": (0x0800,),
        "llc.dsap": (0x06,),
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
        Carry("ip.proto", "protocol", when=((this.fragment & 0x3FFF) == 0), partial=False),
        Carry("ip.proto", "protocol", when=is_start & (this.captured_length < this.total_length), partial=True),
        Carry("ip.proto", "protocol", when=is_start, partial=True, wrong="ip.checksum"),
        Carry("ip.fragment"),
    ),
    extent=this.total_length,
    header=(this.vihl & 0x0F) * 4,
    computed={
        "ip.hdr_len": LengthOf("header"),
        "ip.len": LengthOf("layer"),
        "ip.checksum": InternetChecksum.of(
            "ip.checksum",
            extent="header",
            preference="ip.check_checksum",
            title="Header checksum status",
            bad=bad_checksum("ip.checksum_bad.expert", "RFC 1122 section 3.2.1.2"),
        ),
    },
    reassembly=Reassembly("ip.proto", "src", "_final", "protocol", "id", "fragment", "ip.defragment", tells=FRAGMENTS),
    across=(*FRAGMENTS, REASSEMBLED_IN),
    idle=IDLE,
    pseudo_header=PseudoHeader("src", "_final", "protocol", ROUTE),
    summary=Summary(
        tree={"ip.dst": "Internet Protocol Version 4, Src: {ip.src}, Dst: {ip.dst}"},
        protocol="IPv4",
    ),
    reference="RFC 791",
    references=STANDARDS,
)
