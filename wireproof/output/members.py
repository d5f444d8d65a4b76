"""Which bits of which member a field is, by the schema: a value alone tells where it lies, not within what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from wireproof.dissectors.schema import Bits, Field, FieldType, Protocol
from wireproof.dissectors.schema.walk import fields_of
from wireproof.packet import Layer, Value


def _width(bits: Bits) -> int:
    return (bits.mask or 0).bit_length() - bits.shift


@cache
def masked_fields(protocol: Protocol) -> Mapping[str, Sequence[tuple[FieldType, Bits]]]:
    """Return the fields of a protocol that are some bits of a member, by name; of which, type and packet tell."""
    found: dict[str, list[tuple[FieldType, Bits]]] = {}
    for field, _, _ in fields_of(protocol):
        if isinstance(field, Field) and isinstance(field.subcon, Bits) and field.subcon.mask is not None:
            for info in (field.info, *field.feeds):
                found.setdefault(info.name, []).append((info.type, field.subcon))
    return found


def bits_of(value: Value, layer: Layer) -> Bits | None:
    """Return which bits of which member a value is, or None where it is the whole of one."""
    found = masked_fields(layer.schema).get(value.info.name)
    if found is None:
        return None
    alike = [bits for kind, bits in found if kind is value.info.type and _width(bits) == value.bits]
    for bits in alike if len(alike) > 1 else ():
        first, last = layer.extents.get(bits.member, (0, 0))
        if first * 8 <= value.start < last * 8:
            return bits
    return alike[-1] if alike else None
