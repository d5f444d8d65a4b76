"""What ``wireproof info`` tells of a capture file, as members of a JSON object."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from wireproof.analysis.summary import Summary
from wireproof.capture import CaptureError, Interface
from wireproof.capture.pcapng_told import Told
from wireproof.dissectors.numbers.encapsulations import ENCAPSULATIONS, LINK_TYPES

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]
Chosen = Callable[[str], bool]
"""Says whether what one of capinfos's letters stands for is to be told."""


@dataclass(frozen=True, slots=True)
class CaptureInfo:
    """A capture file as a whole.

    ``file_type`` is Wireshark's name of the format: pcap, nsecpcap, modpcap or pcapng. ``snap_length`` is that of the
    file itself in octets, 0 where it has none; ``size`` are the octets of the file, None where they are not known, and
    ``hashes`` their digests by name. ``told`` is what stands between the packets of pcapng, and ``damage`` what ended
    the reading before the end of the file.
    """

    name: str
    file_type: str
    interfaces: Sequence[Interface]
    sections: int
    snap_length: int
    summary: Summary
    told: Told
    compression: str | None = None
    size: int | None = None
    hashes: Mapping[str, str] = field(default_factory=dict)
    damage: CaptureError | None = None

    @property
    def time_digits(self) -> int | None:
        """The decimals of a second that times have; None where interfaces differ, and where there is none."""
        digits = {interface.time_digits for interface in self.interfaces}
        return digits.pop() if len(digits) == 1 else None

    def packets_of(self, index: int) -> int:
        """Return how many packets are of an interface."""
        return self.summary.by_interface.get(index, 0)

    def digits_of(self, index: int) -> int:
        """Return the decimals of a second that an interface's clock tells."""
        return self.interfaces[index].time_digits

    def encapsulations(self) -> dict[str, tuple[list[int], int]]:
        """Return link types and number of packets by the name of the link layer, of all interfaces."""
        found: dict[str, tuple[list[int], int]] = {}
        for index, interface in enumerate(self.interfaces):
            name = encapsulation(interface.link_type)
            links, packets = found.get(name, ([], 0))
            found[name] = sorted({*links, interface.link_type}), packets + self.packets_of(index)
        return found


def encapsulation(link_type: int) -> str:
    """Return Wireshark's name of a link type, or its number where the name is not known here."""
    number = LINK_TYPES.get(link_type)
    return ENCAPSULATIONS[number] if number else f"link type {link_type}"


def summary_members(info: CaptureInfo, chosen: Chosen) -> dict[str, Json]:
    """Return what is chosen, with units in the names; what the file does not tell is None."""
    members: dict[str, Json] = {"file": info.name}
    for letter, told in _MEMBERS.items():
        if chosen(letter):
            members.update(told(info))
    damage = info.damage
    members["damage"] = None if damage is None else {"offset": damage.offset, "message": damage.message}
    return members


def _encapsulations(info: CaptureInfo) -> dict[str, Json]:
    each: list[Json] = [
        {"encapsulation": name, "link_types": links, "packets": packets}
        for name, (links, packets) in info.encapsulations().items()
    ]
    return {"encapsulations": each}


def _limits(info: CaptureInfo) -> dict[str, Json]:
    least, most = info.summary.cut or (None, None)
    return {
        "snap_length_bytes": info.snap_length or None,
        "inferred_snap_length_min_bytes": least,
        "inferred_snap_length_max_bytes": most,
    }


def _interfaces(info: CaptureInfo) -> dict[str, Json]:
    each: list[Json] = [
        {
            "section": interface.section,
            "number": interface.number,
            "name": interface.name,
            "description": interface.description,
            "link_type": interface.link_type,
            "encapsulation": encapsulation(interface.link_type),
            "hardware": interface.hardware,
            "system": interface.system,
            "capture_filter": interface.filter,
            "comments": interface.comments,
            "speed_bits_per_second": interface.speed,
            "snap_length_bytes": interface.snap_length or None,
            "fcs_length_bytes": interface.fcs_length,
            "time_digits": interface.time_digits,
            "time_ticks_per_second": interface.ticks,
            "time_offset_seconds": interface.time_offset,
            "statistics": info.told.statistics.get(index, 0),
            "packets": info.packets_of(index),
        }
        for index, interface in enumerate(info.interfaces)
    ]
    return {"interfaces": each}


def _sections(info: CaptureInfo) -> dict[str, Json]:
    """Tell of how many sections there are, and of those that tell by what they were made."""
    each: list[Json] = [
        {
            "section": section.number,
            "hardware": section.hardware,
            "system": section.system,
            "application": section.application,
        }
        for section in info.told.sections
        if section.hardware or section.system or section.application
    ]
    return {"time_digits": info.time_digits, "sections": info.sections, "captured_by": each}


def _comments(info: CaptureInfo) -> dict[str, Json]:
    each: list[Json] = [
        {"section": section.number, "comments": section.comments} for section in info.told.sections if section.comments
    ]
    return {"capture_comments": each}


def _names(info: CaptureInfo) -> dict[str, Json]:
    of_ipv4, of_ipv6 = info.told.names
    return {"resolved_ipv4_names": of_ipv4, "resolved_ipv6_names": of_ipv6}


def _rate(name: str, amount: Callable[[Summary], int]) -> Callable[[CaptureInfo], dict[str, Json]]:
    return lambda info: {name: info.summary.rate(amount(info.summary))}


def _time(name: str, time: Callable[[Summary], int | None]) -> Callable[[CaptureInfo], dict[str, Json]]:
    return lambda info: {name: time(info.summary) if info.summary.timed else None}


_MEMBERS: Mapping[str, Callable[[CaptureInfo], dict[str, Json]]] = {
    "t": lambda info: {"file_type": info.file_type, "compression": info.compression},
    "E": _encapsulations,
    "F": _sections,
    "l": _limits,
    "c": lambda info: {"packets": info.summary.packets},
    "s": lambda info: {"file_size_bytes": info.size},
    "d": lambda info: {"data_size_bytes": info.summary.octets},
    "u": _time("duration_ns", lambda summary: summary.duration),
    "a": _time("first_packet_time_ns", lambda summary: summary.first),
    "e": _time("last_packet_time_ns", lambda summary: summary.last),
    "y": _rate("data_rate_bytes_per_second", lambda summary: summary.octets),
    "i": _rate("data_rate_bits_per_second", lambda summary: summary.octets * 8),
    "z": lambda info: {"average_packet_size_bytes": info.summary.mean_octets},
    "x": _rate("average_packet_rate_per_second", lambda summary: summary.packets),
    "H": lambda info: dict(info.hashes),
    "o": lambda info: {"strict_time_order": info.summary.in_order},
    "k": _comments,
    "I": _interfaces,
    "n": _names,
    "D": lambda info: {"decryption_secrets": info.told.secrets},
}
