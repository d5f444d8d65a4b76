"""Packets to text: the packet list, fields, the detailed tree, bytes and JSON, as tshark prints them.

Nothing here opens or writes a file: functions take packets and return text or yield lines.
"""

from __future__ import annotations

from wireproof.output.chosen import Chosen
from wireproof.output.columns import COLUMN_FIELDS, ColumnLayout, Columns, columns, summary_line, tabs_line
from wireproof.output.details import detail_lines
from wireproof.output.escape import escape
from wireproof.output.fields import CSV, FieldStyle, FieldWriter, compiled_style
from wireproof.output.hexdump import hexdump_lines
from wireproof.output.items import item_text
from wireproof.output.json import JsonDocument, JsonStyle
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
    "columns",
    "compiled_style",
    "detail_lines",
    "escape",
    "format_value",
    "hexdump_lines",
    "item_text",
    "summary_line",
    "tabs_line",
    "text_lines",
]
