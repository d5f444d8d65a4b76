"""The scenarios fit their schemas, their requirements and the language that their filters are in."""

import json
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from ipaddress import IPv4Interface
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from wireproof.conformance.live.lane import Peer
from wireproof.conformance.live.settings import Stack, values_of
from wireproof.conformance.live.values import Kept, fill, names_in
from wireproof.interface import Filter
from wireproof.vectors import (
    Ask,
    Count,
    Expect,
    Forbid,
    Let,
    Make,
    Observe,
    Scenario,
    load_marks,
    load_requirements,
    load_scenarios,
    load_watches,
)

ROOT = files("wireproof.vectors")
SCHEMAS = {
    "scenarios": "scenario-file",
    "steps": "step-file",
    "uncovered": "uncovered-file",
    "watches": "watch-file",
}
FILES = [
    (folder, file.name) for folder in SCHEMAS for file in ROOT.joinpath(folder).iterdir() if file.name.endswith("json")
]
SCENARIOS = load_scenarios()
ENOUGH = 150


def read(folder: str, name: str) -> Any:
    return json.loads(ROOT.joinpath(folder, name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(("folder", "name"), FILES)
def test_file_fits_its_schema(folder: str, name: str) -> None:
    schema = read("schemas", f"{SCHEMAS[folder]}.json")
    Draft202012Validator.check_schema(schema)
    document = read(folder, name)
    errors = [
        f"{error.json_path}: {error.message[:300]}" for error in Draft202012Validator(schema).iter_errors(document)
    ]
    assert not errors
    assert document["$schema"] == f"../schemas/{SCHEMAS[folder]}.json"


def test_files_are_named_after_their_groups_and_ids_begin_with_them() -> None:
    for folder, name in FILES:
        if folder == "scenarios":
            document = read(folder, name)
            assert name == f"{document['group']}.json"
            assert all(item["id"].startswith(document["group"] + "-") for item in document["scenarios"])


def test_ids_are_given_once() -> None:
    documents = [read(folder, name) for folder, name in FILES if folder == "scenarios"]
    ids = Counter(id for document in documents for id in document.get("retired", ()))
    ids.update(scenario.id for scenario in SCENARIOS)
    assert not [id for id, count in ids.items() if count > 1]
    assert not [text for text, count in Counter(each.sentence for each in SCENARIOS).items() if count > 1]


def test_every_requirement_on_behaviour_has_a_scenario_or_a_reason_for_having_none() -> None:
    requirements, marks = load_requirements(), load_marks()
    cited = {id for scenario in SCENARIOS for id in scenario.requirements}
    assert cited <= requirements.keys()
    on_behaviour = {each.id for each in requirements.values() if {"behaviour", "timing"} & set(each.kinds)}
    assert not cited & set(marks)
    assert on_behaviour - cited == set(marks)


def test_there_are_enough() -> None:
    assert len(SCENARIOS) >= ENOUGH


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_every_filter_is_one_and_every_value_is_set_before_it_is_used(scenario: Scenario) -> None:
    values = beginning(scenario)
    for step in scenario.steps:
        action = step.action
        missing = names_in(repr(action)) - values.keys() - set(getattr(action, "keep", ()))
        assert not missing, (action, missing)
        for text in filters(action):
            Filter(fill(text, values))
        values |= {name: kept_from(source) for name, source in _kept(action).items()}


def test_what_a_scenario_judges_can_go_wrong() -> None:
    """Each has a step that judges, and is not only setup."""
    judging = (Expect, Forbid, Count, Observe)
    idle = [each.id for each in SCENARIOS if not any(isinstance(s.action, judging) and not s.setup for s in each.steps)]
    assert not idle


def test_watches_have_requirements_and_filters() -> None:
    watches, requirements = load_watches(), load_requirements()
    assert len({watch.id for watch in watches}) == len(watches) >= 30
    values: dict[str, Kept] = {"host_ip": "192.0.2.1", "host_mac": "02:00:00:00:00:01"}
    for watch in watches:
        assert set(watch.requirements) <= requirements.keys(), watch.id
        for text in (watch.of, watch.must, watch.answer):
            if text is not None:
                Filter(fill(text, values))


def beginning(scenario: Scenario) -> dict[str, Kept]:
    peers = {
        name: Peer(f"192.0.2.{number}", bytes(6))
        for number, name in enumerate(("tester", "other", "third", "unused"), 1)
    }
    return values_of(Stack("stack", IPv4Interface("192.0.2.77/24")), bytes(6), peers, scenario, 1)


def kept_from(source: str) -> Kept:
    if "frame[" in source:
        return bytes(1600)
    return "192.0.2.9" if source.endswith("ipv4") else "02:00:00:00:00:09" if source.endswith("mac") else 1


def filters(action: object) -> Iterator[str]:
    match action:
        case Expect():
            yield action.filter
            yield from (action.instead,) if action.instead else ()
        case Forbid() | Count():
            yield action.filter
        case Observe():
            yield from (branch.filter for branch in action.branches)


def _kept(action: object) -> dict[str, str]:
    match action:
        case Expect() | Ask():
            return dict(action.keep)
        case Let():
            return dict.fromkeys(action.values, "")
        case Make():
            return {action.name: "frame[0:]"}
    return {}
