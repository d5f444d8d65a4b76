"""What is said of texts that are no filter: where the mistake is, and what may have been meant."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.grammar.stub import FIELDS, recorded_fields
from wireproof.grammar import FilterError, compile_filter
from wireproof.grammar.diagnosis import DiagnosedError
from wireproof.grammar.parse import parse

WRONG = [
    # text, the place that is underlined, part of the message, suggestion
    ("tcp.prot == 80", "tcp.prot", "neither a field nor a protocol", "tcp.port"),
    ("TCP.PORT == 80", "TCP.PORT", "neither a field nor a protocol", "tcp.port"),
    ("tcp.port-1000 == 80", "tcp.port-1000", "neither a field", "tcp.port - 1000"),
    ("ip.src == ip.dts", "ip.dts", "neither a field nor an IPv4 address", "ip.dst"),
    ("tcp.port = 80", "=", "not expected", "=="),
    ("tcp.port => 80", "=", "not expected", ">="),
    ("tcp.port ≠ 80", "≠", "not expected", "!="),
    ("tcp or or ip", " or ip", "not expected", None),
    ("tcp ip", "ip", "not expected", None),
    ("ip.src in {}", "}", "nothing between", None),
    ("1", "1", "constant", None),
    ("tcp.port == 65536", "65536", "at most 65535", None),
    ("ip.ttl + 200 == 264", "264", "at most 255", None),
    ("tcp.port == 99999999999999999999", "99999999999999999999", "too big", None),
    ("tcp.port == 08", "08", "not a number", "8"),
    ("tcp.port == 80.0", "80.0", "not a number", "80"),
    ("tcp.port is 80", "is", "not expected", "=="),
    ("tcp.port isnt 80", "isnt", "not expected", None),
    ("tcp.port in {80-90}", "80-90", "not a number", "80 .. 90"),
    ("ip.src in {10.0.0.1-10.0.0.9}", "10.0.0.1-10.0.0.9", "not an IPv4 address", "10.0.0.1 .. 10.0.0.9"),
    ("tcp.port == 80 or 443", "443", "constant", "tcp.port == 443"),
    ("tcp.port == (80 or 443)", "80 or 443", "sets: tcp.port in {80, 443}", None),
    ("tcp.port == (80 and 443)", "80 and 443", "no value", None),
    ("ip and tcp.port == 80 or 443", "443", "constant", "tcp.port == 443"),
    ("ip.src != 10.0.0.1 and tcp and 10.0.0.2", "10.0.0.2", "constant", "ip.src != 10.0.0.2"),
    ('frame.protocols == "eth" or "ip"', '"ip"', "constant", 'frame.protocols == "ip"'),
    ("tcp.flags == SYN", "SYN", "the flag is a field, tcp.flags.syn", None),
    ("tcp.port == frame[1:2]", "tcp.port", "cannot be compared", "@tcp.port"),
    ("frame[1:2] == tcp.port", "tcp.port", "cannot be compared", "@tcp.port"),
    ("host 10.0.0.1", "10.0.0.1", "form of a capture filter", None),
    ("not tcp port 22", "port", "form of a capture filter", None),
    ("tcp.port == 80-90", "80-90", "not a number", "80 - 90"),
    ('tcp.port == "80"', '"80"', "not a string", "80"),
    ("frame.time_delta > .5", ".5", "neither a field", "0.5"),
    ('arp.opcode == "requets"', '"requets"', "not one of the values", '"request"'),
    ("arp.opcode == 'ab'", "'ab'", "too long", '"ab"'),
    ("tcp.flags.syn == maybe", "maybe", "not one of the values", None),
    ("ip.src == 192.0.2", "192.0.2", "not an IPv4 address", None),
    ("ip.src == 192.0.2.1/33", "192.0.2.1/33", "prefix length", None),
    ("ip.src == 10.0.0.0/255.0.0.0", "10.0.0.0/255.0.0.0", "number of its bits", "10.0.0.0/8"),
    ("ip.src == 10.0.0.0 / 8", "10.0.0.0", "takes no /", "10.0.0.0/8"),
    ("ip.src == ::1", "::1", "not an IPv4 address", None),
    ("tcp.port + eth.src == 1", "eth.src", "takes no +", None),
    ("any tcp and ip", "and", "stand before a comparison", None),
    ('frame.time > "2023-02-30"', '"2023-02-30"', "not a date", None),
    ("eth.src == 02:00", "02:00", "too few bytes", None),
    ("eth.src == Broadcast", "Broadcast", "not an Ethernet address", None),
    ("tcp.payload == 0x0102", "0x0102", "not a byte string", "01:02"),
    ("tcp.payload contains ping", "ping", "not a byte string", '"ping"'),
    ('frame.time > "yesterday"', '"yesterday"', "not a date", None),
    ("tcp.port == ip.src", "ip.src", "cannot be compared", None),
    ("frame.protocols contains ip", "ip", "cannot contain", '"ip"'),
    ("ip.src contains 64", "ip.src", "no text or bytes", "string(ip.src)"),
    ("tcp.analysis == 1", "tcp.analysis", "has no value", None),
    ("tcp.port[0] == 00", "tcp.port", "no bytes", "@tcp.port"),
    ("frame[1:0] == 00", "1:0", "empty", None),
    ("frame[5-2] == 00", "5-2", "empty", None),
    ("frame[a]", "a", "not a number", None),
    ("frame[]", "]", "nothing", None),
    ("tcp.flags.syn & 1", "tcp.flags.syn", "takes no &", None),
    ("frame matches ping", "ping", "double quotes", '"ping"'),
    ('frame matches "["', '"["', "no regular expression", None),
    ('frame matches "a(?=b)"', '"a(?=b)"', "looks ahead or behind", None),
    (r'frame matches "(a)\\1"', r'"(a)\\1"', "refers back", None),
    (r'frame.protocols == "\q"', r"\q", "escape", r"\\q"),
    ("cuont(ip) == 1", "cuont", "no function", "count()"),
    ("max() == 1", "max", "needs an argument", None),
    ("count(ip, tcp) == 1", "count", "takes 1 argument", None),
    ("upper(ip.src)", "ip.src", "takes a string", None),
    ("max(tcp.port, ip.src) == 1", "ip.src", "cannot be compared", None),
    ("(tcp == 1) + 2", "tcp == 1", "no value", None),
    ("${nosuch}", "${nosuch}", "no macro", None),
]


@pytest.mark.parametrize(("text", "place", "message", "suggestion"), WRONG, ids=[case[0] for case in WRONG])
def test_diagnosis(text: str, place: str, message: str, suggestion: str | None) -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter(text, FIELDS)
    found = caught.value.diagnoses[0]
    place = place.strip().split(" ")[0] if place.startswith(" ") else place
    assert text[found.column : found.column + found.length] == place
    assert message in found.message
    assert found.suggestion == suggestion


@pytest.mark.parametrize("text", ["tcp.port ==", "(tcp", "tcp and", "not", "count(ip", "ip.src in {1.2.3.4"])
def test_end_too_early(text: str) -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter(text, FIELDS)
    (found,) = caught.value.diagnoses
    assert found.column == len(text)
    assert found.expected


def test_all_mistakes_are_told() -> None:
    text = "tcp.prot == 80 and ip.scr == ip.dts or arp.opcode in {requst, 3, nosuch} or tcp.port == 70000"
    with pytest.raises(FilterError) as caught:
        compile_filter(text, FIELDS)
    told = [text[found.column :][: found.length] for found in caught.value.diagnoses]
    assert told == ["tcp.prot", "ip.scr", "requst", "nosuch", "70000"]


def test_a_constant_beside_a_mistake_is_none() -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter("abs(ip.src) == 1", FIELDS)
    assert len(caught.value.diagnoses) == 1


def test_rendering() -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter("ip and tcp.prot == 80", FIELDS)
    assert str(caught.value).splitlines() == [
        '"tcp.prot" is neither a field nor a protocol',
        "    ip and tcp.prot == 80",
        "           ^~~~~~~~",
        "did you mean tcp.port?",
    ]


def test_rendering_shows_what_is_expected_and_nothing_unprintable() -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter("tcp\n\x1b[31m", FIELDS)
    shown = str(caught.value)
    assert "\x1b" not in shown
    assert "expected " in shown
    assert shown.splitlines()[1] == "    tcp �[31m"


def test_rendering_of_a_long_filter_shows_the_place() -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter("tcp or " * 1000 + "tcp.prot" + " or tcp" * 1000, FIELDS)
    _, line, underline, _ = str(caught.value).splitlines()
    assert len(line) < 200
    assert line[underline.index("^") : underline.index("^") + 8] == "tcp.prot"


def test_a_mistake_within_a_macro_is_told_at_its_call() -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter("tcp and ${x:1} and udp.prt", FIELDS, {"x": "tcp.prot == $1"})
    first, second = caught.value.diagnoses
    assert (first.column, first.length) == (8, 6)
    assert (second.column, second.length) == (19, 7)


def test_macros_end() -> None:
    for macros in ({"x": "${x}"}, {"x": "${y} or ${y}", "y": "${x} or ${x}"}, {"x": "$1"}):
        with pytest.raises(FilterError):
            compile_filter("${x}", FIELDS, macros)


def test_what_wireshark_rejects_in_every_release(recorded_answers: Path) -> None:
    """Rejected here as well, and nine in ten of all that is rejected with the mistake in the same place."""
    fields = recorded_fields(recorded_answers)
    accepted, places, same = [], 0, 0
    with (recorded_answers / "cases.jsonl").open(encoding="utf-8") as file:
        for case in map(json.loads, file):
            if not case.get("error"):
                continue
            try:
                compile_filter(case["filter"], fields, case.get("macros"))
            except FilterError as error:
                if "caret" in case:
                    places += 1
                    same += any([found.column, found.length] == case["caret"] for found in error.diagnoses)
            else:
                if case["rejected_by"] == "all":
                    accepted.append(case["filter"])
    assert not accepted
    assert same / places >= 0.9


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ('tcp.prt = 80 and arp.opcode == "requets"', ["tcp.prt", "=", '"requets"']),
        ("tcp.port = 80 and ip.src = 10.0.0.999 or udp.prt", ["=", "=", "10.0.0.999", "udp.prt"]),
        ("(tcp port 80 and ip.adr == 1) or (tcp.prt == 2", ["port", "ip.adr", "tcp.prt"]),
        ("tcp.port in (80, 443) and ip.adr", ["(", "ip.adr"]),
        ("tcp.prt == 80 and", ["tcp.prt", ""]),
        ("tcp.prt == 1 and and ip.adr", ["tcp.prt", "and", "ip.adr"]),
        ("tcp.port in {1 and 2} or ip.adr", ["and", "ip.adr"]),
        ('tcp.prt and frame contains "x or y', ["tcp.prt", ""]),
        (" and ".join(["tcp.port = 80"] * 15), ["="] * 15),
    ],
)
def test_behind_a_mistake_in_the_form(text: str, places: list[str]) -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter(text, FIELDS)
    found = caught.value.diagnoses
    assert [text[each.column : each.column + each.length] for each in found] == places


@given(texts=st.lists(st.sampled_from(["tcp.port = 80", "ip.adr", "(tcp", "udp)", "tcp", "{", "1 2", '"', "and"])))
def test_what_comes_first_stays_first(texts: list[str]) -> None:
    """What follows a mistake in the form adds to what is told, and hides nothing of it."""
    text = " and ".join(texts)
    try:
        parse(text)
    except DiagnosedError as error:
        first = error.diagnosis
    else:
        return
    with pytest.raises(FilterError) as caught:
        compile_filter(text, FIELDS)
    assert first in caught.value.diagnoses
    assert all(0 <= each.column <= len(text) for each in caught.value.diagnoses)
