"""Requirements as reports cite them, of vectors and of scenarios alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from wireproof.vectors import Requirement

_Found = TypeVar("_Found")


def level(requirement: Requirement) -> str:
    """Return how binding a requirement is, and under what condition."""
    return requirement.level + (f" of {requirement.condition}" if requirement.condition is not None else "")


def where(requirement: Requirement) -> str:
    """Return the documents and sections of a requirement."""
    return "; ".join(f"{source.document}, {source.section}" for source in requirement.sources)


def cited(names: Iterable[str], requirements: Mapping[str, Requirement]) -> Iterator[str]:
    """Yield a line for each requirement that something breaks: what it says, and where it stands."""
    for name in names:
        requirement = requirements[name]
        doubt = f"; {requirement.doubt}" if requirement.doubt is not None else ""
        yield f"{name} ({where(requirement)}{doubt}): {requirement.statement}"


def by_requirement(found: Iterable[tuple[Sequence[str], _Found]]) -> Mapping[str, Sequence[_Found]]:
    """Return what there is by the requirements that it cites."""
    sorted_out: dict[str, list[_Found]] = defaultdict(list)
    for names, each in found:
        for name in names:
            sorted_out[name].append(each)
    return sorted_out
