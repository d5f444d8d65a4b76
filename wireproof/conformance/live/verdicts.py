"""What is said of a scenario."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from wireproof.vectors import Scenario


class Verdict(StrEnum):
    """What came of a scenario.

    `OBSERVED` is a behaviour that may be so or otherwise; `INCONCLUSIVE` one that could not be brought about;
    `CRASH` a stack that lives no more afterwards. `KNOWN` failed and `MENDED` passed against a list of expected
    failures. `WITHHELD` was not run, as the one who runs it knows what it would bring down.
    """

    PASS = "pass"
    FAIL = "fail"
    OBSERVED = "observed"
    NOT_APPLICABLE = "not applicable"
    INCONCLUSIVE = "inconclusive"
    CRASH = "crash"
    KNOWN = "known"
    MENDED = "mended"
    WITHHELD = "withheld"


BAD = frozenset({Verdict.FAIL, Verdict.CRASH, Verdict.MENDED})
LENIENT = frozenset({"MAY", "INFO"})
"""Levels that bind nobody: what is otherwise is observed, not wrong."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: at how many seconds, what, through which port, with which frame, and of which step.

    `kind` is "sent", "received", "answered" (what the tester answers by itself) and "note".
    """

    time: float
    kind: Literal["sent", "received", "answered", "note"]
    port: int = 0
    frame: bytes = b""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a scenario, why in words, what was remarked besides, and all that passed over the wire.

    `earlier` are the verdicts of runs before this one, which were not believed without another.
    """

    scenario: Scenario
    verdict: Verdict
    faults: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    events: tuple[Event, ...] = field(default=(), repr=False)
    began: float = 0.0
    seconds: float = 0.0
    earlier: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The results of one run, in the order of the scenarios."""

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
