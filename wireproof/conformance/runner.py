"""Runs vectors against an adapter: every one gets a verdict, whatever the adapter does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from wireproof.conformance.adapter import Adapter, AdapterError
from wireproof.conformance.judge import BAD, Judge, Result, Verdict
from wireproof.conformance.messages import Answer, AnswerError, Parsed, answer, question
from wireproof.vectors import Vector

MOST_DEATHS = 8
"""An adapter that so many vectors in a row left without any answer is not asked the others of their kind.

One that never answered is not asked again.
"""
_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Report:
    """The results of one run, in the order in which the vectors were asked."""

    name: str
    results: tuple[Result, ...]

    def counts(self) -> dict[Verdict, int]:
        """Return how many results there are of each verdict."""
        found = dict.fromkeys(Verdict, 0)
        for result in self.results:
            found[result.verdict] += 1
        return found

    @property
    def is_good(self) -> bool:
        """Whether nothing failed that was not expected to, and nothing passed that was."""
        return not any(result.verdict in BAD for result in self.results)


def run(
    vectors: Sequence[Vector],
    adapter: Adapter,
    *,
    name: str,
    policies: Mapping[str, str] | None = None,
    expected: Collection[str] = (),
    done: Callable[[str], None] | None = None,
) -> Report:
    """Ask an adapter all vectors; `done` is told the id of each. Raises StartError where it cannot be started."""
    said = _Said(adapter)
    for vector in vectors:
        said.ask(vector)
        if done is not None:
            done(vector.id)
    return judged(vectors, said.answers, name=name, policies=policies, expected=expected)


def judged(
    vectors: Sequence[Vector],
    answers: Mapping[str, Answer | Result],
    *,
    name: str,
    policies: Mapping[str, str] | None = None,
    expected: Collection[str] = (),
) -> Report:
    """Return the report on answers by the vectors' ids; a result stands for itself."""
    reported = {
        field
        for each in answers.values()
        if isinstance(each, Parsed)
        for field, values in each.fields.items()
        if values
    }
    judge = Judge(reported, policies or {})
    results = []
    for vector in vectors:
        found = answers[vector.id]
        result = found if isinstance(found, Result) else judge.judge(vector, found)
        if vector.id in expected:
            result = replace(result, verdict=_EXPECTED.get(result.verdict, result.verdict))
        results.append(result)
    return Report(name, tuple(results))


_EXPECTED = {Verdict.FAIL: Verdict.KNOWN, Verdict.ERROR: Verdict.KNOWN, Verdict.PASS: Verdict.MENDED}


class _Said:
    """What the adapter said to each vector."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter
        self.answers: dict[str, Answer | Result] = {}
        self._deaths = 0
        self._has_answered = False
        self._kind: tuple[str, type] | None = None

    def ask(self, vector: Vector) -> None:
        """Ask one vector, and keep the answer, or the error that stands for it."""
        kind = vector.protocol, type(vector.task)
        if self._has_answered and kind != self._kind:
            self._deaths = 0
        self._kind = kind
        if self._deaths >= MOST_DEATHS:
            why = f"not asked: no answer to the {MOST_DEATHS} before it"
            self.answers[vector.id] = Result(vector, Verdict.ERROR, (why,), asked=False)
            return
        try:
            line = self.adapter.ask(question(vector))
            self._deaths, self._has_answered = 0, True
            self.answers[vector.id] = answer(line, vector)
        except AdapterError as error:
            self._deaths = self._deaths + 1 if error.silent else 0
            self._error(vector, str(error), error.line)
            return
        except AnswerError as error:
            self.adapter.stop()  # what it says next may belong to that
            self._error(vector, f"no answer: {error}", line)
            return
        surplus = self.adapter.surplus()
        if surplus:
            self.adapter.stop()
            self._error(vector, "it said more than its answer", surplus)

    def _error(self, vector: Vector, message: str, line: bytes = b"") -> None:
        said = line[:_SHOWN].decode("utf-8", "backslashreplace") if line else None
        self.answers[vector.id] = Result(vector, Verdict.ERROR, (message,), said=said)
