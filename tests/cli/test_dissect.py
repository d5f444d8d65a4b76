"""``wireproof dissect``: what is printed, in which order, and with which status."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import FRAMES, Result, Write

Run = Callable[..., Result]
Spawn = Callable[..., subprocess.CompletedProcess[bytes]]
NUMBERS = ("-T", "fields", "-e", "frame.number")


def test_summary(run: Run, capture: Path) -> None:
    result = run("-r", capture, "-c", "1")
    assert (result.status, result.err) == (0, "")
    assert result.out == (
        "    1   0.000000 02:00:00:00:00:01 → ff:ff:ff:ff:ff:ff ARP 60 Who has 192.0.2.1? (ARP Probe)\n"
    )


def test_the_readmes_question(run: Run, capture: Path) -> None:
    result = run("dissect", capture, "-Y", "arp.opcode == 1 && arp.spa == 0.0.0.0")
    assert result.status == 0
    assert [line.split()[0] for line in result.lines] == ["1"]


def test_fields(run: Run, capture: Path) -> None:
    result = run(
        "-r", capture, "-T", "fields", "-Eheader=y", "-E", "separator=;", "-E", "quote=d", "-E", "aggregator=/s",
        "-e", "frame.number", "-e", "eth.addr", "-e", "arp.opcode", "-c", "1",
    )  # fmt: skip
    assert result.lines == ["frame.number;eth.addr;arp.opcode", '"1";"ff:ff:ff:ff:ff:ff 02:00:00:00:00:01";"1"']


@pytest.mark.parametrize(
    ("occurrence", "shown"),
    [("f", "ff:ff:ff:ff:ff:ff"), ("l", "02:00:00:00:00:01"), ("a", "ff:ff:ff:ff:ff:ff,02:00:00:00:00:01")],
)
def test_occurrences(occurrence: str, shown: str, run: Run, capture: Path) -> None:
    result = run("-r", capture, "-c1", "-T", "fields", "-e", "eth.addr", "-E", f"occurrence={occurrence}")
    assert result.lines == [shown]


def test_json(run: Run, capture: Path) -> None:
    result = run("-r", capture, "-T", "json", "-e", "frame.number", "arp.opcode == 2")
    (packet,) = json.loads(result.out)
    assert packet["_source"]["layers"] == {"frame.number": ["4"]}


def test_json_of_nothing(run: Run, capture: Path) -> None:
    assert json.loads(run("-r", capture, "-T", "json", "tcp").out) == []


def test_tabs(run: Run, capture: Path) -> None:
    (line,) = run("-r", capture, "-T", "tabs", "-c", "1").lines
    assert line.split("\t")[-1] == "Who has 192.0.2.1? (ARP Probe)"


def test_details_and_bytes(run: Run, capture: Path) -> None:
    result = run("-r", capture, "-P", "-O", "arp", "-x", "-c", "1")
    assert result.lines[0].startswith("    1   0.000000 ")
    assert result.lines[1] == "Frame 1: 60 bytes on wire (480 bits), 60 bytes captured (480 bits)"
    assert "    Opcode: request (1)" in result.lines
    assert "0000  ff ff ff ff ff ff 02 00 00 00 00 01 08 06 00 01   ................" in result.lines
    assert result.lines[-1] == ""


def test_time_column(run: Run, capture: Path) -> None:
    shown = [run("-r", capture, "-t", form).lines[1].split()[1] for form in ("r", "d", "e", "u")]
    assert shown == ["0.001000", "0.001000", "1700000000.002000", "22:13:20.002000"]


def test_time_column_in_nanoseconds(run: Run, write: Write) -> None:
    path = write(nanoseconds=True)
    assert run("-r", path, "-t", "e").lines[0].split()[1] == "1700000000.001000007"


@pytest.mark.parametrize(
    ("count", "numbers"), [("1", []), ("3", []), ("4", ["4"]), ("5", ["4"]), ("2000000000", ["4"])]
)
def test_the_count_is_of_packets_read(count: str, numbers: list[str], run: Run, capture: Path) -> None:
    assert run("-r", capture, "-c", count, *NUMBERS, "arp.opcode == 2").lines == numbers


def test_the_count_ends_before_damage(run: Run, cut: Path) -> None:
    result = run("-r", cut, "-c", "2", *NUMBERS)
    assert (result.status, result.lines, result.err) == (0, ["1", "2"], "")


def test_checksums_are_verified_when_asked(run: Run, capture: Path) -> None:
    words = ("-r", capture, "-T", "fields", "-e", "ip.checksum.status", "-e", "udp.checksum.status", "udp")
    assert run("-o", "udp.check_checksum:TRUE", *words).lines == ["2\t0"]
    assert run("-o", "udp.check_checksum:TRUE", "-o", "udp.check_checksum:FALSE", *words).lines == ["2\t2"]


def test_quiet(run: Run, capture: Path) -> None:
    assert run("-q", "-r", capture) == Result(0, "", "")
    assert run("-q", "-r", capture, "-x", "-c", "1").out


class TestDamage:
    """Every whole record before the damage, one line with the byte offset, status 2."""

    MESSAGE = "at byte 176: record 3 is cut: it says that it holds 60 bytes, 8 follow\n"

    def test_text(self, run: Run, cut: Path) -> None:
        result = run("-r", cut, *NUMBERS)
        assert (result.status, result.lines) == (2, ["1", "2"])
        assert result.err == f"wireproof: {cut}: {self.MESSAGE}"

    def test_json_is_closed(self, run: Run, cut: Path) -> None:
        result = run("-r", cut, "-T", "json", "-e", "frame.number")
        assert (result.status, len(json.loads(result.out))) == (2, 2)

    def test_written(self, run: Run, cut: Path) -> None:
        new = cut.with_name("new.pcap")
        assert run("-r", cut, "-w", new).status == 2
        assert new.read_bytes() == cut.read_bytes()[:176]

    def test_standard_input(self, spawn: Spawn, cut: Path) -> None:
        done = spawn("-r", "-", *NUMBERS, stdin=cut.read_bytes())
        assert (done.returncode, done.stdout.split()) == (2, [b"1", b"2"])
        assert done.stderr.decode() == f"wireproof: standard input: {self.MESSAGE}"


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "at byte 0: empty"), (b"root:x:0", "at byte 0: starts with 72 6f 6f 74")]
)
def test_not_a_capture(content: bytes, said: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_bytes(content)
    result = run("-r", path)
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith(f"wireproof: {path}: {said}")
    assert result.err.count("\n") == 1


def test_no_such_file(run: Run) -> None:
    assert run("-r", "no\x1b[31mfile") == Result(
        2, "", "wireproof: cannot open 'no\\x1b[31mfile': No such file or directory\n"
    )


def test_a_faulty_filter_is_told_before_the_file_is_opened(run: Run) -> None:
    result = run("-r", "nofile", "-Y", "arp.opcod == 1 && tcp.prot")
    assert (result.status, result.out) == (2, "")
    assert result.err.count("wireproof: ") == 2
    assert "    arp.opcod == 1 && tcp.prot\n    ^~~~~~~~~\n" in result.err
    assert "    arp.opcod == 1 && tcp.prot\n                      ^~~~~~~~\n" in result.err
    assert "arp.opcode?" in result.err


class TestWriting:
    """``-w``."""

    def test_a_copy_is_the_same(self, run: Run, capture: Path) -> None:
        new = capture.with_name("new.pcap")
        assert run("-r", capture, "-w", new) == Result(0, "", "")
        assert new.read_bytes() == capture.read_bytes()

    def test_onto_itself(self, run: Run, capture: Path) -> None:
        before = capture.read_bytes()
        link = capture.with_name("link.pcap")
        link.symlink_to(capture)
        for name in (capture, link):
            result = run("-r", capture, "-w", name, "arp")
            assert result.status == 1
            assert "another name" in result.err
        assert capture.read_bytes() == before

    def test_the_matching_packets(self, run: Run, capture: Path) -> None:
        new = capture.with_name("new.pcap")
        assert run("-r", capture, "-w", new, "-P", "arp.opcode == 2").out.startswith("    4 ")
        assert run("-r", new, "-T", "fields", "-e", "arp.opcode").lines == ["2"]

    def test_no_packet(self, run: Run, write: Write) -> None:
        path = write(frames=[FRAMES[4][14:]], link_type=101)
        new = path.with_name("new.pcap")
        assert run("-r", path, "-w", new, "arp").status == 0
        assert new.read_bytes() == path.read_bytes()[:24]

    @pytest.mark.parametrize(("form", "magic"), [(None, 0xA1B23C4D), ("nsecpcap", 0xA1B23C4D), ("pcap", 0xA1B2C3D4)])
    def test_times_stay_whole_unless_asked(self, form: str | None, magic: int, run: Run, write: Write) -> None:
        path = write(nanoseconds=True)
        new = path.with_name("new.pcap")
        assert run("-r", path, "-w", new, *(("-F", form) if form else ())).status == 0
        assert int.from_bytes(new.read_bytes()[:4], "little") == magic

    def test_standard_output(self, spawn: Spawn, capture: Path) -> None:
        done = spawn("-r", "-", "-w", "-", "-l", stdin=capture.read_bytes())
        assert (done.returncode, done.stdout, done.stderr) == (0, capture.read_bytes(), b"")

    def test_the_folder_is_not_there(self, run: Run, capture: Path) -> None:
        result = run("-r", capture, "-w", "/nonexistent/new.pcap")
        assert (result.status, result.out) == (2, "")
        assert result.err == "wireproof: cannot write '/nonexistent/new.pcap': No such file or directory\n"

    def test_several_link_types(self, run: Run, tmp_path: Path) -> None:
        path, new = tmp_path / "two.pcapng", tmp_path / "new.pcap"
        path.write_bytes(_pcapng((1, FRAMES[4]), (101, FRAMES[4][14:])))
        assert run("-r", path, *NUMBERS).lines == ["1", "2"]
        result = run("-r", path, "-w", new)
        assert result.status == 2
        assert "record 2 has link type 101, but a pcap file holds one link type" in result.err
        assert [file.name for file in tmp_path.iterdir()] == ["two.pcapng"]
        assert run("-r", path, "-w", new, "-Y", "eth").status == 0


def _pcapng(*packets: tuple[int, bytes]) -> bytes:
    """Return a pcapng file with an interface for each packet's link type."""

    def block(kind: int, body: bytes) -> bytes:
        length = (12 + len(body)).to_bytes(4, "little")
        return kind.to_bytes(4, "little") + length + body + length

    section = block(0x0A0D0D0A, bytes.fromhex("4d3c2b1a 0100 0000") + b"\xff" * 8)
    interfaces = b"".join(block(1, link_type.to_bytes(4, "little") + bytes(4)) for link_type, _ in packets)
    records = b""
    for number, (_, data) in enumerate(packets):
        length = len(data).to_bytes(4, "little")
        records += block(6, number.to_bytes(4, "little") + bytes(8) + length + length + data + bytes(-len(data) % 4))
    return section + interfaces + records
