"""A plugin of pytest: with ``--wireproof-adapter COMMAND`` each vector is a test, so that a parser's own run has them.

It is loaded into every run of pytest where wireproof is installed, and so imports nothing before it is asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from wireproof.conformance.judge import Result
    from wireproof.conformance.selection import Suite
    from wireproof.vectors import Vector


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("wireproof", "wireproof: test vectors against a parser")
    group.addoption("--wireproof-adapter", metavar="COMMAND", help="the adapter; each vector becomes a test")
    words = "an id, requirement, flag, level, protocol or operation, with * and ?"
    for name, text in (("select", "only these vectors"), ("exclude", "not these vectors")):
        group.addoption(f"--wireproof-{name}", action="append", default=[], metavar="WORD", help=f"{text}: {words}")
    group.addoption(
        "--wireproof-policy",
        action="append",
        default=[],
        metavar="FLAG=accept|reject",
        help="what is right for vectors of a flag that leaves a choice",
    )
    group.addoption("--wireproof-timeout", type=float, default=5.0, metavar="SECONDS", help="for each answer")


def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the vectors to what was collected."""
    command = config.getoption("--wireproof-adapter")
    if not command:
        return
    from wireproof.conformance.selection import SelectionError, full_suite

    suite = full_suite()
    try:
        chosen = suite.chosen(config.getoption("--wireproof-select"), config.getoption("--wireproof-exclude"))
        policies = suite.policies(config.getoption("--wireproof-policy"))
    except SelectionError as error:
        raise pytest.UsageError(str(error)) from None
    asked = _Asked(command, config.getoption("--wireproof-timeout"), policies)
    for vector in chosen:
        items.append(
            VectorItem.from_parent(session, name=f"wireproof[{vector.id}]", vector=vector, asked=asked, suite=suite)
        )


class _Asked:
    """The results of all vectors that are run, asked for at once: which fields are reported is known at the end."""

    def __init__(self, command: str, timeout: float, policies: Any) -> None:
        self.command, self.timeout, self.policies = command, timeout, policies
        self._results: dict[str, Result] | None = None

    def result(self, item: VectorItem) -> Result:
        """Return the result of an item's vector."""
        if self._results is None:
            from wireproof.conformance.adapter import Adapter, StartError
            from wireproof.conformance.adapters import command_of
            from wireproof.conformance.runner import run

            vectors = [each.vector for each in item.session.items if isinstance(each, VectorItem)]
            try:
                with Adapter(command_of(self.command), self.timeout) as adapter:
                    report = run(vectors, adapter, name=self.command, policies=self.policies)
            except StartError as error:
                pytest.exit(str(error), pytest.ExitCode.USAGE_ERROR)
            self._results = {result.vector.id: result for result in report.results}
        return self._results[item.vector.id]


class VectorItem(pytest.Item):
    """One vector."""

    def __init__(self, *, vector: Vector, asked: _Asked, suite: Suite, **others: Any) -> None:
        super().__init__(**others)
        self.vector, self.suite = vector, suite
        self._asked = asked

    def runtest(self) -> None:
        """Look the vector's result up. A vector that is unsupported is skipped."""
        from wireproof.conformance.judge import BAD, Verdict

        result = self._asked.result(self)
        if result.verdict is Verdict.UNSUPPORTED:
            pytest.skip("unsupported by the adapter")
        if result.verdict in BAD:
            raise VectorError(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what is printed of a failure: the faults and the requirements, not where this file raised it."""
        if not isinstance(excinfo.value, VectorError):
            return super().repr_failure(excinfo, style)
        from wireproof.conformance.reports.terminal import result_lines
        from wireproof.output.escape import escape

        return "\n".join(escape(line) for line in result_lines(excinfo.value.result, self.suite))

    def reportinfo(self) -> tuple[str, None, str]:
        """Return where the vector stands: among wireproof's, on no line of a file."""
        return "wireproof", None, self.vector.id


class VectorError(Exception):
    """A vector that failed."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.vector.id)
        self.result = result
