"""Writes docs/matrix.md and docs/matrix.html, what shipped adapters make of each requirement.

``python -m tests.conformance.matrix``
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from wireproof.conformance.adapter import Adapter
from wireproof.conformance.adapters import SHIPPED, command_of
from wireproof.conformance.judge import Verdict
from wireproof.conformance.reports.matrix import Row, rows
from wireproof.conformance.reports.page import page as as_page
from wireproof.conformance.runner import Report, run
from wireproof.conformance.selection import Suite, full_suite

DOCS = Path(__file__).parents[2] / "docs"
TEXT, PAGE = DOCS / "matrix.md", DOCS / "matrix.html"
EVIDENCE = json.loads(Path(__file__).with_name("evidence.json").read_text(encoding="utf-8"))["parsers"]
VERSIONS = {parser["adapter"]: parser["version"] for parser in EVIDENCE}
DISAGREES = {
    "reference": "it tells no header of what fragments make",
    "engine": "it builds nothing, and leaves subnets and fragments to the reader",
    "tshark": "a header of version 6 goes to IPv6",
    "tcpdump": "as far as its text tells: a length of UDP beyond IP's, a header of version 6",
    "scapy": "it reads what there is: lengths that lie, versions, cut addresses; fragments that come out of order",
    "dpkt": "addresses of ARP at fixed places, versions, lengths of UDP, more than two tags",
    "pypacker": "addresses of ARP at fixed places, versions, lengths of UDP, more than one tag",
}
HEAD = """\
# What parsers make of the vectors

A row is a requirement, a column a parser: how many of the vectors that cite it pass, of those that the parser takes a
stand on. A dash says that it takes none, bold that not all pass. Why a vector fails is said in
[matrix.html](matrix.html), which has each vector, its packet and the reason; it is what
`wireproof conform parser --adapter … --html matrix.html` makes of your own. A requirement with a star is provisional:
its text was not read, or does not say all of it. `python -m tests.conformance.matrix` writes both pages.
"""


@cache
def report(name: str) -> Report:
    """What an adapter that ships makes of all vectors."""
    with Adapter(command_of(name), timeout=60) as adapter:
        return run(full_suite().vectors, adapter, name=name)


def page(reports: Sequence[Report], suite: Suite) -> str:
    """The page of HTML, with the reasons that are recorded."""
    because = {
        parser["adapter"]: {id: each["because"] for each in parser["disagreements"] for id in each["ids"]}
        for parser in EVIDENCE
    }
    named = [replace(each, name=_title(each.name)) for each in reports]
    notes = {_title(each.name): because.get(each.name, {}) for each in reports}
    return as_page(named, suite, notes)


def _title(name: str) -> str:
    return f"{name} {VERSIONS.get(name, '')}".rstrip()


def text(reports: Sequence[Report], suite: Suite) -> Iterator[str]:
    """The lines of the table as text."""
    yield from HEAD.splitlines()
    yield from ("", "| parser | passed | failed | unsupported | where it disagrees, or is silent |", "| --- " * 5 + "|")
    for each in reports:
        counts = each.counts()
        numbers = " | ".join(str(counts[verdict]) for verdict in (Verdict.PASS, Verdict.FAIL, Verdict.UNSUPPORTED))
        yield f"| {_title(each.name)} | {numbers} | {DISAGREES[each.name]} |"
    names = " | ".join(each.name for each in reports)
    yield from ("", f"| requirement | says | {names} |", "| --- " * (2 + len(reports)) + "|")
    for row in rows(reports, suite):
        cells = " | ".join(_cell(row, index) for index in range(len(reports)))
        doubt = "*" if row.requirement.doubt is not None else ""
        yield f"| {row.requirement.id}{doubt} | {row.requirement.statement.replace('|', '/')} | {cells} |"


def _cell(row: Row, index: int) -> str:
    verdicts = [each.verdict for each in row.results[index] if each.verdict is not Verdict.UNSUPPORTED]
    passed = verdicts.count(Verdict.PASS)
    if not verdicts:
        return "-"
    return f"{passed}/{len(verdicts)}" if passed == len(verdicts) else f"**{passed}/{len(verdicts)}**"


if __name__ == "__main__":
    REPORTS = [report(name) for name in SHIPPED]
    TEXT.write_text("\n".join(text(REPORTS, full_suite())) + "\n", encoding="utf-8")
    PAGE.write_text(page(REPORTS, full_suite()), encoding="utf-8")
