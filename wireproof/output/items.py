"""The line of a layer in the detailed tree, which is also what ``-T fields`` prints for a protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wireproof.dissectors.diagnosis import GROUPS, SEVERITIES
from wireproof.dissectors.numbers.arp import ATM_OPCODES, OPCODES
from wireproof.dissectors.schema.render import dotted_quad
from wireproof.output.escape import escape
from wireproof.output.info.ipv4 import is_of_either_version
from wireproof.output.ports import tree_port
from wireproof.output.templates import first_values, render
from wireproof.packet import Layer, Packet, Value

COOKED_2 = 276
MULTIPATH = 30
SHORT_NAMES: Mapping[str, str] = {
    "eth": "Ethernet",
    "arp": "ARP/RARP",
    "ip": "IPv4",
    "ieee8021ad": "IEEE 802.1AD",
    "ethertype": "Ethertype",
    "fpp": "Frame Preemption Protocol",
    "null": "Null",
    "raw": "Raw",
}
"""What a protocol is called where a packet is cut in it, if not by the text of its protocol column."""


def item_text(layer: Layer, packet: Packet) -> str:
    """Return the text of a layer: by the protocol's template or a function here, or else its filter name.

    That is the name alone too where a field of the template is absent, as in tshark.
    """
    name = layer.protocol.name
    return (_FUNCTIONS[name](layer, packet) if name in _FUNCTIONS else _templated(layer)) or name


def title_text(layer: Layer, packet: Packet) -> str:
    """Return the layer's line in the detailed tree: its item text, or the protocol's title where that says nothing."""
    if layer.protocol.name == "data":
        size = len(_data(layer)) // 2
        return f"Data ({octets(size)})"
    text = item_text(layer, packet)
    return layer.protocol.title if text == layer.protocol.name else text


def octets(count: int) -> str:
    """Return a number of octets with its unit."""
    return f"{count} byte" if count == 1 else f"{count} bytes"


def short_name(name: str, packet: Packet) -> str:
    """Return what a protocol is called where a packet is cut in it."""
    protocol = packet.catalogue.protocols.get(name)
    return SHORT_NAMES.get(name) or (protocol and (protocol.summary.protocol or protocol.title)) or name


def _templated(layer: Layer) -> str | None:
    template = layer.protocol.summary.tree
    if not template:
        return None
    values = first_values(layer)
    if isinstance(template, str):
        return render(template, values)
    return next((render(text, values) for field, text in template.items() if field in values), None)


def _frame(layer: Layer, packet: Packet) -> str:
    wire, captured = packet.wire_length, len(packet.data)
    text = (
        f"Frame {packet.number}: {octets(wire)} on wire ({wire * 8} bits), "
        f"{octets(captured)} captured ({captured * 8} bits)"
    )
    if packet.interface is None:
        return text
    name = next(iter(layer["frame.interface_name"]), "unknown")
    direction = next(iter(layer["frame.packet_flags_direction"]), 0)
    return f"{text} on interface {escape(name)}, id {packet.interface}{_DIRECTIONS.get(direction, '')}"


_DIRECTIONS = {1: " (inbound)", 2: " (outbound)"}


def _sll(layer: Layer, packet: Packet) -> str:
    return f"Linux cooked capture v{2 if packet.link_type == COOKED_2 else 1}"


def opcode_name(opcode: int, layer: Layer) -> str:
    """Return what an ARP layer's opcode is called; ATM ARP has names for fewer, and another one for 10."""
    names = OPCODES if layer.form is None else ATM_OPCODES
    return names.get(opcode, f"opcode 0x{opcode:04x}")


def _arp(layer: Layer, packet: Packet) -> str | None:
    if "sha" not in layer.extents:
        return None
    values = first_values(layer)
    opcode = values["arp.opcode"].value
    if "arp.isannouncement" in values:
        kind = "ARP Announcement"
    elif "arp.isprobe" in values:
        kind = "ARP Probe"
    else:
        kind = opcode_name(opcode, layer)
        if "arp.isgratuitous" in values or any(each.startswith("gratuitous") for each in layer["arp.kind"]):
            kind += "/gratuitous ARP"
    return f"{layer.schema.title} ({kind})"


def _ethernet(layer: Layer, packet: Packet) -> str | None:
    """Return the template's text, or, where names are wanted, the same with a name in front of each address."""
    text = _templated(layer)
    if layer["eth.len"] and packet.buffer[layer.header_end : layer.header_end + 2] == b"\xff\xff":
        return f"{text}Raw "
    if text is None or packet.resolve is None:
        return text
    for address in (*layer["eth.src"], *layer["eth.dst"]):
        text = text.replace(f": {address.hex(':')}", f": {escape(packet.resolve(address))} ({address.hex(':')})")
    return text


def _ip(layer: Layer, packet: Packet) -> str | None:
    values = first_values(layer)
    if "ip.bogus_ip_version" in values and is_of_either_version(packet):
        return render("Internet Protocol, bogus version ({ip.version})", values)
    if "ip.cur_rt" not in values:
        return render("Internet Protocol Version 4, Src: {ip.src}[, Dst: {ip.dst}]", values)
    final = dotted_quad(packet.buffer[slice(*layer.extents["_final"])])
    return render(f"Internet Protocol Version 4, Src: {{ip.src}}, Dst: {final}, Via: {{ip.cur_rt}}", values)


