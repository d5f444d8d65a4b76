"""Names for MAC addresses: well-known ones, and those of vendors where a table of them is installed.

That is netaddr's copy of the IEEE's registry (the extra ``vendors``), or the file that Wireshark, tshark and others
bring along, ``manuf``, with further well-known addresses beside it, ``wka``. All takes a while to load, and is not
touched before a name is asked for.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from wireproof.dissectors.numbers.mac_addresses import WELL_KNOWN
from wireproof.packet.tree import Packet, Value

PLACES = ("/usr/share/wireshark/manuf", "/usr/local/share/wireshark/manuf", "/etc/manuf", "/usr/share/nmap/manuf")
OUI_OCTETS = 3
ADDRESS_BITS = 48
SHORT = 8  # letters of a vendor's name that stand before an address
_ENTRY = re.compile(r"([0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){2,5})(?:/(\d{2}))?\s+(\S+)(?:\s+(.*\S))?\s*$")


class Vendor(NamedTuple):
    """An organisation, in short and in full."""

    short: str
    name: str


class Vendors(NamedTuple):
    """Organisations by what their addresses begin with: the number that it is, by how many bits it has."""

    prefixes: Mapping[int, Mapping[int, Vendor]]

    def find(self, address: bytes) -> tuple[Vendor, int] | None:
        """Return the organisation of an address, and how many bits of the address are its; the longest prefix wins."""
        number = int.from_bytes(address, "big")
        for bits in sorted(self.prefixes, reverse=True):
            vendor = self.prefixes[bits].get(number >> 48 - bits)
            if vendor is not None:
                return vendor, bits
        return None


def resolve(address: bytes) -> str:
    """Return the name of an address of six octets, or itself as text."""
    for size in (6, 5, 3, 2):
        name = WELL_KNOWN.get(address[:size])
        if name is not None:
            return name if size == len(address) else f"{name}_{_rest(address, size * 8)}"
    group = groups().find(address)
    if group is not None:
        return group[0].short if group[1] == 48 else f"{group[0].short}_{_rest(address, group[1])}"
    found = vendors().find(address)
    if found is None:
        return address.hex(":")
    vendor, bits = found
    return f"{vendor.short}_{address[OUI_OCTETS:].hex(':') if bits == OUI_OCTETS * 8 else _rest(address, bits)}"


@cache
def organization(oui: int) -> str | None:
    """Return the name of the organisation that an OUI was given to, None where nobody knows."""
    registry = _registry()
    if registry is not None:
        vendor = registry.prefixes[OUI_OCTETS * 8].get(oui)
        return None if vendor is None else vendor.name
    # One is found in the file sooner than the file is taken apart.
    table, key = _table(), oui.to_bytes(OUI_OCTETS, "big").hex(":").upper().encode()
    start = table.find(b"\n%s\t" % key)
    line = table[start + 1 : table.find(b"\n", start + 1)] if start >= 0 else b""
    found = _ENTRY.match(line.partition(b"#")[0].decode("utf-8", "replace"))
    return None if found is None else found[4] or found[3]


@cache
def _table() -> bytes:
    """Return the file of organisations as it is, nothing where there is none."""
    place = _first(PLACES)
    if place is None:
        return b""
    with open(place, "rb") as file:
        return b"\n" + file.read() + b"\n"


def _rest(address: bytes, bits: int) -> str:
    """Return the part of an address behind so many bits, without the octets of zeros that it begins with."""
    number = int.from_bytes(address, "big") & (1 << 48 - bits) - 1
    return number.to_bytes(max(1, (number.bit_length() + 7) // 8), "big").hex(":")


@cache
def vendors() -> Vendors:
    """Return the organisations that are known on this machine; none where there is no table."""
    return _registry() or _read_first(PLACES)


@cache
def groups() -> Vendors:
    """Return further well-known addresses that are known on this machine."""
    return _read_first([os.path.join(os.path.dirname(place), "wka") for place in PLACES])


def _first(places: Sequence[str]) -> str | None:
    return next((place for place in places if os.path.isfile(place)), None)


def _read_first(places: Sequence[str]) -> Vendors:
    place = _first(places)
    return Vendors({}) if place is None else read_vendors(place)


def read_vendors(path: str) -> Vendors:
    """Read a file of Wireshark's form: prefix, short name, name, in columns. What is no entry is passed over."""
    prefixes: dict[int, dict[int, Vendor]] = {}
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            found = _ENTRY.match(line.partition("#")[0])
            if found is None:
                continue
            octets = bytes.fromhex(re.sub("[:-]", "", found[1]))
            bits = int(found[2] or len(octets) * 8)
            if bits <= 48:
                number = int.from_bytes(octets.ljust(6, b"\0"), "big") >> 48 - bits
                prefixes.setdefault(bits, {})[number] = Vendor(found[3], found[4] or found[3])
    return Vendors(prefixes)


@cache
def _registry() -> Vendors | None:
    """Return netaddr's copy of the registry, None where it is not installed."""
    try:
        from netaddr.eui import ieee  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return None
    found: dict[int, Vendor] = {}
    with open(ieee.OUI_REGISTRY_PATH, "rb") as file:
        for number, places in ieee.OUI_INDEX.items():
            offset, size = places[0]
            file.seek(offset)
            heading = file.read(size).decode("utf-8", "replace").partition("(hex)")[2]
            name = heading.partition("\n")[0].strip()
            if name:
                found[int(number)] = Vendor(re.sub(r"\W", "", name)[:SHORT], name)
    return Vendors({OUI_OCTETS * 8: found})


def add_names(packet: Packet) -> None:
    """Resolve the addresses of a packet: the fields that hold their names, and those of the organisations."""
    for layer in packet.layers:
        if layer.protocol.name == "eth":
            layer.values[:] = [
                value._replace(value=resolve(packet.buffer[value.octets]))
                if value.info.name.endswith("_resolved")
                else value
                for value in layer.values
            ]
    add_organizations(packet)
    packet.resolve = resolve


def add_organizations(packet: Packet) -> None:
    """Add the organisations that addresses are of."""
    for layer in packet.layers:
        if layer.protocol.name != "eth":
            continue
        values: list[Value] = []
        for value in layer.values:
            values.append(value)
            vendor = organization(value.value) if value.info.name.endswith(".oui") else None
            if vendor is not None:
                info = packet.catalogue.fields[f"{value.info.name}_resolved"]
                values.append(Value(info, vendor, value.start, ADDRESS_BITS))
        layer.values[:] = values
    packet.organization = organization
