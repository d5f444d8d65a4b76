"""Reading pcapng files, crafted byte by byte."""

import io
import struct
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wireproof.capture import CaptureError, Interface, PacketOptions, Record, open_reader

from .craft import block, enhanced, interface, obsolete, option, section, simple
from .reading import read, read_damaged
from .streams import Dribble, Zeros

DATA = bytes(range(60))
LIMIT = 262_144
MICROSECOND = 1000


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_three_packet_blocks(order: str) -> None:
    comments = option(2, b"\0\0\0\1", order) + option(1, b"one", order) + option(1, b"two", order)
    file = (
        section(order)
        + interface(1, 50, b"", order)
        + enhanced(DATA[:41], order, ticks=(7 << 32) + 5, wire=80, options=comments + option(0))
        + obsolete(DATA[:42], order, ticks=6, wire=81, options=option(1, b"old", order))
        + simple(DATA[:50], order, wire=900)
        + enhanced(DATA[:3], order, ticks=8)
    )
    with open_reader(io.BytesIO(file)) as reader:
        assert reader.format == "pcapng"
        assert reader.nanoseconds is False
        assert reader.interfaces == []
        records = list(reader)
        assert reader.interfaces == [Interface(1, 50)]
    time = ((7 << 32) + 5) * MICROSECOND
    offsets = [record.file_offset for record in records]
    flags = PacketOptions(flags=struct.unpack(order + "I", b"\0\0\0\1")[0])
    assert records == [
        Record(1, DATA[:41], 80, time, 1, 0, offsets[0], ("one", "two"), options=flags),
        Record(2, DATA[:42], 81, 6 * MICROSECOND, 1, 0, offsets[1], ("old",)),
        Record(3, DATA[:50], 900, None, 1, 0, offsets[2]),
        Record(4, DATA[:3], 3, 8 * MICROSECOND, 1, 0, offsets[3]),
    ]
    for record in records:
        assert file[record.file_offset :].startswith(record.data)


@pytest.mark.parametrize(
    ("resolution", "ticks", "time"),
    [
        (None, 1_000_001, 1_000_001_000),
        (0, 7, 7_000_000_000),
        (3, 1_001, 1_001_000_000),
        (6, 2**64 - 1, (2**64 - 1) * 1000),
        (9, 1_000_000_001, 1_000_000_001),
        (12, 1_999, 1),
        (19, 70_000_000_000_000_000, 7_000_000),
        (0x80, 3, 3_000_000_000),
        (0x80 | 20, 3 << 18 | 1, 750_000_953),
        (0x80 | 63, 1 << 62, 500_000_000),
        (0xFF, 2**64 - 1, 0),
    ],
)
def test_time_resolutions(resolution: int | None, ticks: int, time: int) -> None:
    options = b"" if resolution is None else option(9, bytes([resolution]))
    [record] = read(section() + interface(options=options) + enhanced(ticks=ticks))
    assert record.time == time


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("offset", [1_600_000_000, -100])
def test_time_offset_is_in_seconds_and_signed(order: str, offset: int) -> None:
    options = option(9, b"\x03", order) + option(14, struct.pack(order + "q", offset), order)
    file = section(order) + interface(options=options, order=order) + enhanced(b"", order, ticks=5)
    [record] = read(file)
    assert record.time == offset * 10**9 + 5_000_000


def test_time_options_of_a_wrong_length_are_not_used() -> None:
    options = option(9, b"\x09\x09") + option(14, b"1234")
    [record] = read(section() + interface(options=options) + enhanced(ticks=5))
    assert record.time == 5 * MICROSECOND


def test_names_of_interfaces() -> None:
    options = (
        option(2, b"eth0") + option(2, b"second name") + option(3, b"zero\0ended") + option(0) + option(9, b"\x00")
    )
    with open_reader(io.BytesIO(section() + interface(options=options) + enhanced(ticks=1))) as reader:
        [record] = reader
        assert reader.interfaces == [Interface(1, 0, "eth0", "zero")]
    assert record.time == MICROSECOND, "an option after the end mark is none"


def test_text_that_is_not_utf_8_is_kept_as_far_as_it_goes() -> None:
    options = option(1, b"caf\xc3\xa9 \xff")
    [record] = read(section() + interface() + enhanced(DATA, options=options))
    assert record.comments == ("café \ufffd",)


