"""A packet as a tree: layers, and in each the values of its fields with the bits they came from."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from dataclasses import field as field_of
from typing import Any, Literal, NamedTuple

from wireproof.dissectors.schema import Catalogue, FieldInfo, Kind, Protocol, Rule, Severity
from wireproof.grammar.octets import CutShort
from wireproof.packet.reassembly import Whole


class Value(NamedTuple):
    """One value of one field: what it is, and where it lies in the frame.

    `value` is canonical (see `schema.types.Kind`). `start` and `bits` are in bits from the beginning of the frame;
    `bits` is 0 for a value that was computed.
    """

    info: FieldInfo
    value: Any
    start: int
    bits: int

    @property
    def octets(self) -> slice:
        """The octets of the frame that the value lies in."""
        return slice(self.start // 8, (self.start + self.bits + 7) // 8)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with a packet: where, what, how grave.

    `field` is the field that stands for it in filters. `kind` tells a layer that the capture cut ("short") from one
    that is too short as it was sent ("malformed"), a first fragment that lacks what others have ("unreassembled") and
    a broken rule ("rule"). `layer` is the protocol's name,
    `part` the fields that were not read; `expected` and `available` are octets from the layer's start. What is our
    `own`, Wireshark's expert information does not have. `rule` is the one that was broken, and `standard` the layer's.
    """

    kind: Literal["rule", "malformed", "unreassembled", "short"]
    layer: str
    message: str
    severity: Severity = Severity.ERROR
    group: str = "Malformed"
    field: FieldInfo | None = None
    part: str = ""
    expected: int | None = None
    available: int | None = None
    own: bool = False
    rule: Rule | None = field_of(default=None, repr=False, compare=False)
    standard: str = field_of(default="", repr=False, compare=False)

    @property
    def reference(self) -> str:
        """The section of a standard that it rests on, or an empty text."""
        return (self.field.reference if self.field is not None else "") or self.standard

    def __str__(self) -> str:
        """Say in a line which layer it is about, and what was needed and was there where octets were missing."""
        if self.expected is None:
            return f"{self.layer}: {self.message}"
        why = {"short": "cut by the capture", "unreassembled": "only the first fragment"}.get(self.kind, "too short")
        return f"{self.layer}: {why}: {self.part} needs {self.expected} octets of the layer, {self.available} are there"


@dataclass(slots=True)
class Layer:
    """A protocol's share of a packet.

    `start`, `header_end` and `end` are octets from the beginning of the frame; the end is where the layer says it
    ends, which may lie behind what was captured. `number` counts the layers of the same protocol from 1. `claimed` is
    how many octets the header is, where it tells; they may not all be there.
    `complete` means that all its parts were read; `quoted` that it is a copy within an error message, `partial` that it
    is of a first fragment that was not put together with the others. `extents` are the octets of the schema's members,
    by name. `form` is the form of the protocol that was read, where that is not the usual one.
    """

    protocol: Protocol
    number: int
    start: int
    header_end: int
    end: int
    values: list[Value] = field(default_factory=list)
    complete: bool = False
    quoted: bool = False
    partial: bool = False
    payload_end: int | None = None
    extents: dict[str, tuple[int, int]] = field(default_factory=dict)
    form: Protocol | None = None
    claimed: int | None = None

    @property
    def schema(self) -> Protocol:
        """What the layer was read by."""
        return self.form or self.protocol

    def bears(self, name: str) -> bool:
        """Whether that is the name of the layer's protocol, or of its form."""
        return name in (self.protocol.name, self.schema.name)

    def __getitem__(self, name: str) -> tuple[Any, ...]:
        """Return the canonical values of the field of that name in this layer."""
        return tuple([value.value for value in self.values if value.info.name == name])


class Occurrence(NamedTuple):
    """A value as a filter sees it: with its layer's number among `layers` of the same protocol, and its raw bytes.

    For a protocol, `value` is its header and `reach` what ``contains`` searches: all up to the end of the layer.
    """

    value: Any
    layer: int
    layers: int
    raw: bytes
    reach: bytes = b""


