"""A parser with a fault is told so, by the requirement that the fault breaks; without one it is not."""

import sys
from pathlib import Path

import pytest

from wireproof.conformance.adapter import Adapter
from wireproof.conformance.judge import Verdict
from wireproof.conformance.runner import Report, run
from wireproof.conformance.selection import full_suite
from wireproof.vectors import Parse, Vector

PARSER = [sys.executable, str(Path(__file__).with_name("parser.py"))]
SUITE = full_suite()
# Without layers that the parser does not have.
VECTORS = [vector for vector in SUITE.vectors if vector.protocol in ("arp", "ip", "udp")]


def report(*faults: str, vectors: list[Vector] = VECTORS) -> Report:
    with Adapter([*PARSER, *faults]) as adapter:
        return run(vectors, adapter, name="small")


def broken(found: Report) -> set[str]:
    return {name for each in found.results if each.verdict is Verdict.FAIL for name in each.vector.requirements}


def test_without_a_fault_nothing_fails() -> None:
    found = report()
    assert [(each.vector.id, each.faults) for each in found.results if each.faults] == []
    assert {each.vector.id for each in found.results if each.verdict is Verdict.PASS} == {
        vector.id for vector in VECTORS if isinstance(vector.task, Parse)
    }
    assert found.is_good


@pytest.mark.parametrize(
    ("fault", "requirement"),
    [
        ("fixed-offsets", "ARP-003"),
        ("sum-in-a-byte", "ARP-003"),
        ("header-length-ignored", "IP-003"),
        ("length-trusted", "UDP-002"),
        ("length-trusted", "UDP-003"),
    ],
)
def test_each_fault_is_named_by_its_requirement(fault: str, requirement: str) -> None:
    found = report(fault)
    assert requirement in broken(found)
    assert not found.is_good


def test_a_state_that_is_kept_would_show_in_another_order() -> None:
    in_order, reversed_ = report(), report(vectors=VECTORS[::-1])
    assert {each.vector.id: each.verdict for each in in_order.results} == {
        each.vector.id: each.verdict for each in reversed_.results
    }
