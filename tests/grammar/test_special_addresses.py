"""The special-purpose blocks of IPv4 as IANA registers them, each with its edges.

RFC 6890 section 2.2.2 has most of them (tables 1 to 16), the others came with the RFCs that are named. Where a later
RFC changed an entry, it is named as well (RFC 7526 takes away the flags of table 10). The flags are source,
destination, forwardable, globally reachable (RFC 8190) and reserved by the protocol itself.
"""

from ipaddress import IPv4Address

import pytest

from wireproof.dissectors.schema import AddressBlock
from wireproof.grammar.special_addresses import block_of, blocks

REGISTRY = [
    ("0.0.0.0", "0.255.255.255", '"This network"', "TFFFT", "RFC 6890 table 1; name of RFC 791"),
    ("0.0.0.0", "0.0.0.0", '"This host on this network"', "TFFFT", "RFC 6890 table 1, RFC 1122 section 3.2.1.3"),
    ("10.0.0.0", "10.255.255.255", "Private-Use", "TTTFF", "RFC 6890 table 2"),
    ("100.64.0.0", "100.127.255.255", "Shared Address Space", "TTTFF", "RFC 6890 table 3"),
    ("127.0.0.0", "127.255.255.255", "Loopback", "FFFFT", "RFC 6890 table 4"),
    ("169.254.0.0", "169.254.255.255", "Link Local", "TTFFT", "RFC 6890 table 5"),
    ("172.16.0.0", "172.31.255.255", "Private-Use", "TTTFF", "RFC 6890 table 6"),
    ("192.0.0.0", "192.0.0.255", "IETF Protocol Assignments", "FFFFF", "RFC 6890 table 7"),
    ("192.0.0.0", "192.0.0.7", "IPv4 Service Continuity Prefix", "TTTFF", "RFC 6890 table 8, RFC 7335 section 6"),
    (
        "192.0.0.8",
        "192.0.0.8",
        "IPv4 dummy address",
        "TFFFF",
        "RFC 7600 sections 4.8 and 6",
    ),
    ("192.0.0.9", "192.0.0.9", "Port Control Protocol Anycast", "TTTTF", "RFC 7723 section 4.1"),
    ("192.0.0.10", "192.0.0.10", "Traversal Using Relays around NAT Anycast", "TTTTF", "RFC 8155 section 8.1"),
    ("192.0.0.170", "192.0.0.170", "NAT64/DNS64 Discovery", "FFFFT", "RFC 7050 section 8.2, RFC 8880 section 7.2"),
    ("192.0.0.171", "192.0.0.171", "NAT64/DNS64 Discovery", "FFFFT", "RFC 7050 section 8.2, RFC 8880 section 7.2"),
    ("192.0.2.0", "192.0.2.255", "Documentation (TEST-NET-1)", "FFFFF", "RFC 6890 table 9"),
    ("192.31.196.0", "192.31.196.255", "AS112-v4", "TTTTF", "RFC 7535 section 8.1"),
    ("192.52.193.0", "192.52.193.255", "AMT", "TTTTF", "RFC 7450 section 7.1.1"),
    (
        "192.88.99.0",
        "192.88.99.255",
        "Deprecated (6to4 Relay Anycast)",
        "FFFFF",
        "RFC 7526 section 7",
    ),
    ("192.168.0.0", "192.168.255.255", "Private-Use", "TTTFF", "RFC 6890 table 11"),
    ("192.175.48.0", "192.175.48.255", "Direct Delegation AS112 Service", "TTTTF", "RFC 7534 section 7.2.3"),
    ("198.18.0.0", "198.19.255.255", "Benchmarking", "TTTFF", "RFC 6890 table 12"),
    ("198.51.100.0", "198.51.100.255", "Documentation (TEST-NET-2)", "FFFFF", "RFC 6890 table 13"),
    ("203.0.113.0", "203.0.113.255", "Documentation (TEST-NET-3)", "FFFFF", "RFC 6890 table 14"),
    ("240.0.0.0", "255.255.255.255", "Reserved", "FFFFT", "RFC 6890 table 15"),
    ("255.255.255.255", "255.255.255.255", "Limited Broadcast", "FTFFT", "RFC 6890 table 16, RFC 8190 section 2.2"),
]


def _edges(block: AddressBlock) -> tuple[int, int]:
    first = block.prefix << 32 - block.length
    return first, first + (1 << 32 - block.length) - 1


def number(text: str) -> int:
    return int(IPv4Address(text))


def mask(flags: str) -> int:
    return sum(1 << place for place, flag in enumerate(reversed(flags)) if flag == "T")


def expected(address: int) -> tuple[str, int] | None:
    """The smallest block of the table that an address is in."""
    inside = [row for row in REGISTRY if number(row[0]) <= address <= number(row[1])]
    smallest = min(inside, key=lambda row: number(row[1]) - number(row[0]), default=None)
    return None if smallest is None else (smallest[2], mask(smallest[3]))


@pytest.mark.parametrize("row", REGISTRY, ids=lambda row: f"{row[0]}-{row[1]}")
def test_at_the_edges(row: tuple[str, ...]) -> None:
    first, last = number(row[0]), number(row[1])
    for address in (first - 1, first, first + 1, last - 1, last, last + 1):
        if not 0 <= address < 1 << 32:
            continue
        found = block_of(address)
        assert (found and (found.name.decode(), found.mask)) == expected(address), IPv4Address(address)


def test_there_are_no_others() -> None:
    ours = {_edges(block.addresses) for block in blocks()}
    assert ours == {(number(first), number(last)) for first, last, *_ in REGISTRY}
