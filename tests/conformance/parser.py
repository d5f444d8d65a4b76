"""A small parser of ARP, IPv4 and UDP as an adapter, with faults that can be switched on: the words after its name."""

import ipaddress
import json
import sys
from typing import Any

FAULTS = frozenset(sys.argv[1:])


class MalformedError(Exception):
    """The layer that rejects a packet."""


def parse(link: str, data: bytes) -> dict[str, list[Any]]:
    fields: dict[str, list[Any]] = {}
    if link == "ipv4":
        ipv4(data, fields)
        return fields
    if len(data) < 14:
        raise MalformedError("eth")
    kind = int.from_bytes(data[12:14], "big")
    fields |= {"eth.dst": [data[:6].hex(":")], "eth.src": [data[6:12].hex(":")], "eth.type": [kind]}
    if kind in (0x0806, 0x8035):
        arp(data[14:], fields)
    elif kind == 0x0800:
        ipv4(data[14:], fields)
    return fields


def arp(data: bytes, fields: dict[str, list[Any]]) -> None:
    if len(data) < 8:
        raise MalformedError("arp")
    hlen, plen = (6, 4) if "fixed-offsets" in FAULTS else (data[4], data[5])
    size = 8 + 2 * (hlen + plen)
    if "sum-in-a-byte" in FAULTS:
        size &= 0xFF
    if len(data) < size:
        raise MalformedError("arp")
    numbers = {"hw.type": data[0:2], "proto.type": data[2:4], "opcode": data[6:8]}
    fields |= {f"arp.{name}": [int.from_bytes(octets, "big")] for name, octets in numbers.items()}
    fields |= {"arp.hw.size": [data[4]], "arp.proto.size": [data[5]]}
    place = 8
    for end in ("src", "dst"):
        hardware, protocol = data[place : place + hlen], data[place + hlen : place + hlen + plen]
        place += hlen + plen
        if hlen == 6 and data[:2] == b"\0\1":
            fields[f"arp.{end}.hw_mac"] = [hardware.hex(":")]
        if plen == 4 and data[2:4] == b"\x08\0":
            fields[f"arp.{end}.proto_ipv4"] = [str(ipaddress.IPv4Address(protocol))]


def ipv4(data: bytes, fields: dict[str, list[Any]]) -> None:
    if len(data) < 20 or data[0] >> 4 != 4:
        raise MalformedError("ip")
    header = 20 if "header-length-ignored" in FAULTS else (data[0] & 15) * 4
    total = int.from_bytes(data[2:4], "big")
    if header < 20 or total < header or total > len(data):
        raise MalformedError("ip")
    if data[9] == 17 and not int.from_bytes(data[6:8], "big") & 0x3FFF:
        udp(data[header:total], fields)


def udp(data: bytes, fields: dict[str, list[Any]]) -> None:
    if len(data) < 8:
        raise MalformedError("udp")
    length = int.from_bytes(data[4:6], "big")
    if not 8 <= length <= len(data) and "length-trusted" not in FAULTS:
        raise MalformedError("udp")
    names = ("udp.srcport", "udp.dstport", "udp.length", "udp.checksum")
    fields |= {name: [int.from_bytes(data[2 * i : 2 * i + 2], "big")] for i, name in enumerate(names)}


for line in sys.stdin:
    asked = json.loads(line)
    said: dict[str, Any] = {"unsupported": True}
    if asked["op"] == "parse":
        try:
            said = {"accept": True, "fields": parse(asked["link"], bytes.fromhex(asked["hex"]))}
        except MalformedError as error:
            said = {"accept": False, "layer": str(error), "reason": "malformed"}
    print(json.dumps({"id": asked["id"], **said}), flush=True)
