"""Which bits of which member a field is, by the schema: a value alone tells where it lies, not within what."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from wireproof.dissectors.schema import Bits, Field, FieldType, Protocol
from wireproof.dissectors.schema.walk import fields_of


@cache
def masked_fields(protocol: Protocol) -> Mapping[tuple[str, FieldType], Bits]:
    """Return the fields of a protocol that are some bits of a member, by name and type."""
    return {
        (found.field.info.name, found.field.info.type): found.field.subcon
        for found in fields_of(protocol)
        if isinstance(found.field, Field)
        and isinstance(found.field.subcon, Bits)
        and found.field.subcon.mask is not None
    }
