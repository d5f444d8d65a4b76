"""Ranges of a file at the same time: what comes out is what one walk gives, wherever a range seems to begin."""

import random
import struct
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

import wireproof
from wireproof.capture import CaptureError, PcapWriter, write_pcap
from wireproof.engine import guessing, ranges, texts
from wireproof.engine.jobs import jobs_for
from wireproof.interface.opening import Kind, Opening

from ..capture.craft import enhanced, interface, option, section
from .frames import frames, write
from .test_pcapng import mixture

FILTERS = ["", "arp", 'frame matches "[GT]"', "tcp.port == 80 or vlan"]
NAMES = ["ip.src", "tcp.srcport", "frame.len", "eth.dst"]


def opening(path: Path, nanoseconds: Callable[[bool], bool] = bool) -> Opening:
    def open_it(kind: Kind) -> AbstractContextManager[PcapWriter]:
        link_type, finer = kind()
        return write_pcap(path, link_type, nanoseconds=nanoseconds(finer))

    return open_it


def everything(path: Path, text: str, jobs: int, folder: Path) -> tuple[object, ...]:
    """A count, a copy and lines, and what is said of damage."""
    said: list[str] = []
    copy = folder / f"copy-{jobs}.pcap"
    copy.unlink(missing_ok=True)
    with wireproof.open_capture(path) as capture:
        capture.jobs = jobs
        count = capture.count_until_damage(text, engine="compiled")
        said.append(str(count[1]))
    with wireproof.open_capture(path) as capture:
        capture.jobs = jobs
        try:
            capture.copy(opening(copy), text, engine="compiled")
        except CaptureError as error:
            said.append(str(error))
    text_lines = bytearray()
    with wireproof.open_capture(path) as capture:
        capture.jobs = jobs
        found = capture.lines(NAMES, display_filter=text, engine="compiled")
        assert found is not None
        try:
            for part in found:
                text_lines += part
        except CaptureError as error:
            said.append(str(error))
    return count[0], copy.read_bytes() if copy.exists() else None, bytes(text_lines), said


def check(path: Path, folder: Path, texts: list[str] = FILTERS) -> None:
    for text in texts:
        want = everything(path, text, 1, folder)
        for jobs in (2, 5):
            found = everything(path, text, jobs, folder)
            assert found[0] == want[0]
            assert found[3] == want[3]
            assert found[1] == want[1]
            assert found[2] == want[2]


@pytest.mark.parametrize("size", [700, 5000, 1 << 20])
@pytest.mark.parametrize(("order", "magic"), [("<", 0xA1B2C3D4), (">", 0xA1B23C4D), ("<", 0xA1B2CD34)])
def test_pcap(tmp_path: Path, size: int, order: str, magic: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "RANGE_BYTES", size)
    path = write(tmp_path / "a.pcap", frames(31, 400), order=order, magic=magic)
    check(path, tmp_path, FILTERS if size == 5000 else FILTERS[:2])


