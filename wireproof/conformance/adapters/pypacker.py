"""pypacker: parsing alone. What it cannot read shows when it is looked at: the layer is then rejected.

It reads neither LLC nor RARP nor what ICMP quotes.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from wireproof.conformance.adapters.attributes import ARP, ETHERNET, ICMP, IP, PROTOCOLS, RARP, TCP, TYPES, UDP, as_json
from wireproof.conformance.adapters.serving import UNSUPPORTED, Answer, accepted, lacks, rejected, serve

try:
    from pypacker.layer3 import icmp, ip  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from pypacker.layer4 import tcp, udp  # type: ignore[import-not-found, import-untyped, unused-ignore]
    from pypacker.layer12 import arp, ethernet  # type: ignore[import-not-found, import-untyped, unused-ignore]
except ImportError:
    lacks("pypacker", "pip install pypacker")

WIRE = {"ethernet": (ethernet.Ethernet, "eth"), "ipv4": (ip.IP, "ip")}
ECHO = {"id": "icmp.ident", "seq": "icmp.seq"}  # which it knows of an echo alone
NAMES: Mapping[type, Mapping[str, str]] = {
    ethernet.Ethernet: ETHERNET,
    arp.ARP: ARP,
    ip.IP: IP,
    tcp.TCP: TCP,
    udp.UDP: UDP,
    icmp.ICMP: ICMP,
    icmp.ICMP.Echo: ECHO,
}
NEXT = {ethernet.Ethernet: ("type", TYPES), ip.IP: ("p", PROTOCOLS)}
LONGEST, ERRORS = 1500, frozenset({3, 4, 5, 11, 12})
TAG, SERVICE_TAG = 0x8100, 0x88A8


def parse(asked: Mapping[str, Any]) -> Answer:
    """Dissect a frame."""
    if asked["link"] not in WIRE:
        return UNSUPPORTED
    kind, name = WIRE[asked["link"]]
    try:
        layer: Any = kind(bytes.fromhex(asked["hex"]))
    except Exception as error:  # it raises what Python raises
        return rejected(name, type(error).__name__)
    fields: dict[str, list[Any]] = defaultdict(list)
    while layer is not None and type(layer) in NAMES:
        try:
            for attribute, name in NAMES[type(layer)].items():
                fields[name].append(as_json(getattr(layer, attribute)))
            _more(layer, fields)
            below, layer = layer, layer.upper_layer
        except Exception as error:
            return rejected(name.partition(".")[0], type(error).__name__)
        if layer is None and type(below) in NEXT:
            key, known = NEXT[type(below)]
            if below.errors or getattr(below, "dissect_error", False):
                return rejected(known.get(getattr(below, key)), "malformed")
            if getattr(below, key) == RARP or (key == "type" and getattr(below, key) <= LONGEST):
                return UNSUPPORTED
        if isinstance(below, icmp.ICMP) and below.type in ERRORS:
            return UNSUPPORTED
    return accepted({**dict.fromkeys(ECHO.values()), **fields})


def _more(layer: Any, fields: dict[str, list[Any]]) -> None:
    if isinstance(layer, ethernet.Ethernet):
        fields["eth.type"].append(layer.vlan[0].type if len(layer.vlan) else layer.type)
        for tag in layer.vlan:
            name = "ieee8021ad" if tag.type == SERVICE_TAG else "vlan"
            fields[f"{name}.id"].append(tag.tci & 0x0FFF)
            fields[f"{name}.priority"].append(tag.tci >> 13)
            fields[f"{name}.dei"].append(bool(tag.tci & 0x1000))
    elif isinstance(layer, ip.IP):
        fields["ip.hdr_len"].append((layer.v_hl & 15) * 4)
        fields["ip.total_length"].append(layer.len)
        for bit, name in ((0x8000, "rb"), (0x4000, "df"), (0x2000, "mf")):
            fields[f"ip.flags.{name}"].append(bool(layer.frag_off & bit))
        fields["ip.frag_offset"].append(layer.frag_off & 0x1FFF)
    elif isinstance(layer, tcp.TCP):
        fields["tcp.hdr_len"].append((layer.off_x2 >> 4) * 4)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    serve(parse=parse)
