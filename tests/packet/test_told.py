"""What a capture tells beside the packet, shown as tshark shows it: interfaces, comments, flags, check sequences."""

import io
import json
import struct
import subprocess
from pathlib import Path

import pytest

import wireproof
from wireproof.capture import PacketOptions
from wireproof.output import FieldStyle, FieldWriter, JsonDocument, detail_lines
from wireproof.packet import Packet, Source, dissect

from ..capture.craft import enhanced, interface, obsolete, option, pcap_header, pcap_record, section, simple

ETHERNET = bytes.fromhex("0200000000020200000000010800")
CHECK = b"\xde\xad\xbe\xef"


def datagram(size: int) -> bytes:
    body = bytes(range(1, size + 1))
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + size, 1, 0, 64, 17, 0, b"\x0a\0\0\1", b"\x0a\0\0\2")
    return head + struct.pack(">HHHH", 1000, 2000, 8 + size, 0) + body


FRAME = ETHERNET + datagram(20)
EVERYTHING = (
    option(7, b"\1" + struct.pack("<q", 2))
    + option(1, "first ä".encode())
    + option(1, b"second")
    + option(2, struct.pack("<I", 0xFF00FE00 | 1 | 4 << 2))
    + option(4, struct.pack("<Q", 7))
    + option(5, struct.pack("<Q", 1 << 40))
    + option(6, struct.pack("<I", 3))
    + option(0)
)
VERDICTS = option(7, b"\2" + struct.pack("<q", -1)) + option(2, struct.pack("<I", 2))
TOLD = (
    section()
    + interface(options=option(2, b"eth0") + option(3, b"the first"))
    + interface(options=option(3, b"only described") + option(15, b"hardware"))
    + interface(options=option(15, b"hardware"))
    + interface()
    + enhanced(FRAME, options=EVERYTHING)
    + enhanced(FRAME, index=1, options=VERDICTS)
    + enhanced(FRAME, index=2)
    + enhanced(FRAME, index=3, options=option(2, struct.pack("<I", 1)) + option(2, struct.pack("<I", 2)) + option(1))
    + obsolete(FRAME, drops=5, options=option(1, b"old") + option(2, bytes(4)))
    + obsolete(FRAME, drops=0)
    + simple(FRAME)
)
NAMES = (
    *("frame.comment", "frame.comment.expert", "pkt_comment", "_ws.expert.message", "_ws.expert.severity"),
    *("frame.packet_flags", "frame.packet_flags_direction", "frame.packet_flags_crc_error", "frame.p2p_dir"),
    *("frame.packet_flags_reception_type", "frame.packet_flags_reserved", "frame.packet_flags_fcs_length"),
    *("frame.drop_count", "frame.packet_id", "frame.interface_queue", "frame.protocols", "frame.verdict.ebpf_xdp"),
    *("frame.interface_name", "frame.interface_description", "frame.verdict", "frame.verdict.ebpf_tc"),
)


