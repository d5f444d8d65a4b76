"""The fields of IPv4 that Wireshark has and that get no value here, and those of several fragments together."""

from wireproof.dissectors.numbers.dscp import PRECEDENCES
from wireproof.dissectors.schema import TRUE, FieldInfo, FieldType

BOOLEAN, NONE, STRING, UINT8 = FieldType.BOOLEAN, FieldType.NONE, FieldType.STRING, FieldType.UINT8

# Of preferences that are off: the second octet as RFC 791 has it, RFC 3514's flag, and a database of places.
PLACES = (
    ("summary", STRING, ""),
    ("city", STRING, " City"),
    ("country", STRING, " Country"),
    ("country_iso", STRING, " ISO Two Letter Country Code"),
    ("asnum", FieldType.UINT32, " AS Number"),
    ("org", STRING, " AS Organization"),
    ("lat", FieldType.DOUBLE, " Latitude"),
    ("lon", FieldType.DOUBLE, " Longitude"),
)
IDLE = (
    FieldInfo("ip.tos.precedence", UINT8, "Precedence", labels=PRECEDENCES),
    FieldInfo("ip.tos.delay", BOOLEAN, "Delay", labels={1: "Low", 0: "Normal"}),
    FieldInfo("ip.tos.throughput", BOOLEAN, "Throughput", labels={1: "High", 0: "Normal"}),
    FieldInfo("ip.tos.reliability", BOOLEAN, "Reliability", labels={1: "High", 0: "Normal"}),
    FieldInfo("ip.tos.cost", BOOLEAN, "Cost", labels={1: "Low", 0: "Normal"}),
    FieldInfo("ip.flags.sf", BOOLEAN, "Security flag", labels={1: "Evil", 0: "Not evil"}, reference="RFC 3514"),
    FieldInfo("ip.evil_packet", NONE, "Packet has evil intent", reference="RFC 3514"),
    *(
        FieldInfo(f"ip.geoip.{side}{name}", kind, f"{title} GeoIP{what}")
        for side, title in (("", "Source or Destination"), ("src_", "Source"), ("dst_", "Destination"))
        for name, kind, what in PLACES
        if side or name != "summary"
    ),
)

REASSEMBLED_IN = FieldInfo("ip.reassembled_in", FieldType.FRAMENUM, "Reassembled IPv4 in frame", across=True)
FRAGMENTS = (
    FieldInfo("ip.fragments", FieldType.BYTES, "IPv4 Fragments", across=True),
    FieldInfo("ip.fragment", FieldType.FRAMENUM, "IPv4 Fragment", across=True),
    FieldInfo("ip.fragment.error", FieldType.FRAMENUM, "Defragmentation error", across=True),
    FieldInfo("ip.fragment.overlap", BOOLEAN, "Fragment overlap", labels=TRUE, across=True),
    FieldInfo(
        "ip.fragment.overlap.conflict",
        BOOLEAN,
        "Conflicting data in fragment overlap",
        labels=TRUE,
        across=True,
        reference="RFC 5722 section 4",
    ),
    FieldInfo("ip.fragment.multipletails", BOOLEAN, "Multiple tail fragments found", labels=TRUE, across=True),
    FieldInfo("ip.fragment.toolongfragment", BOOLEAN, "Fragment too long", labels=TRUE, across=True),
    FieldInfo("ip.fragment.count", FieldType.UINT32, "Fragment count", across=True),
    FieldInfo("ip.reassembled.length", FieldType.UINT32, "Reassembled IPv4 length", across=True),
    FieldInfo(
        "ip.reassembled.doubtful",
        NONE,
        "Fragments that contradict each other",
        across=True,
        reference="RFC 5722 section 4",
        own=True,
    ),
    FieldInfo("ip.reassembled.data", FieldType.BYTES, "Reassembled IPv4 data", across=True),
)
