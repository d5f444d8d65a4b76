"""A report as one HTML page, whole in itself: a row for each requirement, a column for each stack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from wireproof.conformance.live import ladder
from wireproof.conformance.live.reports import WORDS
from wireproof.conformance.live.verdicts import BAD, Report, Result, Verdict
from wireproof.conformance.reports.page import STYLE, level, where
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
_OWN_STYLE = "pre { overflow-x: auto; font-size: .8em; }\n"


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
    names = ", ".join(report.name for report in reports)
    yield "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n"
    yield "<meta name=viewport content='width=device-width, initial-scale=1'>\n"
    yield f"<title>wireproof: {escape(names)}</title>\n<style>{STYLE}{_OWN_STYLE}</style>\n"
    yield "<h1>Stacks by requirement</h1>\n"
    yield (
        "<p>A scenario is a dialogue with a stack on a wire. The verdict on a requirement is that of its worst "
        "scenario; open a cell for each of them, and for the packets of what failed.</p>\n"
    )
    yield from _counts(reports)
    yield "<h2>Requirements</h2>\n<table>\n<thead><tr><th>Requirement<th>Says"
    yield "".join(f"<th>{escape(report.name)}" for report in reports)
    yield "</thead>\n<tbody>\n"
    found = [_by_requirement(report) for report in reports]
    for name in sorted(set().union(*found)):
        yield _head(requirements[name])
        for report, each in zip(reports, found, strict=True):
            yield from _cell(each.get(name, ()), notes.get(report.name, {}))
        yield "\n"
    yield "</tbody>\n</table>\n"
    yield from _marked(requirements, marks)
    yield "</html>\n"


def _counts(reports: Sequence[Report]) -> Iterator[str]:
    used = [verdict for verdict in WORDS if any(report.counts()[verdict] for report in reports)]
    yield "<table>\n<thead><tr><th>Stack"
    yield "".join(f"<th>{escape(WORDS[verdict])}" for verdict in used)
    yield "</thead>\n<tbody>\n"
    for report in reports:
        counts = report.counts()
        yield f"<tr><th>{escape(report.name)}"
        yield "".join(
            f"<td class={_class(verdict) if counts[verdict] else 'none'}>{counts[verdict]}" for verdict in used
        )
        yield "\n"
    yield "</tbody>\n</table>\n"


def _by_requirement(report: Report) -> Mapping[str, Sequence[Result]]:
    found: dict[str, list[Result]] = defaultdict(list)
    for result in report.results:
        for name in result.scenario.requirements:
            found[name].append(result)
    return found


def _head(requirement: Requirement) -> str:
    text = f"<tr id={escape(requirement.id)}><th>{escape(requirement.id)}<br><small>{escape(level(requirement))}<br>"
    text += f"{escape(where(requirement))}</small><td class=statement>{escape(requirement.statement)}"
    if requirement.checked != "text" or requirement.derived:
        text += "<br><small>provisional: not said by the text in so many words</small>"
    return text


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
    yield "<h2>Requirements without a scenario</h2>\n<table>\n"
    yield "<thead><tr><th>Requirement<th>Says<th>Why</thead>\n<tbody>\n"
    for name, mark in sorted(marks.items()):
        yield f"{_head(requirements[name])}<td>{escape(mark.mark)}: {escape(mark.reason)}\n"
    yield "</tbody>\n</table>\n"


def _class(verdict: Verdict) -> str:
    return _CLASSES.get(verdict, "none")
