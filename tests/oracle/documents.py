"""The detailed formats taken apart into entries, one a line of the tree, so that they can be laid side by side."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from typing import Any, NamedTuple


class Entry(NamedTuple):
    """A line of a packet's tree in one of the formats, and the layer that it is of."""

    layer: str
    text: str


class _Pairs(list[tuple[str, Any]]):
    """A JSON object in which a key may stand more than once."""


def text_frames(document: str) -> list[list[Entry]]:
    """``-V -x``: the lines; a line at the margin begins a layer."""
    found = []
    for part in _text_parts(document):
        layer, entries = "", []
        for line in part.splitlines():
            if line[:1] not in (" ", "") and not re.match(r"[0-9a-f]{4,}  ", line):
                layer = re.split(r"[,(:]| \d", line.lstrip("["))[0].strip()
            entries.append(Entry("bytes" if re.match(r"[0-9a-f]{4,}  ", line) else layer, line))
        found.append([entry for entry in entries if entry.text])
    return found


def _text_parts(document: str) -> Iterator[str]:
    comments = ""
    for part in re.split(r"^(?=Packet comments$|Frame \d+: \d+ bytes? on wire)", document, flags=re.MULTILINE):
        if part.startswith("Packet comments"):
            comments = part
        elif part.strip():
            yield comments + part
            comments = ""


def json_frames(document: str) -> list[list[Entry]]:
    """``-T json``: the members of objects; an array of values is one of them."""
    packets = json.loads(document, object_pairs_hook=_Pairs)
    return [list(_layers(dict(dict(packet)["_source"])["layers"])) for packet in packets]


def ek_frames(document: str) -> list[list[Entry]]:
    """``-T ek``: the members of objects."""
    packets = [json.loads(line, object_pairs_hook=_Pairs) for line in document.splitlines()]
    return [list(_layers(dict(packet)["layers"])) for packet in packets if packet[0][0] == "timestamp"]


def _layers(layers: _Pairs) -> Iterator[Entry]:
    for name, value in layers:
        layer = re.split(r" for \d", name.removesuffix("_raw"))[0]
        yield from (Entry(layer, text) for text in _members(name, value, 0))


def _members(key: str, value: Any, depth: int) -> Iterator[str]:
    margin = "  " * depth
    if isinstance(value, _Pairs):
        yield f"{margin}{key}:"
        for name, inner in value:
            yield from _members(name, inner, depth + 1)
    elif isinstance(value, list) and any(isinstance(each, _Pairs) for each in value):
        for place, each in enumerate(value):
            yield from _members(f"{key}[{place}]", each, depth)
    else:
        yield f"{margin}{key}: {json.dumps(value, ensure_ascii=False)}"


def pdml_frames(document: str) -> list[list[Entry]]:
    """``-T pdml``: the lines, from the first packet on."""
    found = []
    for part in document.split("<packet>\n")[1:]:
        layer, entries = "", []
        for line in part.partition("</packet>")[0].splitlines():
            opening = re.match(r'  <proto name="([^"]*)"', line)
            layer = opening[1] if opening else layer
            entries.append(Entry(layer, line))
        found.append(entries)
    return found


FORMATS: dict[str, Callable[[str], list[list[Entry]]]] = {
    "-V -x": text_frames,
    "-T json -x": json_frames,
    "-T pdml": pdml_frames,
    "-T ek -x": ek_frames,
}
"""What both are asked for, and what takes the answer apart."""


def matched(theirs: list[Entry], ours: list[Entry]) -> Iterator[tuple[Entry | None, Entry | None]]:
    """Yield the entries in pairs: equal ones, and each of the others alone."""
    if theirs == ours:
        yield from zip(theirs, ours, strict=True)
        return
    first = second = 0
    texts = [entry.text for entry in theirs], [entry.text for entry in ours]
    for block in SequenceMatcher(None, *texts, autojunk=False).get_matching_blocks():
        yield from ((entry, None) for entry in theirs[first : block.a])
        yield from ((None, entry) for entry in ours[second : block.b])
        first, second = block.a + block.size, block.b + block.size
        yield from zip(theirs[block.a : first], ours[block.b : second], strict=True)
