"""``-T ek``: packets as newline-delimited JSON for the bulk interface of Elasticsearch, two lines each."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from wireproof.dissectors.schema import Kind
from wireproof.output import raw
from wireproof.output.chosen import Chosen, is_left_out
from wireproof.output.json import index_of, leaf, quoted
from wireproof.output.nesting import Node, packet_tree
from wireproof.output.times import SECOND
from wireproof.packet import Packet, Value

MILLISECOND = 1_000_000
APART = "ieee8021ah."
"""How fields begin that Wireshark counts to a protocol which has no layer."""


class EkDocument:
    """Packets, two lines each: the index that it belongs in, and the packet. `octets` is ``-x``."""

    def __init__(self, *, octets: bool = False, chosen: Chosen | None = None) -> None:
        self._octets, self._chosen = octets, chosen

    def opening(self) -> str:
        """Return what stands before the first packet, which is nothing."""
        return ""

    def packet(self, packet: Packet) -> str:
        """Return the text of a packet."""
        members = _Members(packet, self._octets).of(packet_tree(packet), self._chosen)
        return _lines(packet, f"{{{','.join(members)}}}")

    def chosen(self, packet: Packet, values: Mapping[str, Sequence[str]]) -> str:
        """Return the text of a packet of which the values of some fields alone are told."""
        members = (f"{_key(name)}:[{','.join(map(quoted, texts))}]" for name, texts in values.items())
        return _lines(packet, f"{{{','.join(members)}}}")

    def closing(self) -> str:
        """Return what stands behind the last packet, which is nothing."""
        return ""


def _lines(packet: Packet, layers: str) -> str:
    index = quoted(index_of(packet))
    stamp = (packet.time or 0) // MILLISECOND
    return f'{{"index":{{"_index":{index},"_type":"doc"}}}}\n{{"timestamp":"{stamp}","layers":{layers}}}\n'


class _Chosen(NamedTuple):
    """A node, and what is chosen among its like."""

    node: Node
    chosen: Chosen | None


_Gathered = dict[tuple[str, str], list[_Chosen]]


class _Members:
    """The members of a packet's objects: a field has one for all of its values below parents of one name."""

    def __init__(self, packet: Packet, octets: bool) -> None:
        self._packet, self._octets = packet, octets

    def of(self, nodes: Iterable[Node], chosen: Chosen | None) -> list[str]:
        """Return the members of nodes in the order of the tree, with what hangs below fields in the same object."""
        gathered: _Gathered = {}
        _gather(nodes, "", chosen, gathered)
        members = []
        for (_, name), same in gathered.items():
            first = same[0].node
            key = self._name(first, name)
            if self._octets and first.size and first.name:
                members.append(f"{_key(key + '_raw')}:{_one_or_all([self._raw(each.node) for each in same])}")
            members.append(f"{_key(key)}:{_one_or_all([self._value(*each) for each in same])}")
        return members

    def _name(self, node: Node, name: str) -> str:
        """Return the name of a field with its protocol's in front."""
        if node.value is None or node.unowned:
            return name
        if name.startswith(APART):
            return f"{APART[:-1]}_{name}"
        owner = self._packet.catalogue.owners.get(name)
        return name if owner is None else f"{owner.form_of or owner.name}_{name}"

    def _raw(self, node: Node) -> str:
        found = raw.number(node, self._packet) if raw.extent(node)[2] else raw.octets(node, self._packet)
        return f'"{found}"'

    def _value(self, node: Node, chosen: Chosen | None) -> str:
        if is_left_out(node, chosen):
            return f'{{"filtered":{quoted(node.name or node.text)}}}'
        if node.value is not None:
            return _text(node.value)
        if not node.name:
            return quoted(node.text)
        return f"{{{','.join(self.of(node.children, chosen and chosen.within(node.name)))}}}"


def _gather(nodes: Iterable[Node], parent: str, chosen: Chosen | None, gathered: _Gathered) -> None:
    """Gather nodes by their parent's name and their own, and of fields what hangs below them, where that is chosen."""
    for node in nodes:
        name = node.name or "text"
        gathered.setdefault((parent, name), []).append(_Chosen(node, chosen))
        if (node.value is not None or not node.name) and not is_left_out(node, chosen):
            _gather(node.children, name, chosen and chosen.within(name), gathered)


def _one_or_all(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"[{','.join(texts)}]"


def _text(value: Value) -> str:
    kind = value.info.type.kind
    if kind is Kind.LABEL:
        return "null"
    if kind is Kind.BOOLEAN:
        return "true" if value.value else "false"
    return quoted(_moment(value.value) if kind is Kind.ABSOLUTE_TIME else leaf(value))


def _moment(nanoseconds: int) -> str:
    """Return a time as ISO 8601 has it, in UTC."""
    whole, rest = divmod(nanoseconds, SECOND)
    try:
        return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(whole))}.{rest:09}Z"
    except (OverflowError, ValueError, OSError):
        return "Not representable"


def _key(name: str) -> str:
    return quoted(name.replace(".", "_"))
