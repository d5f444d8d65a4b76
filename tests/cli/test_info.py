"""``wireproof info``: what it tells, of one file and of several, and the same as capinfos."""

import gzip
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from wireproof.cli.info import HASHES, LETTERS
from wireproof.output.summary_text import size_text

from .conftest import FRAMES, Result, Write

Run = Callable[..., Result]
Spawn = Callable[..., subprocess.CompletedProcess[bytes]]

TEXT = """\
File name:           {path}
File type:           Wireshark/tcpdump/... - pcap
File encapsulation:  Ethernet
File timestamp precision:  microseconds (6)
Packet size limit:   file hdr: 262144 bytes
Number of packets:   5
File size:           404 bytes
Data size:           300 bytes
Capture duration:    0.004000 seconds
First packet time:   2023-11-14 22:13:20.001000
Last packet time:    2023-11-14 22:13:20.005000
Data byte rate:      75 kBps
Data bit rate:       600 kbps
Average packet size: 60.00 bytes
Average packet rate: 1250 packets/s
{hashes}
Strict time order:   True
Number of interfaces in file: 1
Interface #0 info:
                     Encapsulation = Ethernet (1 - ether)
                     Capture length = 262144
                     Time precision = microseconds (6)
                     Time ticks per second = 1000000
                     Number of stat entries = 0
                     Number of packets = 5
"""

# What capinfos tells and we do not: which octet a resolution is of, and how long a filter is that is no text.
UNTOLD_OF_INTERFACES = ("Time resolution", "BPF filter length")
RATES = ("Data byte rate:", "Data bit rate:", "Average packet rate:")
# Its seconds lie further apart than capinfos's comparison of times can tell (it takes 32 bits of the difference).
INCOMPARABLE = {"td_bgp_vpn_rt-oobr.pcap"}


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times of day are UTC's."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def known_hashes() -> list[str]:
    """The digests that this Python has."""
    return [name for name in HASHES if name in hashlib.algorithms_available]


def digest(name: str, octets: bytes) -> str:
    return hashlib.new(name, octets).hexdigest()


def told(run: Run, *words: str | Path) -> dict[str, Any]:
    """What JSON tells of a file that is whole."""
    result = run("info", "--json", *words)
    assert (result.status, result.err) == (0, "")
    (found,) = json.loads(result.out)
    assert isinstance(found, dict)
    return found


def block(kind: int, body: bytes) -> bytes:
    """A block of pcapng, little-endian."""
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def listed(options: Sequence[tuple[int, bytes]]) -> bytes:
    told = b"".join(struct.pack("<HH", code, len(text)) + text + bytes(-len(text) % 4) for code, text in options)
    return told + (bytes(4) if options else b"")


def interface(link_type: int, *options: tuple[int, bytes], snap_length: int = 0) -> bytes:
    return block(1, struct.pack("<HHI", link_type, 0, snap_length) + listed(options))


def packet(index: int, ticks: int, data: bytes, wire: int | None = None) -> bytes:
    head = struct.pack("<IIIII", index, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data) if wire is None else wire)
    return block(6, head + data)


def section(*options: tuple[int, bytes]) -> bytes:
    return block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + listed(options))


SECTION = section()
SIMPLE = block(3, struct.pack("<I", 60) + FRAMES[0])


def test_text(run: Run, capture: Path) -> None:
    octets = capture.read_bytes()
    hashes = "\n".join(f"{name.upper() + ':':<21}{digest(name, octets)}" for name in known_hashes())
    assert run("info", capture) == Result(0, TEXT.format(path=capture, hashes=hashes), "")


