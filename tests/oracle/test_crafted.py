"""Every field of headers and options that the recorded captures lack, with the local tshark."""

import re
import struct
from pathlib import Path

import pytest

from wireproof.dissectors.schema import Kind, Rule, catalogue
from wireproof.dissectors.schema.walk import fields_of
from wireproof.engine import compile_query
from wireproof.grammar import compile_filter

from . import crafted, crafted_icmp, ours
from .local import Tshark, side_by_side
from .odd import Odd

RAW = 101
# What takes more than one frame, and what tshark does not have.
OTHERS = re.compile(
    r"ip\.options|ip\.outside|ip\.dst\.directed_broadcast|ip\.(src|dst)\.(class|scope)|tcp\.options\.mptcp|udp\.(stream|time.*)|_ws\.expert.*|"
    r"tcp\.(analysis.*|stream|seq|ack|nxtseq|window_size|window_size_scalefactor|completeness|time_.*|flags\.ace|segment.*)"
)
PROTOCOLS = ("ip", "tcp", "udp", "icmp", "data", "mptcp", "_ws")
IDLE = {info.name for protocol in catalogue().protocols.values() for info in protocol.idle}
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
        and name not in IDLE
        and not OTHERS.fullmatch(name)
    ),
]
FRAMES = {
    "options of IPv4": crafted.options_of_ip,
    "options of TCP": crafted.options_of_tcp,
    "options of Multipath TCP": crafted.options_of_multipath,
    "headers": crafted.headers,
    "messages of ICMP": crafted.messages,
    "extensions of ICMP": crafted_icmp.extensions,
    "interfaces in ICMP": crafted_icmp.interfaces,
    "agents in ICMP": crafted_icmp.agents,
    "times in pings": crafted_icmp.pings,
}
# Multipath TCP is a protocol of its own there, and part of TCP here.
APART = {"options of Multipath TCP": {"frame.protocols", "_ws.malformed", "_ws.short"}}
# Of a version other than 4 tshark makes another dissector's packet, and it fails on every SNACK; of interfaces and
# agents it reads less than RFC 5837 and RFC 5944 have (tests/dissectors/test_icmp_extensions.py).
ELSEWHERE = {
    "ip.bogus_ip_version",
    "tcp.options.snack.offset",
    "tcp.options.snack.size",
    "icmp.int_info.ipunknown",
    "icmp.mip.content",
}
CUT = ("options of IPv4", "options of TCP", "options of Multipath TCP", "times in pings")


ADDRESSES = [f"ip.{side}.{what}" for side in ("src", "dst") for what in ("class", "scope")]
LINK_LAYERS = ("eth", "vlan", "ieee8021ad", "ieee8021ah", "llc", "arp", "atmarp", "ip")


def write(path: Path, frames: list[tuple[bytes, int]], link: int = 1) -> Path:
    """Write a capture of frames, each with its length on the wire."""
    records = b"".join(struct.pack("<IIII", 0, 0, len(data), size) + data for data, size in frames)
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link) + records)
    return path


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


def test_link_layers_agree(local: Tshark, tmp_path: Path) -> None:
    """Every field of Ethernet, tags, LLC and ARP, and what is said of them."""
    own = ours_alone()
    names = [
        *("frame.protocols", "_ws.expert.message", "_ws.expert.severity", "_ws.expert.group", "_ws.malformed"),
        *(
            name
            for name, info in catalogue().fields.items()
            if name.split(".")[0] in LINK_LAYERS and not info.across and name not in IDLE | own
        ),
    ]
    frames = crafted.link_layers()
    path = write(tmp_path / "frames.pcap", [(data, len(data)) for data in frames])
    theirs, mine = local.fields(path, names), [ours.texts(packet) for packet in ours.packets(path)]
    assert len(theirs) == len(mine) == len(frames)
    wrong = [
        f"frame {number}, {frames[number - 1].hex()}: {name}: tshark {want.get(name)}, ours {got.get(name)}"
        for number, (want, got) in enumerate(zip(theirs, mine, strict=True), 1)
        for name in names
        if want.get(name, []) != got.get(name, [])
    ]
    assert not wrong, "\n".join(wrong)


def ours_alone() -> set[str]:
    """Names of link layers that tshark does not have."""
    rules = (
        found.field.field.name
        for protocol in catalogue().protocols.values()
        for found in fields_of(protocol)
        if isinstance(found.field, Rule) and found.field.own
    )
    return {"arp.kind", "arp.src.dlci", "arp.dst.dlci", "eth.dst.cast", "ip.options", *rules, *ADDRESSES}


