"""Reports by requirement: what becomes of each, over the vectors that cite it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wireproof.conformance.judge import Result, Verdict
from wireproof.conformance.reports.citing import by_requirement
from wireproof.conformance.runner import Report
from wireproof.conformance.selection import Suite
from wireproof.vectors import Requirement

WORST_FIRST = (
    Verdict.ERROR,
    Verdict.FAIL,
    Verdict.MENDED,
    Verdict.KNOWN,
    Verdict.PASS,
    Verdict.UNSUPPORTED,
)


@dataclass(frozen=True, slots=True)
class Row:
    """A requirement, and the results of its vectors for each report, in the reports' order."""

    requirement: Requirement
    results: tuple[tuple[Result, ...], ...]


def worst(results: Sequence[Result]) -> Verdict:
    """Return the worst verdict of some results; one that passes counts more than one that is unsupported."""
    found = {result.verdict for result in results}
    return next(verdict for verdict in WORST_FIRST if verdict in found)


def rows(reports: Sequence[Report], suite: Suite) -> Iterator[Row]:
    """Yield the requirements that any of the vectors cites, in the order of their ids."""
    found = [by_requirement((each.vector.requirements, each) for each in report.results) for report in reports]
    for name in sorted(set().union(*found)):
        yield Row(suite.requirements[name], tuple(tuple(each.get(name, ())) for each in found))
