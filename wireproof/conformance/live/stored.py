"""Reports that were written before, read again: without their packets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wireproof.conformance.live.verdicts import Report, Result, Verdict
from wireproof.conformance.reports.data import FORMAT
from wireproof.vectors import load_scenarios


class ReportError(Exception):
    """Something that is no report."""


def report_of(document: Any) -> Report:
    """Return the report that `reports.as_json` wrote. Scenarios that there are no more are left out.

    Raises ReportError.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT or "stack" not in document:
        raise ReportError("this is no report on a stack")
    scenarios = {scenario.id: scenario for scenario in load_scenarios()}
    try:
        return Report(
            str(document["stack"]),
            tuple(
                Result(
                    scenarios[each["id"]],
                    Verdict(each["verdict"]),
                    tuple(map(str, each.get("faults", ()))),
                    tuple(map(str, each.get("remarks", ()))),
                    seconds=float(each.get("seconds", 0)),
                )
                for each in document["results"]
                if each["id"] in scenarios
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ReportError(f"this is no report on a stack: {error}") from None


def notes_of(lines: Iterable[str]) -> Mapping[str, str]:
    """Return what the comments behind ids say; one that says nothing is as the one above it."""
    found: dict[str, str] = {}
    last = ""
    for line in lines:
        word, _, comment = (part.strip() for part in line.partition("#"))
        if word:
            last = comment or last
            found[word] = last
    return found
