"""Writing pcapng files: what is read back, and what other readers make of them."""

import errno
import gzip
import io
import pathlib
import shutil
import struct
import subprocess
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wireproof.capture import CaptureError, Interface, PcapngWriter, Record, open_reader, write_pcap, write_pcapng
from wireproof.capture.writer import format_named

from .craft import (
    block,
    enhanced,
    interface,
    obsolete,
    option,
    padded,
    pcap_header,
    pcap_record,
    section,
    simple,
)

DATA = bytes(range(60))
Whole = tuple[list[Record], list[Interface]]


def whole(file: bytes) -> Whole:
    """Records, without where they stood, and interfaces."""
    with open_reader(io.BytesIO(file)) as reader:
        return [record._replace(file_offset=0) for record in reader], reader.interfaces


def copied(file: bytes) -> bytes:
    """The file, read and written."""
    stream = io.BytesIO()
    with open_reader(io.BytesIO(file)) as reader:
        writer = PcapngWriter(stream, reader.interfaces)
        for record in reader:
            writer.write(record)
        writer.finish()
    return stream.getvalue()


NAMES = option(2, b"eth0") + option(3, "the wire, grün".encode()) + option(15, b"a card")
NUMBERS = option(8, struct.pack("<Q", 10**9)) + option(9, b"\x09") + option(13, b"\x04")
COMMENTS = option(1, b"one") + option(1, "zwei: ✓".encode())
TOLD = (
    option(7, b"\0hardware")
    + option(2, struct.pack("<I", 0x81))
    + option(4, struct.pack("<Q", 3))
    + option(5, struct.pack("<Q", 2**63))
    + option(6, struct.pack("<I", 9))
    + option(7, b"\2" + struct.pack("<q", -5))
    + option(0)
)
FILES = {
    "one interface": section() + interface(1, 96, NAMES + NUMBERS) + enhanced(DATA, ticks=10**18 + 1, wire=900),
    "comments and options": section() + interface() + enhanced(DATA[:7], options=COMMENTS + TOLD) + enhanced(DATA),
    "several link types": section()
    + interface(1)
    + interface(101, options=option(9, b"\x03"))
    + enhanced(DATA, index=1, ticks=2_000_000_001)
    + interface(113)
    + enhanced(DATA, ticks=7)
    + enhanced(b"", index=2, wire=4_294_967_295),
    "several sections": section()
    + interface(1)
    + interface(101)
    + enhanced(DATA, index=1)
    + section(">")
    + section(">")
    + interface(113, 40, order=">")
    + simple(DATA[:40], ">", wire=41)
    + section()
    + interface(276),
    "without times": section() + interface(1, 20) + simple(DATA[:20], wire=60) + simple(DATA[:3]) + simple(b""),
    "the old block": section() + interface() + obsolete(DATA[:9], drops=2, ticks=5, options=option(1, b"hi")),
    "seconds": section() + interface(options=option(9, b"\0")) + enhanced(ticks=7),
    "a power of 2": section() + interface(options=option(9, b"\x9e")) + enhanced(ticks=(5 << 30) + 12345),
    "with an offset": section() + interface(options=option(14, struct.pack("<q", 1_600_000_000))) + enhanced(ticks=5),
    "no interface": section(),
    "no packet": section() + interface(147, options=NAMES),
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_written_is_read_back(name: str) -> None:
    records, interfaces = whole(FILES[name])
    found = whole(copied(FILES[name]))
    # A section without interfaces at the end says nothing of any packet, and is not kept.
    assert found == (records, interfaces)


TEXTS = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=20)
INTERFACES = st.lists(
    st.builds(
        Interface,
        link_type=st.integers(0, 0xFFFF),
        snap_length=st.integers(0, 2**32 - 1),
        name=st.none() | TEXTS,
        description=st.none() | TEXTS,
        section=st.just(1),
        time_digits=st.sampled_from([0, 3, 6, 9]),
        fcs_length=st.none(),
        speed=st.none() | st.integers(0, 2**64 - 1),
        hardware=st.none() | TEXTS,
    ),
    min_size=1,
    max_size=4,
)


