"""What a capture says about a frame, beside its octets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from wireproof.capture import Interface, PacketOptions, Record

ETHERNET = 1


@dataclass(frozen=True, slots=True)
class Source:
    """What the capture says about a frame: lengths in octets, the time in nanoseconds since the epoch.

    `time_digits` are the decimals of a second that the capture's clock tells, and `fcs_length` the octets of the frame
    check sequence at the frame's end, None where nobody knows.
    """

    number: int = 1
    wire_length: int | None = None
    time: int | None = None
    link_type: int = ETHERNET
    interface: int | None = None
    time_digits: int = 6
    interface_name: str | None = None
    section: int | None = None
    interface_description: str | None = None
    fcs_length: int | None = None
    comments: tuple[str, ...] = ()
    options: PacketOptions | None = None


UNKNOWN = Source()
"""A frame of which nobody says anything."""


class Origin(Protocol):
    """What is known of a capture beside its records."""

    interfaces: list[Interface]
    format: Literal["pcap", "pcapng"]


def source_of(record: Record, origin: Origin) -> Source:
    """Return what a capture says about one of its records."""
    known = origin.interfaces[record.interface]
    what = record.number, record.wire_length, record.time, record.link_type
    if origin.format == "pcap":  # which says nothing of interfaces
        return Source(*what, time_digits=known.time_digits, fcs_length=record.fcs_length)
    return Source(
        *what,
        interface=known.number,
        time_digits=known.time_digits,
        interface_name=known.name or known.description or known.hardware or "unknown",
        section=known.section,
        interface_description=known.description,
        fcs_length=record.fcs_length,
        comments=record.comments,
        options=record.options,
    )
