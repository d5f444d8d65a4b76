"""A report as JSON, and as JUnit's XML, which continuous integration reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from wireproof.conformance.judge import Result, Verdict
from wireproof.conformance.reports import junit
from wireproof.conformance.runner import Report

FORMAT = 1


def as_json(report: Report) -> dict[str, Any]:
    """Return a report as JSON has it."""
    counts = {verdict.value: count for verdict, count in report.counts().items()}
    return {
        "format": FORMAT,
        "parser": report.name,
        "counts": counts,
        "results": [_result(result) for result in report.results],
    }


def _result(result: Result) -> dict[str, Any]:
    vector = result.vector
    told: dict[str, Any] = {
        "id": vector.id,
        "verdict": result.verdict.value,
        "requirements": list(vector.requirements),
        "flags": sorted(vector.flags),
        "sentence": vector.sentence,
        "provisional": vector.is_provisional,
    }
    told |= {"faults": list(result.faults)} if result.faults else {}
    told |= {"remarks": list(result.remarks)} if result.remarks else {}
    return told | ({"said": result.said} if result.said is not None else {})


def as_junit(report: Report) -> bytes:
    """Return a report as JUnit's XML: a case for each vector, in classes by protocol."""
    return junit.as_junit(report.name, [_case(result) for result in report.results])


def _case(result: Result) -> junit.Case:
    vector = result.vector
    told = [vector.sentence, f"requirements: {', '.join(vector.requirements)}"]
    told += ["provisional: open to dispute"] if vector.is_provisional else []
    told += [f"it said: {result.said}"] if result.said is not None else []
    message = "; ".join(result.faults) or result.verdict.value
    return junit.Case(vector.protocol, vector.id, _ELEMENTS.get(result.verdict), message, "\n".join(told))


_ELEMENTS: Mapping[Verdict, Literal["failure", "error", "skipped"]] = {
    Verdict.FAIL: "failure",
    Verdict.MENDED: "failure",
    Verdict.ERROR: "error",
    Verdict.UNSUPPORTED: "skipped",
    Verdict.KNOWN: "skipped",
}
