"""A report as one HTML page, whole in itself: a row for each requirement, a column for each parser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from wireproof.conformance.judge import Result, Verdict
from wireproof.conformance.reports.markup import TABLE_END, beginning, counts, row_head, table
from wireproof.conformance.reports.matrix import Row, rows
from wireproof.conformance.runner import Report
from wireproof.conformance.selection import Suite
from wireproof.vectors import Flag, Reassemble, Vector

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
    names = [report.name for report in reports]
    yield from beginning(names)
    yield "<h1>Parsers by requirement</h1>\n"
    yield (
        "<p>A vector is a packet with what the standard says of it. The verdict on a requirement is that of its worst "
        "vector; open a cell for each of them.</p>\n"
    )
    yield from counts(
        "Parser",
        [_SIGNS[verdict] for verdict in Verdict],
        ((report.name, [(verdict.value, count) for verdict, count in report.counts().items()]) for report in reports),
    )
    yield "<h2>Requirements</h2>\n"
    yield from table(("Requirement", "Says", *names))
    for row in rows(reports, suite):
        yield from _row(row)
    yield f"{TABLE_END}<h2>Flags</h2>\n<dl>\n"
    used = {flag for report in reports for result in report.results for flag in result.vector.flags}
    for name in sorted(used):
        yield from _flag(suite.flags[name])
    yield "</dl>\n</html>\n"


def _row(row: Row) -> Iterator[str]:
    yield row_head(row.requirement)
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


def _flag(flag: Flag) -> Iterator[str]:
    yield f"<dt><b>{escape(flag.id)}</b> {escape(flag.statement)}<dd>{escape(flag.why)}"
    if flag.policy is not None:
        yield f"<br><small>accepts: {escape(flag.policy.accept)} Rejects: {escape(flag.policy.reject)}</small>"
    links = " ".join(f"<a href='{escape(link, quote=True)}'>{escape(link)}</a>" for link in flag.links)
    yield f"<br><small>{links}</small>\n"
