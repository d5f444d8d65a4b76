"""``wireproof fields``."""

import json
from collections.abc import Callable

import pytest

from wireproof.dissectors.schema import catalogue

from .conftest import Result

Run = Callable[..., Result]


def names(result: Result) -> list[str]:
    return [line.split()[0] for line in result.lines[1:]]


def test_all(run: Run) -> None:
    result = run("fields")
    assert (result.status, result.err) == (0, "")
    assert names(result) == list(catalogue().fields)


def test_columns_are_aligned(run: Run) -> None:
    head, *lines = run("fields", "udp").lines
    column = head.index("TYPE")
    assert all(line[column : column + 3] == "FT_" and line[column - 2 : column] == "  " for line in lines)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("arp.opcode", "arp.opcode"),
        ("ARP.OPC", "arp.opcode"),  # case does not matter
        ("arp.spa", "arp.src.proto_ipv4"),  # another name
        ("sender mac", "arp.src.hw_mac"),  # a title
        ("arp.*.hw_mac", "arp.dst.hw_mac"),
        ("address resolution*", "arp"),  # a protocol
    ],
)
def test_patterns(pattern: str, name: str, run: Run) -> None:
    assert name in names(run("fields", pattern))


def test_a_pattern_with_a_star_is_of_the_whole_name(run: Run) -> None:
    found = names(run("fields", "tcp.flags.*"))
    assert "tcp.flags.syn" in found
    assert "tcp.flags" not in found


def test_json(run: Run) -> None:
    (field,) = json.loads(run("fields", "--json", "arp.opcode").out)
    assert field["type"] == "FT_UINT16"
    assert "arp.op" in field["aliases"]
    assert field["labels"]["1"] == "request"
    assert field["reference"].startswith("RFC 826")


def test_no_match(run: Run) -> None:
    result = run("fields", "arp.opcodd")
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("wireproof: no field matches 'arp.opcodd'; did you mean arp.opcode")
