"""Numbers of 64 bits without a sign, and addresses of their own kinds: told by machine code, whatever their bits."""

import struct
from pathlib import Path
from typing import Any

import pytest

import wireproof
from wireproof.dissectors.schema import catalogue
from wireproof.engine import Query, compile_query
from wireproof.grammar import compile_filter
from wireproof.packet import Packet, Source

from .frames import write

KEYS = (0, 1, 5, (1 << 63) - 1, 1 << 63, (1 << 63) + 5, (1 << 64) - 1)
KEY = "tcp.options.mptcp.sendkey"
FILTERS = [
    *(f"{KEY} {operator} {key}" for operator in ("==", "!=", "<", "<=", ">", ">=") for key in KEYS),
    f"{KEY} in {{5, {1 << 63} .. {(1 << 64) - 2}}}",
    f"not {KEY} in {{0 .. {1 << 63}}}",
    f"{KEY} == tcp.options.mptcp.recvkey",
    f"{KEY} > tcp.options.mptcp.recvkey",
    f"{KEY} > tcp.srcport",
    f"{KEY} & 0x8000000000000000",
    f"{KEY} + 1 == 6",
    f"max({KEY}) > 5",
    f"@{KEY}[0] == 80",
    KEY,
]


def connected(sender: int, receiver: int) -> bytes:
    """A segment with an MP_CAPABLE option of both keys (RFC 6824, section 3.1)."""
    option = struct.pack(">BBBBQQ", 30, 20, 0, 0x81, sender, receiver)
    tcp = ("tcp", {"tcp.srcport": 5, "tcp.dstport": 80, "tcp.flags.ack": 1, "tcp.options": option})
    return wireproof.build([("eth", {}), ("ip", {"ip.src": "10.0.0.1", "ip.dst": "10.0.0.2"}), tcp])


def asked_addresses() -> bytes:
    """An ARP request between stations of amateur radio."""
    calls = bytes.fromhex("9c9c6e9a8440e0"), bytes.fromhex("82a0ae64624062")
    return (
        b"\xff" * 6
        + b"\2" * 6
        + struct.pack(">HHHBBH7s4s7s4s", 0x0806, 3, 0xCC, 7, 4, 1, calls[0], b"\x2c\0\0\1", calls[1], b"\x2c\0\0\2")
    )


def advertised() -> bytes:
    """A segment that advertises an address of IPv6 (RFC 8684, section 3.4.1)."""
    option = struct.pack(">BBBB", 30, 28, 0x30, 3) + bytes(range(24))
    tcp = ("tcp", {"tcp.srcport": 5, "tcp.dstport": 80, "tcp.flags.ack": 1, "tcp.options": option})
    return wireproof.build([("eth", {}), ("ip", {"ip.src": "10.0.0.1", "ip.dst": "10.0.0.2"}), tcp])


@pytest.fixture(scope="module")
def captured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    others = asked_addresses(), advertised()
    pairs = [connected(sender, receiver) for sender in KEYS for receiver in KEYS[::3]]
    return write(tmp_path_factory.mktemp("wide") / "wide.pcap", [bytes(60), *pairs, *others], cut=99)


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the frames that were left to the reference."""
    found: list[int] = []
    decided = Query.decide

    def decide(self: Query, data: bytes, source: Source, *others: Any) -> Packet | None:
        found.append(source.number)
        return decided(self, data, source, *others)

    monkeypatch.setattr(Query, "decide", decide)
    return found


@pytest.mark.parametrize("text", FILTERS)
def test_numbers_of_64_bits(captured: Path, text: str, handed: list[int]) -> None:
    chosen = compile_filter(text, catalogue())
    with wireproof.open_capture(captured) as capture:
        want = [packet.number for packet in capture if chosen.matches(packet)]
    handed.clear()
    assert [each.number for each in compile_query(chosen).match_records(captured)] == want
    computes = any(sign in text for sign in ("&", "+", "max", "recvkey", "srcport"))
    assert computes or not handed


def test_columns_and_lines(captured: Path, handed: list[int]) -> None:
    names = [KEY, "tcp.options.mptcp.recvkey", "arp.src.hw_ax25", "arp.dst.hw_ax25", "tcp.options.mptcp.ipv6"]
    tables = []
    for engine in ("compiled", "reference"):
        with wireproof.open_capture(captured) as capture:
            tables.append(capture.columns(names, engine=engine))
    assert [list(column) for column in tables[0].values()] == [list(column) for column in tables[1].values()]
    assert {key for row in tables[0][KEY] for key in row} == set(KEYS)
    assert any(tables[0]["tcp.options.mptcp.ipv6"])
    with wireproof.open_capture(captured) as capture:
        lines = capture.lines(names[:4], engine="compiled")
        assert lines is not None
        printed = b"".join(lines).decode().splitlines()
    assert not handed
    assert printed[1] == "0\t0\t\t"
    assert printed[-2] == "\t\t9c:9c:6e:9a:84:40:e0\t82:a0:ae:64:62:40:62"
    assert f"{(1 << 64) - 1}" in printed[-3]