def test_sections_have_their_own_order_and_interfaces() -> None:
    file = (
        section("<")
        + interface(1)
        + interface(113, options=option(9, b"\x09"))
        + enhanced(b"a", index=1, ticks=1)
        + section(">", length=12345)
        + interface(228, order=">", options=option(2, b"lo", ">"))
        + enhanced(b"b", ">", ticks=1)
        + interface(101, order=">")
        + enhanced(b"c", ">", index=1, ticks=1)
    )
    with open_reader(io.BytesIO(file)) as reader:
        found = [(r.number, r.data, r.time, r.link_type, r.interface) for r in reader]
        assert reader.interfaces == [
            Interface(1, 0, section=1, number=0),
            Interface(113, 0, section=1, number=1, time_digits=9),
            Interface(228, 0, "lo", section=2, number=0),
            Interface(101, 0, section=2, number=1),
        ]
    assert found == [(1, b"a", 1, 113, 1), (2, b"b", 1000, 228, 2), (3, b"c", 1000, 101, 3)]


def test_interfaces_are_known_before_the_record_that_needs_them() -> None:
    file = section() + interface() + enhanced() + interface(113) + enhanced(index=1)
    with open_reader(io.BytesIO(file)) as reader:
        assert [len(reader.interfaces) for _ in reader] == [1, 2]


@pytest.mark.parametrize("kind", [4, 5, 10, 0x0BAD, 0x8000_0001, 0xFFFF_FFFF])
@pytest.mark.parametrize("size", [0, 4, 1_000_000])
def test_other_blocks_are_passed_over(kind: int, size: int) -> None:
    other = block(kind, b"\xff" * size)
    file = section() + other + interface() + other + enhanced(b"a") + other + enhanced(b"b") + other
    assert [record.data for record in read(file)] == [b"a", b"b"]


def test_total_lengths_without_the_padding() -> None:
    """A length of 37 stands for 40 bytes: some writers count the padding not, but write it."""
    fixed = struct.pack("<IIIII", 0, 0, 0, 5, 5)
    packet = block(6, fixed + b"12345" + bytes(3), first=37, last=37)
    other = block(99, bytes(4), first=13, last=13)
    file = section() + interface() + packet + other + enhanced(b"next")
    assert [record.data for record in read(file)] == [b"12345", b"next"]


def test_captured_length_of_a_simple_packet_block() -> None:
    limited = section() + interface(snap_length=20)
    assert [len(r.data) for r in read(limited + simple(DATA[:20], wire=60))] == [20]
    assert [len(r.data) for r in read(limited + simple(DATA[:20], wire=10))] == [10]
    records, error = read_damaged(section() + interface() + simple(DATA[:20], wire=60))
    assert records == []
    assert str(error) == "at byte 48: record 1 says that it holds 60 bytes, its block has room for 20"


START = section() + interface() + enhanced(b"good")
OFFSET = len(START)


