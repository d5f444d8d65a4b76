"""Filters in words, and why a packet passes or not."""

import json
from pathlib import Path

import pytest
from hypothesis import given

from tests.grammar.stub import FIELDS, Subject
from tests.grammar.test_language import PACKET, TRUE
from tests.grammar.test_laws import filters, subjects
from tests.oracle.answers import MACROS
from wireproof.dissectors.schema import catalogue
from wireproof.grammar import FilterError, compile_filter
from wireproof.grammar.explain import Explanation, explain
from wireproof.grammar.releases import RELEASES, accepted_by, in_words

ANSWERS = Path(__file__).parents[1] / "oracle" / "language.jsonl"


def of(text: str, subject: Subject | None = None) -> Explanation:
    return explain(compile_filter(text, FIELDS), subject)


@pytest.mark.parametrize(
    ("text", "words", "remark"),
    [
        ("tcp", "tcp (Protocol) is there, whatever its value", ""),
        ("tcp.port == 80", "some value of tcp.port (Unsigned integer (2 bytes)) is equal to 80", "no value"),
        ("tcp.port != 80", "every value of tcp.port (Unsigned integer (2 bytes)) differs from 80", "no value"),
        ("any tcp.port != 80", "some value of tcp.port (Unsigned integer (2 bytes)) differs from 80", "no value"),
        ("arp.opcode == request", "is equal to 1", "request is read as 1 (Unsigned integer (2 bytes))"),
        ("ip.src[0] == 192", "is equal to 19:02", "192 is read as 19:02 (Sequence of bytes)"),
        ("ip.src == 10.0.0.0/8", "is equal to 10.0.0.0/8", "the first 8 bits count"),
        ("ip.src == ip.dst", "is equal to some value of ip.dst (IPv4 address)", ""),
        ("tcp contains 01", "some value of tcp (Protocol) contains :01", "searched from its header to the end"),
        ('tcp.payload matches "x"', "the regular expression is found", ""),
        ("tcp.port in {1, 5 .. 9}", "is one of 1, 5 .. 9", ""),
        ("tcp.flags & 2", "some value of tcp.flags & 2 (Unsigned integer (2 bytes)) is other than zero", ""),
        ("ip.src#2 == 1.2.3.4", "some value of ip.src#[2] (IPv4 address)", "layers of ip"),
        ("tcp.port == ${tcp.port}", "${tcp.port}", "no packet is selected"),
        ("", "every packet passes", ""),
    ],
)
def test_words(text: str, words: str, remark: str) -> None:
    found = of(text)
    assert words in found.words
    assert remark in " ".join(found.remarks)
    assert found.holds is None


def test_lines() -> None:
    assert list(of("tcp and not (arp.op == 1 or ip)").lines()) == [
        "all of these hold",
        "  tcp",
        "      tcp (Protocol) is there, whatever its value",
        "  this does not hold",
        "    at least one of these holds",
        "      arp.op == 1",
        "          some value of arp.opcode (Unsigned integer (2 bytes)) is equal to 1",
        "          false where there is no value",
        "      ip",
        "          ip (Protocol) is there, whatever its value",
    ]


@pytest.mark.parametrize(
    ("text", "holds", "because"),
    [
        ("tcp.port == 80", True, "tcp.port is 80, 443; 80 decides"),
        ("tcp.port != 443", False, "tcp.port is 80, 443; 443 decides"),
        ("tcp.port == 9", False, "tcp.port is 80, 443"),
        ("ip.src == 10.0.0.1", False, "there is no ip.src"),
        ("ip.src", False, "there is no ip.src"),
        ("arp.opcode", True, "there is 2 (reply)"),
        ("arp.opcode == request", False, "arp.opcode is 2 (reply)"),
        ("tcp.port in {443, 5}", True, "tcp.port is 80, 443; 443 is in the set"),
        ("all tcp.port in {443}", False, "tcp.port is 80, 443; 80 is not in the set"),
        ('frame.protocols matches "^b"', False, 'frame.protocols is "abc"'),
        ("tcp.port > ip.ttl", True, "tcp.port is 80, 443; ip.ttl is 64; 80 and 64 decide"),
        ("tcp.port & 3", True, "tcp.port & 3 is 0, 3"),
    ],
)
def test_why(text: str, holds: bool, because: str) -> None:
    subject = Subject({"tcp.port": [80, 443], "arp.opcode": [2], "frame.protocols": ["abc"], "ip.ttl": [64]})
    found = of(text, subject)
    assert (found.holds, found.because) == (holds, because)


