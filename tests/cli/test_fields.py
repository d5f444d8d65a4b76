"""``wireproof fields``."""

import json
from collections.abc import Callable

import pytest

from wireproof.dissectors.schema import FieldInfo, catalogue
from wireproof.interface import Filter
from wireproof.output.reference import as_object, example_filter, field_lines, protocol_lines

from .conftest import Result

Run = Callable[..., Result]


def names(result: Result) -> list[str]:
    return [line.split()[0] for line in result.lines[1:]]


def test_all(run: Run) -> None:
    result = run("fields")
    assert (result.status, result.err) == (0, "")
    assert names(result) == list(catalogue().fields)


def test_columns_are_aligned(run: Run) -> None:
    head, *lines = run("fields", "udp.*").lines
    column = head.index("TYPE")
    assert all(line[column : column + 3] == "FT_" and line[column - 2 : column] == "  " for line in lines)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("ARP.OPC", "arp.opcode"),  # case does not matter
        ("arp.sp", "arp.src.proto_ipv4"),  # another name
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


def test_a_field(run: Run) -> None:
    assert run("fields", "arp.opcode").out.startswith("""\
arp.opcode: Opcode
  type      FT_UINT16, BASE_DEC: Unsigned integer (2 bytes)
  protocol  arp: Address Resolution Protocol
  also      arp.op, atmarp.op
  standard  RFC 826
  filter    arp.opcode == 1

  0      reserved
  1      request
  2      reply
""")


def test_bits_of_a_member_are_told(run: Run) -> None:
    lines = run("fields", "tcp.flags.syn").lines
    assert "  bits of   offset_flags & 0x2" in lines
    assert lines[-3:] == ["", "  1  Set", "  0  Not set"]


def test_texts_that_a_field_has_are_listed_and_one_is_asked_for(run: Run) -> None:
    lines = run("fields", "arp.kind").lines
    assert '  filter    arp.kind == "request"' in lines
    assert {"  probe", "  DHCP check", "  UnARP"} < set(lines)
    (field,) = json.loads(run("fields", "--json", "eth.dst.cast").out)
    assert field["texts"] == ["unicast", "broadcast", "multicast"]


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("eth.type", "eth.type == 0x0806"),  # what a protocol is found under
        ("udp.length", "udp.length > 0"),
        ("ip.checksum", "ip.checksum != 0x0000"),
        ("ip.checksum.status", "ip.checksum.status == 1"),
        ("frame.protocols", 'frame.protocols contains "ethertype"'),
    ],
)
def test_the_example_is_what_ordinary_packets_pass(name: str, asked: str, run: Run) -> None:
    assert f"  filter    {asked}" in run("fields", name).lines


@pytest.mark.parametrize("name", ["arp.op", "ARP.OPCODE", "arp.opcode"])
def test_any_name_of_a_field_will_do(name: str, run: Run) -> None:
    assert run("fields", name) == run("fields", "arp.opcode")


def test_a_protocol(run: Run) -> None:
    text = run("fields", "udp").out
    assert text.startswith("""\
udp: User Datagram Protocol
  standard     RFC 768
  filter       udp
  found under  ip.proto 17
  carries      udp.port

   0                   1                   2                   3
   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
  +-------------------------------+-------------------------------+
  |          Source Port          |        Destination Port       |
  +-------------------------------+-------------------------------+
  |             Length            |            Checksum           |
  +-------------------------------+-------------------------------+

NAME """)
    assert "\nudp.srcport  " in text


def test_a_protocol_for_a_program(run: Run) -> None:
    protocol, *fields = json.loads(run("fields", "--json", "udp").out)
    assert (protocol["name"], protocol["under"], protocol["carries"]) == ("udp", {"ip.proto": [17]}, ["udp.port"])
    assert len(protocol["diagram"]) == 7
    assert {field["protocol"] for field in fields} == {"udp"}


@pytest.mark.parametrize("info", catalogue().fields.values(), ids=lambda info: info.name)
def test_every_field_has_its_page_with_all_labels_and_a_filter_that_compiles(info: FieldInfo) -> None:
    if info.name in catalogue().protocols:
        lines = list(protocol_lines(catalogue().protocols[info.name], catalogue()))
        assert f"filter {info.name}" in [" ".join(line.split()) for line in lines]
    else:
        lines = list(field_lines(info, catalogue()))
        shown = [line.split(maxsplit=1)[1] for line in lines[len(lines) - len(info.labels) :]]
        assert shown == list(info.labels.values())
        assert any(line.endswith(f"  {example_filter(info, catalogue())}") for line in lines)
    Filter(example_filter(info, catalogue()))
    json.dumps(as_object(info, catalogue()))