def test_captures_in_captures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Payloads that look like records, better than the records do."""
    monkeypatch.setattr(ranges, "RANGE_BYTES", 4000)
    inner = write(tmp_path / "inner.pcap", frames(3, 40)).read_bytes()[24:]
    dice = random.Random(7)
    outer = [inner[dice.randrange(200) :][: dice.randrange(300, 6000)] for _ in range(60)]
    guesses = []

    def noted(octets: bytes, header: object) -> int | None:
        place = guessing.first_record(octets, header)  # type: ignore[arg-type]
        guesses.append(place)
        return place

    monkeypatch.setattr(ranges, "first_record", noted)
    path = write(tmp_path / "outer.pcap", outer)
    check(path, tmp_path, ["", "frame.len > 3000"])
    assert len(guesses) > 20


@pytest.mark.parametrize("guess", [None, 0, 3, 10**6])
def test_wrong_guesses_change_nothing(tmp_path: Path, guess: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "RANGE_BYTES", 3000)
    monkeypatch.setattr(ranges, "first_record", lambda octets, header: guess)
    check(write(tmp_path / "a.pcap", frames(5, 200)), tmp_path, ["", "arp"])


def test_records_that_are_larger_than_ranges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "RANGE_BYTES", 1000)
    path = write(tmp_path / "a.pcap", [bytes(60), bytes(7000), *frames(9, 30), bytes(2500), bytes(99)])
    check(path, tmp_path, ["", "frame.len > 100"])


@pytest.mark.parametrize("place", [30, 2000, 9000, -1, -20])
def test_damage(tmp_path: Path, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames before the damage, and its message with the number of the record."""
    monkeypatch.setattr(ranges, "RANGE_BYTES", 2500)
    path = write(tmp_path / "a.pcap", frames(8, 150))
    data = path.read_bytes()
    path.write_bytes(data[:place] if place < 0 else data[:place] + b"\xff" * 40 + data[place + 40 :])
    check(path, tmp_path, ["", "tcp"])


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("size", [300, 2000])
def test_pcapng(tmp_path: Path, order: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sections and interfaces that begin in the midst of ranges; several link types are left to one walk."""
    monkeypatch.setattr(ranges, "RANGE_BYTES", size)
    path = tmp_path / "a.pcapng"
    path.write_bytes(mixture(order))
    check(path, tmp_path, ["", "ip", "frame.interface_id == 0"])


def test_a_record_that_the_copy_cannot_hold_is_named_by_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges, "RANGE_BYTES", 2000)
    path = tmp_path / "a.pcapng"
    packets = b"".join(enhanced(each, ticks=5) for each in frames(2, 90))
    path.write_bytes(section() + interface() + packets + enhanced(bytes(60), ticks=1 << 53) + packets)
    said = set()
    for jobs in (1, 2):
        with wireproof.open_capture(path) as capture:
            capture.jobs = jobs
            with pytest.raises(CaptureError) as caught:
                capture.copy(opening(tmp_path / "b.pcap"), engine="compiled")
        said.add(str(caught.value))
    assert len(said) == 1
    assert "record 91 has time" in said.pop()
    assert not (tmp_path / "b.pcap").exists()


@pytest.mark.parametrize("guess", ["right", "wrong"])
def test_numbers_of_frames(tmp_path: Path, guess: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "RANGE_BYTES", 2000)
    if guess == "wrong":
        monkeypatch.setattr(ranges, "first_record", lambda octets, header: 7)
    path = write(tmp_path / "a.pcap", frames(31, 100))
    with wireproof.open_capture(path) as capture:
        capture.jobs = 4
        found = capture.lines(["frame.number"], engine="compiled")
        assert found is not None
        assert b"".join(found).split() == [b"%d" % number for number in range(1, 101)]
    with wireproof.open_capture(path) as capture:
        capture.jobs = 3
        found = capture.lines(["frame.number"], display_filter="frame.number in {7, 30..40, 99}", engine="compiled")
        assert found is not None
        assert [int(number) for number in b"".join(found).split()] == [7, *range(30, 41), 99]


@pytest.mark.parametrize("rows", [1, 3, 1 << 10])
@pytest.mark.parametrize("text", ["", "arp", "frame.len > 9000", 'frame matches "[GT]"'])
def test_numbers_of_frames_that_pass(tmp_path: Path, text: str, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a range is printed in parts, and where nothing of it is."""
    path = write(tmp_path / "a.pcap", frames(31, 200))
    path.write_bytes(path.read_bytes() + b"\xff" * 40)
    found = []
    for jobs, size in ((1, 1 << 20), (2, 3000), (4, 1000)):
        monkeypatch.setattr(ranges, "RANGE_BYTES", size)
        monkeypatch.setattr(texts, "MOST_ROWS", rows)
        said: list[bytes] = []
        with wireproof.open_capture(path) as capture:
            capture.jobs = jobs
            lines = capture.lines(["frame.number", "ip.src"], display_filter=text, engine="compiled")
            assert lines is not None
            with pytest.raises(CaptureError) as caught:
                said.extend(lines)
        found.append((b"".join(said), str(caught.value)))
    assert found[1:] == found[:1] * 2


@pytest.mark.parametrize("order", ["<", ">"])
def test_numbers_where_sections_and_damage_are_in_between(
    tmp_path: Path, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges, "RANGE_BYTES", 600)
    path = tmp_path / "a.pcapng"
    path.write_bytes(mixture(order) + b"\xff" * 40)
    found: list[bytes] = []
    with wireproof.open_capture(path) as capture:
        capture.jobs = 3
        lines = capture.lines(["frame.number"], engine="compiled")
        assert lines is not None
        with pytest.raises(CaptureError, match="at byte"):
            found.extend(lines)
    assert b"".join(found).split() == [b"%d" % number for number in range(1, 37)]


def test_how_many_jobs_pay() -> None:
    assert jobs_for(None, 4) == 1
    assert jobs_for(1000, None) == 1
    assert jobs_for(1000, 3) == 3
    assert 1 <= jobs_for(1 << 40, None) <= 8


def test_a_copy_is_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "RANGE_BYTES", 4096)
    path = tmp_path / "a.pcap"
    with path.open("wb") as stream:
        writer = PcapWriter(stream, 1)
        for number, data in enumerate(frames(1, 300), 1):
            writer.append(struct.pack("<IIII", number, 0, len(data), len(data)) + data)
    with wireproof.open_capture(path) as capture:
        capture.jobs = 3
        capture.copy(opening(tmp_path / "b.pcap"), engine="compiled")
    assert (tmp_path / "b.pcap").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("jobs", [2, 3, 4, 6, 8])
