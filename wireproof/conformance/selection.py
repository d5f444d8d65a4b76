"""Which vectors are run, and what is expected of them: by id, requirement, flag and level."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from wireproof.vectors import Flag, Requirement, Vector

POLICIES = ("accept", "reject")


class SelectionError(ValueError):
    """A choice that means nothing; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Vectors with the requirements and flags that they name."""

    vectors: tuple[Vector, ...]
    requirements: Mapping[str, Requirement]
    flags: Mapping[str, Flag]

    def words(self, vector: Vector) -> frozenset[str]:
        """Return the words that a vector can be chosen by: ids, flags, levels, its protocol and operation."""
        levels = {self.requirements[name].level for name in vector.requirements if name in self.requirements}
        operation = type(vector.task).__name__.lower()
        return frozenset({vector.id, vector.protocol, operation, *vector.requirements, *vector.flags, *levels})

    def chosen(self, selected: Sequence[str], excluded: Sequence[str]) -> tuple[Vector, ...]:
        """Return the vectors that a pattern selects, all if there is none, and that none excludes.

        A pattern is one of a vector's words, or has * and ?. Raises SelectionError on one that fits no vector.
        """
        words = {vector.id: self.words(vector) for vector in self.vectors}
        known = frozenset().union(*words.values())
        for pattern in (*selected, *excluded):
            if not _fits(pattern, known):
                raise SelectionError(
                    f"{pattern!r} is no id, requirement, flag, level, protocol or operation of a vector"
                )

        def is_chosen(vector: Vector) -> bool:
            own = words[vector.id]
            is_selected = not selected or any(_fits(pattern, own) for pattern in selected)
            return is_selected and not any(_fits(pattern, own) for pattern in excluded)

        return tuple(filter(is_chosen, self.vectors))

    def policies(self, words: Iterable[str]) -> Mapping[str, str]:
        """Return what `FLAG=accept` and `FLAG=reject` say. Raises SelectionError."""
        found: dict[str, str] = {}
        for word in words:
            flag, equals, policy = word.partition("=")
            if not equals or policy not in POLICIES:
                raise SelectionError(f"{word!r} is not FLAG=accept or FLAG=reject")
            if flag not in self.flags or self.flags[flag].policy is None:
                known = ", ".join(name for name, each in self.flags.items() if each.policy is not None)
                raise SelectionError(f"{flag!r} is no flag that leaves a choice; those are: {known}")
            found[flag] = policy
        return found


def full_suite() -> Suite:
    """Return all vectors there are."""
    from wireproof.vectors import load, load_flags, load_requirements

    return Suite(load(), load_requirements(), load_flags())


def expected_failures(lines: Iterable[str], suite: Suite) -> frozenset[str]:
    """Return the ids in a list of expected failures: one a line, # begins a comment.

    Raises SelectionError on an id that there is not.
    """
    ids = {vector.id for vector in suite.vectors}
    found = set()
    for number, line in enumerate(lines, 1):
        word = line.partition("#")[0].strip()
        if word and word not in ids:
            raise SelectionError(f"line {number}: {word!r} is no vector")
        found |= {word} if word else set()
    return frozenset(found)


def _fits(pattern: str, words: Iterable[str]) -> bool:
    return any(fnmatchcase(word, pattern) for word in words) if any(c in pattern for c in "*?") else pattern in words