@given(st.data())
def test_anything_is_read_back(data: st.DataObject) -> None:
    drawn = data.draw(INTERFACES)
    interfaces = [
        Interface(**{name: getattr(each, name) for name in each.__slots__} | {"number": number})
        for number, each in enumerate(drawn)
    ]
    records = []
    for number in range(1, data.draw(st.integers(0, 6)) + 1):
        index = data.draw(st.integers(0, len(interfaces) - 1))
        unit = 10 ** (9 - interfaces[index].time_digits)
        octets = data.draw(st.binary(max_size=40))
        time = data.draw(st.integers(0, 2**62 // unit)) * unit
        wire = data.draw(st.integers(0, 2**32 - 1))
        comments = tuple(text for text in data.draw(st.lists(TEXTS, max_size=2)) if text)
        records.append(Record(number, octets, wire, time, interfaces[index].link_type, index, 0, comments))
    stream = io.BytesIO()
    writer = PcapngWriter(stream, interfaces)
    for record in records:
        writer.write(record)
    writer.finish()
    assert whole(stream.getvalue()) == (records, interfaces)


def test_the_bytes_of_a_file() -> None:
    file = section() + interface(1, 0, option(9, b"\x09") + option(0)) + enhanced(b"abc", ticks=7, wire=9)
    assert copied(file) == file
    comment = padded(struct.pack("<HH", 1, 3) + b"abc") + bytes(4)
    file = section() + interface() + enhanced(DATA, options=comment) + simple(DATA)
    assert copied(file) == file


def test_a_pcap_file_becomes_one_with_a_single_interface() -> None:
    file = pcap_header(magic=0xA1B23C4D, snap_length=99, link_type=113) + pcap_record(DATA, seconds=5, fraction=7)
    records, interfaces = whole(copied(file))
    assert (records, interfaces) == whole(file)
    assert records[0].time == 5_000_000_007


def test_a_packet_without_a_time_that_no_simple_block_holds_gets_time_0() -> None:
    records: Sequence[Record] = [
        Record(1, DATA[:9], 60, None, 1, 0, 0),
        Record(2, DATA, 60, None, 1, 0, 0, ("a comment",)),
        Record(3, DATA, 60, None, 1, 1, 0),
    ]
    stream = io.BytesIO()
    writer = PcapngWriter(stream, [Interface(1, 0), Interface(1, 0, number=1)])
    for record in records:
        writer.write(record)
    assert whole(stream.getvalue())[0] == [record._replace(time=0) for record in records]


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        (Record(9, b"", 0, 0, 1, 2, 0), "record 9 is of interface 2, 2 have been described"),
        (Record(9, b"", 0, 0, 1, 0, 0), "record 9 is of section 1, which has been ended"),
        (Record(9, b"", 0, 0, 7, 1, 0), "record 9 has link type 7, its interface 101"),
        (
            Record(9, b"", 0, -1, 101, 1, 0),
            "record 9 has time -1 ns and wire length 0: pcapng holds times from 1970 on and lengths to 4294967295",
        ),
        (Record(9, b"", 0, 0, 101, 1, 0, ("x" * 70_000,)), "a text of 70000 bytes: pcapng holds up to 65535"),
    ],
)
def test_what_the_format_cannot_hold(refused: Record, message: str) -> None:
    stream = io.BytesIO()
    writer = PcapngWriter(stream, [Interface(1, 0), Interface(101, 0, section=2)])
    writer.write(Record(1, b"x", 1, 0, 101, 1, 0))
    before = stream.getvalue()
    with pytest.raises(CaptureError) as caught:
        writer.write(refused)
    assert str(caught.value) == message
    assert stream.getvalue() == before


def test_a_full_disk() -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(CaptureError, match="cannot write: No space left on device"):
        PcapngWriter(Full(), [])


