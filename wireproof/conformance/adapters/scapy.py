"""Scapy. A layer that it leaves as raw octets, where the one below names it, is taken as rejected."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from wireproof.conformance.adapters.serving import UNSUPPORTED, Answer, accepted, lacks, rejected, serve

try:
    from scapy.layers import inet, l2  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from scapy.packet import NoPayload, Padding, Raw  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from scapy.sessions import IPSession  # type: ignore[import-not-found, import-untyped, unused-ignore]
except ImportError:
    lacks("scapy", "pip install scapy")

WIRE = {"ethernet": l2.Ether, "ipv4": inet.IP}
NAMES: Mapping[str, Mapping[str, str]] = {
    "Ether": {"dst": "eth.dst", "src": "eth.src", "type": "eth.type"},
    "Dot3": {"dst": "eth.dst", "src": "eth.src", "len": "eth.len"},
    "LLC": {"dsap": "llc.dsap", "ssap": "llc.ssap", "ctrl": "llc.control"},
    "SNAP": {"OUI": "llc.oui", "code": "llc.type"},
    "Dot1Q": {"prio": "vlan.priority", "dei": "vlan.dei", "vlan": "vlan.id", "type": "vlan.etype"},
    "Dot1AD": {"prio": "ieee8021ad.priority", "dei": "ieee8021ad.dei", "vlan": "ieee8021ad.id"},
    "ARP": {
        "hwtype": "arp.hw.type",
        "ptype": "arp.proto.type",
        "hwlen": "arp.hw.size",
        "plen": "arp.proto.size",
        "op": "arp.opcode",
    },
    "IP": {
        "version": "ip.version",
        "tos": "ip.dsfield",
        "len": "ip.len",
        "id": "ip.id",
        "frag": "ip.frag_offset",
        "ttl": "ip.ttl",
        "proto": "ip.proto",
        "chksum": "ip.checksum",
        "src": "ip.src",
        "dst": "ip.dst",
    },
    "TCP": {
        "sport": "tcp.srcport",
        "dport": "tcp.dstport",
        "seq": "tcp.seq_raw",
        "ack": "tcp.ack_raw",
        "window": "tcp.window_size_value",
        "chksum": "tcp.checksum",
        "urgptr": "tcp.urgent_pointer",
    },
    "UDP": {"sport": "udp.srcport", "dport": "udp.dstport", "len": "udp.length", "chksum": "udp.checksum"},
    "ICMP": {
        "type": "icmp.type",
        "code": "icmp.code",
        "chksum": "icmp.checksum",
        "id": "icmp.ident",
        "seq": "icmp.seq",
    },
}
QUOTED = {"IPerror": "IP", "TCPerror": "TCP", "UDPerror": "UDP", "ICMPerror": "ICMP"}
OPTIONS = {"MSS": "tcp.options.mss_val", "WScale": "tcp.options.wscale.shift"}
SCAPY_NAMES = {"ip": "IP", "udp": "UDP", "tcp": "TCP", "icmp": "ICMP"}
SNAP = 0xAA
RARP = 0x8035  # which it does not read
FLAGS = {"dei", "DF", "MF"}
# What the number that names the next layer says, for what scapy knows.
NEXT = {
    "type": {0x0800: "ip", 0x0806: "arp", 0x8100: "vlan", 0x88A8: "ieee8021ad"},
    "code": {0x0800: "ip", 0x0806: "arp"},
    "proto": {1: "icmp", 4: "ip", 6: "tcp", 17: "udp"},
}


def parse(asked: Mapping[str, Any]) -> Answer:
    """Dissect a frame."""
    if asked["link"] not in WIRE:
        return UNSUPPORTED
    try:
        packet = WIRE[asked["link"]](bytes.fromhex(asked["hex"]))
    except (struct.error, IndexError, ValueError):
        return rejected({"ethernet": "eth", "ipv4": "ip"}[asked["link"]], "malformed")
    fields: dict[str, list[Any]] = defaultdict(list)
    while not isinstance(packet, NoPayload):
        kind = QUOTED.get(type(packet).__name__, type(packet).__name__)
        if kind not in NAMES:
            break
        _tell(kind, packet, fields)
        below, packet = packet, packet.payload
        if isinstance(packet, Raw) and below.fields.get("type") == RARP:
            return UNSUPPORTED
        if isinstance(packet, Raw) and not isinstance(packet, Padding) and (layer := _announced(below)) is not None:
            return rejected(layer, "malformed")
    return accepted(fields)


def _tell(kind: str, packet: Any, fields: dict[str, list[Any]]) -> None:
    """Add the fields of a layer."""
    for name, wireshark in NAMES[kind].items():
        value = packet.getfieldval(name)
        if value is not None:
            fields[wireshark].append(bool(value) if name in FLAGS else value)
    _more(kind, packet, fields)


def _announced(below: Any) -> str | None:
    """Return the protocol that a layer says comes next; the rest of SNAP is of LLC."""
    if isinstance(below, l2.LLC) and below.dsap == below.ssap == SNAP:
        return "llc"
    for name, known in NEXT.items():
        if name in below.fields and not getattr(below, "frag", 0):
            return known.get(below.fields[name])
    return None


def _more(kind: str, packet: Any, fields: dict[str, list[Any]]) -> None:
    """Add what is no value of one field as it stands."""
    if kind == "ARP":
        for end, prefix in (("src", "src"), ("dst", "dst")):
            for part, short, size, usual in (("hw", "hw_mac", packet.hwlen, 6), ("p", "proto_ipv4", packet.plen, 4)):
                value = packet.getfieldval(f"{part}{end}")
                if size == usual and isinstance(value, str):
                    fields[f"arp.{prefix}.{short}"].append(value)
                elif isinstance(value, bytes) and value:
                    fields[f"arp.{prefix}.{'hw' if part == 'hw' else 'proto'}"].append(value.hex())
    elif kind == "IP":
        fields["ip.hdr_len"].append(packet.ihl * 4)
        fields["ip.total_length"].append(packet.len)
        flags = int(packet.flags)
        for bit, name in ((4, "rb"), (2, "df"), (1, "mf")):
            fields[f"ip.flags.{name}"].append(bool(flags & bit))
    elif kind == "TCP" and packet.dataofs is not None:
        fields["tcp.hdr_len"].append(packet.dataofs * 4)
        fields["tcp.flags"].append(int(packet.flags) | packet.reserved << 9)
        for name, value in packet.options:
            if name in OPTIONS and isinstance(value, int):
                fields[OPTIONS[name]].append(value)


def build(asked: Mapping[str, Any]) -> Answer:
    """Build a frame of layers whose fields scapy has under one name each."""
    built: Any = None
    for layer in asked["layers"]:
        part: Any
        if "octets" in layer:
            part = Raw(bytes.fromhex(layer["octets"]))
        else:
            made = BUILDERS.get(layer["layer"])
            part = None if made is None else made(layer["fields"])
            if part is None:
                return UNSUPPORTED
        built = part if built is None else built / part
    return {"hex": bytes(built).hex()}


def _builder(kind: Any, name: str) -> Callable[[Mapping[str, Any]], Any]:
    own = {wireshark: attribute for attribute, wireshark in NAMES[name].items()}
    if name == "ARP":
        own |= {"arp.src.hw_mac": "hwsrc", "arp.dst.hw_mac": "hwdst"}
        own |= {"arp.src.proto_ipv4": "psrc", "arp.dst.proto_ipv4": "pdst"}

    def make(fields: Mapping[str, Any]) -> Any:
        if not fields.keys() <= own.keys():
            return None
        return kind(**{own[field]: value for field, value in fields.items()})

    return make


BUILDERS = {
    "eth": _builder(l2.Ether, "Ether"),
    "vlan": _builder(l2.Dot1Q, "Dot1Q"),
    "arp": _builder(l2.ARP, "ARP"),
    "ip": _builder(inet.IP, "IP"),
    "udp": _builder(inet.UDP, "UDP"),
    "tcp": _builder(inet.TCP, "TCP"),
    "icmp": _builder(inet.ICMP, "ICMP"),
}


def reassemble(asked: Mapping[str, Any]) -> Answer:
    """Give fragments to what puts sessions together, one by one."""
    if asked["link"] != "ipv4":
        return UNSUPPORTED
    session, found = IPSession(), []
    for text in asked["packets"]:
        packet = session.process(inet.IP(bytes.fromhex(text)))
        if packet is not None:
            found.append(inet.IP(bytes(packet[inet.IP])))  # so that its length is computed
    headers: list[dict[str, list[Any]]] = [defaultdict(list) for _ in found]
    for packet, fields in zip(found, headers, strict=True):
        _tell("IP", packet, fields)
    return {"datagrams": [bytes(packet.payload).hex() for packet in found], "headers": headers}


def update(asked: Mapping[str, Any]) -> Answer:
    """Set fields; what is deleted is computed again."""
    if asked["link"] not in WIRE:
        return UNSUPPORTED
    packet = WIRE[asked["link"]](bytes.fromhex(asked["hex"]))
    for name, value in asked["fields"].items():
        layer = packet.getlayer(SCAPY_NAMES.get(name.partition(".")[0], ""))
        attribute = next((own for names in NAMES.values() for own, known in names.items() if known == name), None)
        if layer is None or attribute is None:
            return UNSUPPORTED
        layer.setfieldval(attribute, value)
    for layer in (packet.getlayer(name) for name in SCAPY_NAMES.values()):
        # A checksum of zero stays where none was made (RFC 768).
        if layer is not None and not (isinstance(layer, inet.UDP) and layer.chksum == 0):
            layer.delfieldval("chksum")
    return {"hex": bytes(packet).hex()}


if __name__ == "__main__":
    serve(parse=parse, build=build, reassemble=reassemble, update=update)
