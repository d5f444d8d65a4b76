"""Who talks to whom, how much, and when: conversations and endpoints of one protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from wireproof.packet import Layer, Packet

MOST = 1 << 20
"""Conversations, or ends, that are counted; packets of further ones are counted as dropped."""
End = tuple[bytes, int]
"""An address, and a port where the protocol has any."""


class Kind(NamedTuple):
    """A protocol, the fields of its two ends, and the field that tells conversations between the same ends apart."""

    protocol: str
    title: str
    source: str
    destination: str
    source_port: str = ""
    destination_port: str = ""
    stream: str = ""
    last: str = ""
    """The last field of a header that is read to its end."""
    reaches: bool = False
    """Whether the header has to be there up to that field alone, and the layer need not be whole."""


KINDS = {
    "eth": Kind("eth", "Ethernet", "eth.src", "eth.dst", last="eth.dst"),
    "ip": Kind("ip", "IPv4", "ip.src", "ip.dst", last="ip.dst"),
    "tcp": Kind(
        "tcp", "TCP", "ip.src", "ip.dst", "tcp.srcport", "tcp.dstport", "tcp.stream", last="tcp.urgent_pointer"
    ),
    "udp": Kind("udp", "UDP", "ip.src", "ip.dst", "udp.srcport", "udp.dstport", last="udp.checksum", reaches=True),
}


@dataclass(slots=True, kw_only=True)
class Traffic:
    """Frames and octets, as on the wire, that an end has sent and received."""

    sent: int = 0
    sent_octets: int = 0
    received: int = 0
    received_octets: int = 0

    @property
    def frames(self) -> int:
        """Frames in both directions; of an endpoint, one to itself counts twice."""
        return self.sent + self.received

    @property
    def octets(self) -> int:
        """Octets of these frames."""
        return self.sent_octets + self.received_octets

    def send(self, octets: int) -> None:
        """Count a frame that it has sent."""
        self.sent += 1
        self.sent_octets += octets

    def receive(self, octets: int) -> None:
        """Count a frame that it has received."""
        self.received += 1
        self.received_octets += octets


@dataclass(slots=True)
class Conversation(Traffic):
    """The traffic of `first`, which is the end that sent the first packet. Times are nanoseconds."""

    first: End
    second: End
    start: int | None
    stop: int | None


@dataclass(slots=True)
class Endpoint(Traffic):
    """The traffic of one end."""

    end: End


class Talk(NamedTuple):
    """One layer as a conversation sees it."""

    source: End
    destination: End
    stream: int | None
    layer: Layer


def talks(packet: Packet, kind: Kind) -> Iterator[Talk]:
    """Yield the layers of a protocol; those that an error message quotes nobody has sent."""
    for index, layer in enumerate(packet.layers):
        if layer.protocol.name != kind.protocol or layer.quoted:
            continue
        if not (layer[kind.last] if kind.reaches else layer.complete):
            continue
        carrier = packet.layers[index - 1] if kind.source_port else layer
        ends = (carrier[kind.source], carrier[kind.destination])
        ports = _ports(layer, kind)
        if all(ends) and ports is not None:
            stream = next(iter(layer[kind.stream]), None) if kind.stream else None
            yield Talk((octets(ends[0][0]), ports[0]), (octets(ends[1][0]), ports[1]), stream, layer)


def octets(address: int | bytes) -> bytes:
    """Return an address of either kind as octets."""
    return address.to_bytes(4, "big") if isinstance(address, int) else address


def _ports(layer: Layer, kind: Kind) -> tuple[int, int] | None:
    if not kind.source_port:
        return 0, 0
    ports = layer[kind.source_port], layer[kind.destination_port]
    return (ports[0][0], ports[1][0]) if all(ports) else None


class Talks:
    """What counts the frames of one protocol by who talks to whom. `dropped` counts what had no room."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.dropped = 0

    def see(self, packet: Packet, chosen: bool = True) -> None:
        """Take a packet in, if it is chosen."""
        if chosen:
            self.see_at(packet, packet.time)

    def see_at(self, packet: Packet, time: int | None) -> None:
        """Take a packet in that came then."""
        for talk in talks(packet, self.kind):
            self.add(talk.source, talk.destination, talk.stream, time, packet.wire_length)

    def add(self, source: End, destination: End, stream: int | None, time: int | None, size: int) -> None:
        """Count a frame of so many octets."""
        raise NotImplementedError


class Conversations(Talks):
    """The conversations of one protocol, with those that sent most frames first."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self._known: dict[tuple[End, End, int | None], Conversation] = {}
        self._begun: int | None = None

    def see(self, packet: Packet, chosen: bool = True) -> None:
        """Take a packet in; one that is not chosen only begins the clock."""
        if self._begun is None:
            self._begun = packet.time
        super().see(packet, chosen)

    def add(self, source: End, destination: End, stream: int | None, time: int | None, size: int) -> None:
        """Count a frame of so many octets."""
        key = (source, destination, stream) if source <= destination else (destination, source, stream)
        found = self._known.get(key)
        if found is None and len(self._known) >= MOST:
            self.dropped += 1
            return
        if found is None:
            found = self._known[key] = Conversation(source, destination, time, time)
        if source == found.first:
            found.send(size)
        else:
            found.receive(size)
        if time is not None:
            found.start = time if found.start is None else min(found.start, time)
            found.stop = time if found.stop is None else max(found.stop, time)

    @property
    def begun(self) -> int:
        """When the capture begins."""
        return self._begun or 0

    def rows(self) -> list[Conversation]:
        """Return the conversations, the largest first."""
        return sorted(self._known.values(), key=lambda one: -one.frames)


class Endpoints(Talks):
    """The ends of one protocol, with those of most frames first."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self._known: dict[End, Endpoint] = {}

    def add(self, source: End, destination: End, stream: int | None, time: int | None, size: int) -> None:
        """Count a frame of so many octets, of whatever conversation."""
        sender, receiver = self._known.get(source), self._known.get(destination)
        if sender is None or receiver is None:
            if len(self._known) >= MOST:
                self.dropped += 1
                return
            sender = self._known.setdefault(source, Endpoint(source))
            receiver = self._known.setdefault(destination, Endpoint(destination))
        sender.send(size)
        receiver.receive(size)

    def rows(self) -> list[Endpoint]:
        """Return the ends, the largest first."""
        return sorted(self._known.values(), key=lambda one: -one.frames)
