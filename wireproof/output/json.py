"""``-T json`` and ``-T jsonraw``: packets as tshark writes them, with a key again for every further value."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import TypeAlias

from wireproof.dissectors.schema import Kind
from wireproof.output import raw
from wireproof.output.chosen import Chosen, is_left_out
from wireproof.output.nesting import Node, packet_tree
from wireproof.output.times import SECOND
from wireproof.output.values import format_value
from wireproof.packet import Packet, Value

# Characters that JSON lets through, and a terminal should not see.
_UNSAFE = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
STEP = "  "

Json: TypeAlias = "str | int | tuple[Json, ...] | Object | None"


class Object(list[tuple[str, "Json"]]):
    """An object as its pairs of key and value, in order; a key may stand in more than one."""


@dataclass(frozen=True, slots=True)
class JsonStyle:
    """What of a packet JSON tells: the `texts` of values, the `octets` behind them (``-x``), or both.

    With `merge` (``--no-duplicate-keys``) a key that would come again has an array of its values instead. `chosen` are
    the protocols of ``-j`` and ``-J``.
    """

    texts: bool = True
    octets: bool = False
    merge: bool = False
    chosen: Chosen | None = None


class JsonDocument:
    """An array of packets, which is written one by one."""

    def __init__(self, style: JsonStyle = JsonStyle()) -> None:
        self._style = style
        self._opening = "[\n"

    def opening(self) -> str:
        """Return what stands before the first packet: nothing until there is one."""
        return ""

    def packet(self, packet: Packet) -> str:
        """Return the text of a packet, and of what divides it from the one before."""
        return self.source(packet, Object([("layers", layers(packet, self._style))]))

    def chosen(self, packet: Packet, values: Mapping[str, Sequence[str]]) -> str:
        """Return the text of a packet of which the values of some fields alone are told."""
        found = Object((name, tuple(texts)) for name, texts in values.items())
        return self.source(packet, Object([("layers", found)]))

    def source(self, packet: Packet, source: Object) -> str:
        """Return the text of the object in which an index would keep a packet."""
        opening, self._opening = self._opening, ",\n"
        found = Object([("_index", index_of(packet)), ("_type", "doc"), ("_score", None), ("_source", source)])
        return opening + STEP + text_of(found, 1)

    def closing(self) -> str:
        """Return what stands behind the last packet."""
        return "[]\n" if self._opening == "[\n" else "\n]\n"


def index_of(packet: Packet) -> str:
    """Return the name of the index that a packet of its day belongs in."""
    try:
        moment = time.localtime((packet.time or 0) // SECOND)
    except (OverflowError, ValueError, OSError):
        return "packets-XXXX-XX-XX"
    return f"packets-{moment.tm_year:04}-{moment.tm_mon:02}-{moment.tm_mday:02}"


def layers(packet: Packet, style: JsonStyle = JsonStyle()) -> Object:
    """Return the layers of a packet."""
    return _pairs(packet_tree(packet), packet, style, style.chosen)


def _pairs(nodes: Iterable[Node], packet: Packet, style: JsonStyle, chosen: Chosen | None) -> Object:
    pairs = Object()
    for node in nodes:
        key = node.name or node.text
        value = node.value
        is_text = not node.name
        if style.octets and not is_text and (node.size or not style.texts):
            pairs.append((f"{key}_raw", _octets(node, packet)))
        if value is not None and style.texts and not (is_label(value) and node.children):
            pairs.append((key, leaf(value)))
        if node.children:
            under = key if value is None or is_label(value) else f"{key}_tree"
            if is_left_out(node, chosen):
                pairs.append((under, Object([("filtered", key)])))
            else:
                pairs.append((under, _pairs(node.children, packet, style, chosen and chosen.within(key))))
        elif value is None and (style.texts or is_text):
            pairs.append((key, "" if is_text and node.size else node.text))
    return _merged(pairs) if style.merge else pairs


def _octets(node: Node, packet: Packet) -> Json:
    """Return octets, position, length, mask and type of a node."""
    start, size, mask = raw.extent(node)
    found = raw.number(node, packet) if mask else raw.octets(node, packet)
    return (found, start - packet.home(start)[0], size, mask, raw.type_number(node))


def is_label(value: Value) -> bool:
    """Whether a value is but that its field is there."""
    return value.info.type.kind is Kind.LABEL


def leaf(value: Value) -> str:
    """Return the text of a value: as ``-T fields`` has it, but with colons between octets."""
    kind = value.info.type.kind
    if kind is Kind.BYTES:
        return str(value.value.hex(":"))
    if kind is Kind.STRING:
        return str(value.value)
    return "" if kind is Kind.LABEL else format_value(value)


def _merged(pairs: Object) -> Object:
    """Return the object with the values of each key gathered at its first place."""
    gathered: dict[str, list[Json]] = {}
    for key, value in pairs:
        gathered.setdefault(key, []).append(value)
    return Object((key, values[0] if len(values) == 1 else tuple(values)) for key, values in gathered.items())


def text_of(value: Json, depth: int) -> str:
    """Return the text of a value, at that depth of indentation."""
    if isinstance(value, str):
        return quoted(value)
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(value)
    if not value:
        return "{}" if isinstance(value, Object) else "[]"
    inner, outer = STEP * (depth + 1), STEP * depth
    if isinstance(value, Object):
        members = [f"{quoted(key)}: {text_of(member, depth + 1)}" for key, member in value]
        opening, closing = "{", "}"
    else:
        members = [text_of(member, depth + 1) for member in value]
        opening, closing = "[", "]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(members) + f"\n{outer}{closing}"


def quoted(text: str) -> str:
    """Return a string of JSON, in which no character could steer a terminal."""
    found = encode_basestring(text)
    return found if found.isascii() and "\x7f" not in found else _UNSAFE.sub(_escaped, found)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
