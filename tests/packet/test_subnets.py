"""Subnets, held against the standard library and against the laws of splitting."""

import ipaddress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wireproof.packet.subnets import Plan, SubnetError, plan, subnet, usable

ADDRESSES = st.integers(0, (1 << 32) - 1).map(ipaddress.IPv4Address)


@given(ADDRESSES, st.integers(0, 32))
def test_as_the_standard_library_has_it(address: ipaddress.IPv4Address, prefix: int) -> None:
    network = ipaddress.IPv4Network((int(address), prefix), strict=False)
    found = subnet(str(address), prefix)
    assert found.network == network.network_address
    assert found.broadcast in (None, network.broadcast_address)
    assert (found.broadcast is None) == (prefix > 30)
    assert int(found.last) - int(found.first) + 1 == found.usable
    if prefix >= 16:
        hosts = list(network.hosts())
        assert (hosts[0], hosts[-1], len(hosts)) == (found.first, found.last, found.usable)


@given(ADDRESSES, st.integers(0, 32), st.none() | st.integers(1, 300), st.none() | st.integers(1, 5000))
def test_blocks_are_as_many_hold_the_hosts_and_lie_side_by_side(
    address: ipaddress.IPv4Address, prefix: int, sites: int | None, hosts: int | None
) -> None:
    whole = subnet(str(address), prefix)
    if sites is None and hosts is None:
        with pytest.raises(SubnetError):
            plan(whole, sites, hosts)
        return
    found = plan(whole, sites, hosts)
    if found is None:
        return
    blocks = [block for block, _ in zip(found.blocks(), range(1000), strict=False)]
    assert blocks[0].network_address == whole.network
    assert all(a.broadcast_address + 1 == b.network_address for a, b in pairwise(blocks))
    assert all(block.subnet_of(found.network) for block in blocks)
    assert sites in (None, found.count)
    assert hosts is None or usable(found.prefix) >= hosts
    # One bit less would not do: too few blocks, or blocks larger than they have to be.
    if hosts is not None and found.prefix < 32:
        assert usable(found.prefix + 1) < hosts
    if hosts is None and sites is not None and found.prefix > prefix:
        assert 1 << found.prefix - 1 - prefix < sites


@pytest.mark.parametrize(
    ("prefix", "sites", "hosts", "fits"),
    [
        (24, 4, 62, Plan(ipaddress.IPv4Network("10.0.0.0/24"), 26, 4, 4)),
        (24, 4, 63, None),
        (24, 5, None, Plan(ipaddress.IPv4Network("10.0.0.0/24"), 27, 5, 8)),
        (24, None, 2, Plan(ipaddress.IPv4Network("10.0.0.0/24"), 31, 128, 128)),
        (24, None, 1, Plan(ipaddress.IPv4Network("10.0.0.0/24"), 32, 256, 256)),
        (30, 5, None, None),
        (24, 1, 1 << 40, None),
    ],
)
def test_plans(prefix: int, sites: int | None, hosts: int | None, fits: Plan | None) -> None:
    assert plan(subnet("10.0.0.0", prefix), sites, hosts) == fits


@pytest.mark.parametrize("wrong", [("10.0.0", 8), ("10.0.0.256", 8), ("", 8), ("10.0.0.0", -1), ("10.0.0.0", 33)])
def test_what_is_no_subnet(wrong: tuple[str, int]) -> None:
    with pytest.raises(SubnetError):
        subnet(*wrong)


@pytest.mark.parametrize("numbers", [(0, None), (None, 0), (-1, 5)])
def test_what_is_no_plan(numbers: tuple[int | None, int | None]) -> None:
    with pytest.raises(SubnetError):
        plan(subnet("10.0.0.0", 8), *numbers)
