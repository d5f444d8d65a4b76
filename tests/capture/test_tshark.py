"""The same records as tshark: on the shared captures, and on crafted and damaged files."""

import contextlib
import io
import os
import pathlib
import struct
import subprocess
from dataclasses import dataclass

import pytest

from wireproof.capture import CaptureError, PcapWriter, Record, open_reader
from wireproof.dissectors.numbers.encapsulations import LINK_TYPES

from .craft import (
    MODIFIED,
    NANOSECONDS,
    block,
    enhanced,
    interface,
    obsolete,
    option,
    pcap_header,
    pcap_record,
    section,
    simple,
)

ROOT = pathlib.Path(__file__).resolve().parents[2]
ORACLE = pathlib.Path(os.environ.get("WIREPROOF_ORACLE") or ROOT.parent / "shared" / "oracle") / "captures"
CAPTURES = sorted(ORACLE.glob("*.pcap*"))

pytestmark = pytest.mark.usefixtures("tshark")


Row = tuple[int | None, int, int, int | None, int, str, int | None]


def asked(path: pathlib.Path) -> list[Row]:
    """Time, wire and captured length, interface, section, comment and encapsulation of every record."""
    names = ("time_epoch", "len", "cap_len", "interface_id", "section_number", "comment", "encap_type")
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
        time, wire, captured, number, part, comment, encapsulation = line.split("\t")
        seconds, _, fraction = time.partition(".")
        rows.append(
            (
                int(seconds) * 10**9 + int(fraction) if time else None,
                int(wire),
                int(captured),
                int(number) if number else None,
                int(part) if part else 1,
                comment,
                int(encapsulation) if encapsulation else None,
            )
        )
    return rows


def answered(path: pathlib.Path) -> tuple[list[Row], list[Record]]:
    records: list[Record] = []
    try:
        opened = open_reader(path)
    except CaptureError:
        return [], []
    with opened as reader:
        with contextlib.suppress(CaptureError):
            records.extend(reader)
        kept = reader.interfaces
        number = [None if reader.format == "pcap" else each.number for each in kept]
        found: list[Row] = [
            (
                record.time,
                record.wire_length,
                len(record.data),
                number[record.interface],
                kept[record.interface].section,
                ",".join(record.comments),
                LINK_TYPES.get(record.link_type, 0),
            )
            for record in records
        ]
    return found, records


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
    "pcap, modified, big-endian": pcap_header(">", MODIFIED)
    + b"".join(pcap_record(DATA, ">", seconds=n, modified=True) for n in range(3)),
    "pcap, nanoseconds": pcap_header(magic=NANOSECONDS) + pcap_record(DATA, seconds=2**32 - 1, fraction=999_999_999),
    "pcap, nanoseconds, big-endian": pcap_header(">", NANOSECONDS) + pcap_record(DATA, ">", seconds=1, fraction=1),
    "pcap, no snap length": pcap_header(snap_length=0) + pcap_record(DATA),
    "pcap, absurd snap length": pcap_header(snap_length=2**32 - 1) + pcap_record(DATA),
    "pcap, time zone": pcap_header()[:8] + struct.pack("<iI", -3600, 7) + pcap_header()[16:] + pcap_record(DATA),
    "pcap, version 2.3": pcap_header(version=(2, 3)) + pcap_record(DATA),
    "pcap, version 3.0": pcap_header(version=(3, 0)) + pcap_record(DATA),
    "pcap, wire length less": pcap_header() + pcap_record(DATA, wire=30),
    "pcap, no records": pcap_header(),
    "pcap, a record of nothing": pcap_header() + pcap_record() + pcap_record(DATA),
    "pcap, no FCS": pcap_header(link_type=0x0400_0001) + pcap_record(DATA),
    "pcap, raw IP": pcap_header(link_type=101) + pcap_record(b"\x45" + bytes(39)),
    "pcap, NULL": pcap_header(link_type=0) + pcap_record(b"\2\0\0\0\x45" + bytes(39)),
    "no packets": HEAD,
    "a section alone": section(),
    "name resolution": HEAD + block(4, struct.pack("<HH4s4xHH", 1, 8, b"\1\2\3\4", 0, 0)) + enhanced(DATA),
    "interface statistics": HEAD + enhanced(DATA) + block(5, bytes(12)) + enhanced(DATA, ticks=9),
    "decryption secrets": HEAD + block(10, struct.pack("<II4s", 0x544C534B, 4, b"abcd")) + enhanced(DATA),
    "unknown block of local use": HEAD + block(0x8000_1234, bytes(40)) + enhanced(DATA),
    "what an interface tells": section()
    + interface(options=option(2, b"eth0") + option(3, b"first") + option(8, bytes(8)) + option(13, b"\4") + option(0))
    + enhanced(DATA),
    "interface options of other lengths": section()
    + interface(options=option(13, b"ab") + option(8, b"abcd"))
    + enhanced(DATA),
    "packet options": HEAD
    + enhanced(
        DATA,
        options=option(2, bytes(4)) + option(4, bytes(8)) + option(5, bytes(8)) + option(6, bytes(4)) + option(3, b""),
    ),
    "custom options": HEAD
    + enhanced(DATA, options=option(2988, b"\x09\0\0\0text") + option(19372, b"\x09\0\0\0\xff") + option(99, b"abc")),
    "an empty comment": HEAD + enhanced(DATA, options=option(1)),
    "options behind their end": HEAD + enhanced(DATA, options=option(0) + option(1, b"never")),
    "an unknown link type": section() + interface(9999) + enhanced(DATA),
    "more than the snap length": section() + interface(snap_length=20) + enhanced(DATA),
    "simple, without an interface": section() + simple(DATA),
    "simple, of more than its block": section() + interface(snap_length=200) + simple(DATA, wire=100),
    "interface options past the end": section() + interface(options=option(2, b"a", length=99)) + enhanced(DATA),
    "section options past the end": section(options=option(1, b"a", length=99)) + interface() + enhanced(DATA),
    "length without padding": HEAD + enhanced(DATA) + block(99, b"abc") + b"\0" + enhanced(DATA),
    "still being written": (HEAD + enhanced(DATA) + enhanced(DATA))[:-50],
    "zeros at the end": HEAD + enhanced(DATA) + bytes(32),
}


