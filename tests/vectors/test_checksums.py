"""The checksums in the vectors themselves, added up word by word (RFC 1071 section 1) without our parser."""

import pytest

from wireproof.vectors import Parse, Vector, load

IP_STARTS = {"ethernet": 14, "ipv4": 0}
WHOLE = [vector for vector in load("udp") if not isinstance(vector.task, Parse) or "udp.checksum" in vector.task.fields]


def add_up(octets: bytes) -> int:
    """The ones' complement sum of the 16-bit words."""
    total = 0
    for place in range(0, len(octets), 2):
        total += int.from_bytes(octets[place : place + 2].ljust(2, b"\0"), "big")
        total = (total & 0xFFFF) + (total >> 16)
    return total


@pytest.mark.parametrize("vector", load("udp"), ids=lambda vector: vector.id)
def test_ip_header(vector: Vector) -> None:
    start = IP_STARTS[vector.link]
    assert add_up(vector.data[start : start + 20]) == 0xFFFF


@pytest.mark.parametrize("vector", WHOLE, ids=lambda vector: vector.id)
def test_udp(vector: Vector) -> None:
    start = IP_STARTS[vector.link] + 20
    addresses = vector.data[start - 8 : start]
    length = vector.data[start + 4 : start + 6]
    checksum = vector.data[start + 6 : start + 8]
    datagram = vector.data[start : start + int.from_bytes(length, "big")]
    passes = add_up(addresses + b"\0\x11" + length + datagram) == 0xFFFF
    if "checksum-absent" in vector.flags:
        assert checksum == b"\0\0"
    else:
        assert passes is ("checksum-wrong" not in vector.flags)
    assert ("checksum-zero-sum" in vector.flags) == (checksum == b"\xff\xff")


OTHERS = [
    vector
    for name in ("icmp", "ip", "tcp")
    for vector in load(name)
    if vector.data and (not isinstance(vector.task, Parse) or vector.task.result == "accept")
]


@pytest.mark.parametrize("vector", OTHERS, ids=lambda vector: vector.id)
def test_headers_of_any_length(vector: Vector) -> None:
    start = IP_STARTS[vector.link]
    header = vector.data[start : start + 4 * (vector.data[start] & 15)]
    assert add_up(header) == 0xFFFF
    body = vector.data[start + len(header) : start + int.from_bytes(header[2:4], "big")]
    if header[9] == 1:
        assert add_up(body) == 0xFFFF
    if header[9] == 6:
        assert add_up(header[12:20] + b"\0\x06" + len(body).to_bytes(2, "big") + body) == 0xFFFF
