"""A plugin of pytest: with ``--wireproof-stack ADDRESS/PREFIX`` each scenario is a test of a stack's own run.

It is loaded into every run of pytest where wireproof is installed, and so imports nothing before it is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
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


def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the scenarios to what was collected."""
    if not config.getoption("--wireproof-stack"):
        return
    from wireproof.conformance.live.selection import chosen

    wanted, unwanted = (config.getoption(f"--wireproof-{word}") for word in ("scenario", "no-scenario"))
    try:
        scenarios = chosen(wanted, unwanted, slow=config.getoption("--wireproof-slow"))
        runs = _Runs(config)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None
    for scenario in scenarios:
        name = f"wireproof[{scenario.id}]"
        items.append(ScenarioItem.from_parent(session, name=name, scenario=scenario, runs=runs))


class _Runs:
    """The results of all scenarios that are run: they go on beside each other, when the first is asked for."""

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
        self._results: dict[str, Result] | None = None

    def result(self, item: ScenarioItem) -> Result:
        """Return the result of an item's scenario."""
        if self._results is None:
            scenarios = [each.scenario for each in item.session.items if isinstance(each, ScenarioItem)]
            self._results = {each.scenario.id: each for each in self._run(scenarios)}
        return self._results[item.scenario.id]

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


class ScenarioItem(pytest.Item):
    """One scenario."""

    def __init__(self, *, scenario: Scenario, runs: _Runs, **others: Any) -> None:
        super().__init__(**others)
        self.scenario = scenario
        self._runs = runs

    def runtest(self) -> None:
        """Look the scenario's result up. One that does not apply, or shows nothing, is skipped."""
        from wireproof.conformance.live.verdicts import BAD, Verdict

        result = self._runs.result(self)
        if result.verdict in (Verdict.NOT_APPLICABLE, Verdict.INCONCLUSIVE):
            pytest.skip("; ".join((result.verdict.value, *result.faults, *result.remarks)))
        if result.verdict in BAD:
            raise ScenarioError(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what is printed of a failure: the requirements and the packets, not where this file raised it."""
        if not isinstance(excinfo.value, ScenarioError):
            return super().repr_failure(excinfo, style)
        from wireproof.conformance.live.reports import result_lines
        from wireproof.output.escape import escape
        from wireproof.vectors import load_requirements

        return "\n".join(escape(line) for line in result_lines(excinfo.value.result, load_requirements()))

    def reportinfo(self) -> tuple[str, None, str]:
        """Return where the scenario stands: among wireproof's, on no line of a file."""
        return "wireproof", None, self.scenario.id


class ScenarioError(Exception):
    """A scenario that failed."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.scenario.id)
        self.result = result
