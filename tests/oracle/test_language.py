"""A thousand filters on the repository's captures: what tshark 4.0.17 let pass, and where it saw a mistake.

``language.jsonl`` holds its answers, so that it need not be there; a sample is asked of the local one as well.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings

from tests.grammar.test_laws import filters
from wireproof.dissectors.schema import catalogue
from wireproof.grammar import FilterError, TypedFilter, compile_filter
from wireproof.grammar.releases import accepted_by
from wireproof.packet import Packet

from . import ours
from .agreement import Record, Tally, fingerprint
from .answers import MACROS
from .deviations import Deviations
from .features import features
from .local import Tshark, side_by_side

ANSWERS = Path(__file__).with_name("language.jsonl")
CASES: list[dict[str, Any]] = [json.loads(line) for line in ANSWERS.read_text(encoding="utf-8").splitlines()]
EVERY = 25  # of which one is asked again


class Refusal(NamedTuple):
    """The places of the mistakes in a filter, each a column and a length."""

    places: list[list[int]]

    def has(self, caret: list[int]) -> bool:
        """Whether one of the mistakes is told at the token that tshark points at: it begins there."""
        return any(place[0] == caret[0] for place in self.places)


def outcome(text: str, macros: dict[str, str] = MACROS) -> TypedFilter | Refusal:
    """What we make of a filter."""
    try:
        return compile_filter(text, catalogue(), macros)
    except FilterError as error:
        return Refusal([[found.column, found.length] for found in error.diagnoses])


@pytest.fixture(scope="module")
def packets(checkout: Path) -> Callable[[str], list[Packet]]:
    """The packets of a capture, by its name."""
    read: dict[str, list[Packet]] = {}

    def of(name: str) -> list[Packet]:
        if name not in read:
            read[name] = ours.packets(checkout / "examples" / name)
        return read[name]

    return of


def test_the_same_frames_and_the_same_places(
    packets: Callable[[str], list[Packet]], record: Callable[[str], Record], show: Callable[..., None]
) -> None:
    deviations = Deviations("language")
    frames, carets = Tally(), Tally()
    for case in CASES:
        text, capture, want = case["filter"], case["capture"], case.get("frames")
        found = outcome(text)
        if want is None:
            # What is accepted here is for later releases, or kinder.
            if isinstance(found, Refusal) and "caret" in case:
                carets.add("carets", text, True, found.has(case["caret"]))
            continue
        got = None if isinstance(found, Refusal) else [each.number for each in packets(capture) if found.matches(each)]
        if got != want and deviations.explain(text, capture, ours=got):
            continue
        for feature in features(text):
            frames.add(feature, f"{capture}: {text}", want, got)
    show("recorded answers on the language, by feature", frames)
    show("recorded answers on the language, mistakes at the same place", carets)
    source = fingerprint([ANSWERS, Path(__file__).with_name("features.py")])
    wrong = [*record("language").hold("frames", source, frames), *record("language").hold("carets", source, carets)]
    assert not [*wrong, *deviations.stale()], "\n".join([*wrong, *deviations.stale()])
    assert carets.total.equal >= 0.9 * carets.total.of


def test_the_local_tshark_says_what_was_recorded(checkout: Path, local: Tshark) -> None:
    if local.version != "tshark 4.0":
        pytest.skip(f"the answers are of tshark 4.0, and here is {local.version}")
    sample = [case for case in CASES[::EVERY] if "${" not in case["filter"]]
    answers = side_by_side(lambda case: local.frames(checkout / "examples" / case["capture"], case["filter"]), sample)
    assert [case["filter"] for case, got in zip(sample, answers, strict=True) if got != case.get("frames")] == []


def test_names_that_tshark_does_not_have_are_marked(local: Tshark) -> None:
    known = {line.split("\t")[2] for line in local.listing("fields").splitlines() if line.count("\t") >= 2}
    assert {name for name, info in catalogue().fields.items() if info.own} == catalogue().fields.keys() - known


def test_mistakes_in_the_recorded_filters_are_told_at_the_same_place(
    recorded_answers: Path, record: Callable[[str], Record], show: Callable[..., None]
) -> None:
    path = recorded_answers / "cases.jsonl"
    tally = Tally()
    for case in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        found = outcome(case["filter"], case.get("macros", MACROS))
        if "caret" not in case or not isinstance(found, Refusal):
            continue
        name = "rejected by every release" if case["rejected_by"] == "all" else "rejected by tshark 4.0.17"
        tally.add(name, case["filter"], True, case["caret"] in found.places)
    show("recorded answers, mistakes at the same place", tally)
    wrong = record("language").hold("recorded carets", fingerprint([path]), tally)
    assert not wrong, "\n".join(wrong)


@settings(max_examples=15, derandomize=True, suppress_health_check=list(HealthCheck))
@given(text=filters)
def test_generated_filters(text: str, checkout: Path, local: Tshark, packets: Callable[[str], list[Packet]]) -> None:
    """What the grammar makes of the catalogue's names, as far as tshark 4.0 takes it."""
    chosen = outcome(text)
    assume(isinstance(chosen, TypedFilter))
    assert isinstance(chosen, TypedFilter)
    assume("4.0" in accepted_by(chosen, catalogue())[0])
    assume(not ("all " in text and " in {" in text))  # which 4.0 has another meaning for: deviations.json
    capture = "lan.pcapng"
    ours = [packet.number for packet in packets(capture) if chosen.matches(packet)]
    assert ours == local.frames(checkout / "examples" / capture, text)
