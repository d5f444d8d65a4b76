"""The checksums in the vectors themselves, added up word by word (RFC 1071 section 1) without our parser."""

import pytest

from wireproof.vectors import Parse, Reassemble, Update, Vector, load

IP_STARTS = {"ethernet": 14, "ethernet-fcs": 14, "ipv4": 0}
UDP = [vector for vector in load("udp") if not isinstance(vector.task, Update)]
WHOLE = [vector for vector in UDP if not isinstance(vector.task, Parse) or "udp.checksum" in vector.task.fields]


def add_up(octets: bytes) -> int:
    """The ones' complement sum of the 16-bit words."""
    total = 0
    for place in range(0, len(octets), 2):
        total += int.from_bytes(octets[place : place + 2].ljust(2, b"\0"), "big")
        total = (total & 0xFFFF) + (total >> 16)
    return total


@pytest.mark.parametrize("vector", UDP, ids=lambda vector: vector.id)
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


PACKETS = {
    **{
        vector.id: (vector.link, vector.data)
        for name in ("icmp", "ip", "tcp")
        for vector in load(name)
        if vector.data and (not isinstance(vector.task, Parse) or vector.task.result == "accept")
    },
    **{f"{vector.id}-after": (vector.link, task.after) for vector in load() if isinstance(task := vector.task, Update)},
    **{
        f"{vector.id}-{number}": (vector.link, packet)
        for vector in load()
        if isinstance(vector.task, Reassemble)
        for number, packet in enumerate(vector.task.packets)
    },
}
UNSUMMED = {vector.id for vector in load("udp") if "checksum-absent" in vector.flags}


@pytest.mark.parametrize("name", PACKETS)
def test_headers_of_any_length(name: str) -> None:
    link, data = PACKETS[name]
    start = IP_STARTS[link]
    header = data[start : start + 4 * (data[start] & 15)]
    assert add_up(header) == 0xFFFF
    body = data[start + len(header) : start + int.from_bytes(header[2:4], "big")]
    if header[9] == 1:
        assert add_up(body) == 0xFFFF
    if header[9] in (6, 17) and name.removesuffix("-after") not in UNSUMMED:
        assert add_up(header[12:20] + bytes([0, header[9]]) + len(body).to_bytes(2, "big") + body) == 0xFFFF


FRAMES = [vector for vector in load("eth") if vector.link == "ethernet-fcs"]


@pytest.mark.parametrize("vector", FRAMES, ids=lambda vector: vector.id)
def test_check_sequences(vector: Vector) -> None:
    """The CRC-32 bit by bit, from the lowest bit of each octet on, by the polynomial 0x04c11db7 seen backwards."""
    register = 0xFFFFFFFF
    for octet in vector.data[:-4]:
        register ^= octet
        for _ in range(8):
            register = register >> 1 ^ (0xEDB88320 if register & 1 else 0)
    is_right = vector.data[-4:] == (register ^ 0xFFFFFFFF).to_bytes(4, "little")
    assert is_right is ("checksum-wrong" not in vector.flags)
