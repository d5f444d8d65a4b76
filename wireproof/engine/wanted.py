"""Who wants to know of which field: what the filter asks of the schemas while they are walked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from wireproof.dissectors.schema import Catalogue, Field, FieldInfo, Objects, Options, Repeat, Rule
from wireproof.engine.form import Extent, Operand
from wireproof.engine.numbers import Number
from wireproof.engine.paths import Path
from wireproof.engine.wordings import Wording

if TYPE_CHECKING:
    from wireproof.engine.composing import PathColumn
    from wireproof.engine.gathering import Names


@dataclass(frozen=True)
class Seen:
    """One occurrence of a field or protocol, its value made where it is asked for.

    `number` is there for numbers, `octets` for what lies in the frame, `text` for texts that are made of a number or
    are always the same. `raw` are the octets that it lies in, no octets for what is computed. `layer` is the number of
    its layer among those of the same protocol, from 1. `pattern` are the bits of a number of 64 without a sign.
    """

    number: Callable[[], Number] | None
    octets: Callable[[], Extent] | None
    layer: Callable[[], Operand]
    text: Callable[[], Wording] | None = None
    raw: Callable[[], Extent | bytes] | None = None
    pattern: Callable[[], Operand] | None = None


Callback = Callable[[Seen], None]


class Wanted:
    """The callbacks by field name. Of a protocol there is its presence, its header, and its reach: all its octets.

    `paths` are told of every layer that is entered.
    """

    def __init__(self) -> None:
        self.fields: dict[str, list[Callback]] = defaultdict(list)
        self.headers: dict[str, list[Callback]] = defaultdict(list)
        self.reaches: dict[str, list[Callback]] = defaultdict(list)
        self.paths: list[Path | Names | PathColumn] = []
        self.numbered = False

    def names(self) -> frozenset[str]:
        """Return the names of all fields and protocols that somebody wants."""
        return frozenset(self.fields) | frozenset(self.headers) | frozenset(self.reaches)

    def of(self, info: FieldInfo) -> list[Callback]:
        """Return who wants a field."""
        return self.fields.get(info.name, [])

    def any(self, member: Any) -> bool:
        """Whether somebody wants a field within a member."""
        return not self.fields.keys().isdisjoint(declared(member))


@cache
def declared(member: Any) -> frozenset[str]:
    """Return the names of the fields that a construct member gives values to."""
    found: set[str] = set()
    if isinstance(member, Field):
        found.update((member.info.name, *(info.name for info in member.feeds)))
    elif isinstance(member, Rule):
        found.add(member.field.name)
    elif isinstance(member, Options):
        found.update(info.name for info in member.infos())
    for child in children(member):
        found |= declared(child)
    return frozenset(found)


def fields_of(catalogue: Catalogue) -> Iterator[tuple[Field, FieldInfo]]:
    """Yield the fields of all members of all schemas, each with everything that it gives values to."""
    for protocol in catalogue.protocols.values():
        waiting: list[Any] = [member for part in protocol.parts for member in part.subcons]
        while waiting:
            member = waiting.pop()
            waiting.extend(children(member))
            if isinstance(member, Field):
                yield from ((member, info) for info in (member.info, *member.feeds))


@cache
def children(member: Any) -> tuple[Any, ...]:
    """Return the construct members within one."""
    return tuple(_children(member))


def _children(member: Any) -> Iterator[Any]:
    if isinstance(member, (Objects, Options, Repeat)):
        yield from member.declared()
        return
    for name in ("subcon", "thensubcon", "elsesubcon", "default"):
        child = getattr(member, name, None)
        if hasattr(child, "_parsereport"):
            yield child
    nested = getattr(member, "subcons", None)
    if isinstance(nested, list):
        yield from nested
    cases = getattr(member, "cases", None)
    if isinstance(cases, dict):
        yield from cases.values()
