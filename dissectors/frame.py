"""The frame as the capture file tells it: when, how long, of which link type. It takes no octet of the packet."""

from construct import Computed, If, Struct, this

from wireproof.dissectors.numbers.encapsulations import ENCAPSULATIONS
from wireproof.dissectors.schema import TRUE, Carry, Field, FieldInfo, FieldType, Protocol

UINT32 = FieldType.UINT32

frame = Protocol(
    "frame",
    "Frame",
    parts=(
        Struct(
            If(
                this.interface != None,  # noqa: E711 - an expression, not a comparison
                Struct(
                    Field("frame.section_number", Computed(this._.section), UINT32, "Section number"),
                    Field("frame.interface_id", Computed(this._.interface), UINT32, "Interface id"),
                    Field("frame.interface_name", Computed(this._.interface_name), FieldType.STRING, "Interface name"),
                ),
            ),
            "encap_type"
            / Field(
                "frame.encap_type",
                Computed(this.encapsulation),
                FieldType.INT16,
                "Encapsulation type",
                labels=ENCAPSULATIONS,
            ),
            If(
                this.time != None,  # noqa: E711
                Struct(
                    Field("frame.time", Computed(this._.time), FieldType.ABSOLUTE_TIME, "Arrival Time"),
                    Field("frame.offset_shift", Computed(0), FieldType.RELATIVE_TIME, "Time shift for this packet"),
                    Field("frame.time_epoch", Computed(this._.time), FieldType.RELATIVE_TIME, "Epoch Time"),
                ),
            ),
            "number" / Field("frame.number", Computed(this.number), UINT32, "Frame Number"),
            "len" / Field("frame.len", Computed(this.layer_length), UINT32, "Frame Length"),
            "cap_len" / Field("frame.cap_len", Computed(this.captured_length), UINT32, "Capture Length"),
            Field("frame.marked", Computed(0), FieldType.BOOLEAN, "Frame is marked", labels=TRUE),
            Field("frame.ignored", Computed(0), FieldType.BOOLEAN, "Frame is ignored", labels=TRUE),
        ),
    ),
    carries=(Carry("link", "link_type", empty=True),),
    across=(
        FieldInfo("frame.time_delta", FieldType.RELATIVE_TIME, "Time delta from previous captured frame", across=True),
        FieldInfo(
            "frame.time_delta_displayed",
            FieldType.RELATIVE_TIME,
            "Time delta from previous displayed frame",
            across=True,
        ),
        FieldInfo("frame.time_relative", FieldType.RELATIVE_TIME, "Time since reference or first frame", across=True),
        FieldInfo("frame.protocols", FieldType.STRING, "Protocols in frame"),
    ),
)
