"""The packet list: the columns of a packet, and the lines that tshark prints of them."""

from __future__ import annotations

from typing import NamedTuple

from wireproof._frozen import frozen
from wireproof.output.info import row_of
from wireproof.output.times import CLOCK_STYLES, DIFFERENCE_STYLES, seconds
from wireproof.packet import Packet

ARROW = "→"


class Columns(NamedTuple):
    """The columns of a packet as text."""

    number: str
    time: str
    source: str
    destination: str
    protocol: str
    length: str
    info: str


@frozen
class ColumnLayout:
    """How the time column looks: one of TIME_STYLES. It has as many decimals as the capture's clock.

    Raises ValueError on another style.
    """

    time_style: str = "r"

    def __post_init__(self) -> None:
        if self.time_style not in CLOCK_STYLES and self.time_style not in DIFFERENCE_STYLES:
            styles = ", ".join((*CLOCK_STYLES, *DIFFERENCE_STYLES))
            raise ValueError(f"unknown time style {self.time_style!r}; known are {styles}")


DEFAULT = ColumnLayout()

COLUMN_FIELDS = {
    "_ws.col.No.": 0,
    "_ws.col.Time": 1,
    "_ws.col.Source": 2,
    "_ws.col.Destination": 3,
    "_ws.col.Protocol": 4,
    "_ws.col.Length": 5,
    "_ws.col.Info": 6,
    "_ws.col.number": 0,
    "_ws.col.cls_time": 1,
    "_ws.col.def_src": 2,
    "_ws.col.def_dst": 3,
    "_ws.col.protocol": 4,
    "_ws.col.packet_length": 5,
    "_ws.col.info": 6,
}
"""The fields that name a column, and its place: by the title (up to 4.0) and by the format (from 4.2)."""


def columns(packet: Packet, layout: ColumnLayout = DEFAULT) -> Columns:
    """Return the columns of a packet. Times since other packets are there only where the analysis has seen it."""
    row = row_of(packet)
    time = _time(packet, layout)
    return Columns(
        str(packet.number), time, row.source, row.destination, row.protocol, str(packet.wire_length), row.info
    )


def summary_line(packet: Packet, layout: ColumnLayout = DEFAULT) -> str:
    """Return the packet's line in the packet list, without its end."""
    return " ".join(_padded(columns(packet, layout)))


def tabs_line(packet: Packet, layout: ColumnLayout = DEFAULT) -> str:
    """Return the packet's line for ``-T tabs``: the same columns, padded as well, with tabs between them."""
    return "\t".join(_padded(columns(packet, layout)))


def _padded(shown: Columns) -> tuple[str, ...]:
    number, time, source, destination, protocol, length, info = shown
    return f"{number:>5}", f"{time:>10}", f"{source:>12}", ARROW, f"{destination:<12}", protocol, length, info


def _time(packet: Packet, layout: ColumnLayout) -> str:
    if layout.time_style in CLOCK_STYLES:
        return "" if packet.time is None else CLOCK_STYLES[layout.time_style](packet.time, packet.time_digits)
    name = DIFFERENCE_STYLES[layout.time_style]
    for value, _ in packet.values(name):
        return seconds(value.value, packet.time_digits)
    return ""
