"""Packets for the tests, from hexadecimal octets."""

from __future__ import annotations

from wireproof.analysis import Analysis
from wireproof.dissectors.schema import Catalogue
from wireproof.packet import Packet, Preferences, Source, dissect

NANOSECONDS = 1_700_000_000_001_000_000
CHECKED = Preferences(frozenset({"ip.check_checksum", "tcp.check_checksum", "udp.check_checksum"}))

ETHERNET = "020000000001 020000000002"
ARP_REQUEST = f"{ETHERNET} 0806 0001 0800 06 04 0001 020000000002 c0000201 000000000000 c0000202"
ADDRESSES = "0a000001 0a000002"


def frame(
    octets: str, *, wire_length: int | None = None, number: int = 1, link_type: int = 1, known: Catalogue | None = None
) -> Packet:
    """Dissect one frame, with checksums verified, and let the analysis see it."""
    source = Source(number, wire_length, NANOSECONDS, link_type)
    packet = dissect(bytes.fromhex(octets), source, CHECKED, known)
    Analysis().see(packet)
    return packet


def ipv4(protocol: int, payload: str, *, fragment: str = "0000", length: int | None = None) -> str:
    """Return an Ethernet frame with an IPv4 packet whose header checksum is right."""
    octets = bytes.fromhex(payload)
    total = 20 + len(octets) if length is None else length
    head = bytes.fromhex(f"4500 {total:04x} 1234 {fragment} 40 {protocol:02x} 0000 {ADDRESSES}")
    return f"{ETHERNET} 0800 {_with_checksum(head, 10).hex()} {octets.hex()}"


def udp(payload: str, *, length: int | None = None) -> str:
    """Return a UDP datagram from port 4000 to 5000 without checksum."""
    octets = bytes.fromhex(payload)
    return f"0fa0 1388 {8 + len(octets) if length is None else length:04x} 0000 {octets.hex()}"


def tcp(flags: int, *, options: str = "", payload: str = "", offset: int | None = None) -> str:
    """Return a TCP segment from port 40000 to 80 with the right checksum."""
    extra = bytes.fromhex(options)
    words = 5 + len(extra) // 4 if offset is None else offset
    head = bytes.fromhex(f"9c40 0050 00000064 000000c8 {words << 12 | flags:04x} 2000 0000 0007")
    octets = head + extra + bytes.fromhex(payload)
    pseudo = bytes.fromhex(f"{ADDRESSES} 0006 {len(octets):04x}")
    return _with_checksum(pseudo + octets, 12 + 16)[12:].hex()


def icmp(kind: int, code: int, rest: str) -> str:
    """Return an ICMP message with the right checksum."""
    return _with_checksum(bytes.fromhex(f"{kind:02x}{code:02x}0000 {rest}"), 2).hex()


def _with_checksum(octets: bytes, at: int) -> bytes:
    padded = octets + b"\0" * (len(octets) % 2)
    total = sum(int.from_bytes(padded[place : place + 2], "big") for place in range(0, len(padded), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return octets[:at] + (~total & 0xFFFF).to_bytes(2, "big") + octets[at + 2 :]
