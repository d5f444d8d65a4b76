"""Blocks, byte orders, resolutions, large records, damage: frames, offsets and messages are the plain reader's."""

import io
import struct
import tracemalloc
from pathlib import Path

import pytest

from wireproof.capture import CaptureError, open_reader
from wireproof.dissectors.schema import catalogue
from wireproof.engine import Query, compile_query, held
from wireproof.grammar import compile_filter

from .frames import frames, write

MAGICS = [0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34]


def query(text: str) -> Query:
    """A compiled filter."""
    return compile_query(compile_filter(text, catalogue()))


def outcome(source: object, text: str = "") -> tuple[list[tuple[int, int]], str | None]:
    """The numbers and offsets of the matches, and what is said of damage."""
    found: list[tuple[int, int]] = []
    try:
        for record in query(text).match_records(source):  # type: ignore[arg-type]
            found.append((record.number, record.file_offset))
    except CaptureError as error:
        return found, str(error)
    return found, None


def plain(path: Path) -> tuple[list[tuple[int, int]], str | None]:
    """The same by the plain reader, of all records."""
    found = []
    try:
        with open_reader(path) as reader:
            for record in reader:
                found.append((record.number, record.file_offset))
    except CaptureError as error:
        return found, str(error)
    return found, None


class Dribble(io.RawIOBase):
    """A pipe that has a few octets at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        self.data, self.step, self.place = data, step, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        part = self.data[self.place : self.place + min(self.step, len(view))]
        view[: len(part)] = part
        self.place += len(part)
        return len(part)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("magic", MAGICS)
def test_every_pcap_variant(tmp_path: Path, order: str, magic: int) -> None:
    path = write(tmp_path / "a.pcap", frames(2, 60), order=order, magic=magic)
    assert outcome(path) == plain(path)
    assert len(plain(path)[0]) == 60
    with open_reader(path) as reader:
        want = [record.number for record in reader if (record.time or 0) >= 1_700_000_030_000_029_999]
    seconds = "1700000030.000029999"
    assert [number for number, _ in outcome(path, f"frame.time_epoch >= {seconds}")[0]] == want


@pytest.mark.parametrize("step", [1, 7, 100])
def test_pipes(tmp_path: Path, step: int) -> None:
    path = write(tmp_path / "a.pcap", frames(3, 20))
    assert outcome(Dribble(path.read_bytes(), step)) == plain(path)


def test_a_stream_without_readinto(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pcap", frames(3, 20))

    class Old:
        def __init__(self) -> None:
            self.stream = io.BytesIO(path.read_bytes())

        def read(self, size: int) -> bytes:
            return self.stream.read(size)

    assert outcome(Old()) == plain(path)


def test_records_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "BLOCK_BYTES", 512)
    path = write(tmp_path / "a.pcap", [*frames(4, 300), bytes(5000), *frames(5, 30), bytes(600)])
    assert outcome(path) == plain(path)
    assert outcome(path, "frame.len > 400 and not arp")[0][-1] == plain(path)[0][-1]


def test_a_large_record(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pcap", [bytes(64), bytes(262_144), b"\1" * 64], cut=99)
    assert outcome(path) == plain(path)


@pytest.mark.parametrize("lost", [1, 15, 16, 17, 40, 90])
def test_a_cut_file(tmp_path: Path, lost: int) -> None:
    path = write(tmp_path / "a.pcap", frames(6, 30))
    path.write_bytes(path.read_bytes()[:-lost])
    found, said = outcome(path)
    assert (found, said) == plain(path)
    assert said is not None


def test_damage(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pcap", frames(6, 30))
    data = bytearray(path.read_bytes())
    place = plain(path)[0][20][1] - 8
    data[place : place + 4] = struct.pack("<I", 0x00FFFFFF)
    path.write_bytes(data)
    found, said = outcome(path)
    assert (found, said) == plain(path)
    assert len(found) == 20
    assert "record 21 says" in str(said)


@pytest.mark.parametrize("data", [b"", b"abc", bytes(40), b"\xd4\xc3\xb2\xa1\2\0", b"\x1f\x8b\x08\x00"])
def test_what_is_no_capture(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(data)
    assert outcome(path) == plain(path)
    assert outcome(path)[1] is not None


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert outcome(tmp_path / "none") == plain(tmp_path / "none")


def test_pcapng(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "BLOCK_BYTES", 4096)
    path = checkout / "examples" / "lan.pcapng"
    assert outcome(path) == plain(path)
    chosen = compile_filter("frame.interface_id == 0 and tcp", catalogue())
    with open_reader(path) as reader:
        records = list(reader)
    assert 0 < len(list(compile_query(chosen).match_records(path))) < len(records)


def test_memory_follows_what_has_come_and_not_what_is_claimed(tmp_path: Path) -> None:
    """A record of 100 MB by its own account, as USB may have, of which 3 MB are there, and one that is all there."""
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 0, 189)
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(head + struct.pack("<IIII", 0, 0, 100 << 20, 100 << 20) + bytes(3 << 20))
    chosen = query("")
    list(chosen.match_records(write(tmp_path / "warm.pcap", frames(1, 3), link=189)))
    tracemalloc.start()
    try:
        with pytest.raises(CaptureError, match="record 1 is cut"):
            list(chosen.match_records(cut))
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()
    whole = write(tmp_path / "whole.pcap", [bytes(20), bytes(9 << 20), b"abc"], link=189)
    assert outcome(whole) == plain(whole)