# Files of other names.


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.pcapng", "pcapng"), ("a.PCAPNG.gz", "pcapng"), ("a.pcap", "pcap"), ("a.cap.zst", "pcap"), ("a", None),
        ("-", None), ("a.gz", None), ("pcapng", None), ("/dev/null", None),
    ],
)  # fmt: skip
def test_the_format_of_a_name(name: str, form: str | None) -> None:
    assert format_named(name) == form


@pytest.mark.parametrize("suffix", ["gz", "zst", "lz4"])
def test_compressed_as_the_name_ends(suffix: str, tmp_path: pathlib.Path) -> None:
    if suffix != "gz":
        pytest.importorskip({"zst": "backports.zstd", "lz4": "lz4.frame"}[suffix])
    path = tmp_path / f"new.pcapng.{suffix}"
    records = [Record(number, bytes(1000), 1000, number, 1, 0, 0) for number in range(1, 300)]
    interfaces = [Interface(1, 0, time_digits=9)]
    with write_pcapng(path, interfaces) as writer:
        for record in records:
            writer.write(record)
    assert path.stat().st_size < 60_000
    with open_reader(path) as reader:
        assert reader.compression == {"gz": "gzip", "zst": "zstd", "lz4": "lz4"}[suffix]
        assert [record._replace(file_offset=0) for record in reader] == records
    tool = {"gz": "gzip", "zst": "zstd", "lz4": "lz4"}[suffix]
    if shutil.which(tool) is not None:
        subprocess.run([tool, "-t", path], check=True, capture_output=True)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_compressed_bytes_depend_on_the_records_alone(tmp_path: pathlib.Path) -> None:
    for name in ("one.pcap.gz", "two.pcap.gz"):
        with write_pcap(tmp_path / name, 1) as writer:
            writer.write(Record(1, DATA, 60, 0, 1, 0, 0))
    one, two = ((tmp_path / name).read_bytes() for name in ("one.pcap.gz", "two.pcap.gz"))
    assert one == two
    assert gzip.decompress(one) == pcap_header() + pcap_record(DATA)


def test_a_failure_leaves_no_compressed_file(tmp_path: pathlib.Path) -> None:
    def fail() -> None:
        with write_pcapng(tmp_path / "new.pcapng.gz", [Interface(1, 0)]) as writer:
            writer.write(Record(1, DATA, 60, 0, 1, 0, 0))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list(tmp_path.iterdir()) == []


# What Wireshark's programs say of them.


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("name", [name for name in FILES if name != "no interface"])
def test_tshark_reads_the_same(name: str, suffix: str, tshark: str, tmp_path: pathlib.Path) -> None:
    before, after = tmp_path / "before.pcapng", tmp_path / f"after.pcapng{suffix}"
    before.write_bytes(FILES[name])
    with open_reader(before) as reader, write_pcapng(after, reader.interfaces) as writer:
        for record in reader:
            writer.write(record)
    names = "number time_epoch len cap_len interface_id interface_name interface_description comment packet_flags"
    words = [word for name in names.split() for word in ("-e", f"frame.{name}")]

    def asked(path: pathlib.Path) -> tuple[int, bytes]:
        done = subprocess.run([tshark, "-nr", path, "-T", "fields", *words, "-x"][:-1], capture_output=True)
        return done.returncode, done.stdout

    assert asked(after) == asked(before)
    assert asked(after)[0] == 0


@pytest.mark.parametrize("name", [name for name in FILES if name not in ("no interface", "no packet")])
def test_capinfos_accepts_them(name: str, tmp_path: pathlib.Path) -> None:
    capinfos = shutil.which("capinfos")
    if capinfos is None:
        pytest.skip("capinfos is not installed")
    path = tmp_path / "new.pcapng"
    path.write_bytes(copied(FILES[name]))
    done = subprocess.run([capinfos, "-c", "-M", "-T", "-r", path], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split()[-1] == str(len(whole(FILES[name])[0]))


def test_unknown_blocks_and_options_are_left_out() -> None:
    file = section() + interface(options=option(999, b"x")) + block(99, bytes(8)) + enhanced(DATA, options=option(77))
    assert copied(file) == section() + interface() + enhanced(DATA)
