"""A report as one HTML page, whole in itself: a row for each requirement, a column for each parser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from wireproof.conformance.judge import Result, Verdict
from wireproof.conformance.reports.matrix import Row, rows
from wireproof.conformance.runner import Report
from wireproof.conformance.selection import Suite
from wireproof.vectors import Flag, Reassemble, Requirement, Vector

STYLE = """
:root { color-scheme: light dark; --line: #8885; --pass: #2a7d3b; --fail: #c0392b; --other: #9a6b00; --none: #888; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 90rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem; text-align: left; vertical-align: top; }
thead th { position: sticky; top: 0; background: Canvas; }
.statement { min-width: 22rem; }
.pass { color: var(--pass); } .fail, .error, .mended { color: var(--fail); font-weight: 600; }
.known { color: var(--other); } .unsupported, .none { color: var(--none); }
details { margin: .3rem 0; } summary { cursor: pointer; }
code { font-size: .9em; overflow-wrap: anywhere; }
ul { margin: .2rem 0; padding-left: 1.2rem; }
small { color: var(--none); }
"""
_SIGNS = {
    Verdict.PASS: "✓ pass",
    Verdict.FAIL: "✗ fail",
    Verdict.ERROR: "✗ no answer",
    Verdict.UNSUPPORTED: "unsupported",
    Verdict.KNOWN: "✗ fails as expected",
    Verdict.MENDED: "✓ passes against expectation",
}


def page(reports: Sequence[Report], suite: Suite) -> str:
    """Return the page."""
    return "".join(_page(reports, suite))


def _page(reports: Sequence[Report], suite: Suite) -> Iterator[str]:
    names = ", ".join(report.name for report in reports)
    yield "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n"
    yield "<meta name=viewport content='width=device-width, initial-scale=1'>\n"
    yield f"<title>wireproof: {escape(names)}</title>\n<style>{STYLE}</style>\n"
    yield "<h1>Parsers by requirement</h1>\n"
    yield (
        "<p>A vector is a packet with what the standard says of it. The verdict on a requirement is that of its worst "
        "vector; open a cell for each of them.</p>\n"
    )
    yield from _counts(reports)
    yield "<h2>Requirements</h2>\n<table>\n<thead><tr><th>Requirement<th>Says"
    yield "".join(f"<th>{escape(report.name)}" for report in reports)
    yield "</thead>\n<tbody>\n"
    for row in rows(reports, suite):
        yield from _row(row)
    yield "</tbody>\n</table>\n<h2>Flags</h2>\n<dl>\n"
    used = {flag for report in reports for result in report.results for flag in result.vector.flags}
    for name in sorted(used):
        yield from _flag(suite.flags[name])
    yield "</dl>\n</html>\n"


def _counts(reports: Sequence[Report]) -> Iterator[str]:
    yield "<table>\n<thead><tr><th>Parser"
    yield "".join(f"<th>{escape(_SIGNS[verdict])}" for verdict in Verdict)
    yield "</thead>\n<tbody>\n"
    for report in reports:
        counts = report.counts()
        yield f"<tr><th>{escape(report.name)}"
        yield "".join(f"<td class={verdict if counts[verdict] else 'none'}>{counts[verdict]}" for verdict in Verdict)
        yield "\n"
    yield "</tbody>\n</table>\n"


def _row(row: Row) -> Iterator[str]:
    requirement = row.requirement
    yield f"<tr id={escape(requirement.id)}><th>{escape(requirement.id)}<br><small>{escape(level(requirement))}<br>"
    yield f"{escape(where(requirement))}</small><td class=statement>{escape(requirement.statement)}"
    if requirement.checked != "text" or requirement.derived:
        yield "<br><small>provisional: not said by the text in so many words</small>"
    for index, results in enumerate(row.results):
        verdict = row.verdict(index)
        if verdict is None:
            yield "<td class=none>"
            continue
        passed = sum(result.verdict is Verdict.PASS for result in results)
        yield f"<td><details><summary class={verdict}>{escape(_SIGNS[verdict])}"
        yield f" <small>{passed}/{len(results)}</small></summary><ul>"
        for result in results:
            yield from _result(result)
        yield "</ul></details>"
    yield "\n"


def _result(result: Result) -> Iterator[str]:
    vector = result.vector
    yield f"<li class={result.verdict}><b>{escape(vector.id)}</b> {escape(vector.sentence)}"
    if result.faults or result.remarks or result.said is not None:
        yield "<ul>"
        yield "".join(f"<li>{escape(text)}" for text in (*result.faults, *result.remarks))
        yield f"<li>it said: <code>{escape(result.said)}</code>" if result.said is not None else ""
        yield "</ul>"
    if result.verdict is not Verdict.PASS and (asked := _asked(vector)):
        yield f"<br><code>{escape(asked)}</code>"


def _asked(vector: Vector) -> str:
    packets = vector.task.packets if isinstance(vector.task, Reassemble) else (vector.data,)
    return "; ".join(packet.hex(" ") for packet in packets)


def level(requirement: Requirement) -> str:
    """Return how binding a requirement is, and under what condition."""
    return requirement.level + (f" of {requirement.condition}" if requirement.condition is not None else "")


def where(requirement: Requirement) -> str:
    """Return the documents and sections of a requirement."""
    return "; ".join(f"{source.document}, {source.section}" for source in requirement.sources)


def _flag(flag: Flag) -> Iterator[str]:
    yield f"<dt><b>{escape(flag.id)}</b> {escape(flag.statement)}<dd>{escape(flag.why)}"
    if flag.policy is not None:
        yield f"<br><small>accepts: {escape(flag.policy.accept)} Rejects: {escape(flag.policy.reject)}</small>"
    links = " ".join(f"<a href='{escape(link, quote=True)}'>{escape(link)}</a>" for link in flag.links)
    yield f"<br><small>{links}</small>\n"
