"""Each scenario can fail: a stack of our own, whose faults are switched on one by one, against all of them.

`faulty/faults.json` says for each fault which scenarios find it. With no fault all pass; with one, exactly those
named for it do not. A scenario that only observes finds a fault where what it observes is another thing.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from ipaddress import IPv4Interface
from pathlib import Path
from typing import Any

import pytest

from wireproof.conformance.live.runner import GoneError, Keeper, Runner
from wireproof.conformance.live.settings import OFFERS, Pace, Stack
from wireproof.conformance.live.verdicts import Verdict
from wireproof.conformance.live.wire import Wire
from wireproof.vectors import Scenario, load_scenarios

from .faulty import stack as faulty
from .faulty.simulated import SimulatedWire
from .faulty.switch import SwitchControl, SwitchWire

TABLE: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("faulty").joinpath("faults.json").read_text(encoding="utf-8")
)
SCENARIOS = load_scenarios()
OTHERS = OFFERS - {"switch", "inarp", "proxy"}
PROFILES = frozenset({"acd", "rfc5961", "source-route", "acd-static"})
PACE = Pace(longest=10_000, start=5)
FULL = os.environ.get("WIREPROOF_FULL") == "1"
BESIDE = 32
"""Of the scenarios that do not find a fault, every thirty-second is run with it; all of them in the full run."""
GROUPS = sorted({fault["kind"] for fault in TABLE.values()})


class Bench(Keeper):
    """Has a new stack where one has died; the clock goes on."""

    def __init__(self, faults: frozenset[str]) -> None:
        self.faults = faults
        self.wire: SimulatedWire[faulty.Stack] | None = None

    def start(self) -> Wire:
        """Return a wire with a new stack."""
        began = self.wire.clock() if self.wire else 0.0
        self.wire = SimulatedWire(lambda emit: faulty.Stack(emit, self.faults), began)
        return self.wire


Told = dict[str, tuple[Verdict, tuple[str, ...]]]


def told(scenarios: tuple[Scenario, ...], fault: str | None, *, switch: bool) -> Told | None:
    """Return verdicts and remarks; None where the stack does not even live."""
    faults = frozenset({fault} if fault else ())
    if switch:
        wire = SwitchWire(faults)
        description = Stack("switch", None, frozenset({"switch", "control"}))
        runner = Runner(Keeper(wire), description, control=SwitchControl(wire), pace=PACE)
    else:
        bench = Bench(faults)
        control = faulty.Control(lambda: bench.wire.stack, lambda: bench.wire.clock())
        description = Stack("faulty", IPv4Interface(faulty.ADDRESS), OTHERS, PROFILES)
        runner = Runner(bench, description, control=control, pace=PACE)
    try:
        report = runner.run(scenarios)
    except GoneError:
        return None
    # Addresses and times in a remark are of one run.
    return {
        result.scenario.id: (result.verdict, tuple(re.sub(r"[0-9]+", "0", text) for text in result.remarks))
        for result in report.results
    }


def for_(switch: bool) -> tuple[Scenario, ...]:
    return tuple(each for each in SCENARIOS if ("switch" in each.needs) == switch)


@cache
def well(switch: bool) -> Told:
    found = told(for_(switch), None, switch=switch)
    assert found is not None
    return found


@pytest.mark.parametrize("switch", [False, True])
def test_without_a_fault_all_pass(switch: bool) -> None:
    found = well(switch)
    others = {id: verdict for id, (verdict, _) in found.items() if verdict not in (Verdict.PASS, Verdict.OBSERVED)}
    assert not others
    assert sum(verdict is Verdict.PASS for verdict, _ in found.values()) > (10 if switch else 300)


@pytest.mark.parametrize("fault", sorted(TABLE))
def test_each_fault_is_found_by_exactly_the_scenarios_named_for_it(fault: str) -> None:
    switch = TABLE[fault]["kind"] == "switch"
    named = set(TABLE[fault]["found_by"])
    usual = for_(switch)
    chosen = tuple(
        each for place, each in enumerate(usual) if FULL or each.id in named or (place + len(fault)) % BESIDE == 0
    )
    found = told(chosen, fault, switch=switch)
    if TABLE[fault].get("never_lives"):
        assert found is None
        return
    assert found is not None
    assert {id for id, each in found.items() if each != well(switch)[id]} == named


def test_there_are_enough_faults_and_none_is_without_a_scenario() -> None:
    assert len(TABLE) >= 40
    assert not [fault for fault, each in TABLE.items() if not each["found_by"] and not each.get("never_lives")]


def test_every_scenario_is_made_to_fail_by_some_fault() -> None:
    finding = {id for each in TABLE.values() for id in each["found_by"]}
    assert {scenario.id for scenario in SCENARIOS} == finding
