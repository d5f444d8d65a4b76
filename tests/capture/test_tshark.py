"""The same records as tshark: on the shared captures, and on crafted and damaged files."""

import contextlib
import io
import os
import pathlib
import struct
import subprocess

import pytest

from wireproof.capture import CaptureError, PcapWriter, Record, open_reader

from .craft import block, enhanced, interface, obsolete, option, pcap_header, pcap_record, section, simple

ROOT = pathlib.Path(__file__).resolve().parents[2]
ORACLE = pathlib.Path(os.environ.get("WIREPROOF_ORACLE") or ROOT.parent / "shared" / "oracle") / "captures"
CAPTURES = sorted(ORACLE.glob("*.pcap*"))

pytestmark = pytest.mark.usefixtures("tshark")


def asked(path: pathlib.Path) -> list[tuple[int | None, int, int, int | None, int, str]]:
    """Time, wire and captured length, interface, section and comment of every record."""
    names = ("time_epoch", "len", "cap_len", "interface_id", "section_number", "comment")
    fields = [part for name in names for part in ("-e", f"frame.{name}")]
    done = subprocess.run(
        ["tshark", "-n", "-r", path, "-T", "fields", "-E", "separator=/t", *fields],
        capture_output=True,
        text=True,
    )
    rows = []
    for line in done.stdout.splitlines():
        if not line:  # stands before a message on damage
            continue
        time, wire, captured, number, part, comment = line.split("\t")
        seconds, _, fraction = time.partition(".")
        rows.append(
            (
                int(seconds) * 10**9 + int(fraction) if time else None,
                int(wire),
                int(captured),
                int(number) if number else None,
                int(part) if part else 1,
                comment,
            )
        )
    return rows


def answered(path: pathlib.Path) -> tuple[list[tuple[object, ...]], list[Record]]:
    records: list[Record] = []
    with open_reader(path) as reader:
        with contextlib.suppress(CaptureError):
            records.extend(reader)
        kept = reader.interfaces
        number = [None if reader.format == "pcap" else each.number for each in kept]
        rows: list[tuple[object, ...]] = [
            (
                record.time,
                record.wire_length,
                len(record.data),
                number[record.interface],
                kept[record.interface].section,
                ",".join(record.comments),
            )
            for record in records
        ]
    return rows, records


@pytest.mark.skipif(not CAPTURES, reason=f"no captures in {ORACLE}")
@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.name)
def test_shared_captures(path: pathlib.Path) -> None:
    rows, records = answered(path)
    assert rows == asked(path)
    # The bytes, too: tshark's copy of the file must be the one that is written here.
    done = subprocess.run(["tshark", "-n", "-r", path, "-F", "nsecpcap", "-w", "-"], capture_output=True, check=True)
    stream = io.BytesIO()
    writer = PcapWriter(stream, records[0].link_type if records else 1, nanoseconds=True)
    for record in records:
        writer.write(record)
    assert stream.getvalue()[24:] == done.stdout[24:]


DATA = bytes(60)
HEAD = section() + interface()
CRAFTED = {
    "two sections": section()
    + interface()
    + interface(113)
    + enhanced(DATA, index=1)
    + section(">")
    + interface(order=">")
    + enhanced(DATA, ">", ticks=5)
    + simple(DATA, ">"),
    "comments": HEAD + enhanced(DATA, options=option(1, b"one\0two") + option(1, b"three") + option(0)),
    "obsolete block": HEAD + obsolete(DATA, ticks=1_000_000, options=option(1, b"hi")),
    "seconds": section() + interface(options=option(9, b"\0")) + enhanced(DATA, ticks=7),
    "picoseconds": section() + interface(options=option(9, b"\x0c")) + enhanced(DATA, ticks=123_456),
    "power of 2": section() + interface(options=option(9, b"\x94")) + enhanced(DATA, ticks=3 << 18 | 1),
    "time offset": section()
    + interface(options=option(14, struct.pack("<q", 1_600_000_000)))
    + enhanced(DATA, ticks=5),
    "option lengths": section()
    + interface(options=option(9, b"\x09\x09") + option(14, b"1234"))
    + enhanced(DATA, ticks=5_000_001),
    "simple, snapped": section() + interface(snap_length=20) + simple(DATA[:20], wire=60),
    "section length": section(length=5) + interface() + enhanced(DATA),
    "large unknown block": HEAD + enhanced(DATA) + block(99, bytes(2_000_000)) + enhanced(DATA),
    "wire length less": HEAD + enhanced(DATA, wire=20),
    "cut at the end": (HEAD + enhanced(DATA) + enhanced(DATA))[:-4],
    "trailing bytes": HEAD + enhanced(DATA) + bytes(4),
    "zero length": HEAD + enhanced(DATA) + struct.pack("<II", 6, 0) + enhanced(DATA),
    "short length": HEAD + enhanced(DATA) + struct.pack("<II", 99, 8) + enhanced(DATA),
    "lengths differ": HEAD + enhanced(DATA) + block(99, bytes(8), last=96) + enhanced(DATA),
    "option past the end": HEAD + enhanced(DATA) + enhanced(DATA, options=option(1, b"a", length=99)),
    "no interface": HEAD + enhanced(DATA) + enhanced(DATA, index=1),
    "captured beyond block": HEAD + enhanced(DATA) + enhanced(DATA, captured=100),
    "too large": HEAD + enhanced(DATA) + enhanced(bytes(262_145)),
    "section version": HEAD + enhanced(DATA) + section(version=(1, 1)) + interface() + enhanced(DATA),
    "byte order": HEAD + enhanced(DATA) + block(0x0A0D0D0A, bytes(16)) + enhanced(DATA),
    "pcap, big-endian": pcap_header(">") + pcap_record(DATA, ">", seconds=5, fraction=6),
    "pcap, cut header": pcap_header() + pcap_record(DATA) + pcap_record(DATA)[:9],
    "pcap, cut data": pcap_header() + pcap_record(DATA) + pcap_record(DATA)[:40],
    "pcap, FCS bits": pcap_header(link_type=0x1400_0001) + pcap_record(DATA),
    "pcap, small snap length": pcap_header(snap_length=10) + pcap_record(DATA),
    "pcap, modified": pcap_header(magic=0xA1B2CD34)
    + b"".join(pcap_record(DATA, seconds=n, modified=True) for n in range(3)),
}


@pytest.mark.parametrize("name", CRAFTED)
def test_crafted_files(tmp_path: pathlib.Path, name: str) -> None:
    path = tmp_path / "crafted"
    path.write_bytes(CRAFTED[name])
    rows, _ = answered(path)
    assert rows == asked(path)