def _tcp(layer: Layer, packet: Packet) -> str | None:
    values = first_values(layer)
    ports = render("Transmission Control Protocol, Src Port: {tcp.srcport}, Dst Port: {tcp.dstport}", values)
    text = _ports(ports, layer, packet)
    sequence = values.get("tcp.seq", values.get("tcp.seq_raw"))
    if text is None or sequence is None or (layer.quoted and "tcp.flags" not in values):
        return text
    text += f", Seq: {sequence.value}"
    if "tcp.flags.ack" not in values:  # a header too short by its own account
        return text
    if values["tcp.flags.ack"].value:
        text += f", Ack: {values['tcp.ack' if 'tcp.ack' in values else 'tcp.ack_raw'].value}"
    return f"{text}, Len: {values['tcp.len'].value}" if "tcp.len" in values and not layer.quoted else text


def _udp(layer: Layer, packet: Packet) -> str | None:
    return _ports(_templated(layer), layer, packet)


def _ports(text: str | None, layer: Layer, packet: Packet) -> str | None:
    """Return a text with the names of the ports in it, where these are wanted."""
    if text is None or packet.service is None:
        return text
    for value in layer.values:
        for end in ("src", "dst"):
            if value.info.name == f"{layer.protocol.name}.{end}port":
                title = f"{end.capitalize()} Port: "
                text = text.replace(f"{title}{value.value}", f"{title}{tree_port(value, packet)}", 1)
    return text


def _data(layer: Layer) -> str:
    return "".join(value.hex() for value in layer["data.data"])


def _expert(layer: Layer, packet: Packet) -> str:
    values = {name: value.value for name, value in first_values(layer).items()}
    severity, group = SEVERITIES[values["_ws.expert.severity"]], GROUPS[values["_ws.expert.group"]]
    return f"Expert Info ({severity}/{group}): {escape(values['_ws.expert.message'])}"


def is_line(layer: Layer, packet: Packet) -> bool:
    """Whether a layer of ``_ws.malformed`` is the line of a packet that ended too soon.

    It comes with one more, which bears the expert information; one alone stands for a rule that was broken.
    """
    following = packet.layers[packet.layers.index(layer) + 1 :][:1]
    return not layer.values and any(other.values and other.protocol is layer.protocol for other in following)


def _malformed(layer: Layer, packet: Packet) -> str | None:
    if not is_line(layer, packet):
        return None
    within = ": length of contained item exceeds length of containing item" if _is_contained(packet) else ""
    return f"[Malformed Packet: {_culprit(packet, 'malformed')}{within}]"


def _is_contained(packet: Packet) -> bool:
    """Whether what ended too soon is an option whose length is there, in a packet that IP says is longer."""
    found = next(found for found in packet.diagnoses if found.kind == "malformed")
    if found.layer != "tcp" or found.part != "tcp.options":
        return False
    place = max(place for place, layer in enumerate(packet.layers) if layer.protocol.name == "tcp")
    if not packet.layers[place - 1]["ip.bogus_ip_length"]:
        return False
    options = [
        value for value in packet.layers[place].values if value.info.name in ("tcp.option_kind", "tcp.option_len")
    ]
    return bool(options) and options[-1].info.name == "tcp.option_len" and _is_cut(options[-1], packet)


def _is_cut(length: Value, packet: Packet) -> bool:
    """Whether an option with that length ends behind the packet."""
    return length.start // 8 - 1 + int(length.value) > len(packet.data)


def _unreassembled(layer: Layer, packet: Packet) -> str:
    return f"[BoundError Unreassembled Packet: {_culprit(packet, 'unreassembled')}]"


def _short(layer: Layer, packet: Packet) -> str:
    named = short_name(_quoting(packet), packet) if _quoting(packet) else _culprit(packet, "short")
    return f"[Packet size limited during capture: {named} truncated]"


def _quoting(packet: Packet) -> str:
    """Return the protocol that carries what was cut within a quote, which is the one that is named there."""
    read = [layer for layer in packet.layers if layer.protocol.parts]
    if not read[-1].quoted or read[-1].protocol.name == "data":
        return ""
    carrier = read[-1] if read[-1].complete else read[-2]
    return (carrier if carrier.quoted else read[-1]).protocol.name


def _culprit(packet: Packet, kind: str) -> str:
    found = next((found for found in packet.diagnoses if found.kind == kind), None)
    if found is None:
        return ""
    if found.layer == "tcp" and _is_within_multipath(packet, found.part):
        return "MPTCP"
    return short_name(found.layer, packet)


def _is_within_multipath(packet: Packet, part: str) -> bool:
    """Whether what is missing is of an option of Multipath TCP, which is a protocol of its own to Wireshark."""
    segments = [layer for layer in packet.layers if layer.protocol.name == "tcp"]
    return part == "tcp.options" and list(segments[-1]["tcp.option_kind"])[-1:] == [MULTIPATH]


_FUNCTIONS: dict[str, Callable[[Layer, Packet], str | None]] = {
    "frame": _frame,
    "arp": _arp,
    "eth": _ethernet,
    "sll": _sll,
    "ip": _ip,
    "tcp": _tcp,
    "udp": _udp,
    "data": lambda layer, packet: _data(layer),
    "_ws.expert": _expert,
    "_ws.malformed": _malformed,
    "_ws.short": _short,
    "_ws.unreassembled": _unreassembled,
}
