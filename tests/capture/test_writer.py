"""Writing pcap files, and reading them back."""

import errno
import io
import os
import pathlib
import resource
import stat
import struct
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wireproof.capture import CaptureError, PcapWriter, Record, open_reader, write_pcap

from .craft import NANOSECONDS, pcap_header, pcap_record
from .reading import read

SECOND = 10**9


def record(data: bytes = b"data", *, time: int | None = 0, wire: int = 4, link_type: int = 1) -> Record:
    return Record(9, data, wire, time, link_type, 0, 0)


def test_the_bytes_of_a_file() -> None:
    first, second = record(b"abc", time=5 * SECOND + 6_789, wire=70), record(b"", time=None)
    stream = io.BytesIO()
    writer = PcapWriter(stream, 1)
    writer.write(first)
    writer.write(second)
    assert stream.getvalue() == (
        pcap_header() + pcap_record(b"abc", seconds=5, fraction=6, wire=70) + pcap_record(wire=4)
    )
    stream = io.BytesIO()
    PcapWriter(stream, 1, nanoseconds=True, snap_length=1500).write(first)
    assert stream.getvalue() == (
        pcap_header(magic=NANOSECONDS, snap_length=1500) + pcap_record(b"abc", seconds=5, fraction=6_789, wire=70)
    )


RECORDS = st.lists(
    st.builds(
        Record,
        number=st.just(0),
        data=st.binary(max_size=100),
        wire_length=st.integers(0, 2**32 - 1),
        time=st.integers(0, 2**32 * SECOND - 1),
        link_type=st.just(113),
        interface=st.just(0),
        file_offset=st.just(0),
        comments=st.just(()),
        fcs_length=st.none(),
        options=st.none(),
    )
)


@given(RECORDS, st.booleans())
def test_what_is_written_is_read_back(records: list[Record], nanoseconds: bool) -> None:
    stream = io.BytesIO()
    writer = PcapWriter(stream, 113, nanoseconds=nanoseconds)
    for each in records:
        writer.write(each)
    found = read(stream.getvalue())
    unit = 1 if nanoseconds else 1000
    offset = 24
    for number, each in enumerate(records, 1):
        assert each.time is not None
        offset += 16
        time = each.time - each.time % unit
        assert found[number - 1] == each._replace(number=number, time=time, file_offset=offset)
        offset += len(each.data)
    assert len(found) == len(records)


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        (
            record(link_type=228),
            "record 9 has link type 228, but a pcap file holds one link type and this one's is 1; pcapng holds several",
        ),
        (
            record(bytes(101)),
            "record 9 has 101 bytes, but the file's snap length is 100, to which other readers would cut it",
        ),
        (
            record(time=-1),
            "record 9 has time -1 ns and wire length 4: pcap holds times from 1970 to 2106 and lengths to 4294967295"
            "; pcapng holds other times",
        ),
        (
            record(time=2**32 * SECOND),
            "record 9 has time 4294967296000000000 ns and wire length 4: pcap holds times "
            "from 1970 to 2106 and lengths to 4294967295; pcapng holds other times",
        ),
        (
            record(wire=2**32),
            "record 9 has time 0 ns and wire length 4294967296: pcap holds times from 1970 "
            "to 2106 and lengths to 4294967295",
        ),
    ],
)
def test_what_the_format_cannot_hold_is_refused_and_not_begun(refused: Record, message: str) -> None:
    stream = io.BytesIO()
    writer = PcapWriter(stream, 1, snap_length=100)
    writer.write(record())
    before = stream.getvalue()
    with pytest.raises(CaptureError) as caught:
        writer.write(refused)
    assert str(caught.value) == message
    assert stream.getvalue() == before


@pytest.mark.parametrize(("link_type", "snap_length"), [(-1, 1), (65536, 1), (1, 0), (1, 2**32)])
def test_headers_that_the_format_cannot_hold(link_type: int, snap_length: int) -> None:
    with pytest.raises(CaptureError, match="pcap holds"):
        PcapWriter(io.BytesIO(), link_type, snap_length=snap_length)


