"""Writes docs/matrix.md, what shipped adapters make of each requirement: ``python -m tests.conformance.matrix``."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from wireproof.conformance.adapter import Adapter
from wireproof.conformance.adapters import SHIPPED, command_of
from wireproof.conformance.judge import Verdict
from wireproof.conformance.reports.matrix import Row, rows
from wireproof.conformance.runner import Report, run
from wireproof.conformance.selection import Suite, full_suite

PAGE = Path(__file__).parents[2] / "docs" / "matrix.md"
EVIDENCE = json.loads(Path(__file__).with_name("evidence.json").read_text(encoding="utf-8"))["parsers"]
VERSIONS = {parser["adapter"]: parser["version"] for parser in EVIDENCE}
DISAGREES = {
    "reference": "it puts no fragments together",
    "engine": "it builds nothing, and leaves subnets to the reader",
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
`tests/conformance/evidence.json`, for each. `python -m tests.conformance.matrix` writes this page; with
`wireproof conform parser --adapter … --html matrix.html` you get one of your own, with all vectors in it.
"""


@cache
def report(name: str) -> Report:
    """What an adapter that ships makes of all vectors."""
    with Adapter(command_of(name), timeout=60) as adapter:
        return run(full_suite().vectors, adapter, name=name)


def page(reports: Sequence[Report], suite: Suite) -> Iterator[str]:
    """The lines of the page."""
    yield from HEAD.splitlines()
    yield from ("", "| parser | passed | failed | unsupported | where it disagrees, or is silent |", "| --- " * 5 + "|")
    for each in reports:
        counts = each.counts()
        numbers = " | ".join(str(counts[verdict]) for verdict in (Verdict.PASS, Verdict.FAIL, Verdict.UNSUPPORTED))
        yield f"| {each.name} {VERSIONS.get(each.name, '')}".rstrip() + f" | {numbers} | {DISAGREES[each.name]} |"
    names = " | ".join(each.name for each in reports)
    yield from ("", f"| requirement | says | {names} |", "| --- " * (2 + len(reports)) + "|")
    for row in rows(reports, suite):
        cells = " | ".join(_cell(row, index) for index in range(len(reports)))
        yield f"| {row.requirement.id} | {row.requirement.statement.replace('|', '/')} | {cells} |"


def _cell(row: Row, index: int) -> str:
    verdicts = [each.verdict for each in row.results[index] if each.verdict is not Verdict.UNSUPPORTED]
    passed = verdicts.count(Verdict.PASS)
    if not verdicts:
        return "-"
    return f"{passed}/{len(verdicts)}" if passed == len(verdicts) else f"**{passed}/{len(verdicts)}**"


if __name__ == "__main__":
    PAGE.write_text("\n".join(page([report(name) for name in SHIPPED], full_suite())) + "\n", encoding="utf-8")
