"""Capture filters that say what display filters say: libpcap takes them, and they let the same frames pass."""

import json
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from tests.oracle.filters import FILTERS
from tests.oracle.ours import packets
from wireproof.dissectors.schema import catalogue
from wireproof.grammar import FilterError, TypedFilter, compile_filter
from wireproof.grammar.capture_filter import NoCaptureFilterError, capture_filter
from wireproof.packet import Packet

ANSWERS = Path(__file__).parents[1] / "oracle" / "language.jsonl"
NOTHING_PASSES = "expression rejects all packets"


@pytest.fixture(scope="session")
def tcpdump() -> str:
    path = shutil.which("tcpdump")
    if path is None:
        pytest.skip("tcpdump is not installed")
    return path


def translated() -> dict[str, TypedFilter]:
    """Display filters by the capture filters that they are."""
    texts = [*FILTERS, *(json.loads(line)["filter"] for line in ANSWERS.read_text(encoding="utf-8").splitlines())]
    found: dict[str, TypedFilter] = {}
    for text in texts:
        try:
            chosen = compile_filter(text, catalogue())
            found.setdefault(capture_filter(chosen.tree), chosen)
        except (FilterError, NoCaptureFilterError):
            continue
    return found


def is_plain(packet: Packet) -> bool:
    """Whether every header is there once, and none is a tag, or ARP of no MAC addresses: what a capture filter sees."""
    names = [layer.protocol.name for layer in packet.layers]
    return len(set(names)) == len(names) and "vlan" not in names and all(size == 6 for size in packet["arp.hw.size"])


@pytest.mark.parametrize("capture", ["lan.pcapng", "arp_forms.pcap"])
def test_the_same_frames_pass(tcpdump: str, checkout: Path, tmp_path: Path, capture: str) -> None:
    from wireproof.capture import PcapWriter, open_reader

    source, plain = checkout / "examples" / capture, tmp_path / "plain.pcap"
    seen = [packet for packet in packets(source) if is_plain(packet)]
    numbers = {packet.number for packet in seen}
    with plain.open("wb") as file, open_reader(source) as reader:
        writer = PcapWriter(file, 1)
        for record in reader:
            if record.number in numbers:
                writer.write(record)
    filters = translated()
    assert len(filters) > 100
    for text, chosen in filters.items():
        done = subprocess.run([tcpdump, "-n", "-r", str(plain), "-w", "-", text], capture_output=True)
        want = sum(chosen.matches(packet) for packet in seen)
        if done.returncode:
            assert NOTHING_PASSES in done.stderr.decode(), text
            assert want == 0, text
        else:
            assert counted(done.stdout) == want, f"{chosen.text}: {text}"


def counted(octets: bytes) -> int:
    """The number of records in a pcap file."""
    position, count = 24, 0
    while position < len(octets):
        position += 16 + struct.unpack_from("<I", octets, position + 8)[0]
        count += 1
    return count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("tcp", "ip and tcp"),
        ("ip.src == 10.0.0.0/8", "ip src net 10.0.0.0/8"),
        ("ip.addr == 10.1.2.3", "ip src host 10.1.2.3 or ip dst host 10.1.2.3"),
        ("ip.addr != 10.1.2.3", "ip and (not ip src host 10.1.2.3 and not ip dst host 10.1.2.3)"),
        ("eth.dst == ff:ff:ff:ff:ff:ff", "ether dst ff:ff:ff:ff:ff:ff"),
        ("tcp.port == 80", "ip and tcp and (tcp[0:2] = 80 or tcp[2:2] = 80)"),
        ("tcp.flags.syn == 1 and not icmp", "(ip and tcp and (tcp[13] >> 1) & 1 = 1) and (not (icmp))"),
        ("tcp.flags & 2", "ip and tcp and (tcp[12:2] & 0xfff) & 2 != 0"),
        ("frame[12:2] == 08:06", "ether[12:2] = 0x0806"),
        ("arp.opcode == 1", "(arp and arp[6:2] = 1) or (rarp and rarp[6:2] = 1)"),
        ("frame.len > 100", "len > 100"),
    ],
)
def test_form(text: str, expected: str, tcpdump: str) -> None:
    found = capture_filter(compile_filter(text, catalogue()).tree)
    assert found == expected
    subprocess.run([tcpdump, "-d", "-y", "EN10MB", found], check=True, capture_output=True)


@pytest.mark.parametrize(
    "text",
    ['tcp contains "x"', 'frame matches "x"', "ip.src == ip.dst", "ip.ttl#2 == 1", "tcp.stream == 1", "len(tcp) > 20",
     "frame.number == 1", "ip.src > 10.0.0.1", "frame[0:3] == 02:00:00", "all tcp.port in {80}", "@ip.ttl == 40"],
)  # fmt: skip
def test_what_has_none_says_why(text: str) -> None:
    with pytest.raises(NoCaptureFilterError, match=r"\w"):
        capture_filter(compile_filter(text, catalogue()).tree)
