"""Captures compressed with gzip, zstd and lz4: whole, cut, damaged and hostile."""

import contextlib
import gzip
import importlib
import io
import os
import random
import shutil
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wireproof.capture import CaptureError, Record, open_reader
from wireproof.capture.compressed import method_named

from .craft import enhanced, interface, pcap_header, pcap_record, section
from .reading import read, read_damaged
from .streams import Dribble, Failing

METHODS = ("gzip", "zstd", "lz4")
SKIPPABLE = b"\x53\x2a\x4d\x18\x05\0\0\0\x28\xb5\x2f\xfd!"  # the magic in it is none
_random = random.Random(5)
# Packets that compress to a half, so that there are some blocks of each method.
PACKETS = [_random.randbytes(size) + bytes(size) for size in (_random.randrange(700) for _ in range(900))]
PCAP = pcap_header() + b"".join(pcap_record(data, seconds=number) for number, data in enumerate(PACKETS))
PCAPNG = section() + interface() + b"".join(enhanced(data) for data in PACKETS)


def zstd() -> Any:
    return pytest.importorskip("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")


def compress(method: str, data: bytes) -> bytes:
    """Compress with a checksum."""
    if method == "gzip":
        return gzip.compress(data)
    if method == "zstd":
        return bytes(zstd().compress(data, options={zstd().CompressionParameter.checksum_flag: 1}))
    frame = pytest.importorskip("lz4.frame")
    return bytes(frame.compress(data, content_checksum=True, block_checksum=True, block_linked=False))


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("file", [PCAP, PCAPNG], ids=["pcap", "pcapng"])
def test_records_are_those_of_the_file(method: str, file: bytes, tmp_path: Path) -> None:
    path = tmp_path / "no suffix"
    path.write_bytes(compress(method, file))
    with open_reader(path) as reader:
        assert (reader.compression, reader.size) == (method, None)
        assert list(reader) == read(file)
    with open_reader(io.BytesIO(file)) as reader:
        assert reader.compression is None


@pytest.mark.parametrize("step", [1, 13, 4096])
def test_from_a_pipe(method: str, step: int) -> None:
    data = compress(method, PCAP[: 50_000 if step == 1 else None])
    assert read_damaged(Dribble(data, step))[0] == read_damaged(PCAP[: 50_000 if step == 1 else None])[0]


def test_several_members_and_what_stands_between_them(method: str) -> None:
    between = b"" if method == "gzip" else SKIPPABLE
    parts = [compress(method, part) for part in (PCAP[:1000], b"", PCAP[1000:70_000], PCAP[70_000:])]
    assert read(between.join([*parts, b""])) == read(PCAP)
    assert read(b"".join(parts) + bytes(700)) == read(PCAP), "padding"


def test_records_come_before_the_stream_ends(method: str) -> None:
    """As of a capture that is compressed while it is made: the first member is there, the next is on its way."""
    first = pcap_header() + pcap_record(b"one")
    ours, theirs = os.pipe()
    with open(ours, "rb", buffering=0) as pipe:
        os.write(theirs, compress(method, first))
        with open_reader(pipe) as reader:
            records = iter(reader)
            assert next(records).data == b"one"
            os.write(theirs, compress(method, pcap_record(b"two")))
            os.close(theirs)
            assert [record.data for record in records] == [b"two"]


def whole(octets: int) -> list[Record]:
    """The records that are whole in so many octets."""
    return read_damaged(PCAP[:octets])[0]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.999])
def test_a_cut_stream_gives_what_is_whole(method: str, share: float) -> None:
    data = compress(method, PCAP)
    cut = data[: int(len(data) * share)]
    records, error = read_damaged(cut)
    assert error is not None
    assert error.message == f"the {method} stream is cut: it ends after {len(cut)} bytes"
    assert error.offset is not None
    assert records == whole(error.offset)
    # What a block holds comes as one: of zstd 128 KiB, of lz4 as written here 64 KiB.
    assert error.offset > len(PCAP) * share - {"gzip": 2000, "zstd": 131_072, "lz4": 65_536}[method]


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_a_damaged_stream_gives_what_stands_before(method: str, share: float) -> None:
    data = bytearray(compress(method, PCAP))
    place = int(len(data) * share)
    data[place : place + 40] = bytes(40)
    records, error = read_damaged(bytes(data))
    assert error is not None
    assert error.offset is not None
    assert len(records) > 100
    # Without a checksum of the part, octets that are wrong may come before it is known that they are.
    sound = [found for found, there in zip(records, read(PCAP), strict=False) if found == there]
    assert len(sound) >= len(whole(int(len(PCAP) * share))) - {"gzip": 5, "zstd": 300, "lz4": 160}[method]


def test_every_octet_of_gzip_before_the_damage_is_kept() -> None:
    """Damage at a place that is known: a block of a kind that does not exist, behind one that is whole."""
    packer = zlib.compressobj(wbits=31)
    data = packer.compress(PCAP[:100_000]) + packer.flush(zlib.Z_FULL_FLUSH)
    records, error = read_damaged(data + b"\x07" + bytes(5000))
    assert error is not None
    assert error.offset == 100_000
    assert error.message == f"the gzip stream is damaged in front of its byte {len(data) + 1}: invalid block type"
    assert records == whole(100_000)


