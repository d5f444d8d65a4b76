"""The option of Multipath TCP, kind 30 (RFC 8684 section 3, RFC 6824)."""

from construct import Int8ub

from wireproof.dissectors.numbers.tcp_options import MPTCP_SUBTYPES
from wireproof.dissectors.schema import Bits, Field, FieldInfo, FieldType, Option

MULTIPATH = Option(
    (
        "subtype" / Int8ub,
        Field(
            "tcp.options.mptcp.subtype",
            Bits("subtype", 0xF0),
            FieldType.UINT8,
            "Multipath TCP subtype",
            labels=MPTCP_SUBTYPES,
            reference="RFC 8684 section 3",
        ),
    ),
    whole=FieldInfo("tcp.options.mptcp", FieldType.BYTES, "TCP Option - Multipath TCP", hidden=True),
)
