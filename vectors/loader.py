"""JSON files to vectors, requirements and flags. The files are taken to fit their schemas, as the tests see to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

from wireproof.vectors.model import (
    Address,
    Build,
    Flag,
    Header,
    OneSided,
    Parse,
    Policy,
    Provenance,
    Reassemble,
    Rejection,
    Requirement,
    Source,
    Task,
    Update,
    Value,
    Vector,
)

FORMAT = 1
OTHER_FOLDERS = frozenset({"flags", "requirements", "scenarios", "schemas", "steps", "uncovered", "watches"})


def protocols() -> tuple[str, ...]:
    """The protocols that there are vectors for."""
    folders = (folder.name for folder in files("wireproof.vectors").iterdir() if folder.is_dir())
    return tuple(sorted(name for name in folders if name not in OTHER_FOLDERS and any(documents(name))))


def load(protocol: str | None = None) -> tuple[Vector, ...]:
    """Return the vectors of one protocol, or of all, in the order of their ids.

    Raises ValueError on a protocol without vectors, and on a file of another format version.
    """
    known = protocols()
    if protocol is not None and protocol not in known:
        raise ValueError(f"no vectors for {protocol!r}; there are vectors for {', '.join(known)}")
    chosen = known if protocol is None else (protocol,)
    read = (document for name in chosen for document in documents(name))
    found = (_vector(document["protocol"], item) for document in read for item in document["vectors"])
    return tuple(sorted(found, key=lambda vector: vector.id))


def load_requirements() -> Mapping[str, Requirement]:
    """Return all requirements by id. Raises ValueError on a file of another format version."""
    found = (_requirement(item) for document in documents("requirements") for item in document["requirements"])
    return MappingProxyType({requirement.id: requirement for requirement in found})


def load_flags() -> Mapping[str, Flag]:
    """Return all flags by id. Raises ValueError on a file of another format version."""
    found = (_flag(item) for document in documents("flags") for item in document["flags"])
    return MappingProxyType({flag.id: flag for flag in found})


def documents(folder: str) -> Iterator[Any]:
    """Yield the JSON files of a folder, each as the object that it holds.

    Raises ValueError on a file of another format version.
    """
    for file in sorted(files("wireproof.vectors").joinpath(folder).iterdir(), key=_name):
        if file.name.endswith(".json"):
            document = json.loads(file.read_text(encoding="utf-8"))
            version = document.get("format")
            if version != FORMAT:
                raise ValueError(f"{folder}/{file.name} has format {version!r}; this version reads format {FORMAT}")
            yield document


def _name(file: Traversable) -> str:
    return file.name


def _vector(protocol: str, item: Mapping[str, Any]) -> Vector:
    return Vector(
        id=item["id"],
        protocol=protocol,
        sentence=item["sentence"],
        requirements=tuple(item["requirements"]),
        flags=frozenset(item.get("flags", ())),
        provenance=Provenance(**item["provenance"]),
        link=item.get("link", ""),
        data=bytes.fromhex(item.get("hex", "")),
        task=_TASKS[item["op"]](item),
    )


def _parse(item: Mapping[str, Any]) -> Parse:
    return Parse(
        result=item["result"],
        rejection=_rejection(item) if "reason" in item else None,
        fields=_fields(item.get("fields", {})),
        absent=frozenset(item.get("absent", ())),
    )


def _fields(item: Mapping[str, Any]) -> Mapping[str, tuple[Value, ...]]:
    return MappingProxyType({name: tuple(values) for name, values in item.items()})


def _rejection(item: Mapping[str, Any]) -> Rejection:
    return Rejection(item["layer"], item["reason"], frozenset(item.get("also", ())))


def _build(item: Mapping[str, Any]) -> Build:
    return Build(tuple(_layer(layer) for layer in item["layers"]))


def _address(item: Mapping[str, Any]) -> Address:
    answer = {name: tuple(value) if isinstance(value, list) else value for name, value in item["answer"].items()}
    return Address(item["address"], item["prefix"], item.get("sites"), item.get("hosts"), MappingProxyType(answer))


def _reassemble(item: Mapping[str, Any]) -> Reassemble:
    others = tuple(_all_octets(texts) for texts in item.get("others", ()))
    headers = tuple(_fields(fields) for fields in item.get("headers", ()))
    return Reassemble(item["result"], _all_octets(item["packets"]), _all_octets(item["datagrams"]), others, headers)


def _all_octets(texts: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(text) for text in texts)


def _update(item: Mapping[str, Any]) -> Update:
    fields: dict[str, Value] = dict(item["fields"])
    return Update(MappingProxyType(fields), bytes.fromhex(item["after"]))


_TASKS: Mapping[str, Callable[[Mapping[str, Any]], Task]] = {
    "parse": _parse,
    "build": _build,
    "address": _address,
    "reassemble": _reassemble,
    "update": _update,
}


def _layer(item: Mapping[str, Any]) -> Header | bytes:
    if "octets" in item:
        return bytes.fromhex(item["octets"])
    fields: dict[str, Value] = dict(item["fields"])
    return Header(item["layer"], MappingProxyType(fields))


def _requirement(item: Mapping[str, Any]) -> Requirement:
    return Requirement(
        id=item["id"],
        sources=tuple(Source(**source) for source in item["sources"]),
        level=item["level"],
        kinds=tuple(item["kinds"]),
        statement=item["statement"],
        checked=item["checked"],
        condition=item.get("condition"),
        derived=item.get("derived"),
        beyond=item.get("beyond"),
        one_sided=OneSided(**item["one_sided"]) if "one_sided" in item else None,
    )


def _flag(item: Mapping[str, Any]) -> Flag:
    return Flag(
        id=item["id"],
        statement=item["statement"],
        why=item["why"],
        policy=Policy(**item["policy"]) if "policy" in item else None,
        links=tuple(item["links"]),
    )
