"""What may follow the beginning of a filter."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from tests.grammar.stub import FIELDS
from tests.grammar.test_laws import filters
from wireproof.dissectors.schema import catalogue
from wireproof.grammar import FilterError, compile_filter, complete
from wireproof.grammar.completion import complete_text

ANSWERS = Path(__file__).parents[1] / "oracle" / "language.jsonl"


def texts(text: str) -> list[str]:
    return [each.text for each in complete(text, FIELDS, {"lan": "ip.addr == 10.0.0.0/8"})]


@pytest.mark.parametrize(
    ("text", "there", "not_there"),
    [
        ("", ["tcp", "ip", "len(", "not", "any", "(", "${lan}"], ["tcp.port", "==", "and", ")", "@"]),
        ("tc", ["tcp", "tcp.port"], ["ip", "not"]),
        ("tcp.flags.s", ["tcp.flags.syn"], ["tcp.flags.reset"]),
        ("arp.o", ["arp.opcode", "arp.op"], []),
        (".tcp.po", [".tcp.port"], ["tcp.port"]),
        ("tcp.port ", ["==", "in", "matches", "and", "&", "+", "#"], ["[", "(", ")", "}", "tcp"]),
        ("tcp.payload ", ["contains", "matches", "["], ["+", "%"]),
        ("tcp.analysis ", ["and", "or"], ["==", "contains", "[", "+"]),
        ("frame.time ", ["==", "-"], ["contains", "[", "%", "&"]),
        ("tcp.payload con", ["contains"], ["=="]),
        ("arp.opcode == ", ['"request"', '"reverse request"'], ["tcp", "and"]),
        ("arp.opcode == re", ['"request"', '"reply"'], ['"drarp request"']),
        ('arp.opcode != "reverse r', ['"reverse request"'], ['"request"']),
        ('arp.opcode in {1, "rep', ['"reply"'], ['"request"']),
        ("arp.opcode not in {", ['"reply"'], []),
        ("tcp.flags.syn == ", ['"Set"', '"Not set"'], []),
        ("tcp.port == 80 ", ["and", "or", "+"], ["==", "[", "#", "("]),
        ("tcp.port == 80 o", ["or"], ["and"]),
        ("(tcp.port == 80 ", ["and", ")"], []),
        ("tcp.port in ", ["{"], ["and"]),
        ("tcp.port in {80 ", [",", "..", "}"], [")", "and"]),
        ("len(", ["tcp"], ["and"]),
        ("any ", ["tcp"], ["any", "and", "not"]),
        ("tcp and not ", ["tcp", "("], ["and"]),
        ("ip.src == ip.", ["ip.dst", "ip.addr"], ["ip.ttl"]),
    ],
)
def test_what_may_follow(text: str, there: list[str], not_there: list[str]) -> None:
    found = texts(text)
    assert set(there) <= set(found)
    assert not set(not_there) & set(found)


@pytest.mark.parametrize("text", ["tcp or or ", "tcp.port = ", ")", "tcp tcp ", "a" * 300_000, "\x00"])
def test_behind_a_mistake_there_is_nothing(text: str) -> None:
    assert texts(text) == []


def test_each_has_a_place_and_a_line_of_help() -> None:
    for text in ("", "tcp and ar", "arp.opcode == re"):
        for each in complete(text, catalogue()):
            assert each.text[: len(text) - each.column].strip('"') or each.column == len(text) or each.kind == "label"
            assert each.help
            assert "\n" not in each.help


def test_the_help_of_a_field_is_its_title_and_type() -> None:
    (found,) = complete("tcp.flags.sy", catalogue())
    assert (found.text, found.column, found.kind, found.help) == ("tcp.flags.syn", 0, "field", "Syn, Boolean")


@settings(max_examples=20)
@given(filters)
def test_what_is_offered_can_be_gone_on_with(text: str) -> None:
    """Each completion is the beginning of a filter again: what is offered behind it is not nothing, or it is one."""
    for end in range(0, len(text) + 1, 7):
        for each in complete(text[:end], FIELDS)[:5]:
            if each.text in ("[", "#", ","):
                continue  # in a slice, numbers follow, which nothing can offer
            further = text[: each.column] + each.text
            assert complete(further, FIELDS) or complete(f"{further} ", FIELDS) or compiles(further), further


def compiles(text: str) -> bool:
    try:
        compile_filter(text, FIELDS)
    except FilterError:
        return False
    return True


def test_the_words_of_a_filter_are_offered_where_they_stand() -> None:
    missing = []
    for line in ANSWERS.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        words = case["filter"].split(" ")
        if "frames" not in case or '"' in case["filter"] or "$" in case["filter"]:
            continue
        for place, word in enumerate(words):
            known = word in ("and", "or", "not", "in", "contains", "matches", "==", "!=", "<", ">", "<=", ">=")
            if not known and word not in catalogue().fields:
                continue
            before = " ".join([*words[:place], ""]) if place else ""
            begun = word[:2] if word[0].isalpha() else ""
            if word not in [each.text for each in complete_text(before + begun, catalogue(), {})]:
                missing.append(f"{before}|{word}")
    assert not missing


MACROS = {"pair": "(ip.src == $1 and ip.dst == $2)", "lan": "ip.addr == 10.0.0.0/8"}


@pytest.mark.parametrize(
    ("text", "expected", "unexpected"),
    [
        ("", {"${lan}", "${pair:"}, set()),
        ("$", {"${lan}", "$pair("}, {"${pair:"}),
        ("$p", {"$pair("}, {"${lan}"}),
        ("${", {"${lan}", "${pair:"}, set()),
        ("${la", {"${lan}"}, {"${pair:"}),
        ("${lan} ", {"and", "or"}, set()),
        ("${lan} and ip.s", {"ip.src"}, {"and"}),
        ("${pair:10.0.0.1;10.0.0.2} or ip.tt", {"ip.ttl"}, set()),
        ("$pair(10.0.0.1,10.0.0.2) or ", {"not"}, set()),
        ("ip.src == ${ip.", {"${ip.src}", "${ip.dst}"}, {"${ip.ttl}", "${ip}"}),
        ('frame.protocols == "$', set(), {"${lan}"}),
        ("${nothing} and ", set(), {"ip.src", "not"}),
        ("ip.src $", set(), {"${lan}"}),
    ],
)
def test_macros_and_references(text: str, expected: set[str], unexpected: set[str]) -> None:
    found = {each.text for each in complete(text, FIELDS, MACROS)}
    assert expected <= found
    assert not unexpected & found
    for each in complete(text, FIELDS, MACROS):
        assert 0 <= each.column <= len(text)
