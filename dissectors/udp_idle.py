"""The fields of UDP that Wireshark has and that get no value here: those of IPv6, UDP-Lite and other sources."""

from wireproof.dissectors.schema import FieldInfo, FieldType
from wireproof.dissectors.transport import processes

IDLE = (
    FieldInfo("udp.checksum.zero", FieldType.NONE, "Illegal checksum value (0)", reference="RFC 8200 section 8.1"),
    FieldInfo(
        "udp.length.bad_zero", FieldType.NONE, "Length is zero but payload < 65536", reference="RFC 2675 section 4"
    ),
    FieldInfo("udp.pdu.size", FieldType.UINT32, "PDU Size"),
    FieldInfo(
        "udplite.checksum_coverage.bad",
        FieldType.NONE,
        "Bad checksum coverage length value",
        reference="RFC 3828 section 3.1",
    ),
    *processes("udp"),
)
