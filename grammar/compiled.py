"""The whole way from a text to a filter that can be applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from wireproof.grammar.check import ENOUGH, Checker
from wireproof.grammar.diagnosis import DiagnosedError, Diagnosis, FilterError
from wireproof.grammar.evaluate import Evaluate, Subject, evaluator
from wireproof.grammar.macros import Expansion, expand
from wireproof.grammar.names import FieldCatalogue
from wireproof.grammar.parse import parse
from wireproof.grammar.tree import FieldOperand, FieldReference, TypedTest, walk


class TypedFilter:
    """A filter: its text, its typed tree, and the test of packets that it is."""

    def __init__(self, text: str, tree: TypedTest, expansion: Expansion) -> None:
        self.text = text
        self.tree = tree
        self._expansion = expansion

    @property
    def expanded(self) -> str:
        """The text with its macros replaced, which is what places in the tree count in."""
        return self._expansion.text

    @cached_property
    def warnings(self) -> tuple[Diagnosis, ...]:
        """What can hardly be meant, in the order of the places."""
        from wireproof.grammar.warnings import warnings_of

        found = warnings_of(self.tree, self.expanded)
        return tuple(sorted(map(self._expansion.original, found), key=lambda each: each.column))

    def matches(self, subject: Subject) -> bool:
        """Return whether a packet passes."""
        return self._evaluate(subject)

    @cached_property
    def fields(self) -> frozenset[str]:
        """The canonical names of the fields and protocols whose values the filter looks at."""
        return frozenset(node.field.name for node in walk(self.tree) if isinstance(node, FieldOperand))

    @cached_property
    def _evaluate(self) -> Evaluate:
        return evaluator(self.tree)

    def referring_to(self, packet: Subject) -> TypedFilter:
        """Return the filter with the values of a packet in place of its references. Raises FilterError."""
        from wireproof.grammar.references import bound

        try:
            return TypedFilter(self.text, bound(self.tree, packet), self._expansion)
        except DiagnosedError as found:
            raise FilterError(self.text, (self._expansion.original(found.diagnosis),)) from None

    @cached_property
    def has_references(self) -> bool:
        """Whether it refers to fields of a packet that is yet to be chosen."""
        return any(isinstance(node, FieldReference) for node in walk(self.tree))

    def __repr__(self) -> str:
        return f"TypedFilter({self.text!r})"


def compile_text(text: str, catalogue: FieldCatalogue, macros: Mapping[str, str]) -> TypedFilter:
    """Return the filter that a text says. Raises FilterError with everything that is wrong with it."""
    try:
        expansion = expand(text, macros, lambda name: catalogue.find(name) is not None)
    except DiagnosedError as found:
        raise FilterError(text, (found.diagnosis,)) from None
    try:
        checked = _checked(expansion.text, catalogue, iter(range(ENOUGH)))
    except RecursionError:  # the nesting is bounded, but what is left of the caller's stack is not known
        raise FilterError(text, (Diagnosis("this filter is nested too deeply", 0, len(text)),)) from None
    if isinstance(checked, list):
        found_there = sorted(map(expansion.original, checked), key=lambda each: each.column)
        raise FilterError(text, tuple(found_there)) from None
    return TypedFilter(text, checked, expansion)


def _checked(text: str, catalogue: FieldCatalogue, attempts: Iterator[int]) -> TypedTest | list[Diagnosis]:
    """Return the typed tree of a filter, or what is wrong with it; of mistakes in its form as many as are attempted."""
    try:
        node = parse(text)
    except DiagnosedError as found:
        from wireproof.grammar.recovery import mistakes_beside

        def find(rest: str) -> list[Diagnosis]:
            checked = _checked(rest, catalogue, attempts) if next(attempts, None) is not None else []
            return checked if isinstance(checked, list) else []

        first = found.diagnosis
        return list(dict.fromkeys([first, *mistakes_beside(text, first, find)]))[:ENOUGH]
    checker = Checker(catalogue)
    tree = checker.test(node)
    return checker.diagnoses or tree
