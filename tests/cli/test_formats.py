"""Compressed captures in, and pcap, pcapng and compressed ones out, through both engines."""

import gzip
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wireproof.capture import Interface, Record, open_reader, write_pcapng

from .conftest import FRAMES, Result, Write

Run = Callable[..., Result]
NUMBERS = ("-T", "fields", "-e", "frame.number")
ENGINES = pytest.mark.parametrize("engine", ["compiled", "reference"])
MAGICS = {"pcap": 0xA1B2C3D4, "nsecpcap": 0xA1B23C4D, "pcapng": 0x0A0D0D0A}


def read(path: Path) -> tuple[list[Record], list[Interface]]:
    with open_reader(path) as reader:
        return [record._replace(file_offset=0) for record in reader], reader.interfaces


def form_of(path: Path) -> str:
    (magic,) = struct.unpack("<I", path.read_bytes()[:4])
    return next(name for name, each in MAGICS.items() if each == magic)


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    """Two sections, three interfaces, two link types, comments and a packet without a time."""
    path = tmp_path / "rich.pcapng"
    interfaces = [
        Interface(1, 0, "eth0", "a wire", time_digits=9),
        Interface(101, 96, "tun0", number=1),
        Interface(1, 0, "eth1", section=2),
    ]
    with write_pcapng(path, interfaces) as writer:
        for number in range(1, 301):
            index = 2 if number > 200 else number % 2
            frame = FRAMES[number % 5]
            data = frame[14:] if index == 1 else frame
            comments = (f"packet {number}", "twice") if number % 7 == 0 else ()
            time = None if number == 299 else 10**18 + number * 1000
            link_type = interfaces[index].link_type
            writer.write(Record(number, data, len(data) + number % 3, time, link_type, index, 0, comments))
    return path


# Written.


@ENGINES
@pytest.mark.parametrize("words", [("-w", "copy"), ("-w", "copy.pcapng.gz"), ("-F", "pcapng", "-w", "copy.pcap")])
def test_nothing_is_lost_in_pcapng(engine: str, words: tuple[str, ...], rich: Path, run: Run) -> None:
    path = rich.with_name(words[-1])
    assert run("-r", rich, "--engine", engine, *words[:-1], path) == Result(0, "", "")
    assert read(path) == read(rich)
    assert read(rich)[0][6].comments == ("packet 7", "twice")


@ENGINES
@pytest.mark.parametrize("shown", [(), ("-P",), ("-T", "fields", "-e", "ip.src")])
def test_what_passes_keeps_all_that_is_told_of_it(engine: str, shown: tuple[str, ...], rich: Path, run: Run) -> None:
    path = rich.with_name("arp.pcapng")
    assert run("-r", rich, "-w", path, "-Y", "arp", "--engine", engine, *shown).status == 0
    records, interfaces = read(rich)
    expected = [record for record in records if record.link_type == 1 and record.data[12:14] == b"\x08\x06"]
    found = read(path)
    assert [record._replace(number=0) for record in found[0]] == [record._replace(number=0) for record in expected]
    assert found[1] == interfaces
    assert any(record.comments for record in found[0])


@pytest.mark.parametrize(
    ("read_form", "words", "written"),
    [
        ("pcap", "-w copy", "pcap"),
        ("pcap", "-w copy.pcap", "pcap"),
        ("pcap", "-w copy.pcapng", "pcapng"),
        ("pcap", "-w copy -F pcapng", "pcapng"),
        ("pcap", "-w copy.pcapng -F nsecpcap", "nsecpcap"),
        ("nsecpcap", "-w copy", "nsecpcap"),
        ("nsecpcap", "-w copy.cap", "nsecpcap"),
        ("nsecpcap", "-w copy.cap -F pcap", "pcap"),
        ("pcapng", "-w copy", "pcapng"),
        ("pcapng", "-w copy.pcap", "pcap"),
        ("pcapng", "-w copy.dmp -F nsecpcap", "nsecpcap"),
    ],
)
@ENGINES
def test_the_format(engine: str, read_form: str, words: str, written: str, write: Write, run: Run) -> None:
    path = write(nanoseconds=read_form == "nsecpcap")
    if read_form == "pcapng":
        path = path.with_name("in.pcapng")
        assert run("-r", path.with_name("capture.pcap"), "-w", path).status == 0
    copy = path.with_name(words.split()[1])
    given = [copy if word == words.split()[1] else word for word in words.split()]
    assert run("-r", path, "--engine", engine, *given) == Result(0, "", "")
    assert form_of(copy) == written
    assert [record.data for record in read(copy)[0]] == list(FRAMES)