def test_a_full_disk() -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(CaptureError, match="cannot write: No space left on device"):
        PcapWriter(Full(), 1)


def test_a_disk_that_is_full_when_the_buffer_is_written(tmp_path: pathlib.Path) -> None:
    """A limit on the size of files stands for the full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(CaptureError) as caught, write_pcap(tmp_path / "out.pcap", 1):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert str(caught.value) == f"cannot write {str(tmp_path / 'out.pcap')!r}: File too large"
    assert os.listdir(tmp_path) == []


def test_the_name_appears_when_the_file_is_whole(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "out.pcap"
    with write_pcap(path, 1, nanoseconds=True, snap_length=99) as writer:
        writer.write(record(time=7))
        assert not path.exists()
        assert len(os.listdir(tmp_path)) == 1
    assert os.listdir(tmp_path) == ["out.pcap"]
    with open_reader(path) as reader:
        assert reader.nanoseconds
        assert reader.interfaces[0].snap_length == 99
        assert [found.time for found in reader] == [7]


@pytest.mark.parametrize("error", [CaptureError("damage"), KeyboardInterrupt()])
def test_a_failure_leaves_what_was_there(tmp_path: pathlib.Path, error: BaseException) -> None:
    path = tmp_path / "out.pcap"
    path.write_bytes(b"before")

    def fail() -> None:
        with write_pcap(path, 1) as writer:
            writer.write(record())
            raise error

    with pytest.raises(type(error)):
        fail()
    assert path.read_bytes() == b"before"
    assert os.listdir(tmp_path) == ["out.pcap"]


def test_an_existing_file_keeps_its_mode_and_its_links(tmp_path: pathlib.Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"before")
    target.chmod(0o600)
    link.symlink_to(target)
    with write_pcap(link, 1):
        pass
    assert link.is_symlink()
    assert target.read_bytes() == pcap_header()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_new_file_has_the_mode_that_other_programs_give(tmp_path: pathlib.Path) -> None:
    (tmp_path / "other").write_bytes(b"")
    with write_pcap(tmp_path / "out.pcap", 1):
        pass
    assert (tmp_path / "out.pcap").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: pathlib.Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_bytes()))
    reader.start()
    with write_pcap(pipe, 1) as writer:
        writer.write(record())
    reader.join()
    assert found == [pcap_header() + pcap_record(b"data")]
    assert pipe.is_fifo()


def test_what_cannot_be_written(tmp_path: pathlib.Path) -> None:
    for path, reason in (
        (tmp_path / "missing" / "out.pcap", "No such file or directory"),
        (tmp_path, "Is a directory"),
        ("zero\0byte", "embedded null byte"),
        ("", "the name is empty"),
    ):
        with pytest.raises(CaptureError) as caught, write_pcap(path, 1):
            pytest.fail("the body must not run")
        assert str(caught.value) == f"cannot write {str(path)!r}: {reason}"


def test_a_file_that_may_not_be_changed_is_not_replaced(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.pcap"
    path.write_bytes(b"before")
    monkeypatch.setattr(os, "access", lambda name, mode: not (name == str(path) and mode == os.W_OK))
    with pytest.raises(CaptureError, match="the file may not be changed"), write_pcap(path, 1):
        pytest.fail("the body must not run")
    assert path.read_bytes() == b"before"


def test_standard_output() -> None:
    script = (
        "from wireproof.capture import Record, write_pcap\n"
        "with write_pcap('-', 228) as writer:\n"
        "    writer.write(Record(1, b'E', 1, 0, 228, 0, 0))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout == pcap_header(link_type=228) + pcap_record(b"E")
    assert struct.unpack("<I", done.stdout[:4]) == (0xA1B2C3D4,)
