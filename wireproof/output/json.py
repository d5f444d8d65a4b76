"""``-T json``: packets as tshark writes them, one after the other, with a key again for every further value."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator

from wireproof.dissectors.diagnosis import GROUPS
from wireproof.dissectors.schema import Kind
from wireproof.output.items import item_text
from wireproof.output.nesting import Node, layer_tree, nest
from wireproof.output.times import SECOND
from wireproof.output.values import format_value
from wireproof.packet import Diagnosis, Layer, Packet, Value

# Characters that JSON lets through, and a terminal should not see.
_UNSAFE = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
STEP = "  "

Json = str | None | list[str] | list["Object"]


class Object(list[tuple[str, "Json | Object"]]):
    """An object as its pairs of key and value, in order; a key may stand in more than one."""


def json_chunks(packets: Iterable[Packet], *, merge: bool = False) -> Iterator[str]:
    """Yield the text of an array of packets, piece by piece. With `merge` (``--no-duplicate-keys``) a key that would
    come again gets an array of its values instead.
    """
    opening = "[\n"
    for packet in packets:
        yield opening + STEP + _text(packet_object(packet, merge=merge), 1)
        opening = ",\n"
    yield "[]\n" if opening == "[\n" else "\n]\n"


def packet_object(packet: Packet, *, merge: bool = False) -> Object:
    """Return a packet as tshark's object: where an index would keep it, and its layers."""
    layers = _layers(packet)
    source = Object([("layers", _merged(layers) if merge else layers)])
    return Object([("_index", _index(packet)), ("_type", "doc"), ("_score", None), ("_source", source)])


def _index(packet: Packet) -> str:
    try:
        moment = time.localtime((packet.time or 0) // SECOND)
    except (OverflowError, ValueError, OSError):
        return "packets-XXXX-XX-XX"
    return f"packets-{moment.tm_year:04}-{moment.tm_mon:02}-{moment.tm_mday:02}"


def _layers(packet: Packet) -> Object:
    found = Object()
    for layer, inner in layer_tree(packet):
        name = layer.protocol.name
        if name == "_ws.malformed":
            found.append((name, _malformed(packet)))
        elif name == "_ws.short":
            found.append((name, item_text(layer, packet)))
        else:
            found.append((name, _layer(layer, inner, packet)))
    return found


def _layer(layer: Layer, inner: Iterable[Layer], packet: Packet) -> Object:
    pairs = _pairs(nest(layer, packet))
    pairs.extend((other.protocol.name, _pairs(nest(other, packet))) for other in inner)
    return pairs


def _pairs(nodes: Iterable[Node]) -> Object:
    pairs = Object()
    for node in nodes:
        if node.diagnosis is not None:
            pairs.append(("_ws.expert", _expert(node.diagnosis)))
            continue
        if node.value is None and not node.octets:
            pairs.append((node.key or node.text, _pairs(node.children)))
            continue
        key = node.value.info.name if node.value else node.key or node.text
        pairs.append((key, _leaf(node.value) if node.value else node.octets.hex(":")))
        if node.children:
            pairs.append((f"{key}_tree", _pairs(node.children)))
    return pairs


def _leaf(value: Value) -> str:
    kind = value.info.type.kind
    if kind is Kind.BYTES:
        return str(value.value.hex(":"))
    if kind is Kind.STRING:
        return str(value.value)
    return "" if kind is Kind.LABEL else format_value(value)


def _expert(diagnosis: Diagnosis) -> Object:
    pairs = Object()
    if diagnosis.field is not None:
        pairs.append((diagnosis.field.name, ""))
    number = next(number for number, word in GROUPS.items() if word == diagnosis.group)
    pairs.append(("_ws.expert.message", diagnosis.message))
    pairs.append(("_ws.expert.severity", str(diagnosis.severity.number)))
    pairs.append(("_ws.expert.group", str(number)))
    return pairs


def _malformed(packet: Packet) -> Json | Object:
    for diagnosis in packet.diagnoses:
        if diagnosis.kind == "malformed":
            return Object([("_ws.expert", _expert(diagnosis)), ("_ws.malformed", "Malformed Packet")])
    return "Malformed Packet"


def _merged(pairs: Object) -> Object:
    """Return the object with the values of each key gathered at its first place."""
    places: dict[str, int] = {}
    merged = Object()
    for key, value in pairs:
        value = _merged(value) if isinstance(value, Object) else value
        if key not in places:
            places[key] = len(merged)
            merged.append((key, value))
            continue
        known = merged[places[key]][1]
        gathered = known if isinstance(known, list) and not isinstance(known, Object) else [known]
        merged[places[key]] = (key, [*gathered, value])
    return merged


def _text(value: Json | Object, depth: int) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return _quoted(value)
    if not value:
        return "{}"
    inner, outer = STEP * (depth + 1), STEP * depth
    if isinstance(value, Object):
        members = [f"{_quoted(key)}: {_text(member, depth + 1)}" for key, member in value]
        opening, closing = "{", "}"
    else:
        members = [_text(member, depth + 1) for member in value]
        opening, closing = "[", "]"
    return f"{opening}\n{inner}" + f",\n{inner}".join(members) + f"\n{outer}{closing}"


def _quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted if quoted.isascii() and "\x7f" not in quoted else _UNSAFE.sub(_escaped, quoted)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