def test_the_frames_have_every_field_of_a_header_or_an_option(tmp_path: Path) -> None:
    """Or a field could be declared, and never compared."""
    seen: set[str] = set()
    for make in FRAMES.values():
        for packet in ours.packets(written(tmp_path / "frames.pcap", make(), cut=False)):
            seen |= ours.texts(packet).keys()
    missing = {name for name in NAMES if name.split(".")[0] in ("ip", "tcp", "udp", "icmp", "mptcp")} - seen - IDLE
    assert missing <= ELSEWHERE, missing


# Texts that are raw there and escaped here; what is told twice there, or takes more than one frame or a table of names.
ODD = re.compile(
    r"tcp\.reset_cause|arp\.(src|dst)\.atm_num_e164|icmp\.ext\.ctype|icmp\.int_(ident|info)\..*|"
    r"(eth\.(dst|src|addr)(\.oui)?_resolved)|_ws\.(expert|string).*|frame\.(time.*|protocols|unknown_link_type)|ip\.(fragment|reassembled).*|"
    r"tcp\.options\.mptcp.*"
)


@pytest.mark.parametrize("seed", range(2))
def test_frames_that_nobody_sends(local: Tshark, tmp_path: Path, seed: int) -> None:
    """Every field of one frame, on frames of every protocol with odd lengths, orders and ends."""
    frames = Odd(seed).frames(500)
    names = [
        name
        for name, info in catalogue().fields.items()
        if name.split(".")[0] in (*PROTOCOLS, *LINK_LAYERS, "frame")
        and info.type.kind is not Kind.PROTOCOL
        and not info.across
        and name not in IDLE | ours_alone()
        and not OTHERS.fullmatch(name)
        and not ODD.fullmatch(name)
    ]
    path = write(tmp_path / "frames.pcap", frames)
    packets = ours.packets(path)
    theirs, mine = local.fields(path, names), [ours.texts(packet) for packet in packets]
    wrong, values = [], 0
    for number, (frame, want, got) in enumerate(zip(frames, theirs, mine, strict=True), 1):
        for name in names:
            values += len(want.get(name, []))
            if want.get(name, []) != got.get(name, []) and want.get(name) != ["<MISSING>"]:
                where = f"frame {number}, {frame.data.hex()} of {frame.length}"
                wrong.append(f"{where}: {name}: tshark {want.get(name)}, ours {got.get(name)}")
    assert len(wrong) <= values * DIFFERENT, "\n".join(wrong)
    unverified = ours.packets(path, ours.DEFAULT)
    for text in ENGINES:
        chosen = compile_filter(text, catalogue())
        wanted = [packet.number for packet in unverified if chosen.matches(packet)]
        assert [record.number for record in compile_query(chosen).match_records(path)] == wanted, text


DIFFERENT = 0.005
"""The share of values that may differ on frames that nobody looked at one by one."""

ENGINES = (
    "_ws.short",
    "_ws.malformed",
    "_ws.unreassembled",
    "count(_ws.expert.message) > 2",
    "eth.trailer or eth.padding or vlan.trailer",
    "arp.isprobe or arp.isannouncement",
    "arp.src.proto_ipv4",
    "arp.dst.hw",
    "ip.nop or tcp.nop",
    "ip.opt.type == 134",
    "tcp.len",
    "tcp.option.len.invalid",
    "tcp.payload",
    "udp.length.bad",
    "icmp.checksum.status == 2",
    "udp.checksum.status == 2",
    "tcp.checksum.status == 2",
    'frame.protocols contains "icmp:ip:"',
    "data.len > 5",
)
"""Filters whose frames both engines have to agree on."""

LENGTHS = ("ip", "vlan", "ieee8021ad", "llc", "arp")
SLICES = ("[3] >= 0", "[19] >= 0", "[20] >= 0", "[-1] >= 0", "[-20:] contains 00", "[0:] contains 00", "[2:2]")


def lying() -> tuple[list[bytes], list[int]]:
    """Frames whose headers are cut, or lie about their length; and the length of each on the wire."""
    begin = bytes(12)
    datagram = crafted.udp(b"abcdefgh")
    packets = [b"\x08\0" + bytes([first]) + datagram[1:] for first in (0x40, 0x44, 0x46, 0x4F, 0x55, 0x65)]
    packets += [b"\x08\0" + first + struct.pack(">H", 10) + datagram[4:] for first in (b"\x45\0", b"\x46\0")]
    packets += [bytes.fromhex("81000005") + packets[2], bytes.fromhex("88a8000588a800070800") + datagram]
    packets += [bytes.fromhex("0040aaaa03000000") + packets[0], bytes.fromhex("004042420100") + bytes(20)]
    packets += [bytes.fromhex("08060001080006040001") + bytes(20)]
    frames, sizes = [begin + packet for packet in packets], [12 + len(packet) for packet in packets]
    for packet in (b"\x08\0\x47" + datagram[1:], *packets[-6:]):
        for size in range(2, min(len(packet), 40)):
            frames.append(begin + packet[:size])
            sizes.append(12 + (len(packet) if size % 3 == 0 else size))
    return frames, sizes


