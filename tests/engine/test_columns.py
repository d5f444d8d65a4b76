"""Columns and lines from machine code: the values of the reference, whatever the frames, rooms and styles."""

import io
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import wireproof
from wireproof.dissectors.schema import Kind, catalogue
from wireproof.engine import compile_query, stores, texts
from wireproof.grammar import compile_filter
from wireproof.interface.lines import PLAIN_TEXTS
from wireproof.output import CSV, FieldStyle, FieldWriter, compiled_style
from wireproof.output.tables import Table

from ..capture.craft import enhanced, interface, section, simple
from .frames import frames, write

FIELDS = [name for name in catalogue().fields if not catalogue().fields[name].across]
QUERY = compile_query(compile_filter("", catalogue()), names=FIELDS)
TOLD = [column.name for column in QUERY.columns]
FEW = ["frame.number", "ip.src", "eth.src", "tcp.port", "tcp.options", "arp.opcode", "vlan.id", "ip.flags.df"]
FILTERS = ["", "tcp", 'frame matches "[GT]"', "arp or vlan", "frame.number > 100000"]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("frames") / "frames.pcap", frames(21, 700))


def rows(table: Table) -> list[list[object]]:
    return [list(column) for column in table.values()]


def test_most_fields_of_one_frame_are_told() -> None:
    """What is left are protocols, texts that a packet brings, and what is known of a whole packet."""
    assert len(TOLD) > 150
    assert set(TOLD) | {"switch.cast"} >= WITH_SPACES | PLAIN_TEXTS
    kinds = ("float", "protocol", "several types", "the text of", "so many octets as")
    expected = (*kinds, "is known when all layers", "no number", "a checksum")
    for reason in QUERY.not_told.values():
        assert any(word in reason for word in expected), reason


@pytest.mark.parametrize("text", FILTERS)
def test_tables_of_all_fields(generated: Path, text: str) -> None:
    with wireproof.open_capture(generated) as capture:
        fast = capture.columns(TOLD, text, engine="compiled")
    with wireproof.open_capture(generated) as capture:
        slow = capture.columns(TOLD, text, engine="reference")
    assert fast.rows == slow.rows
    for name in TOLD:
        assert list(fast[name]) == list(slow[name]), name


def test_values_that_are_there_are_told(generated: Path) -> None:
    """Or equal tables would say little."""
    with wireproof.open_capture(generated) as capture:
        table = capture.columns(TOLD, engine="compiled")
    filled = [name for name, column in table.items() if any(value not in (None, []) for value in column)]
    assert len(filled) > 100
    assert table["frame.number"].offsets is None
    assert table["ip.src"].offsets is not None
    assert any(len(value) > 1 for value in table["ip.src"])


@pytest.mark.parametrize("room", [1, 3, 64])
def test_little_room(generated: Path, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "_INITIAL_DATA", room)
    with wireproof.open_capture(generated) as capture:
        parts = list(capture.tables(FEW, 'frame matches "[GT]" or arp', rows=room, engine="compiled"))
    assert all(0 < part.rows <= room for part in parts)
    with wireproof.open_capture(generated) as capture:
        whole = capture.columns(FEW, 'frame matches "[GT]" or arp', engine="reference")
    found: list[list[object]] = [[] for _ in FEW]
    for part in parts:
        for place, values in enumerate(rows(part)):
            found[place] += values
    assert found == rows(whole)


def test_no_frames_are_a_table_without_rows(generated: Path) -> None:
    for engine in ("compiled", "reference"):
        with wireproof.open_capture(generated) as capture:
            (table,) = capture.tables(FEW, "frame.number == 0", engine=engine)  # type: ignore[arg-type]
        assert table.rows == 0
        assert rows(table) == [[] for _ in FEW]


def test_columns_of_texts_and_across_packets(generated: Path) -> None:
    names = ["frame.protocols", "tcp.stream", "ip.src_host"]
    with wireproof.open_capture(generated) as capture:
        table = capture.columns(names, "tcp")
    with wireproof.open_capture(generated) as capture:
        packets = [packet for packet in capture if packet.values("tcp.srcport")]
    for name, column in table.items():
        want = [[value.value for value, _ in packet.values(name)] for packet in packets]
        assert [value if isinstance(value, list) else [value] for value in column] == want, name