def asked(path: Path, *arguments: str) -> str:
    command = ["tshark", "-n", "-r", str(path), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def told(tmp_path: Path) -> Path:
    path = tmp_path / "told.pcapng"
    path.write_bytes(TOLD)
    return path


def packets(data: bytes) -> list[Packet]:
    with wireproof.open_capture(io.BytesIO(data)) as capture:
        return list(capture)


def beginnings(lines: list[str]) -> list[str]:
    """The lines of the frame and of what stands in front of it, of each packet."""
    kept, is_kept = [], False
    for line in lines:
        if not line.startswith(" "):
            is_kept = line.startswith(("Frame", "Packet comments"))
        if is_kept:
            kept.append(line)
    return kept


@pytest.mark.usefixtures("tshark")
def test_the_tree(told: Path) -> None:
    ours = [line for packet in packets(TOLD) for line in detail_lines(packet)]
    assert beginnings(ours) == beginnings(asked(told, "-V").splitlines())


@pytest.mark.usefixtures("tshark")
def test_json(told: Path) -> None:
    theirs = json.loads(asked(told, "-T", "json", "-J", "frame pkt_comment"), object_pairs_hook=list)
    document = JsonDocument()
    ours = json.loads("".join(map(document.packet, packets(TOLD))) + document.closing(), object_pairs_hook=list)

    def told_in(packet: list[tuple[str, object]]) -> list[object]:
        layers = dict(dict(packet)["_source"])["layers"]  # type: ignore[call-overload]
        return [(key, value) for key, value in layers if key in ("frame", "pkt_comment")]

    assert list(map(told_in, ours)) == list(map(told_in, theirs))


@pytest.mark.usefixtures("tshark")
def test_fields(told: Path) -> None:
    writer = FieldWriter(NAMES, FieldStyle())
    ours = [writer.line(packet) for packet in packets(TOLD)]
    assert ours == asked(told, "-T", "fields", *(part for name in NAMES for part in ("-e", name))).splitlines()


def test_a_comment_is_the_packets_first_expert_information() -> None:
    packet = dissect(FRAME[:20], Source(comments=("one", "two")))
    assert packet["frame.comment"] == ("one", "two")
    assert packet["_ws.expert.message"][:3] == ("one", "two", "IPv4 total length exceeds packet length (6 bytes)")
    assert packet.layers[0].protocol.name == "frame"


def test_octets_of_a_verdict_by_hardware() -> None:
    packet = dissect(
        FRAME, Source(interface=0, interface_name="eth0", section=1, options=PacketOptions(verdicts=((0, b"abc"),)))
    )
    assert packet["frame.verdict.hw"] == (b"abc",)
    assert "        Hardware: 61 62 63" in list(detail_lines(packet))


TRAILED = {
    "nothing but the check sequence": ETHERNET + datagram(20) + CHECK,
    "less than the check sequence": ETHERNET + datagram(20),
    "padding": ETHERNET + datagram(2) + bytes(16) + CHECK,
    "a trailer": ETHERNET + datagram(100) + b"a trailer of some octets" + CHECK,
    "in a tag": ETHERNET[:12] + b"\x81\0\0\5\x08\0" + datagram(90) + b"TR" + CHECK,
    "ARP": ETHERNET[:12]
    + bytes.fromhex("080600010800060400010200000000010a0000010000000000000a000002")
    + bytes(18)
    + CHECK,
    "a length past the end": ETHERNET[:12] + b"\0\x30\x42\x42\x03" + bytes(43) + CHECK,
    "an unknown type": ETHERNET[:12] + b"\x88\xb5" + bytes(60) + CHECK,
}
CUT = ("a trailer", 2), ("a trailer", 4), ("a trailer", 7), ("a trailer", 40), ("in a tag", 1)
TRAILERS = ("ip.len", "udp.length", "eth.padding", "eth.trailer", "vlan.trailer", "eth.fcs", "eth.len.past_end")


@pytest.mark.usefixtures("tshark")
@pytest.mark.parametrize("length", [None, 0, 2, 4, 6])
def test_trailers(tmp_path: Path, length: int | None) -> None:
    word = 1 if length is None else 1 | 1 << 26 | length // 2 << 28
    data = pcap_header(link_type=word) + b"".join(map(pcap_record, TRAILED.values()))
    for name, less in CUT:
        data += pcap_record(TRAILED[name][:-less], wire=len(TRAILED[name]))
    path = tmp_path / "trailed.pcap"
    path.write_bytes(data)
    writer = FieldWriter(TRAILERS, FieldStyle())
    ours = [writer.line(packet) for packet in packets(data)]
    theirs = asked(path, "-T", "fields", *(part for name in TRAILERS for part in ("-e", name)))
    assert ours == theirs.splitlines()


@pytest.mark.parametrize(
    ("frame", "length", "padding", "trailer", "check"),
    [
        # tshark takes all for padding and then finds no check sequence, which it calls malformed.
        (ETHERNET + datagram(2) + bytes(16), 4, None, bytes(12), 0),
        # tshark counts padding from the end of the whole frame, and so ends it four octets too early.
        (ETHERNET[:12] + b"\x81\0\0\5\x08\0" + datagram(2) + bytes(12) + CHECK, 4, bytes(12), None, 0xDEADBEEF),
        # tshark takes the check sequence off no payload that is shorter, and shows none.
        (ETHERNET + b"\x45\0", 4, None, None, None),
    ],
)
def test_trailers_that_tshark_sees_otherwise(
    frame: bytes, length: int, padding: bytes | None, trailer: bytes | None, check: int | None
) -> None:
    packet = dissect(frame, Source(fcs_length=length))
    assert packet["eth.padding"] == (() if padding is None else (padding,))
    assert packet["eth.trailer"] == (() if trailer is None else (trailer,))
    assert packet["eth.fcs"] == (() if check is None else (check,))
