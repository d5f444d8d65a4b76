"""dpkt: parsing alone. It raises UnpackError or NeedData for what it rejects; where it leaves octets, so does this."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from wireproof.conformance.adapters.attributes import ARP, ETHERNET, ICMP, IP, PROTOCOLS, RARP, TCP, TYPES, UDP, as_json
from wireproof.conformance.adapters.serving import UNSUPPORTED, Answer, accepted, lacks, rejected, serve

try:
    import dpkt  # type: ignore[import-not-found, import-untyped, unused-ignore]
except ImportError:
    lacks("dpkt", "pip install dpkt")

WIRE = {"ethernet": dpkt.ethernet.Ethernet, "ipv4": dpkt.ip.IP}
NAMES: Mapping[type, Mapping[str, str]] = {
    dpkt.ethernet.Ethernet: ETHERNET,
    dpkt.arp.ARP: ARP,
    dpkt.ip.IP: IP,
    dpkt.tcp.TCP: TCP,
    dpkt.udp.UDP: UDP,
    dpkt.icmp.ICMP: ICMP,
}
NEXT = {dpkt.ethernet.Ethernet: ("type", TYPES), dpkt.ip.IP: ("p", PROTOCOLS)}
ECHO = ("icmp.ident", "icmp.seq")  # which it knows of an echo alone


def parse(asked: Mapping[str, Any]) -> Answer:
    """Dissect a frame."""
    if asked["link"] not in WIRE:
        return UNSUPPORTED
    try:
        layer: Any = WIRE[asked["link"]](bytes.fromhex(asked["hex"]))
    except dpkt.UnpackError:
        return rejected(reason="malformed")
    except Exception as error:  # what it raises beside that is a fault of its own, but none the less no packet
        return rejected(reason=f"{type(error).__name__}: {error}"[:100])
    if getattr(layer, "type", None) == RARP:
        return UNSUPPORTED
    fields: dict[str, list[Any]] = defaultdict(list)
    # Of a tagged frame it does not keep the type in front of the tags.
    untold = {"eth.type": None} if getattr(layer, "vlan_tags", None) else {}
    while type(layer) in NAMES:
        for attribute, name in NAMES[type(layer)].items():
            fields[name].append(as_json(getattr(layer, attribute)))
        _more(layer, fields)
        below, layer = layer, _above(layer)
        if isinstance(layer, bytes) and layer and (announced := _announced(below)) is not None:
            return rejected(announced, "malformed")
    return accepted({**dict.fromkeys(ECHO), **fields, **untold})


def _above(layer: Any) -> Any:
    """Return what a layer carries, or quotes; of LLC, whose fields are others', what is behind it."""
    found = getattr(layer, "data", b"")
    if isinstance(found, (dpkt.llc.LLC, dpkt.icmp.ICMP.Quote)):
        return getattr(found, "ip", found.data)
    return found


def _announced(layer: Any) -> str | None:
    """Return the protocol that a layer says comes next."""
    if isinstance(layer.data, dpkt.llc.LLC):
        return TYPES.get(layer.data.type) if layer.data.is_snap else None
    if type(layer) not in NEXT or getattr(layer, "offset", False):
        return None
    key, known = NEXT[type(layer)]
    found: str | None = known.get(getattr(layer, key))
    return found


def _more(layer: Any, fields: dict[str, list[Any]]) -> None:
    if isinstance(layer, dpkt.ethernet.Ethernet):
        if hasattr(layer, "len"):
            fields["eth.len"].append(layer.len)
        else:
            fields["eth.type"].append(layer.type)
        for tag in getattr(layer, "vlan_tags", []):
            if isinstance(tag, dpkt.ethernet.VLANtag8021Q):
                fields["vlan.id"].append(tag.id)
                fields["vlan.priority"].append(tag.pri)
                fields["vlan.dei"].append(bool(tag.cfi))
    elif isinstance(layer, dpkt.ip.IP):
        fields["ip.hdr_len"].append(layer.hl * 4)
        fields["ip.total_length"].append(layer.len)
        fields["ip.frag_offset"].append(layer.offset)
        for flag, name in ((layer.rf, "rb"), (layer.df, "df"), (layer.mf, "mf")):
            fields[f"ip.flags.{name}"].append(bool(flag))
    elif isinstance(layer, dpkt.tcp.TCP):
        fields["tcp.hdr_len"].append(layer.off * 4)
    elif isinstance(layer, dpkt.icmp.ICMP) and isinstance(layer.data, dpkt.icmp.ICMP.Echo):
        fields["icmp.ident"].append(layer.data.id)
        fields["icmp.seq"].append(layer.data.seq)


if __name__ == "__main__":
    serve(parse=parse)