def test_a_checksum_that_is_wrong(method: str) -> None:
    data = bytearray(compress(method, PCAP))
    data[-5 if method == "gzip" else -1] ^= 1
    records, error = read_damaged(bytes(data))
    assert records == read(PCAP)
    assert error is not None
    assert f"the {method} stream is damaged" in error.message


def test_what_follows_is_told(method: str) -> None:
    records, error = read_damaged(compress(method, PCAP) + b"hello")
    assert len(records) == len(PACKETS)
    assert f"at byte {len(PCAP)}: the {method} stream is followed by something else" in str(error)


def test_a_failing_disk(method: str) -> None:
    data = compress(method, PCAP)
    records, error = read_damaged(Failing(data[: len(data) // 2], 5000))
    assert error is not None
    assert error.message == "cannot read on: Input/output error"
    assert error.offset is not None
    assert records == whole(error.offset)


def test_what_is_compressed_is_no_capture(method: str) -> None:
    with pytest.raises(CaptureError, match="at byte 0: decompressed, starts with 72 6f 6f 74, expected the magic"):
        open_reader(io.BytesIO(compress(method, b"root:x")))
    with pytest.raises(CaptureError, match=r"at byte 0: decompressed, starts with .*, expected the magic"):
        open_reader(io.BytesIO(compress(method, compress(method, PCAP))))


def test_memory_does_not_follow_what_a_stream_expands_to(method: str) -> None:
    """Zeros without end behind a header are records without octets; 200 MB of them fit in some 10 to 800 KB."""
    if method == "zstd":
        zstd()
    elif method == "lz4":
        pytest.importorskip("lz4.frame")
    bomb = compress(method, pcap_header() + bytes(16)) + compress(method, bytes(50_000_000)) * 4
    tracemalloc.start()
    try:
        with open_reader(io.BytesIO(bomb)) as reader:
            source = reader.source
            passed = 0
            while found := source.have(1):
                source.position += found
                passed += found
            assert passed == 200_000_016
        assert tracemalloc.get_traced_memory()[1] < len(bomb) + 6_000_000
    finally:
        tracemalloc.stop()


def test_mutations_raise_nothing_else(method: str) -> None:
    chance = random.Random(7)
    sound = compress(method, PCAP[:40_000])
    for _ in range(400):
        data = bytearray(sound)
        for _ in range(chance.randrange(1, 6)):
            place = chance.randrange(len(data)) if chance.random() < 0.7 else chance.randrange(40)
            data[place] = chance.randrange(256)
        del data[chance.randrange(len(data)) if chance.random() < 0.2 else len(data) :]
        with contextlib.suppress(CaptureError), open_reader(io.BytesIO(bytes(data))) as reader:
            assert sum(1 for _ in reader) < 1_000_000


@pytest.mark.parametrize("name", ["zstd", "lz4"])
def test_a_missing_library_is_named_with_its_remedy(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(wanted: str) -> object:
        raise ModuleNotFoundError(wanted)

    monkeypatch.setattr(importlib, "import_module", fail)
    magic = {"zstd": b"\x28\xb5\x2f\xfd", "lz4": b"\x04\x22\x4d\x18"}[name]
    with pytest.raises(CaptureError) as caught:
        open_reader(io.BytesIO(magic + bytes(20)))
    assert str(caught.value).startswith(f"at byte 0: compressed: {name} needs ")
    assert str(caught.value).endswith("which is not installed: pip install 'wireproof[compression]'")


COMMANDS = {
    "gzip": ["gzip -c", "gzip -c -1"],
    "zstd": ["zstd -q -c", "zstd -q -c -19 --long=27", "zstd -q -c --no-check --fast=5"],
    "lz4": ["lz4 -q -c", "lz4 -q -c -9 -BD -B4", "lz4 -q -c -BX --content-size"],
}


@pytest.mark.parametrize("command", [command for commands in COMMANDS.values() for command in commands])
def test_what_the_tools_write(command: str, tmp_path: Path) -> None:
    tool, *options = command.split()
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    compress(tool, b"")  # skips where the library is missing
    path = tmp_path / "capture"
    path.write_bytes(PCAP)
    done = subprocess.run([tool, *options, path], capture_output=True, check=True)
    assert read(done.stdout) == read(PCAP)


@pytest.mark.parametrize("damage", ["none", "cut", "checksum"])
def test_as_many_records_as_tshark(method: str, damage: str, tshark: str, tmp_path: Path) -> None:
    data = compress(method, PCAP)
    if damage == "cut":
        data = data[: len(data) // 2]
    elif damage == "checksum":
        data = data[:-8] + bytes(4) + data[-4:] if method == "gzip" else data[:-4] + bytes(4)
    path = tmp_path / "capture"
    path.write_bytes(data)
    words = [tshark, "-nr", path, "-T", "fields", "-e", "frame.number"]
    done = subprocess.run(words, capture_output=True, check=False)
    records, error = read_damaged(data)
    assert (done.returncode == 0) == (error is None) == (damage == "none")
    found = done.stdout.split()
    # tshark loses some of what its buffer holds when a checksum is wrong.
    assert len(found) == len(records) or (damage == "checksum" and len(found) < len(records) == len(PACKETS))


def test_suffixes() -> None:
    named: Callable[[str], str | None] = method_named
    assert [named(name) for name in ("a.pcap.gz", "b.ZST", "c.lz4", "d.pcap", ".gz", "gz")] == [
        "gzip", "zstd", "lz4", None, None, None,
    ]  # fmt: skip