@pytest.mark.parametrize(
    ("damage", "offset", "message"),
    [
        (struct.pack("<II", 6, 0), 0, "block of type 0x6 says 0 bytes, expected at least 32"),
        (struct.pack("<II", 9, 8), 0, "block of type 0x9 says 8 bytes, expected at least 12"),
        (block(1, bytes(4)), 0, "block of type 0x1 says 16 bytes, expected at least 20"),
        (
            block(6, bytes(20), first=1 << 24),
            0,
            "block of type 0x6 says 16777216 bytes, expected at most 1310720",
        ),
        (bytes(5), 0, "block is cut: 5 bytes, then the file ends, expected 12"),
        (enhanced(DATA)[:-4], 0, "block of type 0x6 is cut: 88 bytes, then the file ends, expected 92"),
        (
            block(5, bytes(8), first=4_000_000_000),
            0,
            "block of type 0x5 is cut: 20 bytes, then the file ends, expected 4000000000",
        ),
        (
            block(6, struct.pack("<IIIII", 0, 0, 0, 0, 0), last=36),
            28,
            "second total length of the block is 36, expected 32 as at its start",
        ),
        (
            block(77, bytes(8), last=0),
            16,
            "second total length of the block is 0, expected 20 as at its start",
        ),
        (
            enhanced(DATA, captured=100),
            0,
            "record 2 says that it holds 100 bytes, its block has room for 60",
        ),
        (
            obsolete(DATA, captured=61),
            0,
            "record 2 says that it holds 61 bytes, its block has room for 60",
        ),
        (
            enhanced(bytes(LIMIT + 1)),
            0,
            "record 2 says that it holds 262145 bytes, expected at most 262144",
        ),
        (enhanced(DATA, index=1), 0, "record 2 is of interface 1, its section has described 1"),
        (
            enhanced(DATA, options=option(1, b"abc", length=300)),
            88,
            "option 1 says 300 bytes, its block has 4 left",
        ),
        (
            interface(options=option(2, b"eth0", length=5)),
            16,
            "option 2 says 5 bytes, its block has 4 left",
        ),
        (section(options=option(2, length=1)), 24, "option 2 says 1 bytes, its block has 0 left"),
        (
            section(version=(1, 1)),
            12,
            "pcapng version 1.1 is not supported, expected 1.0",
        ),
        (
            block(0x0A0D0D0A, bytes(16)),
            8,
            "byte-order magic 00000000, expected 1a2b3c4d or 4d3c2b1a",
        ),
        (
            section()[:11],
            0,
            "section header block is cut: 11 bytes, then the file ends, expected 28",
        ),
        (section() + simple(DATA), 28, "record 2 is of interface 0, its section has described 0"),
    ],
)
def test_damage_is_reported_after_the_records_before_it(damage: bytes, offset: int, message: str) -> None:
    after = enhanced(b"not reached") if len(damage) % 4 == 0 and "is cut" not in message else b""
    records, error = read_damaged(START + damage + after)
    assert [record.data for record in records] == [b"good"]
    assert error is not None
    assert (error.offset, error.message) == (OFFSET + offset, message)
    assert str(error) == f"at byte {OFFSET + offset}: {message}"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("step", [1, 5, 1 << 20])
def test_every_prefix_gives_its_whole_records(order: str, step: int) -> None:
    blocks = [
        section(order),
        interface(order=order, options=option(2, b"eth0", order)),
        enhanced(DATA[:9], order),
        block(5, bytes(12), order),
        obsolete(DATA[:2], order, options=option(1, b"x", order)),
        section("<"),
        interface(),
        simple(DATA[:7]),
        enhanced(),
    ]
    file = b"".join(blocks)
    ends = [len(b"".join(blocks[:count])) for count in range(len(blocks) + 1)]
    packets = [ends[index + 1] for index in (2, 4, 7, 8)]
    for cut in range(len(file) + 1):
        records, error = read_damaged(Dribble(file[:cut], step))
        assert len(records) == sum(end <= cut for end in packets), cut
        assert (error is None) == (cut in ends[1:]), cut
        if error and cut > 3:
            assert error.offset == max(end for end in ends if end < cut)


def test_the_largest_record_is_read() -> None:
    file = section() + interface() + enhanced(bytes(LIMIT)) + simple(bytes(LIMIT))
    assert [len(record.data) for record in read(file)] == [LIMIT, LIMIT]
    large = section() + interface(249) + enhanced(bytes(2_000_000))
    assert [len(record.data) for record in read(large)] == [2_000_000]


def test_memory_follows_neither_the_file_nor_what_it_claims() -> None:
    head = section() + interface(231)
    tracemalloc.start()
    try:
        for kind in (6, 99):
            assert read_damaged(head + struct.pack("<II", kind, 100_000_000) + DATA)[0] == []
        other = head + struct.pack("<II", 99, 50_000_012)
        records, error = read_damaged(Zeros(other, 50_000_000))
        assert records == []
        assert "is cut: 50000008 bytes" in str(error)
        assert tracemalloc.get_traced_memory()[1] < 1_500_000
    finally:
        tracemalloc.stop()


PACKETS = st.lists(
    st.tuples(
        st.binary(max_size=40),
        st.integers(0, 2**64 - 1),
        st.integers(0, 2**32 - 1),
        st.integers(0, 1),
    ),
    max_size=12,
)


