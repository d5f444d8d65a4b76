"""``-V`` and ``-O``: a packet's layers and fields as an indented tree."""

from __future__ import annotations

from collections.abc import Container, Iterator

from wireproof.output.hexdump import hexdump_lines
from wireproof.output.lines import node_line
from wireproof.output.nesting import Node, packet_tree
from wireproof.packet import Packet

STEP = "    "
NAMELESS = frozenset({"_ws.malformed", "_ws.short", "_ws.unreassembled"})
"""Protocols that ``-O`` cannot leave out: they say what is wrong with the packet."""


def detail_lines(packet: Packet, only: Container[str] | None = None, *, octets: bool = True) -> Iterator[str]:
    """Yield the lines of a packet's tree. With `only`, just the layers of these protocols are opened (``-O``).

    `octets` shows those of uninterpreted data, which ``-x`` shows anyway.
    """
    for node in packet_tree(packet):
        lines: list[str] = []
        _add_lines(lines, node, packet, "", only is None or node.name in only or node.name in NAMELESS, octets)
        yield from lines


def _add_lines(lines: list[str], node: Node, packet: Packet, margin: str, is_open: bool, octets: bool) -> None:
    lines.append(margin + node_line(node, packet))
    if not is_open:
        return
    if octets and node.name == "data" and node.value is None:
        lines += ("", *hexdump_lines(b"".join(node.layer["data.data"])))
    for child in node.children:
        if not child.hidden:
            _add_lines(lines, child, packet, margin + STEP, is_open, octets)