def test_json(run: Run, capture: Path) -> None:
    found = told(run, capture)
    octets = capture.read_bytes()
    (only,) = found.pop("interfaces")
    assert (only["link_type"], only["encapsulation"], only["packets"]) == (1, "Ethernet", 5)
    assert {name: found.pop(name) for name in known_hashes()} == {n: digest(n, octets) for n in known_hashes()}
    assert found == {
        "file": str(capture),
        "file_type": "pcap",
        "compression": None,
        "encapsulations": [{"encapsulation": "Ethernet", "link_types": [1], "packets": 5}],
        "time_digits": 6,
        "sections": 1,
        "captured_by": [],
        "capture_comments": [],
        "resolved_ipv4_names": 0,
        "resolved_ipv6_names": 0,
        "decryption_secrets": 0,
        "snap_length_bytes": 262144,
        "inferred_snap_length_min_bytes": None,
        "inferred_snap_length_max_bytes": None,
        "packets": 5,
        "file_size_bytes": 404,
        "data_size_bytes": 300,
        "duration_ns": 4_000_000,
        "first_packet_time_ns": 1_700_000_000_001_000_000,
        "last_packet_time_ns": 1_700_000_000_005_000_000,
        "data_rate_bytes_per_second": 75_000.0,
        "data_rate_bits_per_second": 600_000.0,
        "average_packet_size_bytes": 60.0,
        "average_packet_rate_per_second": 1250.0,
        "strict_time_order": True,
        "damage": None,
    }


def test_letters_choose(run: Run, capture: Path) -> None:
    expected = [f"File name:           {capture}", "Number of packets:   5", "Capture duration:    0.004000 seconds"]
    assert run("info", "-uc", capture).lines == expected
    assert told(run, "-c", capture) == {"file": str(capture), "packets": 5, "damage": None}


def test_all_digits_and_seconds(run: Run, write: Write) -> None:
    path = write(frames=FRAMES * 4000, nanoseconds=True)
    assert "Number of packets:   20 k" in run("info", "-c", path).lines
    lines = run("info", "-MS", path).lines
    assert lines[1] == "File type:           nsecpcap"
    assert lines[2] == "File encapsulation:  ether"
    assert "Number of packets:   20000" in lines
    assert "Data size:           1200000 bytes" in lines
    assert "Data byte rate:      60003.00 bytes/sec" in lines
    assert "First packet time:   1700000000.001000007" in lines


def test_no_packet_at_all(run: Run, write: Write) -> None:
    path = write(frames=[])
    lines = run("info", path).lines
    assert [line.split(": ")[1].strip() for line in lines[5:15]] == [
        *("0", "24 bytes", "0 bytes", "n/a", "n/a", "n/a"),
        *("0 bytes/s", "0 bits/s", "0.00 bytes", "0 packets/s"),
    ]
    found = told(run, path)
    assert (found["duration_ns"], found["average_packet_size_bytes"], found["strict_time_order"]) == (None, None, True)


