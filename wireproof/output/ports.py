"""Ports with the names of their services, where these are wanted."""

from __future__ import annotations

from collections.abc import Mapping

from wireproof.dissectors.schema import Base
from wireproof.output.escape import escape
from wireproof.packet import Packet, Value

TRANSPORTS: Mapping[Base, str] = {Base.PORT_TCP: "tcp", Base.PORT_UDP: "udp"}


def column_port(value: Value, packet: Packet) -> str:
    """Return a port as the packet list has it: ``http(80)``, or the number alone."""
    name = _name(value, packet)
    return str(value.value) if name is None else f"{name}({value.value})"


def tree_port(value: Value, packet: Packet) -> str:
    """Return a port as the tree has it: ``http (80)``; where names are wanted and it has none, twice the number."""
    if packet.service is None:
        return str(value.value)
    return f"{_name(value, packet) or value.value} ({value.value})"


def _name(value: Value, packet: Packet) -> str | None:
    if packet.service is None:
        return None
    name = packet.service(TRANSPORTS[value.info.base], value.value)
    return None if name is None else escape(name)
