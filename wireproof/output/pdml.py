"""``-T pdml`` and ``-T psml``: packets as XML, the whole tree or the packet list.

The text of a packet can hold anything, and XML not every character: what it forbids is written as in the packet list,
as an escape of C.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence

from wireproof.dissectors.schema import FieldType
from wireproof.output import raw
from wireproof.output.chosen import Chosen, is_left_out
from wireproof.output.columns import DEFAULT, ColumnLayout, columns
from wireproof.output.escape import escape
from wireproof.output.json import leaf
from wireproof.output.lines import node_text
from wireproof.output.nesting import Node, packet_tree
from wireproof.output.times import long_date, seconds
from wireproof.packet import Packet

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
CREATOR = "wireproof"
TITLES = ("No.", "Time", "Source", "Destination", "Protocol", "Length", "Info")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"}
_ENTITIES |= {"\ufffe": r"\357\277\276", "\uffff": r"\357\277\277"}  # in octal, as others that are not printed
_SPECIAL = re.compile("[&<>\"'\ufffe\uffff]")


def xml_text(text: str) -> str:
    """Return text that may stand in an attribute or an element."""
    harmless = escape(text)
    return _SPECIAL.sub(lambda match: _ENTITIES[match[0]], harmless) if _SPECIAL.search(harmless) else harmless


class PdmlDocument:
    """Packets with all of their fields (PDML), written one by one."""

    def __init__(self, capture: str, chosen: Chosen | None = None) -> None:
        self._capture, self._chosen = capture, chosen

    def opening(self) -> str:
        """Return what stands before the first packet."""
        about = {"version": "0", "creator": CREATOR, "time": time.asctime(), "capture_file": self._capture}
        return f"{DECLARATION}<pdml {_attributes(about)}>\n"

    def packet(self, packet: Packet) -> str:
        """Return the text of a packet."""
        lines = [line for node in packet_tree(packet) for line in _element(node, packet, 1, self._chosen)]
        return _packet(packet, lines)

    def chosen(self, packet: Packet, values: Mapping[str, Sequence[str]]) -> str:
        """Return the text of a packet of which the values of some fields alone are told."""
        found = ({"name": name, "value": text} for name, texts in values.items() for text in texts)
        return _packet(packet, [f"  <field {_attributes(each)}/>" for each in found])

    def closing(self) -> str:
        """Return what stands behind the last packet."""
        return "</pdml>\n"


class PsmlDocument:
    """The packet list (PSML), written packet by packet."""

    def __init__(self, layout: ColumnLayout = DEFAULT) -> None:
        self._layout = layout

    def opening(self) -> str:
        """Return what stands before the first packet: the titles of the columns."""
        return f'{DECLARATION}<psml version="0" creator="{CREATOR}">\n{_sections("structure", TITLES)}'

    def packet(self, packet: Packet) -> str:
        """Return the text of a packet."""
        return _sections("packet", columns(packet, self._layout))

    def closing(self) -> str:
        """Return what stands behind the last packet."""
        return "</psml>\n"


def _sections(name: str, texts: Sequence[str]) -> str:
    lines = "".join(f"<section>{xml_text(text)}</section>\n" for text in texts)
    return f"<{name}>\n{lines}</{name}>\n\n"


def _packet(packet: Packet, lines: Sequence[str]) -> str:
    return "\n".join(["<packet>", *_general(packet), *lines, "</packet>\n\n\n"])


def _general(packet: Packet) -> Iterator[str]:
    """Yield what the format wants to be said of every packet, whatever its protocols."""
    number, wire, captured, moment = packet.number, packet.wire_length, len(packet.data), packet.time or 0
    about = {"name": "geninfo", "pos": "0", "showname": "General information", "size": f"{captured}"}
    yield f"  <proto {_attributes(about)}>"
    for name, show, title, value in (
        ("num", f"{number}", "Number", f"{number:x}"),
        ("len", f"{wire}", "Frame Length", f"{wire:x}"),
        ("caplen", f"{captured}", "Captured Length", f"{captured:x}"),
        ("timestamp", long_date(moment), "Captured Time", seconds(moment)),
    ):
        found = {"name": name, "pos": "0", "show": show, "showname": title, "value": value, "size": f"{captured}"}
        yield f"    <field {_attributes(found)}/>"
    yield "  </proto>"


def _element(node: Node, packet: Packet, depth: int, chosen: Chosen | None) -> Iterator[str]:
    """Yield the lines of a node. What stands at the top without being a protocol is wrapped in one."""
    is_data = node.name == "data" and node.value is None
    if depth == 1 and (is_data or not node.name):
        yield '  <proto name="fake-field-wrapper">'
        yield from _wrapped(node, packet, chosen) if is_data else _element(node, packet, 2, chosen)
        yield "  </proto>"
        return
    margin = "  " * depth
    tag = "proto" if node.value is None and node.name and node.name != "_ws.expert" and not is_data else "field"
    about = f'name="data" value="{raw.octets(node, packet)}"' if is_data else _about(node, packet)
    if not node.children:
        yield f"{margin}<{tag} {about}/>"
        return
    yield f"{margin}<{tag} {about}>"
    yield from _inner(node, packet, depth, chosen)
    yield f"{margin}</{tag}>"


def _wrapped(node: Node, packet: Packet, chosen: Chosen | None) -> Iterator[str]:
    yield f'    <field name="data" value="{raw.octets(node, packet)}">'
    yield from _inner(node, packet, 2, chosen)
    yield "  </field>"


def _inner(node: Node, packet: Packet, depth: int, chosen: Chosen | None) -> Iterator[str]:
    key = node.name or node.text
    if is_left_out(node, chosen):
        left_out = {"name": "filtered", "value": key}
        yield f"{'  ' * (depth + 1)}<field {_attributes(left_out)} />"
        return
    for child in node.children:
        yield from _element(child, packet, depth + 1, chosen and chosen.within(key))


def _about(node: Node, packet: Packet) -> str:
    """Return the attributes of a node, in tshark's order."""
    start, size, mask = raw.extent(node)
    octets, value = packet.buffer[start : start + size].hex(), node.value
    start -= packet.home(start)[0]
    if not node.name:
        behind = f' value="{octets}"' if size else ""
        return f'name="" show="{xml_text(node.text)}" size="{size}" pos="{start}"{behind}'
    hide = ' hide="yes"' if node.hidden else ""
    text = f'name="{node.name}" showname="{xml_text(node_text(node, packet))}"{hide} size="{size}" pos="{start}"'
    if value is None:
        return text
    if value.info.type is FieldType.NONE:
        return f'{text} show="" value=""'
    shown = f'{text} show="{xml_text(leaf(value))}"'
    if size and mask:
        return f'{shown} value="{raw.number(node, packet)}" unmaskedvalue="{octets}"'
    return f'{shown} value="{octets}"' if size else shown


def _attributes(found: Mapping[str, str]) -> str:
    return " ".join(f'{name}="{xml_text(text)}"' for name, text in found.items())
