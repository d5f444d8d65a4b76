"""The answers about addresses in the vectors, held against Python's own arithmetic of networks."""

import itertools
from ipaddress import IPv4Interface, IPv4Network

import pytest

from wireproof.vectors import Address, load

VECTORS = [(vector.id, vector.task) for vector in load() if isinstance(vector.task, Address)]
TASKS = [pytest.param(task, id=id) for id, task in VECTORS]
PLANS = [pytest.param(task, id=id) for id, task in VECTORS if "blocks" in task.answer]


@pytest.mark.parametrize("task", TASKS)
def test_networks(task: Address) -> None:
    network = IPv4Interface(f"{task.address}/{task.prefix}").network
    first, last = (1, -2) if task.prefix < 31 else (0, -1)
    expected = {
        "network": str(network[0]),
        "first": str(network[first]),
        "last": str(network[last]),
        "broadcast": str(network[-1]) if task.prefix < 31 else None,
        "usable": network.num_addresses - (2 if task.prefix < 31 else 0),
    }
    given = {name: value for name, value in task.answer.items() if name != "blocks"}
    assert given == {name: expected[name] for name in given}


@pytest.mark.parametrize("task", PLANS)
def test_blocks(task: Address) -> None:
    network = IPv4Interface(f"{task.address}/{task.prefix}").network
    assert task.sites is not None
    blocks = task.answer["blocks"]
    if blocks is None:
        assert task.hosts is not None
        assert _rounded(task.hosts) * task.sites > network.num_addresses
        return
    assert isinstance(blocks, tuple)
    found = [IPv4Network(block) for block in blocks]
    assert len(found) == task.sites
    assert found[0][0] == network[0]
    assert all(each.subnet_of(network) for each in found)
    assert all(one[-1] + 1 == other[0] for one, other in itertools.pairwise(found))
    (size,) = {each.num_addresses for each in found}
    if task.hosts is not None:
        assert size == _rounded(task.hosts)
    else:
        assert size * task.sites <= network.num_addresses < 2 * size * task.sites


def _rounded(hosts: int) -> int:
    """The least power of two with room for so many hosts, a network and a broadcast address."""
    return 1 << (hosts + 1).bit_length()
