"""Octets that no protocol claims."""

from construct import Bytes, Computed, Struct, this

from wireproof.dissectors.schema import Field, FieldType, Protocol, Summary

data = Protocol(
    "data",
    "Data",
    parts=(
        Struct(
            "data" / Field("data.data", Bytes(this.captured_length), FieldType.BYTES, "Data"),
            "len" / Field("data.len", Computed(this.captured_length), FieldType.INT32, "Length"),
        ),
    ),
    summary=Summary(tree="Data ({data.len} bytes)"),
)
