"""A report as lines for a terminal. What an adapter said is escaped."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from wireproof.conformance.judge import BAD, Result, Verdict
from wireproof.conformance.runner import Report
from wireproof.conformance.selection import Suite

_ORDER = (Verdict.PASS, Verdict.FAIL, Verdict.ERROR, Verdict.UNSUPPORTED, Verdict.KNOWN, Verdict.MENDED)
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
    yield f"{report.name}: {len(report.results)} vectors: {', '.join(told) or 'none'}"


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
    yield f"{vector.id}  {word}: {vector.sentence}"
    for fault in result.faults:
        yield f"    {fault}"
    if result.said is not None:
        yield f"    it said: {result.said}"
    if result.verdict in BAD:
        for name in vector.requirements:
            requirement = suite.requirements[name]
            where = "; ".join(f"{source.document}, {source.section}" for source in requirement.sources)
            yield f"    {name} ({where}): {requirement.statement}"
