"""Octets that no protocol claims."""

from construct import Bytes, Computed, Struct, this

from wireproof.dissectors.schema import Field, FieldInfo, FieldType, Protocol, Summary

data = Protocol(
    "data",
    "Data",
    parts=(
        Struct(
            "data" / Field("data.data", Bytes(this.captured_length), FieldType.BYTES, "Data"),
            "len" / Field("data.len", Computed(this.captured_length), FieldType.INT32, "Length"),
        ),
    ),
    # What Wireshark makes of the octets where a preference asks for it.
    idle=(
        FieldInfo("data.md5_hash", FieldType.STRING, "Payload MD5 hash"),
        FieldInfo("data.text", FieldType.STRING, "Text"),
        FieldInfo("data.uncompressed.data", FieldType.BYTES, "Uncompressed Data"),
        FieldInfo("data.uncompressed.len", FieldType.INT32, "Uncompressed Length"),
    ),
    summary=Summary(tree="Data ({data.len} bytes)"),
)
