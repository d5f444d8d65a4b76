"""A report as one HTML page, whole in itself: a row for each requirement, a column for each parser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from wireproof.conformance.judge import Result, Verdict
from wireproof.conformance.reports.markup import TABLE_END, beginning, counts, row_head, table
from wireproof.conformance.reports.matrix import Row, rows, worst
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
_WRONG = frozenset(Verdict) - {Verdict.PASS, Verdict.UNSUPPORTED}
Notes = Mapping[str, Mapping[str, str]]


def page(reports: Sequence[Report], suite: Suite, notes: Notes | None = None) -> str:
    """Return the page. `notes` explain results, by the parser's name and the vector's id."""
    return "".join(_page(reports, suite, notes or {}))


def _page(reports: Sequence[Report], suite: Suite, notes: Notes) -> Iterator[str]:
    names = [report.name for report in reports]
    yield from beginning(names)
    yield "<h1>Parsers by requirement</h1>\n"
    yield (
        "<p>A vector is a packet with what the standard says of it. The verdict on a requirement is that of its worst "
        "vector, and how many pass of those that the parser takes a stand on; open a cell for what is not in order, "
        "and the requirement's for its vectors.</p>\n"
    )
    yield from counts(
        "Parser",
        [_SIGNS[verdict] for verdict in Verdict],
        ((report.name, [(verdict.value, count) for verdict, count in report.counts().items()]) for report in reports),
    )
    yield "<h2>Requirements</h2>\n"
    yield from table(("Requirement", "Says", *names))
    for row in rows(reports, suite):
        yield row_head(row.requirement)
        yield from _vectors(row)
        for report, results in zip(reports, row.results, strict=True):
            yield from _cell(results, notes.get(report.name, {}))
        yield "\n"
    yield f"{TABLE_END}<h2>Flags</h2>\n<dl>\n"
    used = {flag for report in reports for result in report.results for flag in result.vector.flags}
    for name in sorted(used):
        yield from _flag(suite.flags[name])
    yield "</dl>\n</html>\n"


def _vectors(row: Row) -> Iterator[str]:
    """Yield the vectors of a requirement; the packets only of those that any parser gets wrong."""
    vectors = {result.vector.id: result.vector for results in row.results for result in results}
    wrong = {result.vector.id for results in row.results for result in results if result.verdict in _WRONG}
    yield f"<details><summary>{len(vectors)} vector{'s' * (len(vectors) != 1)}</summary><ul>"
    for name, vector in vectors.items():
        doubt = " <small>provisional</small>" if vector.is_provisional else ""
        yield f"\n<li><b>{escape(name)}</b> {escape(vector.sentence)}{doubt}"
        if name in wrong and (packets := _packets(vector)):
            yield f"<br><code>{escape(packets)}</code>"
    yield "</ul></details>"


def _cell(results: Sequence[Result], notes: Mapping[str, str]) -> Iterator[str]:
    if not results:
        yield "<td class=none>"
        return
    verdict = worst(results)
    passed = sum(result.verdict is Verdict.PASS for result in results)
    judged = sum(result.verdict is not Verdict.UNSUPPORTED for result in results)
    sign = escape(_SIGNS[verdict]) + (f" <small>{passed}/{judged}</small>" if judged else "")
    details = "".join(_details(results, notes))
    if details:
        yield f"<td><details><summary class={verdict}>{sign}</summary><ul>{details}</ul></details>"
    else:
        yield f"<td class={verdict}>{sign}"


def _details(results: Sequence[Result], notes: Mapping[str, str]) -> Iterator[str]:
    """Yield what is not in order, each of the remarks once, and what the parser takes no stand on."""
    for result in results:
        if result.verdict in _WRONG:
            yield f"<li class={result.verdict}><b>{escape(result.vector.id)}</b> {escape(_SIGNS[result.verdict])}<ul>"
            note = notes.get(result.vector.id)
            yield "".join(f"<li>{escape(text)}" for text in (*result.faults, *((note,) if note else ())))
            yield f"<li>it said: <code>{escape(result.said)}</code>" if result.said is not None else ""
            yield "</ul>"
    remarks = dict.fromkeys(remark for result in results for remark in result.remarks)
    yield "".join(f"<li class=none>{escape(remark)}" for remark in remarks)
    silent = [result.vector.id for result in results if result.verdict is Verdict.UNSUPPORTED]
    if silent and len(silent) < len(results):
        yield f"<li class=none>unsupported: {escape(', '.join(silent))}"


def _packets(vector: Vector) -> str:
    packets = vector.task.packets if isinstance(vector.task, Reassemble) else (vector.data,)
    return "; ".join(packet.hex() for packet in packets)


def _flag(flag: Flag) -> Iterator[str]:
    yield f"<dt><b>{escape(flag.id)}</b> {escape(flag.statement)}<dd>{escape(flag.why)}"
    if flag.policy is not None:
        yield f"<br><small>accepts: {escape(flag.policy.accept)} Rejects: {escape(flag.policy.reject)}</small>"
    links = " ".join(f"<a href='{escape(link, quote=True)}'>{escape(link)}</a>" for link in flag.links)
    yield f"<br><small>{links}</small>\n"
