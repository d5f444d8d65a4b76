"""The fields of a layer as a tree: a field hangs below the nearest one before it whose bits contain its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from wireproof.dissectors.frame import FLAGS_FIELDS, VERDICTS, comments
from wireproof.output.items import is_line
from wireproof.output.options import OPTION_LISTS
from wireproof.packet import Diagnosis, Layer, Packet, Value

LLC_CONTROL = ("n_r", "n_s", "s_ftype", "u_modifier_cmd", "u_modifier_resp", "ftype")
TAGS = ("vlan", "ieee8021ad")
ADDRESS_FIELDS = ("eth.addr", "eth.addr_resolved", "eth.addr.oui", "eth.addr.oui_resolved", "eth.lg", "eth.ig")
BELOW: Mapping[str, tuple[str, ...]] = {
    "arp.src.atm_afi.unknown": ("arp.src.atm_afi",),
    **dict.fromkeys(ADDRESS_FIELDS, ("eth.dst", "eth.src")),
    **{
        f"eth.{side}{part}": (f"eth.{side}",)
        for side in ("dst", "src")
        for part in ("_resolved", ".oui", ".oui_resolved", ".lg", ".ig", ".cast")
    },
    **{f"llc.control.{name}": ("llc.control",) for name in LLC_CONTROL},
    "eth.fcs_bad": ("eth.fcs",),
    "eth.invalid_lentype.expert": ("eth.invalid_lentype",),
    "eth.padding_bad": ("eth.trailer",),
    "eth.src_not_group": ("eth.src",),
    "eth.len.past_end": ("eth.len",),
    **{f"{name}.{rule}": (f"{name}.id", f"{name}.svid") for name in TAGS for rule in ("priority_tag", "reserved_vid")},
    "vlan.len.past_end": ("vlan.len",),
    "frame.comment.expert": ("frame.comment",),
    "frame.interface_description": ("frame.interface_id",),
    "frame.interface_name": ("frame.interface_id",),
    **{info.name: ("frame.packet_flags",) for info, _ in FLAGS_FIELDS},
    **{info.name: ("frame.verdict",) for info in VERDICTS.values()},
    "ip.bogus_header_length": ("ip.hdr_len",),
    "ip.bogus_ip_length": ("ip.len",),
    "ip.bogus_ip_version": ("ip.version",),
    "tcp.bogus_header_length": ("tcp.hdr_len",),
    "tcp.flags.str": ("tcp.flags",),
    "udp.checksum_calculated": ("udp.checksum",),
    "udp.length.bad": ("udp.length",),
}
"""Fields that hang below another although their bits do not tell: they are the same, or there are none."""

BEHIND: Mapping[str, tuple[str, ...]] = {
    "arp.isgratuitous": ("arp.opcode",),
    "arp.isprobe": ("arp.opcode",),
    "arp.isannouncement": ("arp.opcode", "arp.isgratuitous"),
}
"""Fields that stand behind others, and are told much later."""

BEFORE: Mapping[str, str] = {
    f"eth.{side}{part}": "eth.addr" for side in ("dst", "src") for part in ("_resolved", ".oui", ".oui_resolved")
}
"""Fields that stand before another one, and are told behind it."""

GROUPED: Mapping[str, tuple[str, str]] = {
    "tcp.time_relative": ("Timestamps", "[Timestamps]"),
    "tcp.time_delta": ("Timestamps", "[Timestamps]"),
    "udp.time_relative": ("Timestamps", "[Timestamps]"),
    "udp.time_delta": ("Timestamps", "[Timestamps]"),
}
"""Fields that hang below a line of their own: its key in JSON, and its text."""

ATM_LENGTHS: Mapping[str, str] = {
    f"arp.{side}.{letter}{what}": f"{title} ATM {part}"
    for side, title in (("src", "Sender"), ("dst", "Target"))
    for letter, part in (("h", "number"), ("s", "subaddress"))
    for what in ("type", "len")
}
"""Fields that hang below a line that says both of them."""

PSEUDO = frozenset({"_ws.expert", "_ws.malformed", "_ws.short"})
"""Layers that stand for what is said of the packet."""


def layer_tree(packet: Packet) -> Iterator[tuple[Layer, list[Layer]]]:
    """Yield the layers, each with those within it: what an error message quotes, and the data of an ICMP message.

    What is said of the packet comes once, and not where a field's own line says it; what somebody says, first.
    """
    outer: tuple[Layer, list[Layer]] | None = None
    before: Layer | None = None
    yield from ((layer, []) for layer in packet.layers if layer.protocol is comments)
    for layer in packet.layers:
        name = layer.protocol.name
        if (
            layer.protocol is comments
            or name == "_ws.expert"
            or (name == "_ws.malformed" and not is_line(layer, packet))
        ):
            continue
        is_data = name == "data"
        is_icmp_data = (
            is_data
            and before is not None
            and (before.protocol.name == "icmp" or (before.quoted and before.protocol.name == "tcp"))
        )
        if outer is not None and name not in PSEUDO and ((layer.quoted and not is_data) or is_icmp_data):
            outer[1].append(layer)
        else:
            if outer is not None:
                yield outer
            outer = (layer, [])
        before = layer
    if outer is not None:
        yield outer


@dataclass(slots=True)
class Node:
    """A line of the tree: a value, or a text with the key that JSON has for it. `octets` are those of a keyed text."""

    value: Value | None = None
    text: str = ""
    key: str = ""
    octets: bytes = b""
    diagnosis: Diagnosis | None = None
    children: list[Node] = field(default_factory=list)


def nest(layer: Layer, packet: Packet) -> list[Node]:
    """Return the nodes of a layer, in the order of its values, with options and diagnoses grouped as tshark does."""
    roots: list[Node] = []
    placed: list[Node] = []
    told = {id(d.field): d for d in packet.diagnoses if d.field is not None and d.kind == "rule"}
    for value in layer.values:
        node = Node(value, diagnosis=told.get(id(value.info)) if not value.bits else None)
        parent = _parent(value, placed)
        if parent is None and value.info.name in GROUPED:
            parent = _group(*GROUPED[value.info.name], roots)
        elif parent is None and value.info.name in ATM_LENGTHS:
            text = f"{ATM_LENGTHS[value.info.name]} type/length: {_type_and_length(packet.data[value.octets][0])}"
            parent = _group(text, text, roots)
        siblings = roots if parent is None else parent.children
        siblings.insert(_place(value.info.name, siblings), node)
        placed.append(node)
    for node in placed:
        if node.value is not None and node.value.info.name in OPTION_LISTS:
            grouping = OPTION_LISTS[node.value.info.name]
            node.children = _grouped(node.children, grouping.kind, grouping.describe, packet)
    return roots


def _place(name: str, siblings: Sequence[Node]) -> int:
    """Return where a node goes among those beside it: where tshark shows it, or else at the end."""
    if name not in BEFORE and name not in BEHIND:
        return len(siblings)
    names = [node.value.info.name if node.value else "" for node in siblings]
    if BEFORE.get(name) in names:
        return names.index(BEFORE[name])
    return max((place for place, other in enumerate(names, 1) if other in BEHIND.get(name, ())), default=len(names))


def _parent(value: Value, placed: Sequence[Node]) -> Node | None:
    name = value.info.name
    if name in BELOW:
        return next((node for node in reversed(placed) if node.value and node.value.info.name in BELOW[name]), None)
    if not value.bits:
        return None
    end = value.start + value.bits
    for node in reversed(placed):
        other = node.value
        if (
            other
            and not other.info.hidden
            and other.bits > value.bits
            and other.start <= value.start
            and end <= other.start + other.bits
        ):
            return node
    return None


def _type_and_length(octet: int) -> str:
    return f"{'E.164' if octet & 0x40 else 'ATM Forum NSAPA'}/{octet & 0x3F}"


def _group(key: str, text: str, roots: list[Node]) -> Node:
    """Return the line that a field hangs below, which its first one brings along."""
    found = next((node for node in roots if node.key == key), None)
    if found is None:
        found = Node(key=key, text=text)
        roots.append(found)
    return found


def _grouped(
    nodes: list[Node], kind: str, describe: Callable[[bytes, int], tuple[str, str]], packet: Packet
) -> list[Node]:
    """Put the fields of each option below a node of its own, which begins at the field of its kind."""
    groups: list[Node] = []
    for node in nodes:
        value = node.value
        if value is not None and value.info.name == kind:
            start = value.octets.start
            length = packet.data[start + 1] if value.value > 1 and start + 1 < len(packet.data) else 1
            octets = packet.data[start : start + length]
            key, text = describe(octets, value.value)
            groups.append(Node(key=key, text=text, octets=octets))
        (groups[-1].children if groups else groups).append(node)
    return groups
