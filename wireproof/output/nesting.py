"""A packet as the tree that every detailed format prints: protocols, fields, texts, and what is wrong with them.

A field hangs below the nearest one before it whose bits contain its own; where bits do not tell, the tables here do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from wireproof.dissectors.diagnosis import GROUPS, malformed
from wireproof.dissectors.frame import comments
from wireproof.dissectors.schema import Field, FieldType, InternetChecksum, Options, Protocol
from wireproof.dissectors.schema.walk import innermost, within
from wireproof.output.info.arp import duplicate_text
from wireproof.output.items import is_line, title_text
from wireproof.output.options import OPTION_LISTS, WHOLES, OptionList
from wireproof.output.places import AFTER, AT, ATM_LENGTHS, BEHIND, BELOW, COUNTED, GROUPED, LAST, OVER, WHOLE
from wireproof.packet import Diagnosis, Layer, Packet, Value
from wireproof.packet.checksum import NOT_PRESENT
from wireproof.packet.finish import PSEUDO

DUPLICATE, SINCE_DUPLICATE = "arp.duplicate-address-frame", "arp.seconds-since-duplicate-address-frame"
FAILED = ("_ws.malformed", "_ws.unreassembled")
"""What stands for what could not be read."""

KINDS = frozenset(options.kind for options in OPTION_LISTS.values())
HOLDERS = frozenset(OPTION_LISTS) | WHOLES
"""Option lists and options, of which a field may fill all octets."""

GROUP_NUMBERS = {word: number for number, word in GROUPS.items()}


@dataclass(slots=True, eq=False)
class Node:
    """A line of the tree: a field where it has a `value`, else a protocol where it has a `name`, else a text.

    `text` are the words of a protocol or a text, and of a field where they are not its title and its value. `start`
    and `size` are octets of the frame. A line that was `made` was not read, and `parent` is the value that it hangs
    below. `unowned` are fields that Wireshark counts to no protocol.
    """

    layer: Layer
    name: str = ""
    value: Value | None = None
    text: str = ""
    start: int = 0
    size: int = 0
    made: bool = False
    hidden: bool = False
    unowned: bool = False
    parent: Value | None = None
    children: list[Node] = field(default_factory=list)


def packet_tree(packet: Packet) -> Iterator[Node]:
    """Yield a node for each layer, what an error message quotes below it."""
    for layer, inner in layer_tree(packet):
        node = _with_quotes(layer, inner, packet)
        apart = list(duplicates_apart(node))
        yield node
        yield from apart


def _with_quotes(layer: Layer, inner: Sequence[Layer], packet: Packet) -> Node:
    """Return the node of a layer with those within it; a message that is quoted holds what it quotes itself."""
    outer = holder = layer_node(layer, packet)
    for each in inner:
        node = layer_node(each, packet)
        holder.children.append(node)
        if each.protocol.name == "icmp":
            holder = node
    return outer


def duplicates_apart(node: Node) -> Iterator[Node]:
    """Take what is told of addresses that two stations claim out of a node, and yield it as lines of their own."""
    if not any(child.name == DUPLICATE for child in node.children):
        return
    told, node.children = (
        [child for child in node.children if child.name in (DUPLICATE, SINCE_DUPLICATE)],
        [child for child in node.children if child.name not in (DUPLICATE, SINCE_DUPLICATE)],
    )
    for frame, seconds in zip(told[::2], told[1::2], strict=True):
        assert frame.value is not None
        text = duplicate_text(frame.value, node.layer)
        yield Node(node.layer, text=text, start=node.start, made=True, children=[frame, seconds])


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
        # What a quoted datagram carries is handed over as if it were not quoted.
        is_icmp_data = (
            is_data
            and before is not None
            and (before.protocol.name == "icmp" or (before.quoted and before.protocol.name != "udp"))
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


def layer_node(layer: Layer, packet: Packet) -> Node:
    """Return the node of a layer with all that is its own."""
    name, end = layer.protocol.name, layer.header_end
    if name in WHOLE or (not layer.complete and any(d.layer == name and d.kind != "rule" for d in packet.diagnoses)):
        end = max(min(_limit(layer, packet), packet.home(layer.start)[1]), end)
    elif isinstance(layer.protocol.header, int):
        end = min(layer.start + layer.protocol.header, end)
    elif layer.claimed is not None and not layer.complete:
        end = min(layer.start + layer.claimed, _limit(layer, packet), packet.home(layer.start)[1])
    node = Node(layer, name, text=title_text(layer, packet), start=layer.start, size=end - layer.start)
    if name not in PSEUDO:
        node.children = nest(layer, packet)
        return node
    node.start = node.size = 0
    if name in FAILED:
        kind = name.removeprefix("_ws.")
        node.start = _failed_at(packet, kind)
        said = [each for each in packet.diagnoses if each.kind == kind]
        node.children = [expert_node(each, layer, packet, node.start) for each in said]
    if name == FAILED[0]:
        node.children.append(Node(layer, name, text=layer.protocol.title, start=node.start, hidden=True))
    return node


def _limit(layer: Layer, packet: Packet) -> int:
    """Return where a layer ends at the latest: where it says so, or those that carry it."""
    ends = [layer.end]
    for outer in packet.layers:
        if outer is layer:
            break
        if outer.start <= layer.start and packet.home(outer.start) == packet.home(layer.start):
            ends.append(outer.end)
    return min(ends)


def _failed_at(packet: Packet, kind: str) -> int:
    """Return where what Wireshark could not read begins: behind the last EtherType, or at the frame's begin."""
    start = 0
    name = next((diagnosis.layer for diagnosis in packet.diagnoses if diagnosis.kind == kind), "")
    for layer in packet.layers:
        if layer.complete and any(carry.path == "ethertype" for carry in layer.protocol.carries):
            start = layer.header_end
        if layer.protocol.name == name and not layer.complete:
            break
    return start