@dataclass(frozen=True)
class Deviation:
    """A file that is read otherwise on purpose: what tshark gives, what is given here, and why."""

    data: bytes
    theirs: list[Row]
    ours: list[Row]
    reason: str


def rows(*times: int | None, number: int | None = 0, wire: int = 60, captured: int = 60) -> list[Row]:
    """Records of an Ethernet capture at these times, in nanoseconds; only those of pcapng have an interface."""
    return [(time, wire, captured, number, 1, "", 1) for time in times]


def custom(time: int | None, size: int) -> Row:
    """What tshark makes a record of that is no packet."""
    return (time, size, size, None, 1, "", None)


FINEST = section() + interface(options=option(9, b"\x13")) + enhanced(DATA, ticks=7 * 10**16)
DEVIATIONS = {
    "custom block": Deviation(
        HEAD + block(0xBAD, struct.pack("<I4s", 99, b"abcd")) + enhanced(DATA),
        [custom(None, 4), *rows(0)],
        rows(0),
        "a custom block is no packet, and is not numbered as one",
    ),
    "journal": Deviation(
        HEAD + block(9, b"__REALTIME_TIMESTAMP=1\n\0") + enhanced(DATA),
        [custom(1000, 23), *rows(0)],
        rows(0),
        "an entry of a journal is no packet",
    ),
    "name resolution past the end": Deviation(
        HEAD + block(4, struct.pack("<HH", 1, 999)) + enhanced(DATA),
        [],
        rows(0),
        "what is passed over by its length is not looked into, and the packets behind it are whole",
    ),
    "interface statistics cut short": Deviation(HEAD + block(5) + enhanced(DATA), [], rows(0), "the same"),
    "packet option of another length": Deviation(
        HEAD + enhanced(DATA, options=option(2, b"\0") + option(4, bytes(4)) + option(7)),
        [],
        rows(0),
        "an option that cannot be used is left out; the packet is whole",
    ),
    "exponent of 19": Deviation(
        FINEST, rows(1), rows(7_000_000), "ticks of 10^-19 s are ones, if few have them: 7e16 are 7 ms"
    ),
    "exponent of 2^64": Deviation(
        section() + interface(options=option(9, b"\xc0")) + enhanced(DATA, ticks=1 << 62),
        rows(0),
        rows(250_000_000),
        "ticks of 2^-64 s as well: 2^62 are a quarter of a second",
    ),
    "before 1970": Deviation(
        section() + interface(options=option(14, struct.pack("<q", -100))) + enhanced(DATA, ticks=5),
        rows(-100 * 10**9 + 5000),
        rows(-100 * 10**9 + 5000),
        "tshark prints -100.000005 for what is 99.999995 s before, which `asked` takes for the same",
    ),
    "pcap, class bits": Deviation(
        pcap_header(link_type=0x0224_0001) + pcap_record(DATA),
        [],
        rows(0, number=None),
        "libpcap reads the link type of its 16 bits, whatever stands above",
    ),
    "pcap, unknown link type": Deviation(
        pcap_header(link_type=9999) + pcap_record(DATA),
        [],
        [(0, 60, 60, None, 1, "", 0)],
        "the frames can be counted, sliced and copied, as those of an unknown interface type in pcapng",
    ),
    "pcap, fraction of more than a second": Deviation(
        pcap_header() + pcap_record(DATA, fraction=2_500_000),
        rows(1_794_967_296, number=None),
        rows(2_500_000_000, number=None),
        "tshark's nanoseconds overflow; it prints a sign, too, which `asked` loses",
    ),
    "pcap, largest wire length": Deviation(
        pcap_header() + pcap_record(DATA, wire=2**32 - 1),
        rows(0, number=None, wire=2**31 - 1),
        rows(0, number=None, wire=2**32 - 1),
        "the length is given as the file has it",
    ),
    "pcap, version 2.2": Deviation(
        pcap_header(version=(2, 2)) + pcap_record(DATA),
        rows(0, number=None),
        [],
        "before 2.3 the two lengths of a record stood the other way round, and it was read by systems long gone",
    ),
    "pcap, too large": Deviation(
        pcap_header() + pcap_record(DATA) + pcap_record(DATA, captured=262_145),
        rows(0, number=None) + rows(262_145_262_145_000, 0, number=None, wire=0, captured=0),
        rows(0, number=None),
        "tshark guesses that records have another layout, and goes on in the middle of one",
    ),
}


@pytest.mark.parametrize("name", CRAFTED)
def test_crafted_files(tmp_path: pathlib.Path, name: str) -> None:
    path = tmp_path / "crafted"
    path.write_bytes(CRAFTED[name])
    assert answered(path)[0] == asked(path)


@pytest.mark.parametrize("name", DEVIATIONS)
def test_deviations(tmp_path: pathlib.Path, name: str) -> None:
    path = tmp_path / "crafted"
    deviation = DEVIATIONS[name]
    path.write_bytes(deviation.data)
    assert asked(path) == deviation.theirs
    assert answered(path)[0] == deviation.ours, deviation.reason
