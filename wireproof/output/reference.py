"""What there is to know of a field or a protocol without a packet: as text, and as members of a JSON object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from construct import Computed

from wireproof.dissectors.schema import Base, Catalogue, Field, FieldInfo, Kind, Protocol
from wireproof.dissectors.schema.walk import fields_of as declared
from wireproof.output.diagram import draw
from wireproof.output.members import masked_fields
from wireproof.output.values import hexadecimal, number

_EXAMPLES: Mapping[Kind, str] = {
    Kind.BOOLEAN: "{} == 1",
    Kind.BYTES: "{} contains 00:01",
    Kind.FLOAT: "{} > 0.5",
    Kind.ETHER: "{} == 02:00:00:00:00:01",
    Kind.IPV4: "{} == 192.0.2.1",
    Kind.IPV6: "{} == 2001:db8::1",
    Kind.STRING: '{} matches "."',
    Kind.ABSOLUTE_TIME: '{} >= "2026-01-01 00:00:00"',
    Kind.RELATIVE_TIME: "{} > 0.5",
    Kind.LABEL: "{}",
    Kind.PROTOCOL: "{}",
}


HEXADECIMAL = (Base.HEX, Base.HEX_DEC)
PROTOCOLS = "frame.protocols"
NO_VALUES = "never any: the name is known, and a filter on it finds nothing"


def is_idle(info: FieldInfo, owner: Protocol) -> bool:
    """Whether a field never gets a value, like those of Wireshark's that are behind a preference."""
    return any(info.name == each.name for each in owner.idle)


def example_filter(info: FieldInfo, known: Catalogue) -> str:
    """Return a display filter that asks for a field, and that packets pass which are nothing out of the ordinary."""
    words = texts(info, known)
    if words:
        return f'{info.name} == "{words[0]}"'
    if info.name == PROTOCOLS:
        return f'{info.name} contains "ethertype"'
    if info.type.kind is not Kind.INTEGER:
        return _EXAMPLES[info.type.kind].format(info.name)
    # A number that a protocol is found under, or one that has a name.
    value = next((value for value in (*known.tables.get(info.name, ()), *info.labels) if value), None)
    if value is not None:
        return f"{info.name} == {number(info, value)}"
    return f"{info.name} {'!=' if info.base in HEXADECIMAL else '>'} {number(info, 0)}"


def texts(info: FieldInfo, known: Catalogue) -> list[str]:
    """Return the texts that a field has, where its protocol lists them: the kinds of ARP packets."""
    owner = known.owners.get(info.name)
    if owner is None or info.type.kind is not Kind.STRING:
        return []
    found = (
        each.field for each in declared(owner) if isinstance(each.field, Field) and each.field.info.name == info.name
    )
    said = [field.subcon.func for field in found if isinstance(field.subcon, Computed)]
    return list(dict.fromkeys(text for text in said if isinstance(text, str)))


def field_table(found: Iterable[FieldInfo]) -> list[str]:
    """Return the lines of a table of fields, its columns aligned."""
    rows = [("NAME", "TYPE", "ALSO", "TITLE", "REFERENCE")]
    rows += [
        (info.name, info.type.wireshark, ", ".join(info.aliases) or "-", info.title, info.reference) for info in found
    ]
    return _aligned(rows)


def field_lines(info: FieldInfo, known: Catalogue) -> Iterator[str]:
    """Yield the page of a field: what it is, where it is from, how to ask for it, and all of its labels."""
    owner = known.owners.get(info.name)
    base = "" if info.base is Base.NONE or info.type.kind is not Kind.INTEGER else f", {info.base.value}"
    about = [
        ("type", f"{info.type.wireshark}{base}: {info.type.words}"),
        ("protocol", f"{owner.name}: {owner.title}" if owner else ""),
        ("also", ", ".join(info.aliases)),
        ("bits of", ", ".join(_bits(info, owner)) if owner else ""),
        ("standard", info.reference),
        ("analysis", "takes more than one packet" if info.across else ""),
        ("values", NO_VALUES if owner and is_idle(info, owner) else ""),
        ("filter", example_filter(info, known)),
    ]
    words = texts(info, known)
    yield f"{info.name}: {info.title}" if info.title else info.name
    yield from _aligned([("", name, text) for name, text in about if text])
    if words:
        yield ""
        yield from (f"  {text}" for text in words)
    if info.labels:
        yield ""
        yield from _aligned([("", _shown(info, value), label) for value, label in info.labels.items()])


def protocol_lines(protocol: Protocol, known: Catalogue) -> Iterator[str]:
    """Yield the page of a protocol: where it is found, its header, and its fields."""
    yield f"{protocol.name}: {protocol.title}"
    about = [
        ("standard", protocol.reference),
        ("filter", protocol.name),
        ("found under", "; ".join(f"{table} {', '.join(keys)}" for table, keys in _places(protocol).items())),
        ("carries", ", ".join(dict.fromkeys(carry.table for carry in protocol.carries))),
    ]
    yield from _aligned([("", name, text) for name, text in about if text])
    drawing = draw(protocol)
    for lines in (drawing.lines, drawing.notes):
        if lines:
            yield ""
            yield from (f"  {line}" for line in lines)
    yield ""
    yield from field_table(fields_of(protocol, known))


def fields_of(protocol: Protocol, known: Catalogue) -> list[FieldInfo]:
    """Return the fields of a protocol, by name."""
    return [
        info for info in known.fields.values() if known.owners.get(info.name) is protocol and info.name != protocol.name
    ]


def as_object(info: FieldInfo, known: Catalogue) -> dict[str, Any]:
    """Return the members of a field; a protocol has its places and its header as well."""
    owner = known.owners.get(info.name)
    members = {
        "name": info.name,
        "type": info.type.wireshark,
        "aliases": list(info.aliases),
        "title": info.title,
        "base": info.base.value,
        "labels": {str(value): label for value, label in info.labels.items()},
        "reference": info.reference,
        "protocol": owner.name if owner else None,
        "across": info.across,
        "idle": bool(owner and is_idle(info, owner)),
        "texts": texts(info, known),
        "filter": example_filter(info, known),
    }
    if owner is None or owner.name != info.name:
        return members
    drawing = draw(owner)
    return members | {
        "under": {table: list(keys) for table, keys in owner.under.items()},
        "carries": list(dict.fromkeys(carry.table for carry in owner.carries)),
        "diagram": drawing.lines,
        "notes": drawing.notes,
    }


def _places(protocol: Protocol) -> dict[str, list[str]]:
    """Return the tables that a protocol is found in, with its numbers as the table's field shows them."""
    return {
        table: [f"0x{key:04x}" if key > 255 else str(key) for key in keys] for table, keys in protocol.under.items()
    }


def _bits(info: FieldInfo, owner: Protocol) -> list[str]:
    found = masked_fields(owner).get(info.name, ())
    return list(dict.fromkeys(f"{bits.member} & {bits.mask:#x}" for _, bits in found))


def _shown(info: FieldInfo, value: int) -> str:
    if info.type.kind is not Kind.INTEGER:
        return str(value)
    return hexadecimal(info, value) if info.base in HEXADECIMAL else str(value)


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
