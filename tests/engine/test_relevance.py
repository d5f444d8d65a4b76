"""Which layers a frame may have that passes a filter."""

from __future__ import annotations

import pytest

from wireproof.dissectors.schema import catalogue
from wireproof.engine.relevance import may_bear
from wireproof.grammar import compile_filter


@pytest.mark.parametrize(
    ("text", "name", "may"),
    [
        ("", "arp", True),
        ("arp", "arp", True),
        ("arp.opcode == 1", "tcp", False),
        ("tcp.port == 80", "arp", False),
        ("tcp.port == 80", "udp", False),
        ("tcp.port == 80", "eth", True),
        ("tcp.port == 80", "icmp", True),  # which quotes it
        ("ip.src == 10.0.0.1", "tcp", True),
        ("ip.src == 10.0.0.1", "arp", False),
        ("!(ip.src == 10.0.0.1)", "arp", True),
        ("ip || arp", "arp", True),
        ("ip && frame.len > 60", "arp", False),
        ("tcp xor udp", "arp", True),
        ("ip.src[0:2] == 0a:00", "arp", False),
        ("ip.src in {10.0.0.1, 10.0.0.2}", "arp", False),
        ("len(ip.src) == 4 or max(ip.ttl, 3) > 2", "arp", True),
        ('eth.addr contains 0a and ip.ttl and frame matches "x"', "arp", False),
        ("frame.len > 60", "arp", True),
    ],
)
def test_what_a_passing_frame_may_bear(text: str, name: str, may: bool) -> None:
    assert may_bear(catalogue(), compile_filter(text, catalogue()).tree, name) is may
