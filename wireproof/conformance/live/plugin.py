"""A plugin of pytest: with ``--wireproof-stack ADDRESS/PREFIX`` each scenario is a test of a stack's own run.

It is loaded into every run of pytest where wireproof is installed, and so imports nothing before it is asked.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from wireproof.conformance.items import Outcome
    from wireproof.conformance.live.verdicts import Result
    from wireproof.vectors import Scenario

_SEVERAL = {"action": "append", "default": []}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("wireproof-live", "wireproof: scenarios against a stack on a wire")
    add = group.addoption
    add("--wireproof-stack", metavar="ADDRESS/PREFIX", help="the stack's address; each scenario becomes a test")
    add("--wireproof-stack-iface", metavar="NAME", help="the interface that it is at", **_SEVERAL)
    add("--wireproof-stack-tap", metavar="NAME", help="or a TAP", **_SEVERAL)
    add("--wireproof-stack-unix", metavar="SOCKET", help="or a UNIX socket with frames as QEMU's")
    add("--wireproof-stack-gateway", metavar="ADDRESS", help="its default route leads to this one: the tester has it")
    add("--wireproof-stack-cmd", metavar="COMMAND", help="starts the stack")
    add("--wireproof-stack-control", metavar="COMMAND", help="has the stack do things, by lines of JSON")
    add("--wireproof-stack-offers", metavar="WORD,…", help="what it has to offer", **_SEVERAL)
    add("--wireproof-stack-profile", metavar="WORD", help="a configuration that it declares", **_SEVERAL)
    add("--wireproof-scenario", metavar="WORD", help="only these scenarios, as --select", **_SEVERAL)
    add("--wireproof-no-scenario", metavar="WORD", help="not these", **_SEVERAL)
    add("--wireproof-slow", action="store_true", help="also scenarios that take more than some seconds")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Add the scenarios to what is collected."""
    report = yield
    config = collector.config
    if not isinstance(collector, pytest.Session) or not config.getoption("--wireproof-stack"):
        return report
    from wireproof.conformance.items import with_cases
    from wireproof.conformance.live.selection import chosen

    wanted, unwanted = (config.getoption(f"--wireproof-{word}") for word in ("scenario", "no-scenario"))
    try:
        scenarios = chosen(wanted, unwanted, slow=config.getoption("--wireproof-slow"))
        runs = _Runs(config)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
    with_cases(report, collector, "wireproof-live", [scenario.id for scenario in scenarios], runs.ask)
    return report


class _Runs:
    """Runs scenarios, as the options say: they go on beside each other."""

    def __init__(self, config: pytest.Config) -> None:
        """Raises ValueError."""
        from wireproof.conformance.live.arranging import stack_of, wire_of

        def said(word: str) -> Any:
            return config.getoption(f"--wireproof-stack{word}")

        self.command, self.control = said("-cmd"), said("-control")
        offers, profiles = said("-offers"), said("-profile")
        self.stack = stack_of(
            "stack", said(""), offers, profiles=profiles, control=bool(self.control), gateway=said("-gateway")
        )
        self.connect = wire_of(said("-iface"), said("-tap"), said("-unix"))

    def ask(self, ids: Sequence[str]) -> Mapping[str, Outcome]:
        """Return what becomes of the scenarios with these ids."""
        from wireproof.vectors import load_scenarios

        by_id = {scenario.id: scenario for scenario in load_scenarios()}
        return {result.scenario.id: _outcome(result) for result in self._run([by_id[each] for each in ids])}

    def _run(self, scenarios: list[Scenario]) -> tuple[Result, ...]:
        from contextlib import ExitStack

        from wireproof.conformance.live.bench import Bench, CommandController
        from wireproof.conformance.live.runner import Runner

        with ExitStack() as after:
            bench = Bench(self.connect, self.command)
            after.callback(bench.stop)
            control = CommandController(self.control) if self.control else None
            if control is not None:
                after.callback(control.stop)
            return Runner(bench, self.stack, control=control).run(scenarios).results


def _outcome(result: Result) -> Outcome:
    from wireproof.conformance.items import Outcome
    from wireproof.conformance.live.reports import result_lines
    from wireproof.conformance.live.verdicts import BAD, Verdict
    from wireproof.vectors import load_requirements

    if result.verdict in (Verdict.NOT_APPLICABLE, Verdict.INCONCLUSIVE):
        return Outcome("skipped", (result.verdict.value, *result.faults, *result.remarks))
    if result.verdict in BAD:
        return Outcome("failed", tuple(result_lines(result, load_requirements())))
    return Outcome("passed")
