"""Macros: both notations, arguments, and the files that Wireshark keeps them in."""

import pytest

from tests.grammar.stub import FIELDS, Subject
from wireproof.grammar import FilterError, compile_filter
from wireproof.grammar.macros import read_macros
from wireproof.grammar.printer import print_test

MACROS = {
    "pair": "(ip.src == $1 and ip.dst == $2)",
    "lan": "ip.addr == 10.0.0.0/8",
    "above": "$1 > $2",
    "nested": "${pair:10.0.0.1;10.0.0.2} or arp",
}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("${lan}", "ip.addr == 10.0.0.0/8"),
        ("${lan:}", "ip.addr == 10.0.0.0/8"),
        ("$lan()", "ip.addr == 10.0.0.0/8"),
        ("not $lan() or tcp", "not ip.addr == 10.0.0.0/8 or tcp"),
        ("${pair:10.0.0.1;10.0.0.2}", "ip.src == 10.0.0.1 and ip.dst == 10.0.0.2"),
        ("${pair; 10.0.0.1 ; 10.0.0.2 }", "ip.src == 10.0.0.1 and ip.dst == 10.0.0.2"),
        ("$pair(10.0.0.1, 10.0.0.2)", "ip.src == 10.0.0.1 and ip.dst == 10.0.0.2"),
        ("$above(max(tcp.port, 5), len(tcp))", "max(tcp.port, 5) > len(tcp)"),
        ("$above(tcp.payload[0,1], tcp.payload[2:2])", "tcp.payload[0,1] > tcp.payload[2:2]"),
        ('$above(frame.protocols, "a,b)")', 'frame.protocols > "a,b)"'),
        ("${nested}", "(ip.src == 10.0.0.1 and ip.dst == 10.0.0.2) or arp"),
        ('frame.protocols == "${lan}"', 'frame.protocols == "${lan}"'),
    ],
)
def test_a_macro_is_the_text_that_it_stands_for(text: str, meant: str) -> None:
    assert compile_filter(text, FIELDS, MACROS).tree == compile_filter(meant, FIELDS).tree


@pytest.mark.parametrize("text", ["${pair:10.0.0.1}", "$pair(10.0.0.1)", "$nosuch()", "${nosuch}", "$pair(", "${"])
def test_what_is_no_macro_is_told_at_the_call(text: str) -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter(f"tcp and {text}", FIELDS, MACROS)
    assert caught.value.diagnoses[0].column >= 8


@pytest.mark.parametrize("text", ["${tcp.port} == 80", "tcp.port == $tcp.port", "ip.src == ${ip.src#2}", "${@ip.src}"])
def test_a_reference_has_no_value_where_no_packet_is_selected(text: str) -> None:
    found = compile_filter(text, FIELDS, MACROS)
    assert not found.matches(Subject({"tcp.port": [80], "ip.src": [1]}))
    assert compile_filter(print_test(found.tree), FIELDS).tree == found.tree


def test_the_files_of_wireshark() -> None:
    old = '# comment\n"pair","(ip.src == $1 and ip.dst == $2)"\n"text","frame contains \\x22a\\x5c\\x22"\nrubbish\n'
    assert read_macros(old) == {"pair": MACROS["pair"], "text": 'frame contains "a\\"'}
    new = (
        '"pair" (ip.src == $1 and ip.dst == $2)\n  "with space" {$1 + $2 + 1}  \n"quoted" "a" == frame.protocols\n"x"\n'
    )
    assert read_macros(new) == {
        "pair": MACROS["pair"],
        "with space": "{$1 + $2 + 1}",
        "quoted": '"a" == frame.protocols',
    }


@pytest.mark.parametrize("text", ["", '"' * 10_000, '"a' * 10_000, '"a" ' * 5000, "\x00\udcff", '"a"' + "\\" * 5000])
def test_any_text_is_a_file(text: str) -> None:
    assert isinstance(read_macros(text), dict)


@pytest.mark.parametrize(
    "text", ["$a(" * 20_000, "$a(b" * 20_000 + ")" * 20_000, "$a(" + "b" * 200_000, '$a("' * 20_000]
)
def test_hostile_calls_end(text: str) -> None:
    with pytest.raises(FilterError):
        compile_filter(text, FIELDS, MACROS)
