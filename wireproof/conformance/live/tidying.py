"""Connections that a scenario leaves open where it ends early: they are reset, so that the stack repeats nothing.

What it repeated would be asked for, and so fill a small table of addresses, while other scenarios are run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wireproof.conformance.live.lane import frame_of, read
from wireproof.conformance.live.wire import Arrival
from wireproof.packet import Packet

_RST, _ACK = 4, 16


def resets(inbox: Iterable[Arrival]) -> Iterator[tuple[int, bytes]]:
    """Yield a reset, with its port, for each connection that the stack's segments are of, after its latest one.

    It has the sequence number that the stack waits for (RFC 9293 section 3.10.7), or acknowledges its SYN.
    """
    latest: dict[tuple[object, ...], tuple[int, Packet]] = {}
    for seen in inbox:
        if seen.data[12:14] == b"\x08\0" and seen.data[23:24] == b"\x06":
            packet = read(seen.data)
            if packet["tcp.ack_raw"] and packet["ip.proto"] == (6,):
                latest[tuple(packet[name] for name in ("ip.dst", "tcp.dstport", "tcp.srcport"))] = (seen.port, packet)
    for port, packet in latest.values():
        if not int(packet["tcp.flags"][0]) & _RST:
            yield port, _reset(packet)


def _reset(packet: Packet) -> bytes:
    """Return the reset that answers a segment of the stack."""

    def number(name: str) -> int:
        return int(packet[name][0])

    def text(name: str) -> str:
        return str(packet[name][0])

    if number("tcp.flags") & _ACK:
        numbers: tuple[tuple[str, int], ...] = (("tcp.flags", _RST), ("tcp.seq_raw", number("tcp.ack_raw")))
    else:
        numbers = (("tcp.flags", _RST | _ACK), ("tcp.ack_raw", (number("tcp.seq_raw") + 1) % (1 << 32)))
    ports = (("tcp.srcport", number("tcp.dstport")), ("tcp.dstport", number("tcp.srcport")))
    return frame_of(
        (
            ("eth", (("eth.dst", text("eth.src")), ("eth.src", text("eth.dst")))),
            ("ip", (("ip.src", text("ip.dst")), ("ip.dst", text("ip.src")))),
            ("tcp", (*ports, *numbers)),
        )
    )
