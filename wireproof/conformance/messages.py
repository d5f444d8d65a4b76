"""What is said between the runner and an adapter: one JSON object a line, a question and its answer.

    {"id": …, "op": "parse", "link": "ethernet", "hex": …}
        → {"id": …, "accept": true, "fields": {name: [values]}} or {"id": …, "accept": false, "layer"?, "reason"?}
        (null instead of values: the field cannot be told of this packet)
    {"id": …, "op": "build", "link": …, "layers": [{"layer": name, "fields": {name: value}} or {"octets": hex}]}
        → {"id": …, "hex": …}
    {"id": …, "op": "address", "address": …, "prefix": …, "sites"?, "hosts"?}
        → {"id": …, "network", "first", "last", "broadcast", "usable", "class"?, "scope"?, "blocks"?}
    {"id": …, "op": "reassemble", "link": …, "packets": [hex]} → {"id": …, "datagrams": [hex], "headers"?}
        (headers: of each datagram's header {name: [values]})
    {"id": …, "op": "update", "link": …, "hex": …, "fields": {name: value}} → {"id": …, "hex": …}
    any → {"id": …, "unsupported": true}

Integers are JSON numbers, addresses text, octets hex.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wireproof.vectors import Address, Build, Header, Parse, Reassemble, Update, Vector

Json = int | bool | str | None
Fields = Mapping[str, tuple[Json, ...] | None]
"""The values of fields. One is None that cannot be told of this packet."""
_ADDRESS_KEYS = ("network", "first", "last", "broadcast", "usable", "class", "scope", "blocks")


class AnswerError(Exception):
    """A line that is no answer to the question; the message says why."""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """The adapter does not do that."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What became of octets. Of a rejection, `layer` and `reason` are None where the adapter does not say."""

    accept: bool
    fields: Fields
    layer: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Built:
    """The octets that were built."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class Planned:
    """What was computed of an address and its prefix, of the keys of an `Address` those that were given."""

    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reassembled:
    """The data of the datagrams that were whole, in the order in which they became so, and of their headers the fields.

    `headers` is None where the adapter does not tell of them.
    """

    datagrams: tuple[bytes, ...]
    headers: tuple[Fields, ...] | None = None


Answer = Unsupported | Parsed | Built | Planned | Reassembled


def shown(value: Json) -> str:
    """Return a value in words, as people read it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "none" if value is None else str(value)


def question(vector: Vector) -> bytes:
    """Return the line that asks for a vector."""
    return json.dumps({"id": vector.id, **operation(vector)}, separators=(",", ":")).encode() + b"\n"


def operation(vector: Vector) -> dict[str, Any]:
    """Return the operation of a vector and what it is done with, as JSON has them."""
    task = vector.task
    match task:
        case Parse():
            return {"op": "parse", "link": vector.link, "hex": vector.data.hex()}
        case Build():
            layers = [
                {"layer": each.layer, "fields": dict(each.fields)}
                if isinstance(each, Header)
                else {"octets": each.hex()}
                for each in task.layers
            ]
            return {"op": "build", "link": vector.link, "layers": layers}
        case Address():
            split = {"sites": task.sites, "hosts": task.hosts}
            told = {name: number for name, number in split.items() if number is not None}
            return {"op": "address", "address": task.address, "prefix": task.prefix, **told}
        case Reassemble():
            return {"op": "reassemble", "link": vector.link, "packets": [packet.hex() for packet in task.packets]}
        case Update():
            return {"op": "update", "link": vector.link, "hex": vector.data.hex(), "fields": dict(task.fields)}


def answer(line: bytes, vector: Vector) -> Answer:
    """Return what a line answers to the question for a vector. Raises AnswerError where it answers nothing."""
    if not line.strip():
        raise AnswerError("an empty line")
    try:
        said = json.loads(line)
    except json.JSONDecodeError as error:
        raise AnswerError(f"not JSON: {error.msg} at column {error.colno}") from None
    except (ValueError, RecursionError):  # other text than UTF-8, thousands of digits, lists in lists without end
        raise AnswerError("not JSON that can be read") from None
    if not isinstance(said, dict):
        raise AnswerError("not a JSON object")
    if said.get("id") != vector.id:
        raise AnswerError(f"an answer to {said.get('id')!r}, not to {vector.id!r}")
    if said.get("unsupported") is True:
        return Unsupported()
    match vector.task:
        case Parse():
            return _parsed(said)
        case Build() | Update():
            return Built(_octets(said.get("hex")))
        case Reassemble():
            return Reassembled(_datagrams(said.get("datagrams")), _headers(said.get("headers")))
        case Address():
            return Planned(_planned(said))


def _parsed(said: Mapping[str, Any]) -> Parsed:
    accept, fields = said.get("accept"), _fields(said.get("fields", {}))
    if not isinstance(accept, bool):
        raise AnswerError('"accept" is neither true nor false')
    texts = [said.get(name) for name in ("layer", "reason")]
    if not all(text is None or isinstance(text, str) for text in texts):
        raise AnswerError('"layer" or "reason" is not text')
    return Parsed(accept, fields, *texts)


def _fields(fields: Any) -> Fields:
    if not isinstance(fields, dict) or not all(
        values is None or isinstance(values, list) for values in fields.values()
    ):
        raise AnswerError('"fields" is not an object of lists')
    for name, values in fields.items():
        if values is not None and not all(isinstance(value, (int, str, bool)) or value is None for value in values):
            raise AnswerError(f"a value of {name!r} is neither an integer nor text, true, false or null")
    return {name: None if values is None else tuple(values) for name, values in fields.items()}


def _headers(headers: Any) -> tuple[Fields, ...] | None:
    if headers is not None and not isinstance(headers, list):
        raise AnswerError('"headers" is not a list')
    return None if headers is None else tuple(map(_fields, headers))


def _octets(text: Any) -> bytes:
    try:
        return bytes.fromhex(text)
    except (TypeError, ValueError):
        raise AnswerError('"hex" is not hexadecimal') from None


def _datagrams(texts: Any) -> tuple[bytes, ...]:
    if not isinstance(texts, list):
        raise AnswerError('"datagrams" is not a list')
    try:
        return tuple(bytes.fromhex(text) for text in texts)
    except (TypeError, ValueError):
        raise AnswerError('"datagrams" has one that is not hexadecimal') from None


def _planned(said: Mapping[str, Any]) -> Mapping[str, Any]:
    found = {name: said[name] for name in _ADDRESS_KEYS if name in said}
    if not found:
        raise AnswerError(f"none of {', '.join(_ADDRESS_KEYS)}")
    return found
