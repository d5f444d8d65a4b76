"""References to fields of another packet: the values that it has, in both engines."""

from pathlib import Path

import pytest

import wireproof
from wireproof.dissectors.schema import catalogue
from wireproof.engine import compile_query
from wireproof.grammar import FilterError, TypedFilter, compile_filter
from wireproof.grammar.references import has_references
from wireproof.packet import Packet

# Each with the filter that it is beside frame 24 of examples/lan.pcapng, a TCP segment with 5 octets.
MEANT = {
    "ip.src == ${ip.src}": "ip.src == 192.0.2.11",
    "ip.addr == $ip.dst and udp": "ip.addr == 192.0.2.10 and udp",
    "tcp.len == ${tcp.len}": "tcp.len == 5",
    "tcp.len < ${tcp.len} + 3": "tcp.len < 8",
    "tcp.len in {${tcp.len}, 7}": "tcp.len in {5, 7}",
    "tcp.len in {1 .. ${tcp.len}}": "tcp.len in {1 .. 5}",
    "tcp.port in {${tcp.port}}": "tcp.port in {9010, 40000}",
    "all tcp.port == ${tcp.port}": "all tcp.port == 9010 and all tcp.port == 40000",
    "tcp.srcport == max(${tcp.port}, 1)": "tcp.srcport == 40000",
    "eth.src[0:3] == ${eth.dst}[0:3]": "eth.src[0:3] == 02:00:00",
    "tcp.payload contains ${tcp.payload}": 'tcp.payload contains "abcde"',
    "arp.spa == ${arp.spa}": "frame.number < 0",
    "arp.spa != ${arp.spa}": "frame.number < 0",
    "not ip.src == ${ip.src}": "not ip.src == 192.0.2.11",
    "${tcp.len}": "frame",
    "${arp}": "frame.number < 0",
    "tcp.flags.push == ${tcp.flags.push}": "tcp.flags.push == 1",
    "@tcp.srcport == ${@tcp.dstport}": "tcp.srcport == 40000",
    "ip.src == ${ip.dst#1}": "ip.src == 192.0.2.10",
    'ip.host matches "^192" and ip.host == ${ip.src_host}': "ip.addr == 192.0.2.11",
}


@pytest.fixture(scope="module")
def packets(checkout: Path) -> list[Packet]:
    with wireproof.open_capture(checkout / "examples" / "lan.pcapng") as capture:
        return list(capture)


def bound(text: str, packets: list[Packet]) -> TypedFilter:
    return compile_filter(text, catalogue()).referring_to(packets[23])


@pytest.mark.parametrize("text", MEANT)
def test_a_reference_has_the_values_of_its_packet(checkout: Path, packets: list[Packet], text: str) -> None:
    chosen = bound(text, packets)
    meant = compile_filter(MEANT[text], catalogue())
    want = [packet.number for packet in packets if meant.matches(packet)]
    assert [packet.number for packet in packets if chosen.matches(packet)] == want
    assert not has_references(chosen.tree)
    query = compile_query(chosen)
    assert [record.number for record in query.match_records(checkout / "examples" / "lan.pcapng")] == want


def test_too_many_choices_are_a_filter_error(packets: list[Packet]) -> None:
    factors = " + ".join(["${tcp.port}"] * 9)
    with pytest.raises(FilterError, match="choices"):
        bound(f"tcp.port < {factors}", packets)


def test_a_filter_without_references_is_what_it_was(packets: list[Packet]) -> None:
    chosen = compile_filter("tcp.len == 5", catalogue())
    assert chosen.referring_to(packets[23]).tree is chosen.tree
    assert not chosen.has_references
    assert compile_filter("tcp.len == ${tcp.len}", catalogue()).has_references


def test_in_python(checkout: Path, packets: list[Packet]) -> None:
    chosen = wireproof.Filter("tcp.len == ${tcp.len}", reference=packets[23])
    with wireproof.open_capture(checkout / "examples" / "lan.pcapng") as capture:
        assert [packet.number for packet in capture.filter(chosen)] == [24]
