"""What all conversations share: who talks to whom, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from wireproof.packet import Packet, Value

Endpoints = bytes
"""Addresses and ports of the two ends of a conversation, the same for both directions."""


def addresses(packet: Packet, index: int) -> tuple[bytes, bytes]:
    """Return the source and destination address of what carries a layer; empty where it has none."""
    carrier = packet.layers[index - 1]
    declared = carrier.protocol.pseudo_header
    if declared is None:
        return b"", b""
    source, destination = (
        packet.buffer[slice(*carrier.extents.get(member, (0, 0)))] for member in (declared.source, declared.destination)
    )
    return source, destination


def between(packet: Packet, index: int, source_port: int, destination_port: int) -> tuple[Endpoints, int]:
    """Return the two ends of a layer's conversation, and the number of the one that sent it, 0 or 1."""
    source, destination = addresses(packet, index)
    source, destination = source + source_port.to_bytes(2, "big"), destination + destination_port.to_bytes(2, "big")
    return (source + destination, 0) if source <= destination else (destination + source, 1)


class Times(NamedTuple):
    """Nanoseconds since the first packet of a conversation, and since the one before; they may be negative."""

    relative: int
    delta: int


@dataclass(slots=True)
class Clock:
    """The clock of a conversation, started by the packet that began it. A packet without a time does not move it."""

    first: int | None
    previous: int | None

    @classmethod
    def started(cls, now: int | None) -> Clock:
        """Return a clock that begins at `now`."""
        return cls(now, now)

    def tick(self, now: int | None) -> Times | None:
        """Note a packet, and return its times, or None where it has no time."""
        if now is None:
            return None
        if self.first is None or self.previous is None:
            self.first = self.previous = now
        times = Times(now - self.first, now - self.previous)
        self.previous = now
        return times


def time_values(packet: Packet, protocol: str, times: Times) -> list[Value]:
    """Return the times as the values of a protocol's fields."""
    fields = packet.catalogue.fields
    return [
        Value(fields[f"{protocol}.time_relative"], times.relative, 0, 0),
        Value(fields[f"{protocol}.time_delta"], times.delta, 0, 0),
    ]