def nest(layer: Layer, packet: Packet) -> list[Node]:
    """Return the nodes of a layer's values, with options and diagnoses grouped as tshark does."""
    roots: list[Node] = []
    placed: list[Node] = []
    groups: dict[str, Node] = {}
    told = _told(layer, packet)
    for value in _in_order(layer.values):
        diagnosis = told[id(value.info)].pop(0) if told.get(id(value.info)) and not value.bits else None
        parent = _parent(value, placed, diagnosis, layer)
        if diagnosis is not None:
            node = expert_node(diagnosis, layer, packet, parent.start if parent else layer.start)
            if diagnosis.rule is not None and diagnosis.rule.is_line:
                node = Node(layer, text=diagnosis.message, start=node.start, children=[node])
        else:
            is_counted = value.info.name in COUNTED and bool(layer[COUNTED[value.info.name]])
            node = Node(layer, value.info.name, value, hidden=value.info.hidden or is_counted)
            if node.name in WHOLES:
                node.hidden, node.unowned = False, True
            node.parent = parent.value if parent else None
            node.start, node.size = _extent(value, layer)
            if not node.size and parent is not None and parent.name in WHOLES:
                node.start = parent.start
        if parent is None and value.info.name in GROUPED:
            parent = _group(GROUPED[value.info.name], groups, roots, layer, made=True)
        elif parent is None and value.info.name in ATM_LENGTHS:
            text = f"{ATM_LENGTHS[value.info.name]} type/length: {_type_and_length(packet.buffer[value.octets][0])}"
            parent = _group(text, groups, roots, layer)
            parent.start, parent.size = value.start // 8, 1
        (roots if parent is None else parent.children).append(node)
        placed.append(node)
        if diagnosis is not None and diagnosis.group == "Malformed":
            mark = Node(layer, "_ws.malformed", text=malformed.title, start=node.start, hidden=True)
            is_line = diagnosis.rule is not None and diagnosis.rule.is_line
            (node.children if is_line else roots if parent is None else parent.children).append(mark)
    for node in placed:
        if node.name in OPTION_LISTS:
            _describe_options(node, OPTION_LISTS[node.name])
    return roots


def _told(layer: Layer, packet: Packet) -> dict[int, list[Diagnosis]]:
    """Return what is said of a layer by the field that stands for it, which is that of the rule, in order."""
    found: dict[int, list[Diagnosis]] = {}
    for diagnosis in packet.diagnoses:
        if diagnosis.field is not None and diagnosis.kind == "rule":
            found.setdefault(id(diagnosis.field), []).append(diagnosis)
    for before in packet.layers if found else ():
        if before is layer:
            break
        for value in before.values:
            if id(value.info) in found:
                del found[id(value.info)][:1]
    return found


def expert_node(diagnosis: Diagnosis, layer: Layer, packet: Packet, start: int = 0) -> Node:
    """Return a diagnosis as Wireshark's expert information, which stands at that octet."""
    fields, severity = packet.catalogue.fields, diagnosis.severity
    text = f"Expert Info ({severity.word}/{diagnosis.group}): {diagnosis.message}"
    node = Node(layer, "_ws.expert", text=text, start=start, made=True)
    if diagnosis.field is not None:
        said = replace(diagnosis.field, type=FieldType.NONE, title=diagnosis.message)  # its words, which may be none
        node.children.append(Node(layer, said.name, Value(said, True, 0, 0), made=True))
    for name, found in (
        ("_ws.expert.message", diagnosis.message),
        ("_ws.expert.severity", severity.number),
        ("_ws.expert.group", GROUP_NUMBERS[diagnosis.group]),
    ):
        value = Value(fields[name], found, 0, 0)
        node.children.append(Node(layer, name, value, made=True, hidden=name == "_ws.expert.message"))
    return node


