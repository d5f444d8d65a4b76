"""A report as one HTML page, whole in itself: a row for each requirement, a column for each stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from wireproof.conformance.live import ladder
from wireproof.conformance.live.reports import WORDS
from wireproof.conformance.live.verdicts import BAD, Report, Result, Verdict
from wireproof.conformance.reports.citing import by_requirement
from wireproof.conformance.reports.markup import TABLE_END, beginning, counts, row_head, table
from wireproof.vectors import Mark, Requirement

_CLASSES = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "fail",
    Verdict.CRASH: "fail",
    Verdict.MENDED: "fail",
    Verdict.OBSERVED: "known",
    Verdict.KNOWN: "known",
}
_WORST_FIRST = (
    Verdict.CRASH,
    Verdict.FAIL,
    Verdict.MENDED,
    Verdict.WITHHELD,
    Verdict.KNOWN,
    Verdict.INCONCLUSIVE,
    Verdict.OBSERVED,
    Verdict.PASS,
    Verdict.NOT_APPLICABLE,
)
_WITH_LADDER = BAD | {Verdict.INCONCLUSIVE, Verdict.KNOWN}
OWN_STYLE = "pre { overflow-x: auto; font-size: .8em; }\n"
"""What the page has beside the style of all reports."""


def page(
    reports: Sequence[Report],
    requirements: Mapping[str, Requirement],
    marks: Mapping[str, Mark],
    notes: Mapping[str, Mapping[str, str]] | None = None,
) -> str:
    """Return the page. `notes` explain results, by the stack's name and the scenario's id."""
    return "".join(_page(reports, requirements, marks, notes or {}))


def _page(
    reports: Sequence[Report],
    requirements: Mapping[str, Requirement],
    marks: Mapping[str, Mark],
    notes: Mapping[str, Mapping[str, str]],
) -> Iterator[str]:
    names = [report.name for report in reports]
    yield from beginning(names, OWN_STYLE)
    yield "<h1>Stacks by requirement</h1>\n"
    yield (
        "<p>A scenario is a dialogue with a stack on a wire. The verdict on a requirement is that of its worst "
        "scenario; open a cell for each of them, and for the packets of what failed.</p>\n"
    )
    used = [verdict for verdict in WORDS if any(report.counts()[verdict] for report in reports)]
    yield from counts(
        "Stack",
        [WORDS[verdict] for verdict in used],
        ((each.name, [(_class(verdict), each.counts()[verdict]) for verdict in used]) for each in reports),
    )
    yield "<h2>Requirements</h2>\n"
    yield from table(("Requirement", "Says", *names))
    found = [by_requirement((each.scenario.requirements, each) for each in report.results) for report in reports]
    for name in sorted(set().union(*found)):
        yield row_head(requirements[name])
        for report, each in zip(reports, found, strict=True):
            yield from _cell(each.get(name, ()), notes.get(report.name, {}))
        yield "\n"
    yield TABLE_END
    yield from _marked(requirements, marks)
    yield "</html>\n"


def _cell(results: Sequence[Result], notes: Mapping[str, str]) -> Iterator[str]:
    if not results:
        yield "<td class=none>"
        return
    verdicts = [result.verdict for result in results]
    worst = next(verdict for verdict in _WORST_FIRST if verdict in verdicts)
    passed = verdicts.count(Verdict.PASS)
    yield f"<td><details><summary class={_class(worst)}>{escape(worst.value)} <small>{passed}/{len(results)}</small>"
    yield "</summary><ul>"
    for result in results:
        yield from _result(result, notes.get(result.scenario.id))
    yield "</ul></details>"


def _result(result: Result, note: str | None) -> Iterator[str]:
    scenario = result.scenario
    yield f"<li class={_class(result.verdict)}><b>{escape(scenario.id)}</b> {escape(result.verdict.value)}: "
    yield escape(scenario.sentence)
    told = [*result.faults, *result.remarks, *((note,) if note else ())]
    if result.earlier:
        told.append(f"run more than once: {', '.join((*result.earlier, result.verdict))}")
    if told:
        yield "<ul>" + "".join(f"<li>{escape(text)}" for text in told) + "</ul>"
    if result.verdict in _WITH_LADDER and result.events:
        yield "<details><summary>packets</summary><pre>"
        yield "\n".join(escape(ladder.line(rung)) for rung in ladder.rungs(result))
        yield "</pre></details>"


def _marked(requirements: Mapping[str, Requirement], marks: Mapping[str, Mark]) -> Iterator[str]:
    yield "<h2>Requirements without a scenario</h2>\n"
    yield from table(("Requirement", "Says", "Why"))
    for name, mark in sorted(marks.items()):
        yield f"{row_head(requirements[name])}<td>{escape(mark.mark)}: {escape(mark.reason)}\n"
    yield TABLE_END


def _class(verdict: Verdict) -> str:
    return _CLASSES.get(verdict, "none")
