"""The catalogue: every protocol and field there is, found in this package and in others that bring some along."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields as attributes
from functools import cache
from operator import attrgetter
from types import MappingProxyType, ModuleType
from typing import Any

import wireproof.dissectors as package
from wireproof.dissectors.entries import ENTRY_POINTS, entry_points
from wireproof.dissectors.schema.declaration import Rule
from wireproof.dissectors.schema.info import FieldInfo
from wireproof.dissectors.schema.protocol import Protocol
from wireproof.dissectors.schema.steps import InternetChecksum, Trailer
from wireproof.dissectors.schema.types import FieldType
from wireproof.dissectors.schema.walk import fields_of, infos_of


class UnknownFieldError(KeyError):
    """A name that no protocol declares; `suggestions` are the nearest that exist."""

    def __init__(self, name: str, suggestions: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name = name
        self.suggestions = suggestions

    def __str__(self) -> str:
        hint = f"; did you mean {' or '.join(self.suggestions)}?" if self.suggestions else ""
        return f"{self.name!r} is neither a field nor a protocol{hint}"


_NAMES = [attribute.name for attribute in attributes(FieldInfo)]
_all_of = attrgetter(*_NAMES)


class CatalogueError(ValueError):
    """Protocols that do not go together, or one from another distribution that cannot be loaded."""


class Catalogue:
    """The protocols, the tables that lead to them, and their fields by every name they have.

    Raises CatalogueError where two protocols claim the same name, place in a table, or field of another type.
    """

    def __init__(self, protocols: Iterable[Protocol]) -> None:
        self.protocols: Mapping[str, Protocol] = _unique((p.name, p) for p in protocols)
        self.tables: Mapping[str, Mapping[int, Protocol]] = _tables(self.protocols.values())
        self.forms: Mapping[str, tuple[Protocol, ...]] = _forms(self.protocols.values())
        fields: dict[str, FieldInfo] = {}
        owners: dict[str, Protocol] = {}
        aliases: dict[str, str] = {}
        for protocol in self.protocols.values():
            _enter(fields, FieldInfo(protocol.name, FieldType.PROTOCOL, protocol.title, reference=protocol.reference))
            owners[protocol.name] = protocol
            for info, member in declared_fields(protocol):
                _enter(fields, info, protocol)
                owners.setdefault(info.name, protocol)
                for alias in (*info.aliases, *((f"{protocol.name}.{member}",) if member else ())):
                    if alias != info.name:
                        aliases.setdefault(alias, info.name)
        aliases = {alias: name for alias, name in aliases.items() if alias not in fields}
        for alias, name in aliases.items():
            fields[name] = _changed(fields[name], aliases=tuple(dict.fromkeys((*fields[name].aliases, alias))))
        self.fields: Mapping[str, FieldInfo] = MappingProxyType(dict(sorted(fields.items())))
        self.owners: Mapping[str, Protocol] = MappingProxyType(owners)
        self.aliases: Mapping[str, str] = MappingProxyType(aliases)

    def find(self, name: str) -> FieldInfo | None:
        """Return the field or protocol of that name or alias, or None."""
        return self.fields.get(self.aliases.get(name, name))

    def field(self, name: str) -> FieldInfo:
        """Return the field or protocol of that name or alias. Raises UnknownFieldError with the nearest names."""
        found = self.find(name)
        if found is None:
            raise UnknownFieldError(name, self.nearest(name))
        return found

    def nearest(self, name: str, count: int = 3) -> tuple[str, ...]:
        """Return up to `count` names that resemble the given one, the likeliest first."""
        import difflib

        lowered = {candidate.lower(): candidate for candidate in (*self.fields, *self.aliases)}
        wanted = name.lower()
        if wanted in lowered:
            return (lowered[wanted],)
        head, dot, tail = wanted.partition(".")
        under = f"{head}."
        if dot and any(candidate.startswith(under) for candidate in lowered):
            # A known protocol: what stands behind its name decides, or a long name would make anything alike.
            tails = {candidate.removeprefix(under): candidate for candidate in lowered if candidate.startswith(under)}
            return tuple(lowered[tails[match]] for match in difflib.get_close_matches(tail, tails, count, 0.6))
        return tuple(lowered[match] for match in difflib.get_close_matches(wanted, lowered, count, 0.7))


def declared_fields(protocol: Protocol) -> Iterator[tuple[FieldInfo, str | None]]:
    """Yield each field that a protocol declares, with the name of the member it stands on."""
    yield from ((info, None) for info in infos_of(protocol))
    for found in fields_of(protocol):
        if isinstance(found.field, Rule):
            yield found.field.field, None
            continue
        # A name that begins with an underscore is one of ours, and no alias for anything.
        named = found.member if found.member and not found.member.startswith("_") else None
        yield found.field.info, named
        yield from ((info, None) for info in found.field.feeds)
    for info in (*protocol.across, *protocol.idle):
        yield info, None
    for step in protocol.computed.values():
        if isinstance(step, InternetChecksum):
            yield from ((info, None) for info in infos_of_step(step))
    if isinstance(protocol.trailer, Trailer):
        trailer = protocol.trailer
        yield from ((info, None) for info in trailer.infos())


def infos_of_step(step: InternetChecksum) -> Iterator[FieldInfo]:
    """Yield the fields that a checksum brings along."""
    yield step.status
    if step.calculated is not None:
        yield step.calculated
    yield from (rule.field for rule in (step.bad, step.all_ones) if rule is not None)


def _enter(fields: dict[str, FieldInfo], info: FieldInfo, protocol: Protocol | None = None) -> None:
    """Enter a field; where it names no place in a standard, its protocol tells that."""
    known = fields.get(info.name)
    if known is None or (known.type.kind is info.type.kind and known.type.bits < info.type.bits):
        reference = "" if info.reference or protocol is None else _reference(info.name, protocol)
        fields[info.name] = _changed(info, reference=reference) if reference else info
    elif known.type.kind is not info.type.kind:
        raise CatalogueError(f"{info.name} is declared as {known.type.wireshark} and as {info.type.wireshark}")
    elif known.bounds != info.bounds:
        fields[info.name] = _changed(known, bounds=_wider(known.bounds, info.bounds))


def _reference(name: str, protocol: Protocol) -> str:
    """Return where the standards of a protocol have a field: the entry of its name, or of the longest begin of that."""
    while name:
        if name in protocol.references:
            return protocol.references[name]
        name = name.rpartition(".")[0]
    return protocol.reference


def _changed(info: FieldInfo, **changes: Any) -> FieldInfo:
    """Do what `dataclasses.replace` does, in half the time: at every start for hundreds of fields."""
    return FieldInfo(*(changes.get(name, value) for name, value in zip(_NAMES, _all_of(info), strict=True)))


def _wider(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return the bounds of a field that is declared in two places."""
    return None if one is None or other is None else (min(one[0], other[0]), max(one[1], other[1]))


