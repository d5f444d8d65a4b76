"""What dpkt calls the fields of headers. pypacker, which was made from it, calls them the same."""

from __future__ import annotations

import ipaddress
from typing import Any

ETHERNET = {"dst": "eth.dst", "src": "eth.src"}
ARP = {
    "hrd": "arp.hw.type",
    "pro": "arp.proto.type",
    "hln": "arp.hw.size",
    "pln": "arp.proto.size",
    "op": "arp.opcode",
    "sha": "arp.src.hw_mac",
    "spa": "arp.src.proto_ipv4",
    "tha": "arp.dst.hw_mac",
    "tpa": "arp.dst.proto_ipv4",
}
IP = {
    "v": "ip.version",
    "tos": "ip.dsfield",
    "len": "ip.len",
    "id": "ip.id",
    "ttl": "ip.ttl",
    "p": "ip.proto",
    "sum": "ip.checksum",
    "src": "ip.src",
    "dst": "ip.dst",
}
TCP = {
    "sport": "tcp.srcport",
    "dport": "tcp.dstport",
    "seq": "tcp.seq_raw",
    "ack": "tcp.ack_raw",
    "flags": "tcp.flags",
    "win": "tcp.window_size_value",
    "sum": "tcp.checksum",
    "urp": "tcp.urgent_pointer",
}
UDP = {"sport": "udp.srcport", "dport": "udp.dstport", "ulen": "udp.length", "sum": "udp.checksum"}
ICMP = {"type": "icmp.type", "code": "icmp.code", "sum": "icmp.checksum"}
# The numbers that name what comes next, of what both know.
TYPES = {0x0800: "ip", 0x0806: "arp"}
PROTOCOLS = {1: "icmp", 4: "ip", 6: "tcp", 17: "udp"}
RARP = 0x8035  # which neither reads


def as_json(value: Any) -> Any:
    """Return an attribute's value as an answer has it: four octets are taken for an IPv4 address."""
    if not isinstance(value, bytes):
        return value
    return str(ipaddress.IPv4Address(value)) if len(value) == 4 else value.hex(":")
