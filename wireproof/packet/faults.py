"""What is said of a part of a layer that could not be read."""

from __future__ import annotations

from dataclasses import replace

from construct import ConstructError, Renamed

from wireproof.dissectors.diagnosis import malformed, unreassembled
from wireproof.dissectors.schema import Field, Part, Protocol, Severity
from wireproof.dissectors.schema.reading import Window
from wireproof.packet.tree import Diagnosis


def cut_short(protocol: Protocol, part: Part, stream: Window, start: int, layer: tuple[int, int]) -> Diagnosis:
    """Tell a layer, of that start and end, that the capture cut from one that was sent too short."""
    layer_start, end = layer
    short = len(stream.data) < end and stream.due
    return Diagnosis(
        "short" if short else "malformed",
        protocol.name,
        "Packet size limited during capture" if short else "Malformed Packet (Exception occurred)",
        field=None if short else malformed.across[0],
        part=_shown(protocol, part),
        expected=max(stream.wanted, start) - layer_start,
        available=stream.limit - layer_start,
        standard=protocol.reference,
    )


def not_reassembled(missing: Diagnosis) -> Diagnosis:
    """Say of octets that are missing that other fragments have them."""
    field = unreassembled.across[0]
    return replace(
        missing, kind="unreassembled", message=field.title, severity=Severity.NOTE, group="Reassemble", field=field
    )


def contradicted(protocol: Protocol, part: Part, error: ConstructError) -> Diagnosis:
    """A part whose octets are all there and not as the schema wants them."""
    said = str(error).splitlines()[-1]
    text = f"{_shown(protocol, part) or protocol.name} is not as the protocol has it: {said}"
    field, standard = malformed.across[0], protocol.reference
    return Diagnosis("malformed", protocol.name, text, field=field, part=_shown(protocol, part), standard=standard)


def bug(protocol: Protocol, part: Part | None, error: Exception) -> Diagnosis:
    """A schema that fails on bytes in a way of its own: the fault of the schema, and no reason to stop a program."""
    text = f"the schema of {protocol.name} failed: {type(error).__name__}: {error}"
    names = "" if part is None else _shown(protocol, part)
    return Diagnosis("malformed", protocol.name, text, field=malformed.across[1], part=names)


def _shown(protocol: Protocol, part: Part) -> str:
    """Return the names of what a part holds: of its fields, or the RFC's where the field depends on the packet."""
    names = []
    for member in part.subcons:
        inner = member
        while isinstance(inner, Renamed):
            inner = inner.subcon
        if isinstance(inner, Field):
            names.append(inner.info.name)
        elif member.name and not member.name.startswith("_"):
            names.append(f"{protocol.name}.{member.name}")
    return ", ".join(names)