@given(filters, subjects)
def test_it_holds_where_the_filter_matches(text: str, subject: Subject) -> None:
    found = of(text, subject)
    assert found.holds == compile_filter(text, FIELDS).matches(subject)
    assert list(found.lines())
    json.dumps(found.as_object())


@pytest.mark.parametrize("text", TRUE)
def test_every_form_of_the_language(text: str) -> None:
    assert of(text, PACKET).holds
    assert list(of(text).lines())


@pytest.mark.parametrize(
    ("text", "releases"),
    [
        ("tcp.port == 80", "every release from 4.0 on"),
        ("6 == ip.ttl", "4.2 and later"),
        ("@ip.src == 0a:00:00:01", "4.2 and later"),
        ("len(tcp)", "4.4 and later"),
        ("tcp.port bitand 1", "4.4 and later"),
        ("vals(arp.opcode) contains \"req\"", "4.4 and later"),
        ("arp.opcode contains \"req\"", "4.4 and later"),
        ("tcp xor arp", "4.6 and later"),
        ("tcp AND arp", "5.0 and later"),
        ("tcp.port ~= 80", "4.0"),
        ("tcp.port ~= 80 and len(tcp)", "no release"),
        ("arp.op == 1", "no release"),
        ("tcp.port in {80,}", "no release"),
        ("frame.time_delta > 10ms", "no release"),
        ("(ip.ttl + 1) * 2 == 4", "no release"),
    ],
)  # fmt: skip
def test_releases(text: str, releases: str) -> None:
    found, demands = accepted_by(compile_filter(text, FIELDS), FIELDS)
    assert in_words(found) == releases
    assert bool(demands) == (releases != "every release from 4.0 on")


def own(*texts: str) -> set[tuple[str, ...]]:
    """The releases of filters on the fields of this project."""
    return {accepted_by(compile_filter(text, catalogue()), catalogue())[0] for text in texts}


def test_a_name_that_only_we_have_is_in_no_release() -> None:
    assert own("ip.options", 'arp.kind == "probe"', "rarp", "ip.src.scope == private", "vlan.reserved_vid") == {()}
    assert own("ip.opt.type", "arp.opcode == request", "ip.bogus_header_length") == {RELEASES}


def test_a_label_belongs_to_its_field() -> None:
    since_42 = RELEASES[1:]
    assert own("abs(tcp.flags.syn) == true", "max(arp.isgratuitous) == tRUE", "max(tcp.flags.syn, false) == 1") == {
        since_42
    }
    assert own("abs(tcp.flags.syn) == True", "max(arp.opcode) == 1", "arp.opcode + 1 == request") == {RELEASES}
    assert own("max(arp.opcode) == request", 'max(arp.opcode) == "request"', "arp.opcode + request == 2") == {()}


def test_what_tshark_takes_is_said_to_be_taken() -> None:
    wrong, total = [], 0
    for line in ANSWERS.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        try:
            chosen = compile_filter(case["filter"], catalogue(), MACROS)
        except FilterError:
            continue
        total += 1
        if ("4.0" in accepted_by(chosen, catalogue())[0]) != ("frames" in case):
            wrong.append(case["filter"])
    assert len(wrong) / total < 0.02, wrong
