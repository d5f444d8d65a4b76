"""What the reader says of a packet that is not whole: Wireshark's pseudo-protocols for it."""

from wireproof.dissectors.schema import FieldInfo, FieldType, Protocol
from wireproof.dissectors.schema.types import Base

GROUPS = {
    0x01000000: "Checksum",
    0x02000000: "Sequence",
    0x03000000: "Response",
    0x04000000: "Request",
    0x05000000: "Undecoded",
    0x06000000: "Reassemble",
    0x07000000: "Malformed",
    0x08000000: "Debug",
    0x09000000: "Protocol",
    0x0A000000: "Security",
    0x0B000000: "Comment",
    0x0C000000: "Decryption",
    0x0D000000: "Assumption",
    0x0E000000: "Deprecated",
}
SEVERITIES = {0x00800000: "Error", 0x00600000: "Warning", 0x00400000: "Note", 0x00200000: "Chat", 0x00100000: "Comment"}

expert = Protocol(
    "_ws.expert",
    "Expert Info",
    across=(
        FieldInfo("_ws.expert.message", FieldType.STRING, "Message"),
        FieldInfo("_ws.expert.severity", FieldType.UINT32, "Severity level", Base.NONE, SEVERITIES),
        FieldInfo("_ws.expert.group", FieldType.UINT32, "Group", Base.NONE, GROUPS),
    ),
)
malformed = Protocol(
    "_ws.malformed",
    "Malformed Packet",
    across=(
        FieldInfo("_ws.malformed.expert", FieldType.NONE, "Malformed Packet (Exception occurred)"),
        FieldInfo("_ws.malformed.dissector_bug", FieldType.NONE, "Dissector bug"),
    ),
    idle=(FieldInfo("_ws.malformed.reassembly", FieldType.NONE, "Reassembly error"),),
)
unreassembled = Protocol(
    "_ws.unreassembled",
    "Unreassembled Fragmented Packet",
    across=(
        FieldInfo(
            "_ws.unreassembled.expert",
            FieldType.NONE,
            "Unreassembled fragment (change preferences to enable reassembly)",
        ),
    ),
)
short = Protocol("_ws.short", "Short Frame")