def test_several_interfaces_and_sections(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "several.pcapng"
    first = SECTION + interface(1, (2, b"lan\n\x1b[0m0")) + interface(101, (9, b"\x09"), snap_length=40)
    second = SECTION + interface(12)
    records = packet(0, 2_000_000, FRAMES[0]) + packet(1, 1_000_000_000, FRAMES[4][14:54], 46)
    path.write_bytes(first + records + second + packet(0, 3_000_000, FRAMES[4][14:46]))
    lines = run("info", path).lines
    begin = lines.index("File encapsulation:  Per packet")
    assert lines[begin + 1 : begin + 6] == [
        "Encapsulation in use by packets (# of pkts):",
        "                     Ethernet (1)",
        "                     Raw IP (2)",
        "File timestamp precision:  per-packet (-1)",
        "Number of sections in file: 2",
    ]
    assert "Packet size limit:   file hdr: (not set)" in lines
    assert "Packet size limit:   inferred: 40 bytes" in lines
    assert "First packet time:   1970-01-01 00:00:01.000000000" in lines
    assert "Capture duration:    2.000000000 seconds" in lines
    assert "Strict time order:   False" in lines
    assert "                     Name = lan \\033[0m0" in lines
    found = told(run, path)
    assert [(each["section"], each["number"], each["packets"]) for each in found["interfaces"]] == [
        *((1, 0, 1), (1, 1, 1)),
        (2, 0, 1),
    ]
    assert found["encapsulations"][1] == {"encapsulation": "Raw IP", "link_types": [12, 101], "packets": 2}
    assert found["time_digits"] is None


MADE = (
    (1, b"on the capture"),
    (1, b"and\nmore"),
    (2, b"a machine"),
    (3, b"a system"),
    (4, b"wireproof"),
    (1, b""),
    (3, b""),
)
TOLD_OF_INTERFACE = (
    *((1, b"on an interface"), (2, b"eth0"), (3, b"a wire"), (8, struct.pack("<Q", 10**9)), (9, b"\x94")),
    *((11, b"\0arp or icmp"), (12, b"Linux 6"), (13, b"\4"), (14, struct.pack("<q", -5)), (15, b"a card")),
)


def names(*records: tuple[int, bytes]) -> bytes:
    """A block of names."""
    each = [struct.pack("<HH", kind, len(text)) + text + bytes(-len(text) % 4) for kind, text in records]
    return block(4, b"".join(each) + bytes(4))


RICH = (
    section(*MADE)
    + interface(1, *TOLD_OF_INTERFACE)
    + interface(1, (11, b"\1octets"))
    + names((1, b"\xc0\0\2\1one\0two\0"), (2, bytes(15) + b"\1six\0"), (1, b"\xc0\0\2\2three\0"))
    + block(10, struct.pack("<II", 0x544C534B, 3) + b"key")
    + packet(0, 100 << 20, FRAMES[0])
    + block(5, struct.pack("<III", 0, 0, 1))
    + block(5, struct.pack("<III", 0, 0, 2))
    + block(5, struct.pack("<III", 7, 0, 2))
)


def test_what_sections_and_interfaces_tell(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "rich.pcapng"
    path.write_bytes(RICH)
    assert run("info", "-FkIn", "-D", path).lines == [
        f"File name:           {path}",
        "File timestamp precision:  microseconds (6)",
        "Capture hardware:    a machine",
        "Capture oper-sys:    a system",
        "Capture application: wireproof",
        "Capture comment:     on the capture",
        "Capture comment:     and more",
        "Number of interfaces in file: 2",
        "Interface #0 info:",
        *(
            f"                     {line}"
            for line in (
                *("Name = eth0", "Description = a wire", "Encapsulation = Ethernet (1 - ether)", "Hardware = a card"),
                *("Speed = 1000000000", "Capture length = 0", "FCS length = 4"),
                *("Time precision = microseconds (6)", "Time ticks per second = 1048576", "Timestamp offset = -5"),
                *("Filter string = arp or icmp", "Operating system = Linux 6", "Comment = on an interface"),
                *("Number of stat entries = 2", "Number of packets = 1"),
            )
        ),
        "Interface #1 info:",
        *(
            f"                     {line}"
            for line in (
                *("Encapsulation = Ethernet (1 - ether)", "Capture length = 0", "Time precision = microseconds (6)"),
                *("Time ticks per second = 1000000", "Number of stat entries = 0", "Number of packets = 0"),
            )
        ),
        "Number of resolved IPv4 addresses in file: 3",
        "Number of resolved IPv6 addresses in file: 1",
        "Number of decryption secrets in file: 1",
    ]
    assert run("info", "-k", path).lines[1:] == ["Capture comment:     on the capture", "Capture comment:     and more"]
    assert len(run("info", "-F", path).lines) == 5


def test_sections_that_tell_something_are_numbered(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "sections.pcapng"
    path.write_bytes(RICH + SECTION + interface(1) + section((1, b"the third")) + names((1, b"\xc0\0\2\1four\0")))
    lines = run("info", "-kn", path).lines
    assert lines[1:] == [
        "Section 1:",
        "Capture comment:     on the capture",
        "Capture comment:     and more",
        "Section 3:",
        "Capture comment:     the third",
        "Number of resolved IPv4 addresses in file: 4",
        "Number of resolved IPv6 addresses in file: 1",
    ]
    found = told(run, "-FkInD", path)
    assert found["sections"] == 3
    assert found["captured_by"] == [
        {"section": 1, "hardware": "a machine", "system": "a system", "application": "wireproof"}
    ]
    assert found["capture_comments"] == [
        {"section": 1, "comments": ["on the capture", "and\nmore"]},
        {"section": 3, "comments": ["the third"]},
    ]
    assert (found["resolved_ipv4_names"], found["resolved_ipv6_names"], found["decryption_secrets"]) == (4, 1, 1)
    first = found["interfaces"][0]
    assert (first["system"], first["capture_filter"], first["comments"]) == (
        "Linux 6",
        "arp or icmp",
        ["on an interface"],
    )
    assert (first["time_ticks_per_second"], first["time_offset_seconds"], first["statistics"]) == (1 << 20, -5, 2)


def test_capinfos_tells_the_same_of_sections(run: Run, capinfos: Callable[..., str], tmp_path: Path) -> None:
    path = tmp_path / "rich.pcapng"
    path.write_bytes(RICH.replace(b"and\nmore", b"and more"))
    mine, theirs = run("info", path).lines, capinfos(path).splitlines()
    assert both_tell(mine) == both_tell(theirs)


def test_comments_do_not_fill_the_memory(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "comments.pcapng"
    path.write_bytes(section((1, b"x" * 60_000)) * 200)
    result = run("info", "-k", path)
    assert (result.status, result.err) == (0, "")
    assert result.lines[-1].startswith("Sections that tell more than fits here: ")
    assert len(result.out) < 8_000_000


@pytest.mark.parametrize("body", [b"", b"\1", struct.pack("<HH", 1, 99), struct.pack("<HH", 1, 2) + b"ab", bytes(2)])
@pytest.mark.parametrize("kind", [4, 5, 10])
def test_blocks_that_are_no_good_are_passed_over(kind: int, body: bytes, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "odd.pcapng"
    path.write_bytes(SECTION + interface(1) + block(kind, body) + packet(0, 5, FRAMES[0]))
    assert run("info", "-cnI", path).status == 0
    assert told(run, "-c", path)["packets"] == 1


def test_packets_without_a_time(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "simple.pcapng"
    path.write_bytes(SECTION + interface(1) + packet(0, 5, FRAMES[0]) + SIMPLE)
    result = run("info", path)
    assert not any(word in result.out for word in ("Capture duration", "packet time", "rate"))
    assert "Strict time order:   Unknown" in result.lines
    found = told(run, path)
    assert (found["packets"], found["first_packet_time_ns"], found["strict_time_order"]) == (2, None, None)
    path.write_bytes(SECTION + interface(1) + packet(0, 5, FRAMES[0]) + SIMPLE + packet(0, 4, FRAMES[0]))
    assert told(run, path)["strict_time_order"] is False


def test_limits_that_packets_show(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "cut.pcapng"
    records = [packet(0, 5, FRAMES[0][:length], 60) for length in (50, 40, 60)]
    path.write_bytes(SECTION + interface(1) + b"".join(records))
    assert "Packet size limit:   inferred: 40 bytes - 50 bytes (range)" in run("info", "-l", path).lines


def test_a_compressed_file(run: Run, capture: Path) -> None:
    packed = gzip.compress(capture.read_bytes())
    path = capture.with_name("capture.pcap.gz")
    path.write_bytes(packed)
    result = run("info", path)
    assert (result.status, result.err) == (0, "")
    assert "File type:           Wireshark/tcpdump/... - pcap (gzip compressed)" in result.lines
    found = told(run, path)
    assert (found["compression"], found["packets"], found["data_size_bytes"]) == ("gzip", 5, 300)
    assert (found["file_size_bytes"], found["sha256"]) == (len(packed), digest("sha256", packed))


def test_a_link_type_without_a_name(run: Run, write: Write) -> None:
    assert "File encapsulation:  link type 65000" in run("info", write(link_type=65000)).lines


def test_a_damaged_file_among_others(run: Run, capture: Path, cut: Path) -> None:
    missing = capture.with_name("missing.pcap")
    result = run("info", "-csH", cut, missing, capture)
    assert result.status == 2
    damaged, whole = result.out.split("\n\n")
    assert "Number of packets:   2\nFile size:           200 bytes\n" in damaged
    assert f"SHA1:                {digest('sha1', cut.read_bytes())}" in damaged
    assert "Number of packets:   5\n" in whole
    assert result.err.splitlines() == [
        f"wireproof: {cut}: at byte 176: record 3 is cut: it says that it holds 60 bytes, 8 follow",
        f"wireproof: cannot open '{missing}': No such file or directory",
    ]


def test_damage_in_json(run: Run, capture: Path, cut: Path) -> None:
    result = run("info", "--json", cut, capture)
    assert result.status == 2
    damaged, whole = json.loads(result.out)
    assert damaged["damage"]["offset"] == 176
    assert damaged["damage"]["message"].startswith("record 3 is cut")
    assert (damaged["packets"], whole["packets"], whole["damage"]) == (2, 5, None)


def test_what_is_behind_damage_belongs_to_the_file(run: Run, capture: Path) -> None:
    octets = capture.read_bytes()
    broken = octets[:176] + b"\xff" * 16 + octets[192:] + bytes(1_000_000)
    capture.write_bytes(broken)
    result = run("info", "--json", capture)
    (found,) = json.loads(result.out)
    assert (result.status, found["packets"], found["file_size_bytes"]) == (2, 2, len(broken))
    assert found["sha256"] == digest("sha256", broken)


@pytest.mark.parametrize("words", [(), ("-T", "FILE")])
def test_wrong_usage(words: tuple[str, ...], run: Run) -> None:
    result = run("info", *words)
    assert (result.status, result.out, len(result.err.splitlines())) == (1, "", 1)


def test_standard_input(spawn: Spawn, capture: Path) -> None:
    octets = capture.read_bytes()
    done = spawn("info", "--json", "-", stdin=octets)
    (found,) = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (found["file"], found["packets"], found["file_size_bytes"]) == ("-", 5, len(octets))
    assert found["sha1"] == digest("sha1", octets)
    done = spawn("info", "-", stdin=octets[:200])
    assert (done.returncode, done.stderr[:40]) == (2, b"wireproof: standard input: at byte 176: ")


def test_memory_does_not_follow_the_size(command: Callable[..., list[str]], checkout: Path, write: Write) -> None:
    path = write(frames=(bytes(60_000) for _ in range(2000)))
    code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
    code += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    words = [sys.executable, "-c", code, *command("info", path)]
    done = subprocess.run(words, cwd=checkout, capture_output=True, check=True)
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(done.stdout) * unit < 100_000_000 < path.stat().st_size


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (0, "bytes", "0 bytes"),
        (9999, "bytes", "9999 bytes"),
        (10_999, "bytes", "10 kB"),
        (9_999_999, "bits/s", "9999 kbps"),
        (12_000_000, "bytes/s", "12 MBps"),
        (10**10, "packets/s", "10 Gpackets/s"),
        (10**13, "", "10 T"),
    ],
)
def test_sizes(amount: int, unit: str, text: str) -> None:
    assert size_text(amount, unit) == text


@pytest.fixture
def capinfos(tshark: str) -> Callable[..., str]:
    """Run capinfos, which comes with tshark, and return what it prints."""
    path = shutil.which("capinfos")
    if path is None:
        pytest.skip("capinfos is not installed")

    def start(*words: str | Path) -> str:
        environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C"}
        done = subprocess.run([path, *map(str, words)], env=environment, capture_output=True, text=True)
        return done.stdout

    return start


def test_capinfos_has_the_same_letters(capinfos: Callable[..., str]) -> None:
    described = {line.split()[0][1] for line in capinfos("-h").splitlines() if line.startswith("  -")}
    assert {*LETTERS, "M", "S"} <= described


def both_tell(lines: list[str]) -> list[str]:
    """The lines that have to be the same in both."""
    skipped = (*RATES, *(() if "ripemd160" in known_hashes() else ("RIPEMD160",)))
    return [
        line for line in lines if not line.startswith(skipped) and not line.strip().startswith(UNTOLD_OF_INTERFACES)
    ]


def rates(lines: list[str]) -> dict[str, float]:
    """The rates of a text with all digits."""
    found = (line.split(":") for line in lines if line.startswith(RATES))
    return {label: 0 if text.strip() == "n/a" else float(text.split()[0]) for label, text in found}


def test_the_same_as_capinfos(run: Run, capinfos: Callable[..., str], recorded_answers: Path, checkout: Path) -> None:
    paths = [*(recorded_answers / "captures").glob("*.pcap*"), *(checkout / "examples").glob("*.pcap*")]
    assert len(paths) > 50
    paths = [path for path in paths if path.name not in INCOMPARABLE]
    for words in ((), ("-M",)):
        ours = run("info", *words, *paths).out.split("\n\n")
        theirs = capinfos(*words, *paths).split("\n\n")
        for mine, other in zip(ours, theirs, strict=True):
            assert both_tell(mine.splitlines()) == both_tell(other.splitlines())
            if words:  # theirs are quotients of floating-point seconds since 1970, which tell microseconds badly
                assert rates(mine.splitlines()) == pytest.approx(rates(other.splitlines()), rel=0.02)
