"""``-T fields`` and what ``-E`` makes of it."""

from __future__ import annotations

import pytest

from wireproof.dissectors.schema import FieldInfo, FieldType, UnknownFieldError
from wireproof.output import FieldStyle, FieldWriter
from wireproof.packet import Value

from .frames import ARP_REQUEST, frame

NAMES = ["eth.addr", "ip.src", "arp.opcode"]
MACS = ("02:00:00:00:00:01", "02:00:00:00:00:02")


@pytest.mark.parametrize(
    ("options", "opening", "line"),
    [
        ([], "", f"{MACS[0]},{MACS[1]}\t\t1"),
        (["header=y"], "eth.addr\tip.src\tarp.opcode\n", f"{MACS[0]},{MACS[1]}\t\t1"),
        (["header=Y", "header=no"], "", f"{MACS[0]},{MACS[1]}\t\t1"),
        (["bom=y", "header=y", "separator=,"], "\ufeffeth.addr,ip.src,arp.opcode\n", f"{MACS[0]},{MACS[1]},,1"),
        (["bom=y"], "\ufeff", f"{MACS[0]},{MACS[1]}\t\t1"),
        (["separator=/s"], "", f"{MACS[0]},{MACS[1]}  1"),
        (["separator=/t"], "", f"{MACS[0]},{MACS[1]}\t\t1"),
        (["separator=ab"], "", f"{MACS[0]},{MACS[1]}aa1"),
        (["separator=/x"], "", f"{MACS[0]},{MACS[1]}\\\\1"),
        (["aggregator=/s"], "", f"{MACS[0]} {MACS[1]}\t\t1"),
        (["aggregator=;"], "", f"{MACS[0]};{MACS[1]}\t\t1"),
        (["aggregator=/t"], "", f"{MACS[0]}\\{MACS[1]}\t\t1"),
        (["occurrence=f"], "", f"{MACS[0]}\t\t1"),
        (["occurrence=l"], "", f"{MACS[1]}\t\t1"),
        (["occurrence=l", "occurrence=a"], "", f"{MACS[0]},{MACS[1]}\t\t1"),
        (["quote=d"], "", f'"{MACS[0]},{MACS[1]}"\t\t"1"'),
        (["quote=s"], "", f"'{MACS[0]},{MACS[1]}'\t\t'1'"),
        (["quote=d", "quote=n"], "", f"{MACS[0]},{MACS[1]}\t\t1"),
    ],
)
def test_styles(options: list[str], opening: str, line: str) -> None:
    writer = FieldWriter(NAMES, FieldStyle.parse(options))
    assert writer.opening() == opening
    assert writer.line(frame(ARP_REQUEST)) == line


@pytest.mark.parametrize(
    "option", ["quote=x", "occurrence=x", "header=x", "header", "header=", "separator=", "aggregator=", "foo=1", ""]
)
def test_another_option_is_refused_by_name(option: str) -> None:
    with pytest.raises(ValueError, match=r"expected bom=y\|n, header=y\|n") as caught:
        FieldStyle.parse([option])
    assert (option.partition("=")[2] or option) in str(caught.value)


def test_columns_are_fields_by_title_and_by_format() -> None:
    names = ["Time", "Source", "Destination", "Protocol", "Length", "Info", "No."]
    later = ["cls_time", "def_src", "def_dst", "protocol", "packet_length", "info", "number"]
    expected = "0.000000\t02:00:00:00:00:02\t02:00:00:00:00:01\tARP\t42\tWho has 192.0.2.2? Tell 192.0.2.1\t1"
    for chosen in (names, later):
        assert FieldWriter([f"_ws.col.{name}" for name in chosen]).line(frame(ARP_REQUEST)) == expected


def test_a_column_that_there_is_not_stays_empty() -> None:
    assert FieldWriter(["_ws.col.Nonsense", "frame.number"]).line(frame(ARP_REQUEST)) == "\t1"


def test_a_name_may_be_an_alias_and_heads_its_column_as_given() -> None:
    writer = FieldWriter(["arp.spa", "arp"], FieldStyle(header=True))
    assert writer.opening() == "arp.spa\tarp\n"
    assert writer.line(frame(ARP_REQUEST)) == "192.0.2.1\tAddress Resolution Protocol (request)"


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownFieldError) as caught:
        FieldWriter(["arp.opcod"])
    assert "arp.opcode" in caught.value.suggestions


@pytest.mark.parametrize("quote", ["n", "d"])
def test_text_from_a_packet_breaks_neither_line_nor_terminal(quote: str) -> None:
    packet = frame(ARP_REQUEST)
    info = FieldInfo("frame.protocols", FieldType.STRING)
    hostile = 'a\tb\nc\r\x1b]0;title\x07\x7f\x9b31m\u202e"\\'
    packet.layers[0].values = [Value(info, hostile, 0, 0)]
    packet.touch()
    line = FieldWriter(["frame.protocols"], FieldStyle.parse([f"quote={quote}"])).line(packet)
    mark = '"' if quote == "d" else ""
    assert line == mark + r"a\tb\nc\r\033]0;title\a\177\302\23331m\342\200\256" + '"\\' + mark
