"""``wireproof conform parser --adapter COMMAND``: the vectors against a parser, judged by requirement."""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wireproof.cli._failures import CommandError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from wireproof.conformance.runner import Report
    from wireproof.conformance.selection import Suite
    from wireproof.vectors import Vector

HELP = "Prove a parser right or wrong: ask it all vectors, and judge its answers by the requirements of the RFCs."
EXAMPLES = """\
examples:
  wireproof conform parser --adapter ./my-adapter
  wireproof conform parser --adapter scapy --select arp
  wireproof conform parser --adapter mine='python3 my_adapter.py' --adapter tshark --html report.html
  wireproof conform parser --adapter ./my-adapter --policy checksum-wrong=reject --expected-failures known.txt

an adapter is any program that reads lines of JSON and answers each with one:
  {"id": …, "op": "parse", "link": "ethernet", "hex": …}  →  {"id": …, "accept": true, "fields": {"arp.opcode": [1]}}
those that ship: reference, engine (both our own), tshark, tcpdump, scapy, dpkt, pypacker

exit status:
  0  all as expected
  1  wrong usage
  2  an adapter cannot be started, or a report not be written
  3  a vector failed, or passed that was expected to fail
"""
NOT_AS_EXPECTED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = EXAMPLES
    parser.add_argument("what", choices=["parser"], help="what is tested: a parser, through an adapter")
    parser.add_argument(
        "--adapter",
        action="append",
        required=True,
        metavar="COMMAND",
        help="the adapter's command, or the name of one that ships; NAME=COMMAND names it; may be repeated",
    )
    group = parser.add_argument_group("which vectors (may be repeated)")
    words = "an id, requirement, flag, level, protocol or operation, * and ? stand for any characters"
    group.add_argument("--select", action="append", default=[], metavar="WORD", help=f"only these: {words}")
    group.add_argument("--exclude", action="append", default=[], metavar="WORD", help="not these")
    group = parser.add_argument_group("what is expected")
    group.add_argument(
        "--policy",
        action="append",
        default=[],
        metavar="FLAG=accept|reject",
        help="what is right for vectors of a flag that leaves a choice (default: both)",
    )
    group.add_argument(
        "--expected-failures", metavar="FILE", help="ids that are known to fail, one a line; one that passes is told"
    )
    group = parser.add_argument_group("how")
    group.add_argument("--timeout", type=float, default=5.0, metavar="SECONDS", help="for each answer (default 5)")
    group.add_argument("--shuffle", type=int, metavar="SEED", help="in another order: a parser must keep no state")
    group.add_argument("--all", action="store_true", help="print all results, not only what failed")
    group = parser.add_argument_group("reports (- for the standard output)")
    group.add_argument("--json", metavar="FILE", help="as JSON, a list of one object an adapter")
    group.add_argument("--junit", metavar="FILE", help="as JUnit's XML, of one adapter")
    group.add_argument("--html", metavar="FILE", help="as one page: a row a requirement, a column a parser")


def run(options: argparse.Namespace) -> int:
    """Ask the adapters, report, and tell by the status whether all was as expected."""
    from wireproof.conformance.adapter import StartError
    from wireproof.conformance.selection import SelectionError, expected_failures, full_suite

    suite = full_suite()
    try:
        vectors = list(suite.chosen(options.select, options.exclude))
        policies = suite.policies(options.policy)
        expected = expected_failures(_lines(options.expected_failures), suite) if options.expected_failures else ()
    except SelectionError as error:
        raise UsageError(str(error)) from None
    if not vectors:
        raise UsageError("no vector is left")
    _check_reports(options)
    if options.timeout <= 0:
        raise UsageError("--timeout is more than 0 seconds")
    if options.shuffle is not None:
        random.Random(options.shuffle).shuffle(vectors)
    try:
        reports = [_report(word, vectors, policies, expected, options.timeout) for word in options.adapter]
    except StartError as error:
        raise CommandError(str(error)) from None
    _write(options, reports, suite)
    return 0 if all(report.is_good for report in reports) else NOT_AS_EXPECTED


def _check_reports(options: argparse.Namespace) -> None:
    """See before anything is asked whether what is found can be written."""
    if options.junit and len(options.adapter) > 1:
        raise UsageError("--junit reports on one adapter")
    paths = [path for path in (options.json, options.junit, options.html) if path]
    if paths.count("-") > 1:
        raise UsageError("one report goes to the standard output, the others into files")
    for path in paths:
        if path != "-" and not Path(path).parent.is_dir():
            raise CommandError(f"cannot write {path!r}: No such file or directory")


def _report(
    word: str,
    vectors: Sequence[Vector],
    policies: Mapping[str, str],
    expected: Collection[str],
    timeout: float,
) -> Report:
    from wireproof.conformance.adapter import Adapter
    from wireproof.conformance.adapters import command_of
    from wireproof.conformance.runner import run as ask

    name, command = _named(word)
    with Adapter(command_of(command), timeout) as adapter:
        return ask(vectors, adapter, name=name, policies=policies, expected=expected)


def _named(word: str) -> tuple[str, str]:
    """Return name and command of an adapter; a command that begins with an assignment is none."""
    name, equals, command = word.partition("=")
    if equals and name and not set(name) & set(" /\\'\""):
        return name, command
    return word, word


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot read {path!r}: {getattr(error, 'strerror', None) or error}") from None


def _write(options: argparse.Namespace, reports: Sequence[Report], suite: Suite) -> None:
    from wireproof.conformance.reports import data, terminal
    from wireproof.output.escape import escape

    if "-" not in (options.json, options.junit, options.html):
        for report in reports:
            for line in terminal.lines(report, suite, all_results=options.all):
                print(escape(line))
    if options.json:
        _save(options.json, json.dumps([data.as_json(report) for report in reports], indent=2).encode() + b"\n")
    if options.junit:
        _save(options.junit, data.as_junit(reports[0]) + b"\n")
    if options.html:
        from wireproof.conformance.reports.page import page

        _save(options.html, page(reports, suite).encode())


def _save(path: str, octets: bytes) -> None:
    if path == "-":
        sys.stdout.buffer.write(octets)
        return
    try:
        Path(path).write_bytes(octets)
    except OSError as error:
        raise CommandError(f"cannot write {path!r}: {error.strerror or error}") from None