def test_damage_comes_behind_the_frames_before_it(generated: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(generated.read_bytes()[:-3])
    for engine in ("compiled", "reference"):
        with wireproof.open_capture(cut) as capture:
            tables = capture.tables(["frame.number"], engine=engine)  # type: ignore[arg-type]
            assert next(tables).rows == 699
            with pytest.raises(wireproof.CaptureError):
                next(tables)


def test_frames_that_the_plain_reader_has_to_read() -> None:
    """A time of the year 2184, in the midst of others, and a frame without one."""
    data = frames(5, 3)
    file = section() + interface() + enhanced(data[0]) + enhanced(data[1], ticks=1 << 63) + simple(data[2])
    names = ["frame.time_epoch", "frame.number", "eth.src"]
    with wireproof.open_capture(io.BytesIO(file)) as capture:
        table = capture.columns(names, engine="compiled")
    with wireproof.open_capture(io.BytesIO(file)) as capture:
        assert rows(table) == rows(capture.columns(names, engine="reference"))
    with wireproof.open_capture(io.BytesIO(file)) as capture:
        lines = capture.lines(names, engine="compiled")
        assert lines is not None
        found = b"".join(lines).decode().splitlines()
    assert found == list(reference_lines(io.BytesIO(file), names, FieldStyle()))


# Lines


def reference_lines(source: object, names: list[str], style: FieldStyle, text: str = "") -> Iterator[str]:
    writer = FieldWriter(names, style)
    with wireproof.open_capture(source) as capture:  # type: ignore[arg-type]
        yield from map(writer.line, capture.filter(text))


def compiled_lines(source: Path, names: list[str], style: FieldStyle, text: str = "") -> list[str]:
    with wireproof.open_capture(source) as capture:
        lines = capture.lines(names, style, text, engine="compiled")
        assert lines is not None
        return b"".join(lines).decode().splitlines()


PRINTED = [name for name in TOLD if catalogue().fields[name].type.kind is not Kind.IPV6]
WITH_SPACES = {name for name in PRINTED if catalogue().fields[name].type.kind is Kind.STRING} - PLAIN_TEXTS
STYLES = {
    "default": FieldStyle(),
    "first": FieldStyle(occurrence="f", quote='"'),
    "last": FieldStyle(occurrence="l", separator=";", quote="'"),
    "joined": FieldStyle(separator="\N{EM DASH}", aggregator=" "),
    "csv": CSV,
    "csv of several": FieldStyle(header=True, separator=";", aggregator=",", sparing=True),
    "csv of other parts": FieldStyle(separator=",", aggregator=" ", sparing=True),
    "csv of semicolons": FieldStyle(separator=";", aggregator="/", sparing=True),
    "csv of the first": FieldStyle(separator=",", occurrence="f", sparing=True),
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_lines_of_all_fields(generated: Path, style: FieldStyle) -> None:
    names = [name for name in PRINTED if not style.sparing or name not in WITH_SPACES]
    pairs = zip(compiled_lines(generated, names, style), reference_lines(generated, names, style), strict=True)
    for ours, theirs in pairs:  # one by one: the difference of all would take minutes to print
        assert ours == theirs


@pytest.mark.parametrize("text", FILTERS)
def test_lines_that_pass(generated: Path, text: str) -> None:
    want = list(reference_lines(generated, FEW, FieldStyle(), text))
    assert compiled_lines(generated, FEW, FieldStyle(), text) == want


def test_fields_that_are_named_twice_or_otherwise(generated: Path) -> None:
    names = ["ip.src", "arp.spa", "ip.src", "eth.type", "arp.src.proto_ipv4"]
    want = list(reference_lines(generated, names, FieldStyle()))
    assert compiled_lines(generated, names, FieldStyle()) == want


def test_lines_with_little_room(generated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "ROOM", 100)
    monkeypatch.setattr(texts, "MOST_ROWS", 3)
    monkeypatch.setattr(stores, "_INITIAL_DATA", 16)
    names = ["tcp.payload", "frame.number", "tcp.options", "ip.addr"]
    assert compiled_lines(generated, names, FieldStyle()) == list(reference_lines(generated, names, FieldStyle()))


@pytest.mark.parametrize("part", [".", "T", "+", '"', "\n", "a"])
def test_parts_that_stand_in_values_are_left_to_the_reference(part: str) -> None:
    assert compiled_style(FieldStyle(separator=part, sparing=True)) is None


@pytest.mark.parametrize("part", ['"', "\n", "\r"])
def test_parts_that_need_quotes_are_left_to_the_reference(part: str) -> None:
    assert compiled_style(FieldStyle(separator=",", aggregator=part, sparing=True)) is None


@pytest.mark.parametrize("name", ["switch.cast", "_ws.expert.message", "arp.kind"])
def test_texts_that_may_need_quotes_are_left_to_the_reference(generated: Path, name: str) -> None:
    with wireproof.open_capture(generated) as capture:
        assert capture.lines([name], CSV, engine="compiled") is None
    with wireproof.open_capture(generated) as capture:
        assert capture.lines([name], FieldStyle(), engine="compiled") is not None


def test_a_table_without_fields_is_refused(generated: Path) -> None:
    for engine in ("compiled", "reference"):
        with wireproof.open_capture(generated) as capture, pytest.raises(ValueError, match="names of fields"):
            capture.columns([], engine=engine)  # type: ignore[arg-type]


def test_many_rows_by_the_reference(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pcap", [b"x"] * 9000)
    with wireproof.open_capture(path) as capture:
        table = capture.columns(["frame.len", "eth.src", "ip.src"], engine="reference")
    assert table.rows == 9000
    assert set(table["eth.src"]) == {None}
    assert list(table["ip.src"]) == [[]] * 9000


def edges(digits: int) -> tuple[int, int]:
    """The least and the greatest number of so many digits."""
    return 10 ** (digits - 1), 10**digits - 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.000000000"),
        (1, "0.000000001"),
        (999_999_999, "0.999999999"),
        (4294967295_999_999_999, "4294967295.999999999"),
        *((whole * 10**9 + 1_002_003, f"{whole}.001002003") for digits in range(1, 10) for whole in edges(digits)),
    ],
)
def test_times(tmp_path: Path, value: int, text: str) -> None:
    path = tmp_path / "t.pcap"
    head = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1)
    path.write_bytes(head + struct.pack("<IIII", value // 10**9, value % 10**9, 1, 1) + b"x")
    assert compiled_lines(path, ["frame.time_epoch"], FieldStyle()) == [text]


@pytest.mark.parametrize(
    "zone", ["UTC", "Australia/Adelaide", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "XYZ-14"]
)
def test_dates(tmp_path: Path, zone: str, checkout: Path) -> None:
    """Leap days, ends of years, and the hours at which clocks are changed, forth and back."""
    moments = [
        *(0, 1, 86399, 86400, 951_782_399, 951_782_400, 951_868_800, 4_107_542_399, 4_107_542_400, 4_294_967_295),
        *(1_696_091_399, 1_696_091_400, 1_696_091_460),
        *(1_711_846_799, 1_711_846_800, 1_729_987_199, 1_729_990_799, 1_729_990_800, 1_700_000_000, 1_711_846_799),
    ]
    path = tmp_path / "t.pcap"
    head = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1)
    path.write_bytes(head + b"".join(struct.pack("<IIII", each, 123_456_789, 1, 1) + b"x" for each in moments))
    code = (
        "import sys, wireproof\n"
        "from wireproof.output import FieldStyle, FieldWriter\n"
        "with wireproof.open_capture(sys.argv[1]) as capture:\n"
        "    fast = b''.join(capture.lines(['frame.time'], engine='compiled')).decode().splitlines()\n"
        "with wireproof.open_capture(sys.argv[1]) as capture:\n"
        "    slow = list(map(FieldWriter(['frame.time'], FieldStyle()).line, capture))\n"
        "print(len(fast), fast == slow, fast, slow)"
    )
    environment = {**os.environ, "TZ": zone}
    command = [sys.executable, "-c", code, path]
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True)
    assert done.stdout.startswith("20 True"), done.stdout + done.stderr