@given(PACKETS, st.sampled_from("<>"), st.integers(1, 200))
def test_blocks_with_and_without_options_are_read_alike(
    packets: list[tuple[bytes, int, int, int]], order: str, step: int
) -> None:
    head = section(order) + interface(1, order=order) + interface(113, order=order)
    expected = [(data, wire, ticks * MICROSECOND, (1, 113)[index], index) for data, ticks, wire, index in packets]
    for options in (b"", option(0)):
        file = head + b"".join(
            enhanced(data, order, index=index, ticks=ticks, wire=wire, options=options)
            for data, ticks, wire, index in packets
        )
        records, error = read_damaged(Dribble(file, step))
        assert error is None
        assert [(r.data, r.wire_length, r.time, r.link_type, r.interface) for r in records] == expected
        for record in records:
            assert file[record.file_offset :].startswith(record.data)


@pytest.mark.parametrize(
    ("exponent", "digits"),
    [*((0, 0), (3, 3), (5, 3), (6, 6), (7, 6), (9, 9), (12, 9)), *((0x83, 0), (0x8A, 3), (0x94, 6), (0xC0, 9))],
)
def test_an_interface_tells_the_decimals_of_its_clock(exponent: int, digits: int) -> None:
    file = section() + interface(options=option(9, bytes((exponent,))))
    with open_reader(io.BytesIO(file)) as reader:
        assert list(reader) == []
        assert reader.interfaces[0].time_digits == digits


@pytest.mark.parametrize("order", ["<", ">"])
def test_what_an_interface_tells(order: str) -> None:
    told = (
        option(2, b"eth0", order)
        + option(3, b"first", order)
        + option(8, struct.pack(order + "Q", 10**10), order)
        + option(13, b"\4", order)
        + option(15, b"card", order)
    )
    odd = option(8, b"1234", order) + option(13, b"ab", order)
    with open_reader(
        io.BytesIO(section(order) + interface(1, 96, told, order) + interface(1, 0, odd, order))
    ) as reader:
        assert list(reader) == []
        assert reader.interfaces == [
            Interface(1, 96, "eth0", "first", fcs_length=4, speed=10**10, hardware="card"),
            Interface(1, 0, number=1),
        ]


@pytest.mark.parametrize("order", ["<", ">"])
def test_options_of_packets(order: str) -> None:
    told = (
        option(2, struct.pack(order + "I", 0x1E1), order)
        + option(2, bytes(4), order)  # there is one of each, but of comments and verdicts
        + option(4, struct.pack(order + "Q", 5), order)
        + option(5, struct.pack(order + "Q", 1 << 63), order)
        + option(6, struct.pack(order + "I", 3), order)
        + option(7, b"\0hw", order)
        + option(7, b"\2" + struct.pack(order + "q", -2), order)
    )
    odd = option(2, b"1", order) + option(4, bytes(4), order) + option(7, b"\1short", order) + option(7, b"", order)
    file = (
        section(order)
        + interface(options=option(13, b"\2", order), order=order)
        + enhanced(DATA, order, options=told)
        + enhanced(DATA, order, options=odd)
        + enhanced(DATA, order, options=option(2, bytes(4), order))
        + obsolete(DATA, order, drops=9, options=odd)
        + obsolete(DATA, order)
        + simple(DATA, order)
    )
    assert [(record.fcs_length, record.options) for record in read(file)] == [
        (15, PacketOptions(0x1E1, 5, 1 << 63, 3, ((0, b"hw"), (2, -2)))),
        (2, None),
        (2, PacketOptions(flags=0)),
        (2, PacketOptions(dropped=9)),
        (2, None),
        (2, None),
    ]


@pytest.mark.parametrize(
    ("described", "most"),
    [(interface(), 60_000), (section() + interface(), 60_000), (interface(options=option(2, bytes(60_000))), 150)],
)
def test_interfaces_do_not_fill_the_memory(described: bytes, most: int) -> None:
    """Neither many of them nor long names, of one section or of many."""
    file = section() + interface() + enhanced(bytes(60)) + described * (most + 1) + enhanced(bytes(60))
    with open_reader(io.BytesIO(file)) as reader:
        records = iter(reader)
        assert next(records).number == 1
        with pytest.raises(CaptureError, match=r"interfaces takes \d+ bytes of memory, expected at most 33554432"):
            next(records)
        assert most // 2 < len(reader.interfaces) < most


def test_thousands_of_interfaces_are_no_damage() -> None:
    file = section() + interface(options=option(2, b"tun")) * 20_000 + enhanced(b"last", index=19_999)
    (record,) = read(file)
    assert (record.interface, record.data) == (19_999, b"last")
