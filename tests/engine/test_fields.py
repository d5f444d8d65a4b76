"""Every field, asked for in every way: the compiled filter says of each frame what the reference says.

There are thousands of these filters. A run takes a few of each field, and all of them with ``WIREPROOF_FULL=1``.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import wireproof
from wireproof.dissectors.schema import FieldInfo, Kind, catalogue
from wireproof.grammar import FilterError, compile_filter
from wireproof.packet import Packet, Preferences

from .frames import frames, write
from .test_classes import SAME, compare

STEP = 1 if os.environ.get("WIREPROOF_FULL") == "1" else 29
SWITCHED_ON = Preferences(frozenset({"ip.check_checksum", "tcp.check_checksum", "udp.check_checksum"}))
CONSTANTS = {
    Kind.INTEGER: ("3", "0x45"),
    Kind.BOOLEAN: ("1",),
    Kind.BYTES: ("00:01",),
    Kind.PROTOCOL: ("00:01",),
    Kind.ETHER: ("02:00:00:00:00:01",),
    Kind.IPV4: ("10.0.0.1", "10.0.0.0/31"),
    Kind.IPV6: ("2001:db8::1", "2001:db8::/33"),
    Kind.STRING: ('"10.0.0.1"',),
    Kind.ABSOLUTE_TIME: ('"2023-11-14 22:14:00"',),
    Kind.RELATIVE_TIME: ("1.5",),
    Kind.FLOAT: ("1.5",),
    Kind.LABEL: (),
}
ALONE = """
{0}
not {0}
count({0}) > 1
{0}#1
{0}#[-1]
@{0}
@{0} == 00:01
@{0}[0] == 45
len({0}) == 4
{0} == {0}
{0} contains 00:01
{0} contains "a"
{0}[0:2] == 00:01
{0}[0:2,4:7] == 00:01:00:00:00:00:00:00:00
{0} + 1 == 3
{0} * {0} == 9
{0} / -1 == 1
{0} & 3 == 3
{0} & 03 == 03
-{0} < 0
abs({0}) < 3
""".strip().splitlines()
COMPARED = """
{0} == {1}
{0} != {1}
{0} === {1}
{0} !== {1}
{0} > {1}
{0} <= {1}
{0} in {{{1}}}
all {0} in {{{1}}}
all {0} in {{{0}, {1}}}
{0}#[-1] == {1}
max({0}) == {1}
min({0}, {1}) == {1}
""".strip().splitlines()


def filters(info: FieldInfo) -> Iterator[str]:
    """The filters on a field, some of which make no sense for its type."""
    yield from (form.format(info.name) for form in ALONE)
    yield from (form.format(info.name, each) for each in CONSTANTS[info.type.kind] for form in COMPARED)


EVERY = [text for info in catalogue().fields.values() if not info.across for text in filters(info)]


@pytest.fixture(scope="module")
def captured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("fields") / "frames.pcap", frames(11, 400), cut=3)


@pytest.fixture(scope="module")
def packets(captured: Path) -> list[Packet]:
    with wireproof.open_capture(captured, preferences=SWITCHED_ON) as capture:
        return list(capture)


@pytest.mark.parametrize("part", range(4))
def test_every_field_in_every_way(captured: Path, packets: list[Packet], part: int) -> None:
    wrong, asked = [], 0
    for text in EVERY[part * STEP :: STEP * 4]:
        try:
            chosen = compile_filter(text, catalogue())
        except FilterError:
            continue
        asked += 1
        with wireproof.open_capture(captured, preferences=SWITCHED_ON) as capture:
            try:
                found = [each.number for each in capture.select(text, engine="compiled")]
            except wireproof.EngineError:  # what analyses say of packets has no octets
                assert "_ws.expert" in text
                continue
        if found != [packet.number for packet in packets if chosen.matches(packet)]:
            wrong.append(text)
    assert not wrong
    assert asked > 40


@pytest.mark.parametrize("name", SAME)
def test_the_octets_that_a_field_lies_in(name: str, tmp_path: Path) -> None:
    texts = ["@t.x == 01", "@t.x[0] == 02 or len(@t.x) == 2", "count(@t.x) == 1 and @t.x#[-1] > 03"]
    compare(SAME[name], tmp_path / "a.pcap", 3, texts)
