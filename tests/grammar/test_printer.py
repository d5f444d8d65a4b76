"""A tree is printed, and read again the same tree."""

import json
from pathlib import Path

import pytest
from hypothesis import given

from tests.grammar.stub import FIELDS
from tests.grammar.test_language import TRUE
from tests.grammar.test_laws import filters
from wireproof.dissectors.schema import catalogue
from wireproof.grammar import FieldCatalogue, FilterError, compile_filter
from wireproof.grammar.printer import print_test

ANSWERS = Path(__file__).parents[1] / "oracle" / "language.jsonl"


def agree(text: str, fields: FieldCatalogue) -> None:
    try:
        test = compile_filter(text, fields).tree
    except FilterError:
        return
    printed = print_test(test)
    assert compile_filter(printed, fields).tree == test, printed


@given(filters)
def test_generated_filters(text: str) -> None:
    agree(text, FIELDS)


@pytest.mark.parametrize("text", TRUE)
def test_every_form_of_the_language(text: str) -> None:
    agree(text, FIELDS)


def test_recorded_filters() -> None:
    for line in ANSWERS.read_text(encoding="utf-8").splitlines():
        agree(json.loads(line)["filter"], catalogue())


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("arp.op == REQUEST", "arp.opcode == 1"),
        ("tcp.port>-1", "tcp.port > -1"),
        ("not ip.src in {10.0.0.0/8,192.0.2.1}", "not (ip.src in {10.0.0.0/8, 192.0.2.1})"),
        ("tcp or ip and arp", "tcp or (ip and arp)"),
        ("(ip.ttl + 2) * 3 == 198", "{ip.ttl + 2} * 3 == 198"),
        ("1<ip.ttl<=64", "1 < ip.ttl <= 64"),
        ("all tcp.port ne 80", "tcp.port != 80"),
        ("any tcp.port != 80", "any tcp.port != 80"),
        ('frame.protocols contains "a\\"\\x00"', 'frame.protocols contains "a\\"\\x00"'),
        ("eth.src[0]==2", "eth.src[0] == :02"),
        ("frame.time > 2023-11-14T22:13:20Z", 'frame.time > "2023-11-14 22:13:20.000000000Z"'),
        ("frame.time_delta > 10ms", "frame.time_delta > 0.01"),
        ("ip.src#2 == 10.0.0.1", "ip.src#[2] == 10.0.0.1"),
    ],
)
def test_form(text: str, printed: str) -> None:
    assert print_test(compile_filter(text, FIELDS).tree) == printed