def _unique(pairs: Iterable[tuple[str, Protocol]]) -> Mapping[str, Protocol]:
    found: dict[str, Protocol] = {}
    for name, protocol in pairs:
        if name in found and found[name] is not protocol:
            raise CatalogueError(f"two protocols are called {name}: {found[name].title} and {protocol.title}")
        found[name] = protocol
    return MappingProxyType(found)


def _tables(protocols: Iterable[Protocol]) -> Mapping[str, Mapping[int, Protocol]]:
    tables: dict[str, dict[int, Protocol]] = {}
    for protocol in protocols:
        for table, keys in protocol.under.items():
            for key in keys:
                other = tables.setdefault(table, {}).setdefault(key, protocol)
                if other is not protocol:
                    raise CatalogueError(f"{protocol.name} and {other.name} both claim {key:#x} in {table}")
    return MappingProxyType({name: MappingProxyType(table) for name, table in tables.items()})


def _forms(protocols: Iterable[Protocol]) -> Mapping[str, tuple[Protocol, ...]]:
    forms: dict[str, tuple[Protocol, ...]] = {}
    for protocol in protocols:
        if protocol.form_of:
            forms[protocol.form_of] = (*forms.get(protocol.form_of, ()), protocol)
    return MappingProxyType(forms)


def _protocols_of(module: ModuleType) -> Iterator[Protocol]:
    return (value for value in vars(module).values() if isinstance(value, Protocol))


def _installed() -> Iterator[Protocol]:
    """Yield the protocols of this package and those of other distributions' entry points (a module or a Protocol)."""
    for module in pkgutil.iter_modules(package.__path__):
        if not module.ispkg:
            yield from _protocols_of(importlib.import_module(f"{package.__name__}.{module.name}"))
    for entry in entry_points(ENTRY_POINTS):
        try:
            found = entry.load()
        except Exception as error:
            raise CatalogueError(f"cannot load the dissector {entry.name} ({entry.value}): {error!r}") from error
        if isinstance(found, Protocol):
            yield found
        elif isinstance(found, ModuleType):
            yield from _protocols_of(found)
        else:
            raise CatalogueError(f"entry point {entry.name} of {ENTRY_POINTS} is neither a module nor a Protocol")


@cache
def catalogue() -> Catalogue:
    """Return the catalogue of everything installed; it is made once."""
    return Catalogue(_installed())
