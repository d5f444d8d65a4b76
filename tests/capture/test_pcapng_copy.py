"""pcapng files that are copied: the blocks between the packets, the byte orders and the clocks are what they were."""

import errno
import io
import pathlib
import shutil
import struct
import subprocess
from collections.abc import Iterable

import pytest

from wireproof.capture import CaptureError, Interface, PacketOptions, PcapngWriter, Record, open_reader
from wireproof.interface import Filter, open_capture
from wireproof.interface.opening import Kind

from .craft import block, enhanced, interface, obsolete, option, section, simple

ARP = bytes.fromhex("ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202")
OTHER = bytes.fromhex("ffffffffffff 020000000001 88b5") + bytes(46)
ORDERS = pytest.mark.parametrize("order", ["<", ">"])
ENGINES = pytest.mark.parametrize("engine", ["compiled", "reference"])


def names(order: str) -> bytes:
    """A block of names, with options of its own."""
    body = struct.pack(order + "HH", 1, 9) + b"\xc0\0\2\1host\0" + bytes(3) + bytes(4)
    return block(4, body + option(2, b"a server", order) + option(0), order)


def statistics(order: str) -> bytes:
    times = struct.pack(order + "III", 0, 5, 9)
    return block(5, times + option(4, struct.pack(order + "Q", 77), order) + option(0), order)


def secrets(order: str) -> bytes:
    return block(10, struct.pack(order + "II", 0x544C534B, 12) + b"CLIENT_RANDO", order)


def described(order: str) -> bytes:
    told = [
        *((1, b"a comment"), (2, b"eth0"), (3, b"a wire"), (4, bytes(8)), (6, bytes(6)), (9, b"\x09")),
        *((11, b"\0arp"), (12, b"Linux"), (14, struct.pack(order + "q", -100)), (99, b"unknown")),
    ]
    return interface(1, 96, b"".join(option(code, value, order) for code, value in told) + option(0), order)


def parts(order: str) -> list[bytes]:
    """A section with all that there may be between packets."""
    made = option(1, b"on a section", order) + option(2, b"a machine", order) + option(4, b"a program", order)
    noted = option(1, b"on a packet", order) + option(2, struct.pack(order + "I", 0x81), order) + option(0)
    return [
        section(order, made + option(0)),
        described(order),
        interface(1, 0, option(9, b"\x94", order), order),
        names(order),
        secrets(order),
        enhanced(ARP, order, ticks=10**12, options=noted),
        enhanced(OTHER, order, ticks=10**12),
        block(0xBAD, struct.pack(order + "I", 32473) + b"text", order),
        enhanced(ARP, order, index=1, ticks=12345),
        enhanced(ARP, order, index=1, ticks=12347),
        block(0x8000_1234, b"of local use", order),
        enhanced(OTHER, order, ticks=10**12),
        simple(ARP, order),
        statistics(order),
    ]


def copied(file: bytes, engine: str, text: str = "", step: int = 0) -> bytes:
    """The file, as it is written with a filter."""
    stream = io.BytesIO()

    class Opened:
        def __init__(self) -> None:
            self.writer = PcapngWriter(stream, capture.reader.interfaces, capture.reader.blocks)

        def __enter__(self) -> PcapngWriter:
            return self.writer

        def __exit__(self, *what: object) -> None:
            self.writer.finish()

    def opening(kind: Kind) -> Opened:
        return Opened()

    source = io.BytesIO(file) if not step else Pieces(file, step)
    with open_capture(source) as capture:
        capture.copy(opening, Filter(text) if text else None, engine=engine)  # type: ignore[arg-type]
    return stream.getvalue()


def write_all(writer: PcapngWriter, records: Iterable[Record]) -> None:
    for record in records:
        writer.write(record)