def test_the_octets_of_headers_that_lie_about_their_length(local: Tshark, tmp_path: Path) -> None:
    """``len(ip)`` is what the header says, ``ip[...]`` what there is of it; in both engines."""
    frames, sizes = lying()
    path = write(tmp_path / "frames.pcap", list(zip(frames, sizes, strict=True)))
    filters = [f"len({name}) > {size}" for name in LENGTHS for size in (3, 7, 19, 24)]
    filters += [f"{name}{part}" for name in LENGTHS for part in SLICES]
    answers = side_by_side(lambda text: local.frames(path, text), filters)
    packets = ours.packets(path)
    for text, theirs in zip(filters, answers, strict=True):
        chosen = compile_filter(text, catalogue())
        assert [packet.number for packet in packets if chosen.matches(packet)] == theirs, text
        assert [record.number for record in compile_query(chosen).match_records(path)] == theirs, text


def versions() -> dict[int, list[bytes]]:
    """Packets of a version that there is none of, by the link type that they are found under."""
    packet = crafted.udp(b"x" * 20)
    odd = b"\x55" + packet[1:]
    logical = b"\x06\x06\x03" + odd
    by_type = [b"\x08\0" + odd, b"\x81\0\0\5\x08\0" + odd]
    by_type.append((len(odd) + 8).to_bytes(2, "big") + b"\xaa\xaa\3\0\0\0\x08\0" + odd)
    within = [b"\x08\0" + crafted.ip(odd, 4), b"\x08\0" + crafted.ip(b"\3\1\xfc\xfe\0\0\0\0" + odd, 1)]
    frames = [*by_type, *within, len(logical).to_bytes(2, "big") + logical]
    cooked = b"\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\0" + odd
    relayed = [b"\x18\x41\x03\xcc" + odd, b"\x18\x41\x08\0" + odd]
    return {
        1: [bytes(12) + frame for frame in frames],
        0: [b"\2\0\0\0" + odd],
        228: [odd],
        107: relayed,
        113: [cooked],
    }


@pytest.mark.parametrize("link", versions())
def test_what_is_said_of_a_version_depends_on_where_the_packet_was_found(
    local: Tshark, tmp_path: Path, link: int
) -> None:
    frames = versions()[link]
    path = write(tmp_path / "frames.pcap", [(data, len(data)) for data in frames], link)
    names = ["frame.protocols", "ip.version", "ip.hdr_len", "_ws.expert.message"]
    packets = ours.packets(path)
    told = [ours.texts(packet) for packet in packets]
    wanted = local.fields(path, names)
    assert [{name: got[name] for name in names if name in got} for got in told] == wanted
    for message in ("Bogus IP version", "Bogus IPv4 version"):
        text = f'_ws.expert.message == "{message}"'
        theirs = local.frames(path, text)
        chosen = compile_filter(text, catalogue())
        assert [packet.number for packet in packets if chosen.matches(packet)] == theirs
        assert [record.number for record in compile_query(chosen).match_records(path)] == theirs


def test_the_code_of_a_drarp_error_stays_where_the_capture_cut_the_rest(local: Tshark, tmp_path: Path) -> None:
    whole = bytes(12) + bytes.fromhex("8035 0001080006040007 020000000001 c0000201 020000000001 03000000")
    frames = [(whole[: len(whole) - cut], size) for cut in range(6) for size in (len(whole) - cut, len(whole))]
    path = write(tmp_path / "frames.pcap", frames)
    names = ["arp.dst.hw_mac", "arp.dst.drarp_error_status", "_ws.short", "_ws.malformed"]
    packets = ours.packets(path)
    told = [{name: got[name] for name in names if name in got} for got in map(ours.texts, packets)]
    assert told == local.fields(path, names)
    for text in ("arp.dst.drarp_error_status == 3", "_ws.short", "arp.dst.hw_mac"):
        chosen, theirs = compile_filter(text, catalogue()), local.frames(path, text)
        assert [packet.number for packet in packets if chosen.matches(packet)] == theirs, text
        assert [record.number for record in compile_query(chosen).match_records(path)] == theirs, text
