"""``-V`` and ``-O``: a packet's layers and fields as an indented tree."""

from __future__ import annotations

from collections.abc import Container, Iterator

from wireproof.output.escape import escape
from wireproof.output.hexdump import hexdump_lines
from wireproof.output.items import title_text
from wireproof.output.lines import value_line
from wireproof.output.nesting import Node, layer_tree, nest
from wireproof.packet import Diagnosis, Layer, Packet, Value

STEP = "    "


def detail_lines(packet: Packet, only: Container[str] | None = None) -> Iterator[str]:
    """Yield the lines of a packet's tree. With `only`, just the layers of these protocols are opened (``-O``)."""
    for layer, inner in layer_tree(packet):
        yield title_text(layer, packet)
        if layer.protocol.name == "_ws.malformed":
            yield from _malformed_lines(packet)
        elif only is None or layer.protocol.name in only:
            yield from _layer_lines(layer, packet, 1)
            for other in inner:
                yield STEP + title_text(other, packet)
                yield from _layer_lines(other, packet, 2)


def _layer_lines(layer: Layer, packet: Packet, depth: int) -> Iterator[str]:
    if layer.protocol.name == "data":
        yield ""
        yield from hexdump_lines(b"".join(layer["data.data"]))
    for node in nest(layer, packet):
        yield from _node_lines(node, layer, packet, depth, None)


def _node_lines(node: Node, layer: Layer, packet: Packet, depth: int, parent: Value | None) -> Iterator[str]:
    value = node.value
    if node.diagnosis is not None:
        yield from expert_lines(node.diagnosis, depth)
        return
    if value is None:
        yield STEP * depth + node.text
    elif value.info.hidden:
        return
    else:
        yield STEP * depth + value_line(value, layer, packet, parent)
    for child in node.children:
        yield from _node_lines(child, layer, packet, depth + 1, value)


def expert_lines(diagnosis: Diagnosis, depth: int) -> Iterator[str]:
    """Yield the lines of a diagnosis: severity and group, then each on a line of its own."""
    message, severity = escape(diagnosis.message), diagnosis.severity.word
    yield f"{STEP * depth}[Expert Info ({severity}/{diagnosis.group}): {message}]"
    for text in (message, f"Severity level: {severity}", f"Group: {diagnosis.group}"):
        yield f"{STEP * (depth + 1)}[{text}]"


def _malformed_lines(packet: Packet) -> Iterator[str]:
    for diagnosis in packet.diagnoses:
        if diagnosis.kind == "malformed":
            yield from expert_lines(diagnosis, 1)
