"""Opening a capture: a file, a pipe or a stream, its format known by its first bytes."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Literal, Self, cast

from . import pcap
from .compressed import Decompressed, method_of
from .pcapng_blocks import MAGIC as PCAPNG_MAGIC
from .record import CaptureError, Interface, Record
from .source import Source

if TYPE_CHECKING:
    from . import pcapng

_CONVERT = "editcap -F pcapng converts captures of this format"
_REMEDIES = {
    b"BZh": "decompress it with bzip2 -d",
    b"\xfd7zXZ\0": "decompress it with xz -d",
    b"PK\x03\x04": "unzip it",
    b"\x1f\x9d": "decompress it with uncompress",
    **dict.fromkeys((b"snoop\0\0\0", b"btsnoop\0", b"iptrace ", b"GMBU", b"RTSS", b"XCP\0", b"TRSNIFF"), _CONVERT),
}
"""What to do with files that begin so."""
_LONGEST_MAGIC = max(map(len, _REMEDIES))


class Reader:
    """The records of one capture, each read as it is asked for, in one pass.

    ``format`` is "pcap" or "pcapng", ``name`` the path as given or "-", ``interfaces`` those
    described so far (a pcap file has one) and ``nanoseconds`` whether a pcap file has that
    resolution. ``size`` are the bytes of a regular file that was opened here, and None of anything
    else. ``compression`` is "gzip", "zstd" or "lz4" where the capture is compressed so: then it has
    no size, and offsets count the bytes that it is decompressed to. Iterating gives every whole
    record before any damage, then raises CaptureError. Whoever walks over the records by other
    means takes ``source`` over, with the pcap ``header`` or the pcapng ``blocks``, before any
    record is read.
    """

    def __init__(self, stream: BinaryIO, name: str, *, owned: bool) -> None:
        self.name = name
        self.size = _size_of(stream) if owned else None
        self.interfaces: list[Interface] = []
        self.nanoseconds = False
        self.format: Literal["pcap", "pcapng"]
        self._stream = stream if owned else None
        self.source = Source(stream)
        self.compression = method_of(self.source.peek(4))
        if self.compression is not None:
            self.size = None
            self.source = Source(cast(BinaryIO, Decompressed(self.source, self.compression)))
        self.header: pcap.PcapHeader | None = None
        self.blocks: pcapng.Blocks | None = None
        self._records = self._recognise(self.source)

    def _recognise(self, source: Source) -> Iterator[Record]:
        magic = source.peek(4)
        if magic == PCAPNG_MAGIC:
            from . import pcapng

            self.format = "pcapng"
            self.blocks = pcapng.Blocks(source, self.interfaces)
            return self.blocks.records()
        if magic in pcap.MAGICS:
            self.format = "pcap"
            self.header = header = pcap.read_header(source)
            self.nanoseconds = header.nanoseconds
            digits = 9 if header.nanoseconds else 6
            self.interfaces.append(
                Interface(header.link_type, header.snap_length, time_digits=digits, fcs_length=header.fcs_length)
            )
            return pcap.read_records(source, header)
        raise _not_a_capture(source.peek(_LONGEST_MAGIC), self.compression)

    @property
    def link_type(self) -> int | None:
        """The link type of all records; None of pcapng, where each interface has its own."""
        return None if self.header is None else self.header.link_type

    def __iter__(self) -> Iterator[Record]:
        return self._records

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, if it was opened here; a stream given to open_reader stays open."""
        if self._stream is not None:
            self._stream.close()


def open_reader(source: str | os.PathLike[str] | BinaryIO) -> Reader:
    """Open a capture by its path, "-" for the standard input, or read it from a binary stream.

    What is compressed with gzip, zstd or lz4 is decompressed as it is read. A stream must block,
    need not seek, and is read from where it stands; offsets count from there. Raises CaptureError
    if the file cannot be opened or is not a capture.
    """
    if source == "-":
        return Reader(sys.stdin.buffer, "-", owned=False)
    if not isinstance(source, (str, os.PathLike)):
        name = getattr(source, "name", None)
        return Reader(source, name if isinstance(name, str) else "<stream>", owned=False)
    path = os.fspath(source)
    try:
        stream: BinaryIO = open(path, "rb", buffering=0)  # noqa: SIM115 (the reader closes it)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        reason = getattr(error, "strerror", None) or error
        raise CaptureError(f"cannot open {path!r}: {reason}") from error
    try:
        return Reader(stream, path, owned=True)
    except BaseException:
        stream.close()
        raise


def _size_of(stream: BinaryIO) -> int | None:
    found = os.fstat(stream.fileno())
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def _not_a_capture(head: bytes, compression: str | None) -> CaptureError:
    """Say how something begins that is no capture, and what to do where that is known."""
    found = f"starts with {head[:4].hex(' ')}" if head else "empty"
    if compression is not None:
        found = f"decompressed, {found}"
    remedy = next((f"; {remedy}" for magic, remedy in _REMEDIES.items() if head.startswith(magic)), "")
    return CaptureError(f"{found}, expected the magic number of a pcap or pcapng file{remedy}", 0)