def _in_order(values: Sequence[Value]) -> Sequence[Value]:
    """Return values in the order of the tree, where some stand behind others than in the layer."""
    moved = [value for value in values if value.info.name in AFTER]
    ordered = sorted(values, key=lambda value: value.info.name in LAST)
    for value in moved:
        place = next(place for place, other in enumerate(ordered) if other is value)
        del ordered[place]
        anchors = AFTER[value.info.name]
        # The next of them, or else the last one before.
        found = [at for at, other in enumerate(ordered) if other.info.name in anchors]
        behind = next((at for at in found if at >= place), found[-1] if found else place - 1) + 1
        while behind < len(ordered) and ordered[behind].info.name in anchors:
            behind += 1
        while behind < len(ordered) and ordered[behind].info.name in AFTER and behind < place:
            behind += 1  # the order among those that are moved stays
        ordered.insert(behind, value)
    return ordered


def _extent(value: Value, layer: Layer) -> tuple[int, int]:
    """Return the first octet and the number of octets that a value stands on; a verdict stands on none."""
    name = value.info.name
    if name in OVER:
        (start, _), (_, end) = (layer.extents[member] for member in OVER[name])
        return start, end - start
    if not value.bits:
        if name not in AT:
            return layer.header_end if name in BEHIND else layer.start, 0
        value = next((other for other in layer.values if other.info.name == AT[name]), value)
    first = value.start // 8
    if name in statuses(layer.protocol) and value.value != NOT_PRESENT:
        return first, 0
    return first, (value.start + value.bits + 7) // 8 - first


@cache
def statuses(protocol: Protocol) -> frozenset[str]:
    """The fields that say what the verification of a checksum found."""
    infos = [step.status for step in protocol.computed.values() if isinstance(step, InternetChecksum)]
    if protocol.trailer is not None and protocol.trailer.fcs_status is not None:
        infos.append(protocol.trailer.fcs_status)
    return frozenset(info.name for info in infos)


def _parent(value: Value, placed: Sequence[Node], diagnosis: Diagnosis | None, layer: Layer) -> Node | None:
    name = value.info.name
    if diagnosis is not None and diagnosis.rule is not None and diagnosis.rule.below:
        below = WHOLES if diagnosis.rule.below in KINDS else (diagnosis.rule.below,)
        return next((node for node in reversed(placed) if node.name in below and node.value), None)
    above = [node for node in reversed(placed) if node.name in BELOW.get(name, ()) and node.value]
    if above or (name in BELOW and not value.bits):
        return next(iter(above), None)
    if diagnosis is not None:  # below the field that its name begins with
        return next((node for node in reversed(placed) if node.value and name.startswith(f"{node.name}.")), None)
    if name == "udp.checksum.status" and value.value == NOT_PRESENT:
        return placed[-1] if placed else None
    if not value.bits:
        is_optional = name in _optional(layer.schema)
        return next((node for node in reversed(placed) if is_optional and node.name in WHOLES), None)
    start, end = value.start, value.start + value.bits
    for node in reversed(placed):
        other = node.value
        if (
            other
            and not node.hidden
            and (other.bits > value.bits or node.name in HOLDERS)
            and other.start <= start
            and end <= other.start + other.bits
        ):
            return node
    return None


def _type_and_length(octet: int) -> str:
    return f"{'E.164' if octet & 0x40 else 'ATM Forum NSAPA'}/{octet & 0x3F}"


def _group(text: str, groups: dict[str, Node], roots: list[Node], layer: Layer, *, made: bool = False) -> Node:
    """Return the line that a field hangs below, which its first one brings along."""
    if text not in groups:
        groups[text] = Node(layer, text=text, start=layer.start, made=made)
        roots.append(groups[text])
    return groups[text]


@cache
def _optional(protocol: Protocol) -> frozenset[str]:
    """The fields that options have."""
    lists = (innermost(member) for part in protocol.parts for member in part.subcons)
    found = (each.field for listed in lists if isinstance(listed, Options) for each in within(listed))
    return frozenset(field.info.name for field in found if isinstance(field, Field))


def _describe_options(node: Node, listed: OptionList) -> None:
    """Give each option of a list its line, and those that have no fields a text."""
    value = node.value
    assert value is not None
    found: list[Node] = []
    at = 0

    def untold() -> int:
        place = at
        for start, size, text in listed.untold(value.value, at):
            found.append(Node(node.layer, text=text, start=node.start + start, size=size))
            place = start + size
        return place

    for child in node.children:
        at = untold()
        if child.name in listed.wholes:
            assert child.value is not None
            inner = (each.value for each in descendants(child) if each.value is not None)
            child.text = listed.option_line(child.value.info.title, child.value.value, [*inner])
            ends = child.value.value[0] == listed.options.end and listed.options.stray is None
            at = len(value.value) if ends else child.start - node.start + child.size
        found.append(child)
    untold()
    node.children = found
    if listed.is_text:
        node.name, node.text, node.value = "", listed.line(node.layer), None


def descendants(node: Node) -> Iterator[Node]:
    """Yield what hangs below a node, however deep."""
    for child in node.children:
        yield child
        yield from descendants(child)
