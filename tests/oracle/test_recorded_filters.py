"""Every filter of the recorded answers: the frames that it lets pass, and what is no filter."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wireproof.dissectors.schema import catalogue
from wireproof.grammar import FilterError, TypedFilter, compile_filter
from wireproof.packet import Packet

from . import ours
from .agreement import Record, Tally, fingerprint
from .answers import MACROS, Answers
from .deviations import Deviations
from .features import features

# A filter on these sees other values when other frames were shown before.
DEPEND_ON_SHOWN = frozenset({"frame.time_delta_displayed"})


class Refused(str):
    """The text of a filter error."""


class Failed(str):
    """Any other exception: no answer."""


Outcome = list[int] | Refused | Failed


@pytest.fixture(scope="module")
def outcomes(answers: Answers) -> list[tuple[dict[str, Any], Outcome]]:
    """Every case with the frames that match, or the message of the error; each capture is dissected once."""
    captures: dict[str, list[Packet]] = {}
    found = []
    for case in answers.cases:
        name = case["capture"]
        if name not in captures:
            captures[name] = ours.packets(answers.capture(name))
        found.append((case, _outcome(answers, case, captures[name])))
    return found


def _outcome(answers: Answers, case: dict[str, Any], packets: list[Packet]) -> Outcome:
    try:
        compiled = compile_filter(case["filter"], catalogue(), case.get("macros", MACROS))
        if compiled.fields & DEPEND_ON_SHOWN:
            return ours.frames(answers.capture(case["capture"]), case["filter"])
        return _matching(compiled, packets)
    except FilterError as error:
        return Refused(error)
    except Exception as error:
        return Failed(f"{type(error).__name__}: {error}")


def _matching(compiled: TypedFilter, packets: list[Packet]) -> list[int]:
    return [packet.number for packet in packets if compiled.matches(packet)]


def test_filters_agree(
    answers: Answers,
    outcomes: list[tuple[dict[str, Any], Outcome]],
    record: Callable[[str], Record],
    show: Callable[..., None],
) -> None:
    deviations = Deviations("filters")
    tally, disagreeing, number = Tally(), [], 0
    for case, outcome in outcomes:
        if case.get("crash") or (case.get("error") and case["rejected_by"] != "all"):
            continue  # tshark has no answer, or a later release has another
        want, got = case.get("frames", "an error"), "an error" if isinstance(outcome, Refused) else outcome
        text, capture = case["filter"], case["capture"]
        if want != got and deviations.explain(text, capture, ours=got):
            continue
        for feature in ["errors"] if case.get("error") else features(text):
            tally.add(feature, f"{capture}: {text}", want, got)
        if want == got:
            number += 1
        else:
            disagreeing.append(f"{capture}: {text}")
    show("recorded answers, filters by feature", tally, note=f"; {number} filters of {number + len(disagreeing)}")
    rules = Path(__file__).with_name("features.py")
    source = fingerprint([rules, answers.folder / "cases.jsonl", *answers.captures])
    wrong = [*record("filters").hold("features", source, tally, disagreeing), *deviations.stale()]
    assert not wrong, "\n".join(wrong)


def test_no_filter_fails_in_a_way_of_its_own(answers: Answers, outcomes: list[tuple[dict[str, Any], Outcome]]) -> None:
    """Also those that tshark refuses, and those that abort it: a filter has an answer or is refused with a reason."""
    failed = [
        f"{case['capture']}: {case['filter']}: {outcome}" for case, outcome in outcomes if isinstance(outcome, Failed)
    ]
    assert not failed, "\n".join(failed)


def test_what_aborts_tshark_has_an_answer(outcomes: list[tuple[dict[str, Any], Outcome]]) -> None:
    crashing = [(case["filter"], outcome) for case, outcome in outcomes if case.get("crash")]
    refused = [f"{text}: {outcome}" for text, outcome in crashing if not isinstance(outcome, list)]
    assert not refused, "\n".join(refused)