def test_a_time_zone_with_a_long_name_is_left_to_the_reference(generated: Path, checkout: Path) -> None:
    code = (
        "import sys, wireproof\n"
        "with wireproof.open_capture(sys.argv[1]) as capture:\n"
        "    print(capture.lines(['frame.time'] * 3, engine='compiled'))"
    )
    environment = {**os.environ, "TZ": f"<{'A' * 400}>0"}
    command = [sys.executable, "-c", code, generated]
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True)
    assert done.stdout == "None\n", done.stderr


def test_negative_times(tmp_path: Path) -> None:
    path = tmp_path / "t.pcapng"
    options = struct.pack("<HHB3x", 9, 1, 9) + struct.pack("<HHq", 14, 8, -3)
    path.write_bytes(section() + interface(options=options) + enhanced(b"x", ticks=1) + enhanced(b"x", ticks=10**10))
    assert compiled_lines(path, ["frame.time_epoch"], FieldStyle()) == ["-2.999999999", "7.000000000"]
    names = ["frame.time", "frame.time_epoch"]
    assert compiled_lines(path, names, FieldStyle()) == list(reference_lines(path, names, FieldStyle()))


# Arrow


def test_arrow_shares_the_memory_and_has_the_values(generated: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    with wireproof.open_capture(generated) as capture:
        table = capture.columns([*FEW, "frame.time", "udp.payload", "frame.len"], engine="compiled")
    batch = table.to_arrow()
    assert batch.num_rows == table.rows
    for name, column in table.items():
        array = batch.column(name)
        for row in range(0, table.rows, 7):
            ours, theirs = column[row], array[row]
            if pyarrow.types.is_timestamp(array.type):
                assert theirs.value == ours
            elif name == "ip.src":
                assert theirs.as_py() == [int(value) for value in ours]
            elif name == "eth.src":
                assert (theirs.as_py() or b"").hex(":") == (ours or "")
            else:
                assert theirs.as_py() == ours, name
    assert batch.column("frame.len").buffers()[1].address == pyarrow.py_buffer(table["frame.len"].values).address
    assert batch.column("tcp.options").buffers()[2].address == (pyarrow.py_buffer(table["tcp.options"].values).address)


def test_the_engine_room_needs_no_llvmlite_for_tables(generated: Path, checkout: Path) -> None:
    code = (
        "import sys; sys.modules['llvmlite'] = None\n"
        "import wireproof\n"
        "table = wireproof.open_capture(sys.argv[1]).columns(['frame.number', 'ip.src'], 'ip')\n"
        "print(table.rows, table['frame.number'][0])"
    )
    done = subprocess.run([sys.executable, "-c", code, generated], cwd=checkout, capture_output=True, text=True)
    with wireproof.open_capture(generated) as capture:
        table = capture.columns(["frame.number"], "ip")
    assert done.stdout.split() == [str(table.rows), str(table["frame.number"][0])], done.stderr
