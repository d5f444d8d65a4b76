"""Every field of headers and options that the recorded captures lack, with the local tshark."""

import re
import struct
from pathlib import Path

import pytest

from wireproof.dissectors.schema import Kind, catalogue

from . import crafted, ours
from .local import Tshark

RAW = 101
# What takes more than one frame, and what tshark does not have.
OTHERS = re.compile(
    r"ip\.options|ip\.outside|ip\.dst\.directed_broadcast|tcp\.options\.mptcp|udp\.(stream|time.*)|_ws\.expert.*|"
    r"tcp\.(stream|seq|ack|nxtseq|window_size|window_size_scalefactor|completeness|time_.*|flags\.ace|segment.*)"
)
PROTOCOLS = ("ip", "tcp", "udp", "icmp", "data", "mptcp", "_ws")
NAMES = [
    "frame.protocols",
    "_ws.malformed",
    "_ws.short",
    *(
        name
        for name, info in catalogue().fields.items()
        if name.split(".")[0] in PROTOCOLS
        and info.type.kind is not Kind.PROTOCOL
        and not info.across
        and not OTHERS.fullmatch(name)
    ),
]
FRAMES = {
    "options of IPv4": crafted.options_of_ip,
    "options of TCP": crafted.options_of_tcp,
    "options of Multipath TCP": crafted.options_of_multipath,
    "headers": crafted.headers,
    "messages of ICMP": crafted.messages,
}
# Multipath TCP is a protocol of its own there, and part of TCP here.
APART = {"options of Multipath TCP": {"frame.protocols", "_ws.malformed", "_ws.short"}}
# Of a version other than 4 tshark makes another dissector's packet, and it fails on every SNACK; extensions of ICMP are
# not read yet.
IDLE = {info.name for protocol in catalogue().protocols.values() for info in protocol.idle}
ELSEWHERE = {
    "ip.bogus_ip_version",
    "tcp.options.snack.offset",
    "tcp.options.snack.size",
    "icmp.ext.echo.req.local",
    "icmp.ext.echo.req.res",
}
CUT = ("options of IPv4", "options of TCP", "options of Multipath TCP")


def written(path: Path, frames: list[bytes], *, cut: bool) -> Path:
    """Write a capture of packets without a link layer; with `cut`, the last octets of each are missing in it."""
    records = b""
    for index, frame in enumerate(frames):
        data = frame[: max(len(frame) - 1 - index % 23, 20)] if cut else frame
        records += struct.pack("<IIII", index, 0, len(data), len(frame)) + data
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, RAW) + records)
    return path


@pytest.fixture(scope="module")
def local(tshark: str, tmp_path_factory: pytest.TempPathFactory) -> Tshark:
    """The local tshark, with all that is read here."""
    return Tshark(tshark, tmp_path_factory.mktemp("profile"), "mptcp")


@pytest.mark.parametrize(("what", "cut"), [*((what, False) for what in FRAMES), *((what, True) for what in CUT)])
def test_fields_agree(local: Tshark, tmp_path: Path, what: str, cut: bool) -> None:
    path = written(tmp_path / "frames.pcap", FRAMES[what](), cut=cut)
    theirs, mine = local.fields(path, NAMES), [ours.texts(packet) for packet in ours.packets(path)]
    assert len(theirs) == len(mine)
    wrong = []
    for number, (want, got) in enumerate(zip(theirs, mine, strict=True), 1):
        for name in NAMES:
            if name in APART.get(what, ()):
                continue
            if want.get(name, []) != got.get(name, []) and want.get(name) != ["<MISSING>"]:  # no octets are no value
                wrong.append(f"frame {number}: {name}: tshark {want.get(name)}, ours {got.get(name)}")
    assert not wrong, "\n".join(wrong)


def test_the_frames_have_every_field_of_a_header_or_an_option(tmp_path: Path) -> None:
    """Or a field could be declared, and never compared."""
    seen: set[str] = set()
    for make in FRAMES.values():
        for packet in ours.packets(written(tmp_path / "frames.pcap", make(), cut=False)):
            seen |= ours.texts(packet).keys()
    missing = {name for name in NAMES if name.split(".")[0] in ("ip", "tcp", "udp", "icmp", "mptcp")} - seen - IDLE
    assert missing <= ELSEWHERE, missing
