"""A report as lines for a terminal. What an adapter said is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import shorten

from wireproof.conformance.judge import BAD, Result, Verdict
from wireproof.conformance.reports.citing import cited
from wireproof.conformance.reports.matrix import rows
from wireproof.conformance.runner import Report
from wireproof.conformance.selection import Suite

_ORDER = (Verdict.PASS, Verdict.FAIL, Verdict.ERROR, Verdict.UNSUPPORTED, Verdict.KNOWN, Verdict.MENDED)
_STATEMENT = 80  # columns of a requirement's words in a table
_WORDS = {
    Verdict.KNOWN: "failed as expected",
    Verdict.MENDED: "passed against expectation",
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.ERROR: "without an answer",
    Verdict.UNSUPPORTED: "unsupported",
}


def lines(report: Report, suite: Suite, *, all_results: bool = False) -> Iterator[str]:
    """Yield the lines of a report: what went wrong, with all results what went right too, and the counts."""
    for is_asked, results in groupby(report.results, key=_is_asked):
        if not is_asked:
            yield from _not_asked(list(results))
            continue
        for result in results:
            if all_results or result.verdict in BAD:
                yield from result_lines(result, suite)
    counts = report.counts()
    told = [f"{counts[verdict]} {_WORDS[verdict]}" for verdict in _ORDER if counts[verdict]]
    number = len(report.results)
    yield f"{report.name}: {number} vector{'s' * (number != 1)}: {', '.join(told) or 'none'}"


def table(reports: Sequence[Report], suite: Suite) -> Iterator[str]:
    """Yield a table of the requirements that any parser breaks: how many of the vectors went wrong that were judged."""
    broken = [row for row in rows(reports, suite) if any(_bad(results) for results in row.results)]
    if not broken:
        return
    cells = [["breaks", *(report.name for report in reports), ""]]
    for row in broken:
        counts = [f"{_bad(results)}/{_judged(results)}" if _judged(results) else "-" for results in row.results]
        cells.append([row.requirement.id, *counts, shorten(row.requirement.statement, _STATEMENT, placeholder=" …")])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()


def _bad(results: Sequence[Result]) -> int:
    return sum(result.verdict in BAD and result.asked for result in results)


def _judged(results: Sequence[Result]) -> int:
    return sum(result.verdict is not Verdict.UNSUPPORTED and result.asked for result in results)


def _is_asked(result: Result) -> bool:
    return result.asked


def _not_asked(results: list[Result]) -> Iterator[str]:
    """Yield one line for all vectors in a row that an adapter was not asked."""
    first, last = results[0].vector.id, results[-1].vector.id
    yield f"{first} to {last} ({len(results)})  {', '.join(results[0].faults)}"


def result_lines(result: Result, suite: Suite) -> Iterator[str]:
    """Yield the lines of one result: the vector, what is wrong, and the requirements that it breaks."""
    vector = result.vector
    word = _WORDS[result.verdict] if result.verdict is Verdict.MENDED else result.verdict.value
    doubt = ", provisional" if vector.is_provisional and result.verdict in BAD else ""
    yield f"{vector.id}  {word}{doubt}: {vector.sentence}"
    for fault in result.faults:
        yield f"    {fault}"
    if result.said is not None:
        yield f"    it said: {result.said}"
    if result.verdict in BAD:
        yield from (f"    {line}" for line in cited(vector.requirements, suite.requirements))
