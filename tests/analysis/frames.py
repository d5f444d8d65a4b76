"""Frames put together by hand, and what the analysis makes of them.

The link is IPv4 without a header; addresses are A, B and C.
"""

import struct
from collections.abc import Iterable
from typing import Any

from wireproof.analysis import Analysis
from wireproof.packet import Packet, Source, dissect

IPV4_LINK = 228
MILLISECOND = 1_000_000
A, B, C = b"\x0a\0\0\1", b"\x0a\0\0\2", b"\x0a\0\0\3"
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
MODULUS = 1 << 32


def ipv4(protocol: int, payload: bytes, source: bytes = A, destination: bytes = B) -> bytes:
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0) + source + destination + payload


def tcp(
    ports: tuple[int, int],
    seq: int,
    ack: int,
    flags: int,
    data: bytes = b"",
    *,
    window: int = 1000,
    options: bytes = b"",
    words: int | None = None,
) -> bytes:
    """A TCP header and its data; `words` is a data offset other than the right one."""
    options += bytes(-len(options) % 4)
    offset = 5 + len(options) // 4 if words is None else words
    numbers = (seq % MODULUS, ack % MODULUS, offset << 12 | flags, window, 0, 0)
    return struct.pack(">HHIIHHHH", *ports, *numbers) + options + data


def client(seq: int, ack: int, flags: int, data: bytes = b"", **more: Any) -> bytes:
    """A segment from port 1000 of A to port 80 of B."""
    return ipv4(6, tcp((1000, 80), seq, ack, flags, data, **more))


def server(seq: int, ack: int, flags: int, data: bytes = b"", **more: Any) -> bytes:
    """A segment from port 80 of B to port 1000 of A."""
    return ipv4(6, tcp((80, 1000), seq, ack, flags, data, **more), B, A)


def scale(shift: int) -> bytes:
    """The window scale option (RFC 7323, section 2.2)."""
    return bytes((3, 3, shift))


def sack(*edges: int) -> bytes:
    """The option of selective acknowledgments (RFC 2018, section 3)."""
    return bytes((5, 2 + 4 * len(edges))) + b"".join(struct.pack(">I", edge % MODULUS) for edge in edges)


def udp(ports: tuple[int, int], data: bytes = b"x", length: int | None = None) -> bytes:
    return struct.pack(">HHHH", *ports, 8 + len(data) if length is None else length, 0) + data


def icmp(kind: int, code: int, rest: bytes, source: bytes = A, destination: bytes = B) -> bytes:
    """An ICMP message with its checksum (RFC 792)."""
    message = struct.pack(">BBH", kind, code, 0) + rest
    padded = message + bytes(len(message) % 2)
    total = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    return ipv4(1, message[:2] + struct.pack(">H", ~total & 0xFFFF) + message[4:], source, destination)


def quote(packet: bytes, octets: int | None = None) -> bytes:
    """The error message of C to A about a packet, which quotes that many octets of it."""
    return icmp(3, 1, bytes(4) + packet[:octets], C, A)


def analysed(frames: Iterable[bytes | tuple[bytes, int]]) -> list[Packet]:
    """Dissect and analyse frames, a millisecond apart; a frame may come with the length it had on the wire."""
    analysis = Analysis()
    packets = []
    for number, frame in enumerate(frames, 1):
        data, wire_length = frame if isinstance(frame, tuple) else (frame, len(frame))
        packet = dissect(data, Source(number, wire_length, number * MILLISECOND, IPV4_LINK))
        analysis.see(packet)
        packets.append(packet)
    return packets


def column(packets: Iterable[Packet], name: str) -> list[Any]:
    """The first value of a field in each packet, or None where it is absent."""
    return [next(iter(packet[name]), None) for packet in packets]
