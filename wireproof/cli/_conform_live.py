"""``wireproof conform live``: scenarios against a stack on a wire."""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from wireproof.cli._conform_reports import NOT_AS_EXPECTED, check_paths, encoded, lines_of, save
from wireproof.cli._failures import CommandError, UsageError
from wireproof.cli._interrupts import ended_by_signals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wireproof.conformance.live.settings import Stack
    from wireproof.conformance.live.verdicts import Report, Result
    from wireproof.vectors import Scenario

HELP = "send a stack what the scenarios say, and judge what it does"
EXAMPLES = """\
examples:
  wireproof conform live --iface eth1 --address 192.0.2.7/24
  wireproof conform live --iface eth1 --address 192.0.2.7/24 --offers tcp,udp --select arp --captures seen/
  wireproof conform live --unix stack.sock --dut-cmd './stack stack.sock' --address 192.0.2.7/24
  wireproof conform live --iface port1 --iface port2 --iface port3 --offers switch

the stack is connected to an interface of its own, and frames are sent there and nowhere else. --offers says what it
has beside ARP: echo (assumed), tcp and udp (ports that echo what they are sent), acd (RFC 5227), switch, ...
--dut-control is a program that has the stack do things: it answers lines of JSON, {"op": "connect", ...}

exit status:
  0  all as expected
  1  wrong usage
  2  the stack does not answer, or a report cannot be written
  3  a scenario failed, or passed that was expected to fail
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = EXAMPLES
    group = parser.add_argument_group("where the stack is")
    group.add_argument("--iface", action="append", default=[], metavar="NAME", help="an interface; once for each port")
    group.add_argument("--tap", action="append", default=[], metavar="NAME", help="a TAP, with the stack behind it")
    group.add_argument("--unix", metavar="SOCKET", help="a UNIX socket with frames as QEMU's")
    group.add_argument("--address", metavar="ADDRESS/PREFIX", help="the stack's address; a switch has none")
    group.add_argument("--gateway", metavar="ADDRESS", help="its default route leads to this one: the tester has it")
    group.add_argument("--dut-cmd", metavar="COMMAND", help="starts the stack, and again where it has died")
    group.add_argument("--dut-control", metavar="COMMAND", help="has the stack do things, by lines of JSON")
    group.add_argument(
        "--default-route-too",
        action="count",
        default=0,
        help="given twice: also on an interface that this machine's default route leads through",
    )
    group = parser.add_argument_group("what it is")
    group.add_argument("--name", default="stack", help="what the reports call it")
    group.add_argument("--offers", action="append", default=[], metavar="WORD,…", help="what it has to offer")
    group.add_argument("--tcp-port", type=int, default=7, metavar="PORT", help="of its echo service (default 7)")
    group.add_argument("--udp-port", type=int, default=7, metavar="PORT", help="of its echo service (default 7)")
    group.add_argument(
        "--profile", action="append", default=[], metavar="WORD", help="a configuration that it declares"
    )
    group = parser.add_argument_group("which scenarios (may be repeated)")
    words = "an id, group, level, requirement or need, * and ? stand for any characters"
    group.add_argument("--select", action="append", default=[], metavar="WORD", help=f"only these: {words}")
    group.add_argument("--exclude", action="append", default=[], metavar="WORD", help="not these")
    group.add_argument("--slow", action="store_true", help="also those that take more than some seconds")
    group.add_argument("--withhold", metavar="FILE", help="ids that are not run, and reported as withheld")
    group.add_argument(
        "--expected-failures", metavar="FILE", help="ids that are known to fail, one a line; one that passes is told"
    )
    group = parser.add_argument_group("how")
    group.add_argument("--jobs", type=int, default=24, metavar="N", help="scenarios beside each other (default 24)")
    group.add_argument("--patience", type=float, default=20.0, metavar="SECONDS", help="for the stack to come up")
    group.add_argument("--all", action="store_true", help="print all results, not only what failed")
    group = parser.add_argument_group("reports (- for the standard output)")
    group.add_argument("--json", metavar="FILE", help="as JSON")
    group.add_argument("--junit", metavar="FILE", help="as JUnit's XML")
    group.add_argument("--html", metavar="FILE", help="as one page: a row a requirement")
    group.add_argument("--captures", metavar="FOLDER", help="a capture of each scenario, its steps as comments")


def run(options: argparse.Namespace) -> int:
    """Run the scenarios, report, and tell by the status whether all was as expected."""
    from wireproof.conformance.adapter import StartError
    from wireproof.conformance.live.arranging import wire_of
    from wireproof.conformance.live.bench import Bench, CommandController
    from wireproof.conformance.live.expecting import against
    from wireproof.conformance.live.runner import GoneError, Runner
    from wireproof.conformance.live.settings import AddressError, Pace
    from wireproof.conformance.live.wire import WireError

    try:
        stack = _stack(options)
        scenarios, expected, withheld = _scenarios(options)
        connect = wire_of(options.iface, options.tap, options.unix, consent=options.default_route_too)
    except ValueError as error:
        raise UsageError(str(error)) from None
    check_paths(options.json, options.junit, options.html)
    with ExitStack() as after, ended_by_signals():
        try:
            control = CommandController(options.dut_control) if options.dut_control else None
            if control is not None:
                after.callback(control.stop)
            bench = Bench(connect, options.dut_cmd)
            after.callback(bench.stop)
            advance = after.enter_context(_telling(len(scenarios)))
            pace = Pace(jobs=options.jobs, start=options.patience, begin=random.randrange(1 << 16))
            runner = Runner(bench, stack, control=control, pace=pace, done=advance)
            report = against(expected, runner.run(scenarios, withheld=withheld, expected=expected))
            now = runner.wire.clock() if hasattr(runner, "wire") else 0.0
        except (StartError, GoneError, WireError, AddressError) as error:
            raise CommandError(str(error)) from None
    _write(options, report, now)
    return 0 if report.is_good else NOT_AS_EXPECTED


def _stack(options: argparse.Namespace) -> Stack:
    """Return what the options say of the stack. Raises ValueError."""
    from wireproof.conformance.live.arranging import stack_of

    if options.jobs < 1 or options.patience <= 0:
        raise ValueError("--jobs is 1 or more, and --patience more than 0 seconds")
    return stack_of(
        options.name,
        options.address,
        options.offers,
        profiles=options.profile,
        ports=(options.tcp_port, options.udp_port),
        control=bool(options.dut_control),
        gateway=options.gateway,
    )


def _scenarios(options: argparse.Namespace) -> tuple[Sequence[Scenario], frozenset[str], frozenset[str]]:
    from wireproof.conformance.live.selection import chosen
    from wireproof.conformance.selection import listed_ids
    from wireproof.vectors import load_scenarios

    scenarios = chosen(options.select, options.exclude, slow=options.slow)
    if not scenarios:
        raise ValueError("no scenario is left (slow ones take --slow)")
    ids = {scenario.id for scenario in load_scenarios()}
    lists = (options.expected_failures, options.withhold)
    expected, withheld = (listed_ids(lines_of(path) if path else [], ids, "scenario") for path in lists)
    return scenarios, expected, withheld


@contextmanager
def _telling(total: int) -> Iterator[Callable[[Result], None]]:
    """Show how many scenarios are done; one that is run again counts once."""
    from wireproof.cli._progress import steps

    done: set[str] = set()
    with steps(total, "scenarios") as advance:

        def tell(result: Result) -> None:
            if result.scenario.id not in done:
                done.add(result.scenario.id)
                advance(result.scenario.id)

        yield tell


def _write(options: argparse.Namespace, report: Report, now: float) -> None:
    from wireproof.capture import CaptureError
    from wireproof.conformance.live import reports
    from wireproof.output.escape import escape
    from wireproof.vectors import load_marks, load_requirements

    requirements = load_requirements()
    if "-" not in (options.json, options.junit, options.html):
        for line in reports.lines(report, requirements, all_results=options.all):
            print(escape(line))
    if options.json:
        save(options.json, json.dumps(reports.as_json(report), indent=2).encode() + b"\n")
    if options.junit:
        save(options.junit, reports.as_junit(report) + b"\n")
    if options.html:
        from wireproof.conformance.live.page import page
        from wireproof.conformance.live.stored import notes_of

        notes = notes_of(lines_of(options.expected_failures)) if options.expected_failures else {}
        save(options.html, encoded(page([report], requirements, load_marks(), {report.name: notes})))
    if options.captures:
        from wireproof.conformance.live.captures import write_captures

        ports = max(len(options.iface), len(options.tap), 1)
        try:
            for _ in write_captures(report.results, Path(options.captures), ports, now):
                pass
        except (OSError, CaptureError) as error:
            raise CommandError(f"cannot write into {options.captures!r}: {error}") from None
