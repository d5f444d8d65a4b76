"""Hostile filters: bounded time and memory, and nothing of them raw in a message. A limit of memory makes them fail."""

from __future__ import annotations

import resource
import subprocess
import sys
import textwrap

import pytest

import wireproof

NESTED_IP = bytes(12) + b"\x08\x00" + b"".join(
    bytes.fromhex("4500") + (20 * (60 - depth)).to_bytes(2, "big") + bytes.fromhex("0000 0000") + bytes((depth, 4))
    + bytes(10)
    for depth in range(60)
)  # fmt: skip
GIGABYTE = 1 << 30


def matches_within(text: str, frame: bytes) -> str:
    """Ask a process of its own, which has a gigabyte and 20 seconds; return what it says."""
    code = """
        import sys, wireproof
        text, frame = sys.stdin.read().split("\\0")
        try:
            print(wireproof.Filter(text).matches(wireproof.dissect(bytes.fromhex(frame))))
        except wireproof.FilterError as error:
            print(error.diagnoses[0].message)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        input=f"{text}\0{frame.hex()}",
        capture_output=True,
        text=True,
        timeout=20,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (GIGABYTE, GIGABYTE)),
    )
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout.strip()


def test_groups_of_a_pattern_cost_nothing() -> None:
    assert matches_within(f'frame matches "{"(" * 900}a{")" * 900}"', b"a" * 60) == "True"
    assert "True" in matches_within(f'frame matches "{"(a)" * 30}"', b"a" * 60)
    assert matches_within(f'frame matches "{"(" * 30_000}a{")" * 30_000}"', b"a" * 60)


def test_many_alternatives_with_groups_are_linear() -> None:
    pattern = "|".join(["(x+)"] * 3000)
    assert matches_within(f'frame matches "{pattern}"', bytes(14) + b"y" * 1500) == "False"


def test_patterns_have_a_size_together() -> None:
    text = " or ".join(f'frame matches "[!#%+/13579;=?ACEG]{{900}}{number}"' for number in range(600))
    assert "too large together" in matches_within(text, bytes(60))


@pytest.mark.parametrize("terms", [5, 40])
def test_a_sum_of_fields_with_many_values_ends(terms: int) -> None:
    assert matches_within("+".join(["ip.ttl"] * terms) + " == 7", NESTED_IP) in ("True", "False")


def test_a_sum_of_fields_with_several_values_has_every_result() -> None:
    packet = wireproof.dissect(NESTED_IP[:14] + NESTED_IP[14:54])
    ttls = packet["ip.ttl"]
    for total in {a + b + c for a in ttls for b in ttls for c in ttls}:
        assert wireproof.Filter(f"ip.ttl + ip.ttl + ip.ttl == {total}").matches(packet)
    assert not wireproof.Filter("ip.ttl + ip.ttl + ip.ttl == 200").matches(packet)


@pytest.mark.parametrize("text", ['frame matches "[\x1b[31m"', "ip\x1b[2J", "tcp.port == \u202e80", 'ip.src == "\x07"'])
def test_a_message_has_nothing_raw(text: str) -> None:
    with pytest.raises(wireproof.FilterError) as caught:
        wireproof.Filter(text)
    assert all(character.isprintable() or character == "\n" for character in str(caught.value))
