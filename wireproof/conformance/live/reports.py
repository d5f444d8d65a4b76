"""A report as lines for a terminal, as JSON, and as JUnit's XML. What came from the stack is escaped by who prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from wireproof.conformance.live import ladder
from wireproof.conformance.live.verdicts import BAD, Report, Result, Verdict
from wireproof.conformance.reports import junit
from wireproof.conformance.reports.citing import cited
from wireproof.conformance.reports.data import FORMAT
from wireproof.vectors import Requirement

WORDS = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.CRASH: "brought the stack down",
    Verdict.OBSERVED: "observed",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.NOT_APPLICABLE: "not applicable",
    Verdict.KNOWN: "failed as expected",
    Verdict.MENDED: "passed against expectation",
    Verdict.WITHHELD: "withheld",
}
_TOLD = BAD | {Verdict.OBSERVED, Verdict.INCONCLUSIVE}


def lines(report: Report, requirements: Mapping[str, Requirement], *, all_results: bool = False) -> Iterator[str]:
    """Yield the lines of a report: what is not as it should be, with all results what is too, and the counts."""
    for result in report.results:
        if all_results or result.verdict in _TOLD:
            yield from result_lines(result, requirements)
    counts = report.counts()
    told = [f"{counts[verdict]} {word}" for verdict, word in WORDS.items() if counts[verdict]]
    yield f"{report.name}: {len(report.results)} scenarios: {', '.join(told) or 'none'}"


def result_lines(result: Result, requirements: Mapping[str, Requirement]) -> Iterator[str]:
    """Yield the lines of one result; of what went wrong also the requirements, and the packets step by step."""
    scenario = result.scenario
    level = f" ({scenario.level})" if result.verdict in (Verdict.FAIL, Verdict.KNOWN) else ""
    yield f"{scenario.id}  {result.verdict.value}{level}: {scenario.sentence}"
    for text in (*result.faults, *result.remarks):
        yield f"    {text}"
    if result.earlier:
        yield f"    run more than once: {', '.join((*result.earlier, result.verdict))}"
    if result.verdict not in BAD:
        return
    yield from (f"    {line}" for line in cited(scenario.requirements, requirements))
    for rung in ladder.rungs(result):
        yield f"    {ladder.line(rung)}"


def as_json(report: Report) -> dict[str, Any]:
    """Return a report as JSON has it."""
    return {
        "format": FORMAT,
        "stack": report.name,
        "counts": {verdict.value: count for verdict, count in report.counts().items()},
        "results": [_result(result) for result in report.results],
    }


def _result(result: Result) -> dict[str, Any]:
    scenario = result.scenario
    told: dict[str, Any] = {
        "id": scenario.id,
        "verdict": result.verdict.value,
        "requirements": list(scenario.requirements),
        "level": scenario.level,
        "sentence": scenario.sentence,
        "seconds": round(result.seconds, 3),
    }
    told |= {"faults": list(result.faults)} if result.faults else {}
    told |= {"remarks": list(result.remarks)} if result.remarks else {}
    told |= {"earlier": [verdict.value for verdict in result.earlier]} if result.earlier else {}
    if result.verdict in BAD | {Verdict.INCONCLUSIVE, Verdict.KNOWN}:
        told["ladder"] = [ladder.line(rung) for rung in ladder.rungs(result)]
    return told


_ELEMENTS: Mapping[Verdict, Literal["failure", "error", "skipped"]] = {
    Verdict.FAIL: "failure",
    Verdict.MENDED: "failure",
    Verdict.CRASH: "error",
    Verdict.NOT_APPLICABLE: "skipped",
    Verdict.INCONCLUSIVE: "skipped",
    Verdict.KNOWN: "skipped",
    Verdict.WITHHELD: "skipped",
}


def as_junit(report: Report) -> bytes:
    """Return a report as JUnit's XML: a case for each scenario, in classes by group."""
    return junit.as_junit(report.name, [_case(result) for result in report.results])


def _case(result: Result) -> junit.Case:
    scenario, element = result.scenario, _ELEMENTS.get(result.verdict)
    told = [scenario.sentence, f"requirements: {', '.join(scenario.requirements)}"]
    if result.verdict in BAD:
        told += [ladder.line(rung) for rung in ladder.rungs(result)]
    message = "; ".join((*result.faults, *result.remarks)) or result.verdict.value
    return junit.Case(f"live.{scenario.group}", scenario.id, element, message, "\n".join(told), result.seconds)
