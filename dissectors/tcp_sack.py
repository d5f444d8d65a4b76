"""The option of TCP's selective acknowledgments, kind 5 (RFC 2018 section 3; duplicates: RFC 2883).

+--------+--------+
| Kind 5 | Length |
+--------+--------+-----------------------------+
|  Left edge of a block                         |  as often as the length has room for
+-----------------------------------------------+
|  Right edge of it                             |
+-----------------------------------------------+
"""

from typing import Any

from construct import Computed, If, Int32ub, this

from wireproof.dissectors.schema import Ahead, Field, FieldType, Option, Repeat, Rule, Severity, malformed, never
from wireproof.dissectors.tcp_fields import label, length, whole

UINT32, UINT8 = FieldType.UINT32, FieldType.UINT8

LEFT = Field("tcp.options.sack_le", Int32ub, title="TCP SACK Left Edge", across=True)
RIGHT = Field("tcp.options.sack_re", Int32ub, title="TCP SACK Right Edge", across=True)


def cut_block(condition: Any) -> Rule:
    """The rule that the blocks of a selective acknowledgment are whole."""
    message = "suboption would go past end of option"
    field = label("suboption_malformed", message)
    return malformed(condition, field, message, reference="RFC 2018 section 3", below="tcp.option_kind", is_line=True)


def is_behind(left: Any, right: Any) -> Any:
    """Whether a sequence number comes before another (RFC 9293 section 3.4)."""
    return ((left + (1 << 32) - right) & 0xFFFFFFFF) >= 1 << 31


# RFC 2883: a duplicate lies below what is acknowledged, or within the second block. Wireshark looks where it ends.
is_below = is_behind(this.ack_raw, this.right) == 0
is_within = (length >= 18) & is_behind(this.second_left, this.right) & (is_behind(this.second_right, this.right) == 0)
COUNT = Field("tcp.options.sack.count", Computed((length - 2) >> 3), UINT8, "TCP SACK Count")
DUPLICATE_LEFT = Field("tcp.options.sack.dsack_le", Computed(this.left), UINT32, "TCP D-SACK Left Edge", across=True)
DUPLICATE_RIGHT = Field("tcp.options.sack.dsack_re", Computed(this.right), UINT32, "TCP D-SACK Right Edge", across=True)
BLOCKS = (
    cut_block((length == 2) | (length >= 6)),
    If((length > 2) & (length < 6), COUNT),
    "left" / LEFT,
    cut_block((length < 6) | (length >= 10)),
    # Half a block is told as if it were a duplicate, and then the rest of it is missed.
    If((length >= 6) & (length < 10), COUNT),
    If((length >= 6) & (length < 10), DUPLICATE_LEFT),
    "right" / RIGHT,
    "second_left" / Ahead(4),
    "second_right" / Ahead(4, skip=4),
    Repeat(LEFT, RIGHT, rest=cut_block(never)),
    COUNT,
    "duplicate" / Computed(is_below | is_within),
    If(this.duplicate, DUPLICATE_LEFT),
    If(this.duplicate, DUPLICATE_RIGHT),
    Rule(
        this.duplicate == 0,
        label("options.sack.dsack", "D-SACK Sequence"),
        "D-SACK Sequence",
        severity=Severity.WARNING,
        group="Sequence",
        stops=False,
        reference="RFC 2883 section 4",
        is_line=True,
    ),
)
SACK = Option(BLOCKS, whole=whole("sack", "SACK"))
