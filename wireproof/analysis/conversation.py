"""What all conversations share: who talks to whom, and when."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from wireproof.analysis.rules.conversations import Choices, Packets, Times
from wireproof.engine.tables import ABSENT
from wireproof.packet import Packet, Value
from wireproof.packet.preferences import ANALYZE, IN_FLIGHT, RELATIVE, Preferences

ADDRESS_OCTETS = 4
LONG_ADDRESS = 1 << 62
LATEST = 1 << 62
"""Nanoseconds: a difference of two times up to here, before or after the epoch, fits in 64 bits."""


def choices_of(preferences: Preferences, times: str) -> Choices:
    """Return what preferences say of conversations; `times` is the one for times within them."""
    found = Choices(1)
    found.raw[0] = RELATIVE not in preferences
    found.unanalysed[0] = ANALYZE not in preferences
    found.untimed[0] = times not in preferences
    found.uncounted[0] = IN_FLIGHT not in preferences
    return found


def describe(packets: Packets, packet: Packet, index: int, ports: tuple[int, int]) -> None:
    """Fill the first row with a packet whose layer at `index` has these ports."""
    packets.frame[0] = packet.number
    packets.time[0] = time_of(packet)
    packets.source[0], packets.destination[0] = addresses(packet, index)
    packets.source_port[0], packets.destination_port[0] = ports
    packets.quoted[0] = packet.layers[index].quoted


def time_of(packet: Packet) -> int:
    """Return nanoseconds since the epoch, or ABSENT for a packet without a time, or with one in other centuries."""
    time = packet.time
    return ABSENT if time is None or abs(time) > LATEST else time


def addresses(packet: Packet, index: int) -> tuple[int, int]:
    """Return numbers for the source and destination address of what carries a layer; 0 where it has none."""
    carrier = packet.layers[index - 1]
    declared = carrier.protocol.pseudo_header
    if declared is None:
        return 0, 0
    source, destination = (
        packet.buffer[slice(*carrier.extents.get(member, (0, 0)))] for member in (declared.source, declared.destination)
    )
    return _number(source), _number(destination)


def _number(address: bytes) -> int:
    if len(address) <= ADDRESS_OCTETS:
        return int.from_bytes(address, "big")
    return LONG_ADDRESS | int.from_bytes(hashlib.blake2b(address, digest_size=8).digest(), "big") >> 2


def time_values(packet: Packet, protocol: str, times: Times) -> Iterator[Value]:
    """Yield the times of the first row as the values of a protocol's fields."""
    fields = packet.catalogue.fields
    if times.time_relative[0] != ABSENT:
        yield Value(fields[f"{protocol}.time_relative"], times.time_relative[0], 0, 0)
        yield Value(fields[f"{protocol}.time_delta"], times.time_delta[0], 0, 0)
