"""Reading pcap files, crafted byte by byte."""

import io
import tracemalloc

import pytest

from wireproof.capture import Interface, Record, open_reader

from .craft import MICROSECONDS, MODIFIED, NANOSECONDS, pcap_header, pcap_record
from .reading import read, read_damaged
from .streams import Dribble, Zeros

LIMIT = 262_144


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("magic", "unit", "head"),
    [(MICROSECONDS, 1000, 16), (NANOSECONDS, 1, 16), (MODIFIED, 1000, 24)],
)
def test_every_variant_gives_the_same_fields(order: str, magic: int, unit: int, head: int) -> None:
    modified = magic == MODIFIED
    file = (
        pcap_header(order, magic, snap_length=96, link_type=113)
        + pcap_record(b"first", order, seconds=1_700_000_000, fraction=999_999, modified=modified)
        + pcap_record(b"", order, seconds=0, fraction=1, wire=70_000, modified=modified)
    )
    with open_reader(io.BytesIO(file)) as reader:
        assert reader.format == "pcap"
        assert reader.nanoseconds is (magic == NANOSECONDS)
        digits = 9 if magic == NANOSECONDS else 6
        assert reader.interfaces == [Interface(link_type=113, snap_length=96, time_digits=digits)]
        records = list(reader)
    first = 1_700_000_000 * 10**9 + 999_999 * unit
    assert records == [
        Record(1, b"first", 5, first, 113, 0, 24 + head),
        Record(2, b"", 70_000, unit, 113, 0, 24 + head + 5 + head),
    ]
    assert file[records[0].file_offset :].startswith(b"first")


@pytest.mark.parametrize(
    ("upper", "fcs_length"),
    [
        (0, None),
        (0x1000_0000, None),
        (0x0400_0000, 0),
        (0x2400_0000, 4),
        (0xFC00_0000, 30),
        (0x0001_0000, None),
        (0x0224_0000, None),  # a class of NetBSD
    ],
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_link_type_is_the_lower_half_of_its_word(order: str, upper: int, fcs_length: int | None) -> None:
    file = pcap_header(order, link_type=upper | 228) + pcap_record(b"E", order)
    with open_reader(io.BytesIO(file)) as reader:
        [record] = reader
        assert record.link_type == 228
        assert record.fcs_length == reader.interfaces[0].fcs_length == fcs_length


def test_the_time_zone_is_ignored() -> None:
    file = pcap_header()[:8] + b"\xf0\xf1\xff\xff\7\0\0\0" + pcap_header()[16:] + pcap_record(seconds=9)
    assert read(file)[0].time == 9_000_000_000


def test_times_are_unsigned_and_fractions_are_not_limited_to_a_second() -> None:
    [record] = read(pcap_header() + pcap_record(seconds=0xFFFF_FFFF, fraction=2_500_000))
    assert record.time == 0xFFFF_FFFF * 10**9 + 2_500_000_000


def test_lengths_are_given_as_the_file_has_them() -> None:
    less, more = read(pcap_header(snap_length=4) + pcap_record(b"123456", wire=2) + pcap_record(wire=2**32 - 1))
    assert (less.data, less.wire_length) == (b"123456", 2)
    assert (more.data, more.wire_length) == (b"", 2**32 - 1)


def test_a_file_of_a_header_alone_has_no_records() -> None:
    assert read(pcap_header()) == []


@pytest.mark.parametrize("version", [(1, 0), (2, 2), (543, 0)])
def test_versions_with_another_order_of_lengths_are_refused(version: tuple[int, int]) -> None:
    records, error = read_damaged(pcap_header(version=version) + pcap_record(b"x"))
    assert records == []
    assert error is not None
    assert str(error) == (f"at byte 4: pcap version {version[0]}.{version[1]} is not supported, expected 2.4")


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("modified", [False, True])
@pytest.mark.parametrize("step", [1, 7, 1 << 20])
def test_every_prefix_gives_its_whole_records(order: str, modified: bool, step: int) -> None:
    header = pcap_header(order, MODIFIED if modified else MICROSECONDS)
    entries = [pcap_record(bytes(size), order, modified=modified) for size in (9, 0, 21)]
    file = header + b"".join(entries)
    ends = [len(header + b"".join(entries[:count])) for count in range(4)]
    for cut in range(len(file) + 1):
        records, error = read_damaged(Dribble(file[:cut], step))
        assert len(records) == sum(end <= cut for end in ends[1:]), cut
        assert (error is None) == (cut in ends), cut
        if error and cut > len(header):
            assert error.offset == max(end for end in ends if end < cut)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (b"\0" * 9, "at byte 43: record 2 is cut: 9 bytes of its header of 16, then the file ends"),
        (
            pcap_record(b"abc", captured=60),
            "at byte 43: record 2 is cut: it says that it holds 60 bytes, 3 follow",
        ),
        (
            pcap_record(bytes(LIMIT + 1)) + pcap_record(b"never reached"),
            "at byte 43: record 2 says that it holds 262145 bytes, expected at most 262144",
        ),
        (
            pcap_record(b"", captured=0xFFFF_FFFF),
            "at byte 43: record 2 says that it holds 4294967295 bytes, expected at most 262144",
        ),
    ],
)
def test_damage_is_reported_after_the_records_before_it(damage: bytes, message: str) -> None:
    records, error = read_damaged(pcap_header() + pcap_record(b"abc") + damage)
    assert [record.data for record in records] == [b"abc"]
    assert str(error) == message


def test_the_largest_record_is_read_and_a_snap_length_does_not_raise_the_limit() -> None:
    [record] = read(pcap_header() + pcap_record(bytes(LIMIT)))
    assert len(record.data) == LIMIT
    assert read_damaged(pcap_header(snap_length=2**32 - 1) + pcap_record(bytes(LIMIT + 1)))[1]


@pytest.mark.parametrize("link_type", [189, 220, 231, 249, 279])
def test_some_link_types_have_larger_packets(link_type: int) -> None:
    file = pcap_header(link_type=link_type) + pcap_record(bytes(1_000_000)) + pcap_record(b"x")
    assert [len(record.data) for record in read(file)] == [1_000_000, 1]


def test_records_across_the_blocks_that_are_read() -> None:
    sizes = [size * 997 % 65_536 for size in range(60)]
    file = pcap_header() + b"".join(pcap_record(bytes([n]) * size) for n, size in enumerate(sizes))
    for stream in (io.BytesIO(file), Dribble(file, 65_521)):
        with open_reader(stream) as reader:  # type: ignore[arg-type]
            for number, record in enumerate(reader):
                assert record.data == bytes([number]) * sizes[number]
                start = record.file_offset
                assert file[start : start + len(record.data)] == record.data


def test_memory_follows_neither_the_file_nor_what_it_claims() -> None:
    claim = pcap_header(link_type=231) + pcap_record(b"x", captured=100_000_000)
    tracemalloc.start()
    try:
        assert read_damaged(claim)[0] == []
        # 4 MB of zeros are 250,000 records of no bytes.
        with open_reader(Zeros(pcap_header(), 4_000_000)) as reader:  # type: ignore[arg-type]
            assert sum(1 for _ in reader) == 250_000
        assert tracemalloc.get_traced_memory()[1] < 1_500_000
    finally:
        tracemalloc.stop()
