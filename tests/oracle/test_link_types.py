"""Frames of other link types, field by field and column by column, with the local tshark."""

import struct
from pathlib import Path

import pytest

from wireproof.dissectors.schema import Kind, Rule, catalogue
from wireproof.dissectors.schema.walk import fields_of
from wireproof.output.columns import columns
from wireproof.output.values import format_value

from ..engine.links import FRAMES
from . import ours
from .local import Tshark

NAMES = [
    "frame.encap_type",
    "frame.protocols",
    "_ws.expert.message",
    *(
        name
        for name, info in catalogue().fields.items()
        if name.split(".")[0] in ("null", "sll", "fr", "fpp", "arp", "eth", "vlan", "ip", "data")
        and info.type.kind is not Kind.PROTOCOL
        and not info.across
    ),
]
COLUMNS = {"Source": "source", "Destination": "destination", "Protocol": "protocol", "Info": "info"}
NOT_TSHARKS = {
    *("arp.src.dlci", "arp.dst.dlci", "arp.kind", "eth.dst.cast", "ip.options"),
    *(f"ip.{end}.{what}" for end in ("src", "dst") for what in ("class", "scope")),
    *(
        found.field.field.name
        for protocol in catalogue().protocols.values()
        for found in fields_of(protocol)
        if isinstance(found.field, Rule) and found.field.own
    ),
}
# tshark reads the packet type of version 2 together with the octet behind it.
UNREADABLE_INFO = {276: "Unknown ("}


@pytest.mark.parametrize("link", FRAMES)
def test_link_type(local: Tshark, tmp_path: Path, link: int) -> None:
    path = tmp_path / "frames.pcap"
    records = [
        struct.pack("<IIII", index, 0, len(frame), len(frame)) + frame for index, frame in enumerate(FRAMES[link])
    ]
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link) + b"".join(records))
    asked = [name for name in NAMES if name not in NOT_TSHARKS]
    theirs = local.fields(path, [*asked, *(f"_ws.col.{name}" for name in COLUMNS)])
    mine = list(ours.packets(path))
    assert len(theirs) == len(mine) == len(FRAMES[link])
    for row, packet in zip(theirs, mine, strict=True):
        got = {name: [format_value(value) for value, _ in packet.values(name)] for name in asked}
        want = {name: row.get(name, []) for name in asked}
        line = columns(packet)
        for name, attribute in COLUMNS.items():
            want[name], got[name] = row.get(f"_ws.col.{name}", [""]), [getattr(line, attribute)]
        if want["Info"][0].startswith(UNREADABLE_INFO.get(link, "\0")):
            del want["Info"], got["Info"]
        differences = {name: (want[name], got[name]) for name in want if want[name] != got[name]}
        assert not differences, f"{link}, frame {packet.number}"
