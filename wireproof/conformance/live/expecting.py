"""Results against a list of what is known to fail."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from wireproof.conformance.live.verdicts import Report, Verdict

_EXPECTED = {Verdict.FAIL: Verdict.KNOWN, Verdict.CRASH: Verdict.KNOWN, Verdict.PASS: Verdict.MENDED}


def against(expected: Collection[str], report: Report) -> Report:
    """Return a report in which what is expected to fail does so as expected, or passes against expectation."""
    return replace(
        report,
        results=tuple(
            replace(each, verdict=_EXPECTED.get(each.verdict, each.verdict)) if each.scenario.id in expected else each
            for each in report.results
        ),
    )