class Pieces(io.BytesIO):
    """A stream that gives a few octets at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        super().__init__(data)
        self._step = step

    def read1(self, size: int | None = -1) -> bytes:
        return super().read1(self._step)

    def readinto1(self, buffer: object) -> int:
        return super().readinto1(memoryview(buffer)[: self._step])  # type: ignore[arg-type]


@ENGINES
@ORDERS
@pytest.mark.parametrize("step", [0, 7, 100])
def test_all_between_the_packets_that_pass_is_as_it_was(engine: str, order: str, step: int) -> None:
    other = ">" if order == "<" else "<"
    whole = [*parts(order), *parts(other), section(order)]
    kept = [part for part in whole if OTHER not in part]
    assert len(kept) == len(whole) - 4
    assert copied(b"".join(whole), engine, "arp", step) == b"".join(kept)
    assert copied(b"".join(whole), engine, "", step) == b"".join(whole)


@ENGINES
@ORDERS
def test_packets_of_the_old_block_are_read_back(engine: str, order: str) -> None:
    options = option(1, b"hi", order) + option(3, b"\2abcd", order) + option(2988, b"\0\0\0\1custom", order)
    file = section(order) + described(order) + obsolete(ARP, order, drops=2, ticks=10**12, options=options)
    found = [(*record[1:6], *record[7:]) for record in open_reader(io.BytesIO(copied(file, engine)))]
    assert found == [(*record[1:6], *record[7:]) for record in open_reader(io.BytesIO(file))]
    assert found[0][-1] == PacketOptions(dropped=2, others=((3, b"\2abcd"), (2988, found[0][-1].others[1][1])))


@ENGINES
def test_how_long_a_section_was_is_forgotten(engine: str) -> None:
    file = section(length=1000) + interface() + enhanced(ARP)
    assert copied(file, engine) == section() + interface() + enhanced(ARP)


@ENGINES
def test_what_is_not_to_be_copied_is_left_out(engine: str) -> None:
    secret = block(0x4000_0BAD, struct.pack("<I", 32473) + b"a sum over all of it")
    assert copied(section() + interface() + secret + enhanced(ARP), engine) == section() + interface() + enhanced(ARP)


@ENGINES
def test_what_is_larger_than_wireshark_reads_is_passed_over(engine: str) -> None:
    large, held = block(10, bytes(16 * 1024 * 1024)), block(10, bytes(4_000_000))
    head = section() + interface()
    assert copied(head + large + held + enhanced(ARP), engine) == head + held + enhanced(ARP)


@ENGINES
@pytest.mark.parametrize("file", [section(), section() + interface(), section() + names("<"), b"\n\r\r\n"])
def test_without_packets(engine: str, file: bytes) -> None:
    if len(file) > 4:
        assert copied(file, engine) == file
    else:
        with pytest.raises(CaptureError, match="section header block is cut"):
            copied(file, engine)


@ENGINES
@pytest.mark.parametrize("cut", [5, 60, 150])
def test_up_to_damage(engine: str, cut: int) -> None:
    """What is written is the blocks that are whole."""
    whole = parts("<")
    file = b"".join(whole)
    for count in range(2, len(whole)):
        short = b"".join(whole[:count]) + whole[count][: min(cut, len(whole[count]) - 1)]
        stream = io.BytesIO()
        with open_reader(io.BytesIO(short)) as reader:
            writer = PcapngWriter(stream, reader.interfaces, reader.blocks)
            with pytest.raises(CaptureError):
                write_all(writer, reader)
            writer.finish()
        assert stream.getvalue() == file[: len(b"".join(whole[:count]))]


@pytest.mark.parametrize("room", [0, 130, 400])
def test_a_full_disk_is_not_taken_for_damage(room: int) -> None:
    """What cannot be written between packets is told of when the next one is to be written, and at the end."""

    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            if self.tell() + len(data) > room:  # type: ignore[arg-type]
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(data)  # type: ignore[arg-type]

    with open_reader(io.BytesIO(b"".join(parts("<")))) as reader:
        writer = PcapngWriter(Full(), reader.interfaces, reader.blocks)
        with pytest.raises(CaptureError, match="cannot write: No space left on device"):
            write_all(writer, reader)
        with pytest.raises(CaptureError, match="cannot write: No space left on device"):
            write_all(writer, [Record(1, bytes(400), 400, 0, 1, 0, 0)])


def test_blocks_that_have_been_read_are_not_waited_for() -> None:
    file = section() + interface() + enhanced(ARP, ticks=1) + enhanced(ARP, ticks=2)
    stream = io.BytesIO()
    with open_reader(io.BytesIO(file)) as reader:
        records = iter(reader)
        first = next(records)
        writer = PcapngWriter(stream, reader.interfaces, reader.blocks)
        for record in (first, *records):
            writer.write(record)
        writer.finish()
    assert stream.getvalue() == file


CLOCKS = [b"\0", b"\x03", b"\x06", b"\x09", b"\x80", b"\x81", b"\x94", b"\x9d"]


@pytest.mark.parametrize("resolution", CLOCKS)
@pytest.mark.parametrize("offset", [0, 10**9, -(10**9)])
def test_times_are_of_the_same_tick(resolution: bytes, offset: int) -> None:
    """With all clocks whose ticks are a nanosecond or longer, whether the file is copied or made anew."""
    told = option(9, resolution) + option(14, struct.pack("<q", offset))
    ticks = (0, 1, 2, 3, 5, 1000, 2**20 - 1, 2**20 + 1, 10**6 + 1, 2**32 + 7, 12_345_678_901)
    file = section() + interface(options=told + option(0)) + b"".join(enhanced(ARP, ticks=each) for each in ticks)
    assert copied(file, "reference") == file
    stream = io.BytesIO()
    with open_reader(io.BytesIO(file)) as reader:
        records = list(reader)
        writer = PcapngWriter(stream, reader.interfaces)
        for record in records:
            writer.write(record)
    with open_reader(io.BytesIO(stream.getvalue())) as again:
        assert [record[:6] for record in again] == [record[:6] for record in records]
        assert again.interfaces == reader.interfaces


@ENGINES
def test_times_before_1970(engine: str) -> None:
    file = section() + interface(options=option(14, struct.pack("<q", -1000)) + option(0)) + enhanced(ARP, ticks=5)
    assert copied(file, engine) == file
    interfaces = [Interface(1, 0)]
    writer = PcapngWriter(io.BytesIO(), interfaces)
    with pytest.raises(CaptureError, match="pcapng holds times from 1970 on"):
        writer.write(Record(1, b"", 0, -5, 1, 0, 0))


@pytest.mark.parametrize("tool", ["tshark", "capinfos", "editcap"])
def test_wiresharks_programs_accept_a_copy(tool: str, tmp_path: pathlib.Path) -> None:
    path = shutil.which(tool)
    if path is None:
        pytest.skip(f"{tool} is not installed")
    words = {
        "tshark": ["-T", "fields", "-e", "frame.time_epoch", "-e", "frame.comment", "-nr"],
        "capinfos": ["-EFlcduaeyizxokInD"],  # all but names, sizes and hashes of files
        "editcap": ["-F", "pcapng"],
    }
    behind = ["-"] if tool == "editcap" else []
    said = []
    for name, file in (("before", b"".join(parts(">"))), ("after", copied(b"".join(parts(">")), "compiled"))):
        (tmp_path / name).write_bytes(file)
        done = subprocess.run([path, *words[tool], name, *behind], cwd=tmp_path, capture_output=True)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout.replace(name.encode(), b""))
    assert said[0] == said[1]
