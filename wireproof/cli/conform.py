"""``wireproof conform``: vectors against a parser, and scenarios against a stack, judged by requirement."""

from __future__ import annotations

import argparse
import json
import random
from itertools import chain
from typing import TYPE_CHECKING

from wireproof.cli._conform_reports import NOT_AS_EXPECTED, check_paths, encoded, lines_of, save
from wireproof.cli._failures import CommandError, UsageError
from wireproof.cli._interrupts import ended_by_signals

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from wireproof.conformance.runner import Report
    from wireproof.conformance.selection import Suite
    from wireproof.vectors import Vector

HELP = "Prove a parser or a stack right or wrong: judge what it does by the requirements of the RFCs."
PARSER_HELP = "ask a parser all vectors, and judge its answers"
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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what may be tested, and the options of each."""
    from wireproof.cli import _conform_live, _conform_matrix, _conform_watch

    what = parser.add_subparsers(title="what is tested", metavar="WHAT", dest="what", required=True)
    others = {"live": _conform_live, "capture": _conform_watch, "matrix": _conform_matrix}
    _add_parser_arguments(what.add_parser("parser", help=PARSER_HELP, description=f"Prove it: {PARSER_HELP}."))
    for name, module in others.items():
        entry = what.add_parser(name, help=module.HELP, description=f"Prove it: {module.HELP}.")
        module.add_arguments(entry)
        entry.set_defaults(conform=module.run)


def _add_parser_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = EXAMPLES
    parser.set_defaults(conform=_run_parser)
    parser.add_argument(
        "--adapter",
        action="append",
        required=True,
        metavar="COMMAND",
        help="the adapter's command, or the name of one that ships; NAME=COMMAND names it; may be repeated",
    )
    group = parser.add_argument_group("which vectors (may be repeated)")
    words = "an id, requirement, flag, level, protocol, operation or 'provisional'; * and ? stand for any characters"
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
    """Test, report, and tell by the status whether all was as expected."""
    status: int = options.conform(options)
    return status


def _run_parser(options: argparse.Namespace) -> int:
    from wireproof.conformance.adapter import LONGEST_WAIT, StartError
    from wireproof.conformance.selection import SelectionError, expected_failures, full_suite

    suite = full_suite()
    try:
        vectors = list(suite.chosen(options.select, options.exclude))
        policies = suite.policies(options.policy)
        expected = expected_failures(lines_of(options.expected_failures), suite) if options.expected_failures else ()
    except SelectionError as error:
        raise UsageError(str(error)) from None
    if not vectors:
        raise UsageError("no vector is left")
    _check_reports(options)
    if not 0 < options.timeout <= LONGEST_WAIT:
        raise UsageError(f"--timeout is more than 0 seconds and at most {LONGEST_WAIT:g}")
    if options.shuffle is not None:
        random.Random(options.shuffle).shuffle(vectors)
    try:
        with ended_by_signals():
            reports = [_report(word, vectors, policies, expected, options.timeout) for word in options.adapter]
    except StartError as error:
        raise CommandError(str(error)) from None
    _write(options, reports, suite)
    return 0 if all(report.is_good for report in reports) else NOT_AS_EXPECTED


def _check_reports(options: argparse.Namespace) -> None:
    """See before anything is asked whether what is found can be written."""
    if options.junit and len(options.adapter) > 1:
        raise UsageError("--junit reports on one adapter")
    check_paths(options.json, options.junit, options.html)


def _report(
    word: str,
    vectors: Sequence[Vector],
    policies: Mapping[str, str],
    expected: Collection[str],
    timeout: float,
) -> Report:
    from wireproof.cli._progress import steps
    from wireproof.conformance.adapter import Adapter
    from wireproof.conformance.adapters import command_of
    from wireproof.conformance.runner import run as ask

    name, command = _named(word)
    with Adapter(command_of(command), timeout) as adapter, steps(len(vectors), "vectors") as done:
        return ask(vectors, adapter, name=name, policies=policies, expected=expected, done=done)


def _named(word: str) -> tuple[str, str]:
    """Return name and command of an adapter; a command that begins with an assignment is none."""
    name, equals, command = word.partition("=")
    if equals and name and not set(name) & set(" /\\'\""):
        return name, command
    return word, word


def _write(options: argparse.Namespace, reports: Sequence[Report], suite: Suite) -> None:
    from wireproof.conformance.reports import data, terminal
    from wireproof.output.escape import escape

    if "-" not in (options.json, options.junit, options.html):
        told = (terminal.lines(report, suite, all_results=options.all) for report in reports)
        for line in chain.from_iterable((*told, terminal.table(reports, suite))):
            print(escape(line))
    if options.json:
        save(options.json, json.dumps([data.as_json(report) for report in reports], indent=2).encode() + b"\n")
    if options.junit:
        save(options.junit, data.as_junit(reports[0]) + b"\n")
    if options.html:
        from wireproof.conformance.reports.page import page

        save(options.html, encoded(page(reports, suite)))
