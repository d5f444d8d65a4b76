"""A plugin of pytest: with ``--wireproof-adapter COMMAND`` each vector is a test, so that a parser's own run has them.

It is loaded into every run of pytest where wireproof is installed, and so imports nothing before it is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from wireproof.conformance.items import Outcome
    from wireproof.conformance.judge import Result
    from wireproof.conformance.selection import Suite
    from wireproof.vectors import Vector


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("wireproof", "wireproof: test vectors against a parser")
    group.addoption("--wireproof-adapter", metavar="COMMAND", help="the adapter; each vector becomes a test")
    words = "an id, requirement, flag, level, protocol, operation or 'provisional', with * and ?"
    for name, text in (("select", "only these vectors"), ("exclude", "not these vectors")):
        group.addoption(f"--wireproof-{name}", action="append", default=[], metavar="WORD", help=f"{text}: {words}")
    group.addoption(
        "--wireproof-policy",
        action="append",
        default=[],
        metavar="FLAG=accept|reject",
        help="what is right for vectors of a flag that leaves a choice",
    )
    group.addoption(
        "--wireproof-expected-failures",
        type=Path,
        metavar="FILE",
        help="ids that are known to fail, one a line; one that passes is a failure",
    )
    group.addoption("--wireproof-timeout", type=float, default=5.0, metavar="SECONDS", help="for each answer")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Add the vectors to what is collected."""
    report = yield
    config = collector.config
    if not isinstance(collector, pytest.Session) or not config.getoption("--wireproof-adapter"):
        return report
    from wireproof.conformance.items import with_cases
    from wireproof.conformance.selection import SelectionError, expected_failures, full_suite

    suite = full_suite()
    try:
        chosen = suite.chosen(config.getoption("--wireproof-select"), config.getoption("--wireproof-exclude"))
        policies = suite.policies(config.getoption("--wireproof-policy"))
        known = config.getoption("--wireproof-expected-failures")
        expected = expected_failures(known.read_text(encoding="utf-8").splitlines(), suite) if known else frozenset()
    except (SelectionError, OSError, UnicodeDecodeError) as error:
        raise pytest.UsageError(str(error)) from None
    asking = _Asking(config, suite, policies, expected)
    with_cases(report, collector, "wireproof", [vector.id for vector in chosen], asking.ask)
    return report


class _Asking:
    """Asks the adapter, as the options say."""

    def __init__(
        self, config: pytest.Config, suite: Suite, policies: Mapping[str, str], expected: Collection[str]
    ) -> None:
        self.command, self.timeout = config.getoption("--wireproof-adapter"), config.getoption("--wireproof-timeout")
        self.suite, self.policies, self.expected = suite, policies, expected

    def ask(self, ids: Sequence[str]) -> Mapping[str, Outcome]:
        """Return what becomes of the vectors with these ids."""
        from wireproof.conformance.adapter import Adapter, StartError
        from wireproof.conformance.adapters import command_of
        from wireproof.conformance.runner import run

        by_id: dict[str, Vector] = {vector.id: vector for vector in self.suite.vectors}
        try:
            with Adapter(command_of(self.command), self.timeout) as adapter:
                vectors = [by_id[each] for each in ids]
                report = run(vectors, adapter, name="", policies=self.policies, expected=self.expected)
        except StartError as error:
            pytest.exit(str(error), pytest.ExitCode.USAGE_ERROR)
        return {result.vector.id: self._outcome(result) for result in report.results}

    def _outcome(self, result: Result) -> Outcome:
        from wireproof.conformance.items import Outcome
        from wireproof.conformance.judge import BAD, Verdict
        from wireproof.conformance.reports.terminal import result_lines

        if result.verdict is Verdict.UNSUPPORTED:
            return Outcome("skipped", ("unsupported by the adapter",))
        if result.verdict is Verdict.KNOWN:
            return Outcome("known", result.faults)
        return (
            Outcome("failed", tuple(result_lines(result, self.suite))) if result.verdict in BAD else Outcome("passed")
        )