def test_blocks_are_found_again(tmp_path: Path, jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "RANGE_BYTES", 20_000)
    monkeypatch.setattr(ranges, "LEAST_BYTES", 100)
    monkeypatch.setattr(ranges, "SHARES", 1)
    guesses: list[int | None] = []

    def noted(octets: bytes, blocks: object) -> int | None:
        guesses.append(guessing.first_block(octets, blocks))  # type: ignore[arg-type]
        return guesses[-1]

    monkeypatch.setattr(ranges, "first_block", noted)
    path = tmp_path / "a.pcapng"
    path.write_bytes(section() + interface() + b"".join(enhanced(each) for each in frames(4, 300)))
    with wireproof.open_capture(path) as capture:
        capture.jobs = jobs
        assert capture.count(engine="compiled") == 300
    assert len(guesses) > 1
    assert None not in guesses


@pytest.mark.parametrize("asked", [None, False, True])
@pytest.mark.parametrize("text", ["frame.interface_id == 0", "frame.interface_id == 1", "", "frame.len == 1"])
@pytest.mark.parametrize("later", [interface(101), interface(1, options=option(9, b"\x09"))])
@pytest.mark.parametrize("size", [700, 1 << 20])
def test_interfaces_that_come_later_decide_what_is_written(
    tmp_path: Path, later: bytes, text: str, size: int, asked: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges, "RANGE_BYTES", size)
    monkeypatch.setattr(ranges, "LEAST_BYTES", 100)
    path = tmp_path / "a.pcapng"
    first = b"".join(enhanced(each, ticks=5) for each in frames(4, 30))
    behind = enhanced(b"abc", index=1, ticks=1_234_567_891) * 2
    path.write_bytes(section() + interface() + first + later + behind + first)

    def nanoseconds(finer: bool) -> bool:
        return finer if asked is None else asked

    def written(jobs: int) -> tuple[bytes | None, str]:
        said, copy = "", tmp_path / f"{jobs}.pcap"
        with wireproof.open_capture(path) as capture:
            capture.jobs = jobs
            try:
                capture.copy(opening(copy, nanoseconds), text, engine="compiled")
            except CaptureError as error:
                said = str(error)
            with pytest.raises(CaptureError, match="read already"):
                capture.count(engine="compiled")
            assert said or len(capture.reader.interfaces) == 2
        return copy.read_bytes() if copy.exists() else None, said

    assert written(1) == written(2) == written(5)


def test_damage_before_the_first_packet(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    path.write_bytes(section() + interface()[:-4] + b"\1\2\3\4" + enhanced(b"abc"))
    for jobs in (1, 2):
        with wireproof.open_capture(path) as capture:
            capture.jobs = jobs
            count, damage = capture.count_until_damage(engine="compiled")
        assert (count, str(damage)[:10]) == (0, "at byte 44")


def test_a_capture_is_closed_while_ranges_are_under_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "RANGE_BYTES", 3000)
    path = write(tmp_path / "a.pcap", frames(5, 400))
    with wireproof.open_capture(path) as capture:
        capture.jobs = 3
        lines = capture.lines(["ip.src"], engine="compiled")
        assert lines is not None
        next(lines)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ThreadPool")]
