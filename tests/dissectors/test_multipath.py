"""Multipath TCP where RFC 8684 says more than Wireshark shows, and its addresses of IPv6 in filters."""

import ipaddress

import pytest

from wireproof.dissectors.schema import catalogue
from wireproof.engine import compile_query
from wireproof.grammar import FilterError, compile_filter
from wireproof.packet import Packet, Source, dissect

from ..engine.frames import write

IPV4_LINK = 228
ADDRESS = "20010db8000000000000000000000001"


def segment(option: str) -> bytes:
    """A SYN with an option, in an IPv4 packet."""
    options = bytes.fromhex(option)
    options += bytes(-len(options) % 4)
    words = 5 + len(options) // 4
    head = bytes.fromhex("45000000000100004006000 0c6336401cb007109".replace(" ", ""))
    total = 20 + 4 * words
    ports = bytes.fromhex("04d20050000003e800000000") + bytes([words << 4, 2]) + bytes.fromhex("03e800000000")
    return head[:2] + total.to_bytes(2, "big") + head[4:] + ports + options


def read(option: str) -> Packet:
    return dissect(segment(option), Source(link_type=IPV4_LINK))


@pytest.mark.parametrize(
    ("option", "sums"),
    [
        ("1e1420051122334455667788000000010010abcd", (0xABCD,)),
        ("1e122005112233445566778800000001001000", ()),
        ("1e1c200f11223344556677885566778899aabbcc000000010010abcd", (0xABCD,)),
        ("1e10200455667788000000010010abcd", (0xABCD,)),
    ],
)
def test_a_mapping_has_a_checksum_where_there_is_room_for_one(option: str, sums: tuple[int, ...]) -> None:
    """RFC 8684 section 3.3.1: it is there if both hosts asked for it, and its length tells."""
    assert read(option)["tcp.options.mptcp.checksum"] == sums


@pytest.mark.parametrize(("flags", "is_supported"), [("21", True), ("a1", True), ("01", True), ("20", False)])
def test_that_no_more_subflows_are_wanted_is_no_algorithm(flags: str, is_supported: bool) -> None:
    """RFC 8684 section 3.1: bit C of version 1."""
    packet = read(f"1e0401{flags}")
    assert bool(packet["mptcp.connection.unsupported_algorithm"]) is not is_supported
    assert packet["tcp.options.mptcp.nomoresubflows.flag"] == (flags[0] in "2a",)


def test_an_address_of_ipv6_is_an_object() -> None:
    assert read(f"1e143602{ADDRESS}")["tcp.options.mptcp.ipv6"] == (ipaddress.IPv6Address("2001:db8::1"),)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("{0} == 2001:db8::1", True),
        ("{0} == 2001:DB8:0:0:0:0:0:1", True),
        ("{0} == 2001:db8::/32", True),
        ("{0} == 2001:db9::/32", False),
        ("{0} != 2001:db8::/32", False),
        ("{0} != 2001:db9::/32", True),
        ("{0} !== 2001:db8::/127", False),
        ("{0} === 2001:db8::/127", True),
        ("2001:db8::/32 == {0}", True),
        ("{0} > 2001:db8::", True),
        ("{0} > 2001:db8::/64", False),
        ("{0} >= 2001:db8::/64", True),
        ("{0} < 2001:db8:8000::/33", True),
        ("2001:db8:8000::/33 <= {0}", False),
        ("{0} in {{::1, 2001:db8::/48}}", True),
        ("{0} in {{2001:db8::0..2001:db8::ff}}", True),
        ("{0} == ::ffff:10.0.0.1", False),
        ("{0}[0:2] == 20:01", True),
        ("{0} & ffff:: == 2001::", True),
        ("len({0}) == 16", True),
        ('string({0}) == "2001:db8::1"', True),
        ("max({0}) == 2001:db8::1", True),
        ("mptcp", True),
    ],
)
def test_addresses_of_ipv6_in_filters(text: str, holds: bool, tmp_path) -> None:  # type: ignore[no-untyped-def]
    chosen = compile_filter(text.format("tcp.options.mptcp.ipv6"), catalogue())
    assert chosen.matches(read(f"1e143602{ADDRESS}")) is holds
    assert not chosen.matches(read("1e0430aa")) or text == "mptcp"
    frames = write(tmp_path / "a.pcap", [segment(f"1e143602{ADDRESS}")] * 2, link=IPV4_LINK)
    # Of the first one, the capture says that it was shorter.
    assert (2 in [record.number for record in compile_query(chosen).match_records(frames)]) is holds


@pytest.mark.parametrize(
    "text", ["== 10.0.0.1", "== 20:01", "== 2001:db8::1/129", "== 1", "== tcp.payload", "contains 0d:b8", "== :::"]
)
def test_what_is_no_address_of_ipv6(text: str) -> None:
    with pytest.raises(FilterError):
        compile_filter(f"tcp.options.mptcp.ipv6 {text}", catalogue())
