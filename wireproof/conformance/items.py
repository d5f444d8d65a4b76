"""Tests for pytest: what the plugins for parsers and for stacks have in common.

All that are chosen are run at once, when the first of them is: vectors are judged together, and scenarios take turns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pytest


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a test, and why in lines. One is `known` that failed as it was expected to."""

    kind: Literal["passed", "skipped", "known", "failed"]
    lines: tuple[str, ...] = ()


Ask = Callable[[Sequence[str]], Mapping[str, Outcome]]
"""Runs what these ids are of, and returns what becomes of each."""


class Cases(pytest.Collector):
    """The tests of one kind: one for each id."""

    def __init__(self, *, ids: Sequence[str], ask: Ask, **others: Any) -> None:
        super().__init__(**others)
        self._ids, self._ask = ids, ask
        self._outcomes: Mapping[str, Outcome] | None = None

    def collect(self) -> Iterator[pytest.Item]:
        """Yield a test for each id."""
        for name in self._ids:
            yield CaseItem.from_parent(self, name=name)

    def outcome(self, name: str) -> Outcome:
        """Return what becomes of one; the first that is asked for has all run that were not deselected."""
        if self._outcomes is None:
            self._outcomes = self._ask([item.name for item in self.session.items if item.parent is self])
        return self._outcomes[name]


class CaseItem(pytest.Item):
    """One vector, or one scenario."""

    def runtest(self) -> None:
        """Look its outcome up."""
        assert isinstance(self.parent, Cases)
        outcome = self.parent.outcome(self.name)
        match outcome.kind:
            case "skipped":
                pytest.skip("; ".join(outcome.lines))
            case "known":
                pytest.xfail("; ".join(outcome.lines))
            case "failed":
                raise CaseError(outcome)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what is printed of a failure: what is wrong by which requirement, not where this file raised it."""
        if not isinstance(excinfo.value, CaseError):
            return super().repr_failure(excinfo, style)
        from wireproof.output.escape import escape

        return "\n".join(escape(line) for line in excinfo.value.outcome.lines)

    def reportinfo(self) -> tuple[str, None, str]:
        """Return where it stands: among wireproof's, on no line of a file."""
        return "wireproof", None, self.name


class CaseError(Exception):
    """A vector or a scenario that failed."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(*outcome.lines[:1])
        self.outcome = outcome


def with_cases(report: pytest.CollectReport, session: pytest.Session, name: str, ids: Sequence[str], ask: Ask) -> None:
    """Add tests to what a run of pytest has collected, under a name of their own."""
    if report.passed:
        report.result = [*report.result, Cases.from_parent(session, name=name, nodeid=name, ids=ids, ask=ask)]