def test_pcap_refuses_a_second_link_type_and_names_it(rich: Path, run: Run) -> None:
    result = run("-r", rich, "-w", rich.with_name("new.pcap"))
    assert result.status == 2
    assert "link type" in result.err
    assert [path.name for path in rich.parent.iterdir()] == ["rich.pcapng"]


def test_a_check_sequence_stays_known(write: Write, run: Run) -> None:
    path = write()
    file = bytearray(path.read_bytes())
    file[20:24] = struct.pack("<I", 1 | 1 << 26 | 2 << 28)
    path.write_bytes(file)
    assert run("-r", path, "-w", path.with_name("new.pcap")).status == 0
    assert path.with_name("new.pcap").read_bytes() == file
    assert run("-r", path, "-w", path.with_name("new.pcapng")).status == 0
    assert {record.fcs_length for record in read(path.with_name("new.pcapng"))[0]} == {4}


def test_compressed_once_more_and_back(capture: Path, run: Run) -> None:
    packed, back = capture.with_name("new.pcap.gz"), capture.with_name("back.pcap")
    assert run("-r", capture, "-w", packed) == Result(0, "", "")
    assert gzip.decompress(packed.read_bytes()) == capture.read_bytes()
    assert run("-r", packed, "-w", back) == Result(0, "", "")
    assert back.read_bytes() == capture.read_bytes()


@ENGINES
def test_a_damaged_capture_is_written_as_far_as_it_goes(engine: str, rich: Path, run: Run) -> None:
    cut, copy = rich.with_name("cut"), rich.with_name("copy")
    cut.write_bytes(rich.read_bytes()[:-7])
    assert run("-r", cut, "-w", copy, "--engine", engine).status == 2
    assert read(copy)[0] == read(rich)[0][:-1]


# Read.


@ENGINES
def test_compressed_captures_are_filtered_as_others(engine: str, rich: Path, run: Run) -> None:
    packed = rich.with_name("packed")
    packed.write_bytes(gzip.compress(rich.read_bytes()))
    for words in (("-Y", "arp", *NUMBERS), ("-Y", "udp", "--count"), ("-Y", "frame.comment", *NUMBERS)):
        assert run("-r", packed, *words, "--engine", engine) == run("-r", rich, *words)


@ENGINES
@pytest.mark.parametrize("jobs", ["1", "4"])
def test_a_cut_stream_gives_what_is_whole(engine: str, jobs: str, write: Write, run: Run) -> None:
    path = write(frames=FRAMES * 60)
    packed = path.with_name("capture.pcap.gz")
    packed.write_bytes(gzip.compress(path.read_bytes())[:-200])
    words = ("--engine", engine, "--jobs", jobs)
    result = run("-r", packed, *NUMBERS, *words)
    assert result.status == 2
    numbers = [int(line) for line in result.lines]
    assert numbers == list(range(1, len(numbers) + 1))
    assert 0 < len(numbers) < 300
    size = packed.stat().st_size
    begin, _, end = result.err.partition(": at byte ")
    assert begin == f"wireproof: {packed}, decompressed"
    offset, _, said = end.partition(": ")
    assert said == f"the gzip stream is cut: it ends after {size} bytes\n"
    assert len(numbers) == sum(1 for number in range(1, 301) if _end(path, number) <= int(offset))
    assert run("-r", packed, "--count", *words).out == f"{len(numbers)}\n"


def _end(path: Path, number: int) -> int:
    """Where a record of a capture ends."""
    with open_reader(path) as reader:
        records: Any = list(reader)
    record = records[number - 1]
    return int(record.file_offset) + len(record.data)
