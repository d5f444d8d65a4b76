"""Opening captures: from where, in which format, and what is said when it fails."""

import gzip
import io
import os
import pathlib
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wireproof.capture import CaptureError, open_reader

from .craft import enhanced, interface, option, pcap_header, pcap_record, section
from .reading import read_damaged
from .streams import Failing

PCAP = pcap_header() + pcap_record(b"one") + pcap_record(b"two")
PCAPNG = section() + interface() + enhanced(b"one") + enhanced(b"two")


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "capture.pcap"
    path.write_bytes(PCAP)
    return path


def test_by_path(path: pathlib.Path) -> None:
    for source in (path, str(path)):
        with open_reader(source) as reader:
            assert reader.name == str(path)
            assert [record.data for record in reader] == [b"one", b"two"]


def test_a_file_opened_here_is_closed_here(path: pathlib.Path) -> None:
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("the system does not list open files")
    before = os.listdir("/proc/self/fd")
    with open_reader(path) as reader:
        next(iter(reader))
    path.write_bytes(b"not a capture")
    with pytest.raises(CaptureError):
        open_reader(path)
    assert os.listdir("/proc/self/fd") == before


def test_a_stream_is_read_from_where_it_stands_and_left_open(path: pathlib.Path) -> None:
    with open(path, "rb") as stream:
        with open_reader(stream) as reader:
            assert reader.name == str(path)
            assert len(list(reader)) == 2
        assert not stream.closed
    late = io.BytesIO(b"1234" + PCAPNG)
    late.seek(4)
    with open_reader(late) as reader:
        assert reader.name == "<stream>"
        assert PCAPNG[next(iter(reader)).file_offset :].startswith(b"one")


def test_records_come_one_at_a_time_and_once() -> None:
    with open_reader(io.BytesIO(PCAP)) as reader:
        assert next(iter(reader)).number == 1
        assert [record.number for record in reader] == [2]
        assert list(reader) == []


SCRIPT = """
from wireproof.capture import open_reader
with open_reader("-") as reader:
    print(reader.name, reader.format, flush=True)
    for record in reader:
        print(record.number, record.data.decode(), flush=True)
"""