@dataclass(slots=True)
class Packet:
    """A dissected packet. ``packet["arp.tpa"]`` is always a tuple of values; empty where the field is absent.

    `wholes` are datagrams that this packet's fragments have made whole. Places count in `buffer`: the frame, and behind
    it these, with an octet before each. `pieces` are the layers that carry fragments.

    Where names are wanted, `resolve` gives that of a MAC address, `organization` that of the owner of an OUI, and
    `service` that of a port of a protocol. `is_relative` is whether numbers of TCP count from where each side began.
    """

    data: bytes
    number: int
    time: int | None
    wire_length: int
    link_type: int
    interface: int | None
    catalogue: Catalogue
    time_digits: int = 6
    fcs_length: int | None = None
    resolve: Callable[[bytes], str] | None = None
    organization: Callable[[int], str | None] | None = None
    service: Callable[[str, int], str | None] | None = None
    wholes: tuple[Whole, ...] = ()
    pieces: list[Layer] = field(default_factory=list)
    buffer: bytes = field(default=b"", init=False, repr=False)
    layers: list[Layer] = field(default_factory=list)
    diagnoses: list[Diagnosis] = field(default_factory=list)
    is_relative: bool = True
    _index: dict[str, list[tuple[Value, Layer]]] | None = None
    _counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.buffer = self.data

    @property
    def length(self) -> int:
        """The octets that the frame had: as many as were captured at least, whatever the capture says."""
        return max(self.wire_length, len(self.data))

    def gather(self, whole: Whole) -> int:
        """Add a datagram that is whole now; return its place in the buffer."""
        self.wholes += (whole,)
        self.buffer += b"\0" + whole.octets
        return len(self.buffer) - len(whole.octets)

    def home(self, place: int) -> tuple[int, int]:
        """Return where what a place lies in begins and ends: the frame, or a datagram that was made whole."""
        begin, end = 0, len(self.data)
        for whole in self.wholes:
            if place <= end:
                break
            begin, end = end + 1, end + 1 + len(whole.octets)
        return begin, end

    def whole_at(self, place: int) -> Whole | None:
        """Return the datagram that begins at a place of the buffer, None where none does."""
        begin = len(self.data) + 1
        for whole in self.wholes:
            if begin == place:
                return whole
            begin += len(whole.octets) + 1
        return None

    def octets(self, start: int, end: int) -> bytes:
        """Return octets of what the first place lies in, as far as they were captured."""
        return self.buffer[start : min(end, self.home(start)[1])]

    def __repr__(self) -> str:
        path = ":".join(layer.protocol.name for layer in self.layers[1:])
        return f"<Packet {self.number}: {path}, {self.wire_length} octets>"

    def __getitem__(self, name: str) -> tuple[Any, ...]:
        """Return the values of a field by any of its names, as users want them (see `public_value`).

        Raises UnknownFieldError, which offers the nearest names.
        """
        info = self.catalogue.field(name)
        if info.type.kind is Kind.PROTOCOL:
            return tuple(occurrence.value for occurrence in self.occurrences(info.name))
        return tuple(public_value(value.info, value.value) for value, _ in self.values(info.name))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.occurrences(self.catalogue.field(name).name))

    def label(self, name: str) -> str | None:
        """Return the name that the first value of a labelled field has, or None. Raises UnknownFieldError."""
        info = self.catalogue.field(name)
        for value, _ in self.values(info.name):
            return value.info.label(value.value)
        return None

    def layer(self, name: str, number: int = 1) -> Layer | None:
        """Return the n-th layer of a protocol, or None."""
        return next((layer for layer in self.layers if layer.bears(name) and layer.number == number), None)

    def values(self, name: str) -> Sequence[tuple[Value, Layer]]:
        """Return the values of the field with that canonical name, each with its layer."""
        if self._index is None:
            self._index = {}
            for layer in self.layers:
                for value in layer.values:
                    self._index.setdefault(value.info.name, []).append((value, layer))
        return self._index.get(name, ())

    def first(self, name: str) -> Any:
        """Return the first canonical value of the field with that canonical name, None where there is none.

        For one that is asked for before all is known: no index is made, which the next value would spoil.
        """
        return next((each.value for layer in self.layers for each in layer.values if each.info.name == name), None)

    def occurrences(self, name: str) -> Sequence[Occurrence]:
        """Return what a filter sees of the field or protocol with that canonical name."""
        if name in self.catalogue.protocols:
            return [self._as_bytes(layer) for layer in self.layers if layer.bears(name)]
        return [
            Occurrence(value.value, layer.number, self._count(layer), self.buffer[value.octets] if value.bits else b"")
            for value, layer in self.values(name)
        ]

    def content_end(self, protocol: Protocol, start: int, end: int) -> int:
        """Return where what a layer has for others ends: before the check sequence that the capture tells of.

        That one is the frame's, and so of the layer that begins where the frame does.
        """
        is_checked = start == 0 and protocol.trailer is not None and protocol.trailer.fcs is not None
        return end - (self.fcs_length or 0) if is_checked and end >= (self.fcs_length or 0) else end

    def touch(self) -> None:
        """Forget the index: to be called after values were added to a layer, or layers."""
        self._index = None
        self._counts.clear()

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def _as_bytes(self, layer: Layer) -> Occurrence:
        header = self.octets(layer.start, layer.header_end)
        if layer.claimed is not None:
            header = self.octets(layer.start, min(layer.start + layer.claimed, layer.end))
            if len(header) < layer.claimed:
                header = CutShort.of(header, layer.claimed)
        reach = self.octets(layer.start, layer.end)
        return Occurrence(header, layer.number, self._count(layer), header, reach)

    def _count(self, layer: Layer) -> int:
        name = layer.protocol.name
        if name not in self._counts:
            self._counts[name] = sum(other.protocol.name == name for other in self.layers)
        return self._counts[name]


def public_value(info: FieldInfo, value: Any) -> Any:
    """Return a canonical value as users want it: MAC addresses as text, those of IP as objects of `ipaddress`."""
    if info.type.kind is Kind.ETHER:
        return value.hex(":")
    if info.type.kind is Kind.IPV4:
        return ipaddress.IPv4Address(value)
    if info.type.kind is Kind.IPV6:
        return ipaddress.IPv6Address(value)
    return value
