"""Classes and blocks of IPv4 addresses."""

from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wireproof
from wireproof.dissectors.numbers.ipv4_addresses import CLASSES, SCOPES
from wireproof.dissectors.schema import catalogue
from wireproof.grammar import FilterError, compile_filter
from wireproof.packet import Packet

KINDS = [
    ("0.0.0.0", "A", "this network"),
    ("0.255.255.255", "A", "this network"),
    ("1.0.0.0", "A", "global"),
    ("10.1.2.3", "A", "private"),
    ("11.0.0.0", "A", "global"),
    ("100.63.255.255", "A", "global"),
    ("100.64.0.0", "A", "shared"),
    ("100.127.255.255", "A", "shared"),
    ("100.128.0.0", "A", "global"),
    ("127.0.0.1", "A", "loopback"),
    ("128.0.0.0", "B", "global"),
    ("169.254.9.9", "B", "link-local"),
    ("172.15.255.255", "B", "global"),
    ("172.16.0.0", "B", "private"),
    ("172.32.0.0", "B", "global"),
    ("191.255.255.255", "B", "global"),
    ("192.0.0.1", "C", "protocol assignments"),
    ("192.0.0.9", "C", "anycast block"),
    ("192.0.0.10", "C", "anycast block"),
    ("192.0.0.11", "C", "protocol assignments"),
    ("192.0.1.0", "C", "global"),
    ("192.0.2.255", "C", "documentation"),
    ("192.31.196.1", "C", "anycast block"),
    ("192.52.193.1", "C", "anycast block"),
    ("192.88.99.1", "C", "anycast block"),
    ("192.168.255.255", "C", "private"),
    ("192.175.48.6", "C", "anycast block"),
    ("198.17.255.255", "C", "global"),
    ("198.18.0.0", "C", "benchmarking"),
    ("198.19.255.255", "C", "benchmarking"),
    ("198.51.100.7", "C", "documentation"),
    ("203.0.113.7", "C", "documentation"),
    ("223.255.255.255", "C", "global"),
    ("224.0.0.1", "D", "multicast"),
    ("239.255.255.255", "D", "multicast"),
    ("240.0.0.0", "E", "reserved"),
    ("255.255.255.254", "E", "reserved"),
    ("255.255.255.255", "E", "limited broadcast"),
]


def packet(source: str, destination: str, options: bytes = b"") -> Packet:
    addresses = IPv4Address(source).packed + IPv4Address(destination).packed
    head = bytes([0x45 + len(options) // 4]) + bytes.fromhex("0000000000000040fd0000")
    return wireproof.dissect(bytes(12) + b"\x08\x00" + head + addresses + options)


@pytest.mark.parametrize(("address", "letter", "scope"), KINDS)
def test_known_ones(address: str, letter: str, scope: str) -> None:
    for side, found in (("src", packet(address, "192.0.2.1")), ("dst", packet("192.0.2.1", address))):
        assert found.label(f"ip.{side}.class") == letter
        assert found.label(f"ip.{side}.scope") == scope
        assert compile_filter(f'ip.{side}.scope == "{scope}" and ip.{side}.class == "{letter}"', catalogue()).matches(
            found
        )


def test_every_kind_is_there() -> None:
    assert {letter for _, letter, _ in KINDS} == set(CLASSES.values())
    assert {scope for _, _, scope in KINDS} == set(SCOPES.values())


@given(st.ip_addresses(v=4))
def test_as_the_library_has_it(address: IPv4Address) -> None:
    """Python's own reading of the registry."""
    scope = packet("192.0.2.1", str(address)).label("ip.dst.scope")
    assert (scope == "multicast") == address.is_multicast
    assert (scope == "loopback") == address.is_loopback
    assert (scope == "link-local") == address.is_link_local
    assert (scope in ("reserved", "limited broadcast")) == address.is_reserved
    assert (scope == "shared") == (address in IPv4Network("100.64.0.0/10"))
    if scope == "global":
        assert address.is_global


def test_a_source_route_hides_the_destination() -> None:
    route = bytes.fromhex("8307040a00000100")
    found = packet("192.0.2.1", "127.0.0.1", route)
    assert found.label("ip.dst.scope") == "private"
    assert found["ip.cur_rt"] == (IPv4Address("127.0.0.1"),)


def test_a_name_that_is_none_is_told() -> None:
    with pytest.raises(FilterError, match="public"):
        compile_filter('ip.src.scope == "public"', catalogue())


def test_what_a_header_that_stops_early_has() -> None:
    found = wireproof.dissect(bytes(12) + bytes.fromhex("0800 4500001400000000 40fd0000 0a000001 e000"))
    assert found.label("ip.src.scope") == "private"
    assert "ip.dst.scope" not in found