@pytest.mark.parametrize(("file", "kind"), [(PCAP, "pcap"), (PCAPNG, "pcapng")], ids=["pcap", "pcapng"])
def test_standard_input_gives_each_record_as_it_arrives(file: bytes, kind: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        timer = threading.Timer(30, process.kill)
        timer.start()
        try:
            # The last record is not yet whole, and those before it must not wait for it.
            process.stdin.write(file[:-10])
            process.stdin.flush()
            assert process.stdout.readline().split() == [b"-", kind.encode()]
            assert process.stdout.readline() == b"1 one\n"
            process.stdin.write(file[-10:])
            process.stdin.close()
            assert process.stdout.read() == b"2 two\n"
        finally:
            timer.cancel()
    assert process.returncode == 0


def test_a_named_pipe(tmp_path: pathlib.Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(PCAPNG,))
    writer.start()
    with open_reader(pipe) as reader:
        assert [record.data for record in reader] == [b"one", b"two"]
    writer.join()


def test_what_cannot_be_opened(tmp_path: pathlib.Path) -> None:
    missing = tmp_path / "missing.pcap"
    for source, reason in (
        (missing, "No such file or directory"),
        (tmp_path, "Is a directory"),
        ("zero\0byte", "embedded null byte"),
    ):
        with pytest.raises(CaptureError) as caught:
            open_reader(source)
        assert str(caught.value) == f"cannot open {str(source)!r}: {reason}"
        assert caught.value.offset is None


def test_a_file_without_permission(path: pathlib.Path) -> None:
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(CaptureError, match="Permission denied"):
        open_reader(path)


MAGIC = "expected the magic number of a pcap or pcapng file"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", f"at byte 0: empty, {MAGIC}"),
        (b"\xd4\xc3", f"at byte 0: starts with d4 c3, {MAGIC}"),
        (b"hello, world", f"at byte 0: starts with 68 65 6c 6c, {MAGIC}"),
        (b"\x1b[31", f"at byte 0: starts with 1b 5b 33 31, {MAGIC}"),
        (b"\x1f\x8b\x07\0", f"at byte 0: starts with 1f 8b 07 00, {MAGIC}"),
        (b"BZh91AY", f"at byte 0: starts with 42 5a 68 39, {MAGIC}; decompress it with bzip2 -d"),
        (b"\xfd7zXZ\0\0", f"at byte 0: starts with fd 37 7a 58, {MAGIC}; decompress it with xz -d"),
        (b"\xfd7zXY", f"at byte 0: starts with fd 37 7a 58, {MAGIC}"),
        (
            b"snoop\0\0\0\0\0\0\2",
            f"at byte 0: starts with 73 6e 6f 6f, {MAGIC}; editcap -F pcapng converts captures of this format",
        ),
        (gzip.compress(b"hello", mtime=0), f"at byte 0: decompressed, starts with 68 65 6c 6c, {MAGIC}"),
        (gzip.compress(b"", mtime=0), f"at byte 0: decompressed, empty, {MAGIC}"),
        (b"\x1f\x8b\x08\0", "at byte 0: the gzip stream is cut: it ends after 4 bytes"),
        (PCAP[:4], "at byte 4: the file ends after 4 bytes, expected a pcap header of 24"),
        (PCAP[:23], "at byte 23: the file ends after 23 bytes, expected a pcap header of 24"),
    ],
)
def test_what_is_not_a_capture(tmp_path: pathlib.Path, content: bytes, message: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    for source in (path, io.BytesIO(content)):
        with pytest.raises(CaptureError) as caught:
            open_reader(source)
        assert str(caught.value) == message


@pytest.mark.parametrize("file", [PCAP, PCAPNG], ids=["pcap", "pcapng"])
def test_a_failing_disk_ends_the_records(file: bytes) -> None:
    records, error = read_damaged(Failing(file[:-3], 10))
    assert [record.data for record in records] == [b"one"]
    assert str(error) == f"at byte {len(file) - 3}: cannot read on: Input/output error"


LARGE = bytes(262_145)


@pytest.mark.parametrize(
    "file",
    [
        pcap_header() + pcap_record(b"one") + pcap_record(LARGE) + pcap_record(b"two"),
        section() + interface() + enhanced(b"one") + enhanced(LARGE) + enhanced(b"two"),
    ],
    ids=["pcap", "pcapng"],
)
@pytest.mark.parametrize("size", [4096, 1 << 20])
def test_too_large_a_record_is_refused_however_much_is_read_at_once(
    monkeypatch: pytest.MonkeyPatch, file: bytes, size: int
) -> None:
    monkeypatch.setattr("wireproof.capture.source.READ_BYTES", size)
    records, error = read_damaged(file)
    assert [record.data for record in records] == [b"one"]
    assert error is not None
    assert error.message == "record 2 says that it holds 262145 bytes, expected at most 262144"


FILES = st.sampled_from(
    [PCAP, PCAPNG, section(">") + interface(order=">") + enhanced(b"x", ">", options=option(1, b"y", ">"))]
)


@given(FILES, st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=6), st.binary(max_size=40))
def test_any_damage_ends_in_a_capture_error_or_in_records(
    file: bytes, changes: list[tuple[int, int]], tail: bytes
) -> None:
    damaged = bytearray(file + tail)
    for position, value in changes:
        damaged[position % len(damaged)] = value
    records, error = read_damaged(bytes(damaged))
    for record in records:
        start = record.file_offset
        assert damaged[start : start + len(record.data)] == record.data
    if error:
        assert "\n" not in str(error)
        assert error.offset is not None
        assert 0 <= error.offset <= len(damaged)
