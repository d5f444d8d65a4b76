"""A report as lines for a terminal, as JSON, and as JUnit's XML. What came from the stack is escaped by who prints."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from typing import Any

from wireproof.conformance.live import ladder
from wireproof.conformance.live.verdicts import BAD, Report, Result, Verdict
from wireproof.conformance.reports.data import FORMAT, clean
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
    for name in scenario.requirements:
        requirement = requirements[name]
        where = "; ".join(f"{source.document}, {source.section}" for source in requirement.sources)
        yield f"    {name} ({where}): {requirement.statement}"
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


_ELEMENTS = {
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
    verdicts = [_ELEMENTS.get(result.verdict) for result in report.results]
    suite = ElementTree.Element(
        "testsuite",
        name=clean(report.name),
        tests=str(len(verdicts)),
        failures=str(verdicts.count("failure")),
        errors=str(verdicts.count("error")),
        skipped=str(verdicts.count("skipped")),
    )
    for result, element in zip(report.results, verdicts, strict=True):
        scenario = result.scenario
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=f"wireproof.live.{scenario.group}",
            name=scenario.id,
            time=f"{result.seconds:.3f}",
        )
        if element is None:
            continue
        message = "; ".join((*result.faults, *result.remarks)) or result.verdict.value
        child = ElementTree.SubElement(case, element, message=clean(message))
        told = [scenario.sentence, f"requirements: {', '.join(scenario.requirements)}"]
        if result.verdict in BAD:
            told += [ladder.line(rung) for rung in ladder.rungs(result)]
        child.text = clean("\n".join(told))
    ElementTree.indent(suite)
    octets: bytes = ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True)
    return octets
