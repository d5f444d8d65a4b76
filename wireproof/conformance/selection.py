"""Which vectors are run, and what is expected of them: by id, requirement, flag and level."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
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
        """Return the words that a vector can be chosen by.

        They are ids, flags, levels, its protocol and operation, and "provisional" where it is.
        """
        levels = {self.requirements[name].level for name in vector.requirements if name in self.requirements}
        doubt = ("provisional",) if vector.is_provisional else ()
        operation = type(vector.task).__name__.lower()
        return frozenset({vector.id, vector.protocol, operation, *vector.requirements, *vector.flags, *levels, *doubt})

    def chosen(self, selected: Sequence[str], excluded: Sequence[str]) -> tuple[Vector, ...]:
        """Return the vectors that a pattern selects, all if there is none, and that none excludes.

        A pattern is one of a vector's words, or has * and ?. Raises SelectionError on one that fits no vector.
        """
        words = {vector.id: self.words(vector) for vector in self.vectors}
        kept = chosen_ids(words, selected, excluded, "id, requirement, flag, level, protocol or operation of a vector")
        return tuple(vector for vector in self.vectors if vector.id in kept)

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


def chosen_ids(
    words: Mapping[str, frozenset[str]], selected: Sequence[str], excluded: Sequence[str], what: str
) -> frozenset[str]:
    """Return the ids, each with the words that it can be chosen by, that are selected and not excluded.

    All are selected where nothing is. Raises SelectionError on a pattern that fits none, and is no `what`.
    """
    known = frozenset().union(*words.values())
    for pattern in (*selected, *excluded):
        if not _fits(pattern, known):
            raise SelectionError(f"{pattern!r} is no {what}")

    def is_chosen(own: frozenset[str]) -> bool:
        is_selected = not selected or any(_fits(pattern, own) for pattern in selected)
        return is_selected and not any(_fits(pattern, own) for pattern in excluded)

    return frozenset(each for each, own in words.items() if is_chosen(own))


def full_suite() -> Suite:
    """Return all vectors there are."""
    from wireproof.vectors import load, load_flags, load_requirements

    return Suite(load(), load_requirements(), load_flags())


def expected_failures(lines: Iterable[str], suite: Suite) -> frozenset[str]:
    """Return the ids in a list of expected failures: one a line, # begins a comment.

    Raises SelectionError on an id that there is not.
    """
    return listed_ids(lines, {vector.id for vector in suite.vectors}, "vector")


def listed_ids(lines: Iterable[str], ids: Collection[str], what: str) -> frozenset[str]:
    """Return the ids of a list: one a line, # begins a comment. Raises SelectionError on one that there is not."""
    found = set()
    for number, line in enumerate(lines, 1):
        word = line.partition("#")[0].strip()
        if word and word not in ids:
            raise SelectionError(f"line {number}: {word!r} is no {what}")
        found |= {word} if word else set()
    return frozenset(found)


def _fits(pattern: str, words: Iterable[str]) -> bool:
    return any(fnmatchcase(word, pattern) for word in words) if any(c in pattern for c in "*?") else pattern in words
