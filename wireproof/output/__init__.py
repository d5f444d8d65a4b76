"""Packets to text: the packet list, fields, the detailed tree, bytes and JSON, as tshark prints them.

Nothing here opens or writes a file: functions take packets and return text or yield lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wireproof._late import late

if TYPE_CHECKING:
    from wireproof.output.chosen import Chosen
    from wireproof.output.columns import COLUMN_FIELDS, ColumnLayout, Columns, summary_line, tabs_line
    from wireproof.output.details import detail_lines
    from wireproof.output.fields import FieldWriter
    from wireproof.output.hexdump import hexdump_lines
    from wireproof.output.items import item_text
    from wireproof.output.json import JsonDocument, JsonStyle
    from wireproof.output.style import CSV, FieldStyle, compiled_style
    from wireproof.output.text import text_lines
    from wireproof.output.times import TIME_STYLES
    from wireproof.output.values import format_value

__all__ = [
    "COLUMN_FIELDS",
    "CSV",
    "TIME_STYLES",
    "Chosen",
    "ColumnLayout",
    "Columns",
    "FieldStyle",
    "FieldWriter",
    "JsonDocument",
    "JsonStyle",
    "compiled_style",
    "detail_lines",
    "format_value",
    "hexdump_lines",
    "item_text",
    "summary_line",
    "tabs_line",
    "text_lines",
]

__getattr__ = late(
    __name__,
    {
        "chosen": ("Chosen",),
        "columns": ("COLUMN_FIELDS", "ColumnLayout", "Columns", "summary_line", "tabs_line"),
        "details": ("detail_lines",),
        "fields": ("FieldWriter",),
        "hexdump": ("hexdump_lines",),
        "items": ("item_text",),
        "json": ("JsonDocument", "JsonStyle"),
        "style": ("CSV", "FieldStyle", "compiled_style"),
        "text": ("text_lines",),
        "times": ("TIME_STYLES",),
        "values": ("format_value",),
    },
)
