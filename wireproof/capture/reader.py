"""Opening a capture: a file, a pipe or a stream, its format known by its first bytes."""

import os
import sys
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import BinaryIO, Literal, Self

from . import pcap, pcapng
from .record import CaptureError, Interface, Record
from .source import Source

_BLOCK_BYTES = 1 << 18
_COMPRESSED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4"}


class Reader:
    """The records of one capture, each read as it is asked for, in one pass.

    ``format`` is "pcap" or "pcapng", ``name`` the path as given or "-", ``interfaces`` those
    described so far (a pcap file has one) and ``nanoseconds`` whether a pcap file has that
    resolution. ``path`` is the path of a regular file that was opened here, which can be read
    once more, and None of anything else. Iterating gives every whole record before any damage,
    then raises CaptureError.
    """

    def __init__(self, stream: BinaryIO, name: str, *, owned: bool) -> None:
        self.name = name
        self.path = name if owned and os.path.isfile(name) else None
        self.interfaces: list[Interface] = []
        self.nanoseconds = False
        self.format: Literal["pcap", "pcapng"]
        self._stream = stream if owned else None
        self._header: pcap.PcapHeader | None = None
        self._records = self._recognise(Source(stream))

    def _recognise(self, source: Source) -> Iterator[Record]:
        magic = source.peek(4)
        if magic == pcapng.MAGIC:
            self.format = "pcapng"
            return pcapng.read_records(source, self.interfaces)
        if magic in pcap.MAGICS:
            self.format = "pcap"
            self._header = header = pcap.read_header(source)
            self.nanoseconds = header.nanoseconds
            digits = 9 if header.nanoseconds else 6
            self.interfaces.append(Interface(header.link_type, header.snap_length, time_digits=digits))
            return pcap.read_records(source, header)
        raise _not_a_capture(magic)

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

    def read_at(self, places: Iterable[tuple[int, int]]) -> Iterator[Record] | None:
        """Return the records at places of a file: their numbers, and where their octets begin, both ascending.

        None where that cannot be: of a stream, and of pcapng, whose records say too little by themselves.
        """
        if self.path is None or self._header is None:
            return None
        return self._read_at(self.path, self._header, places)

    @staticmethod
    def _read_at(path: str, header: pcap.PcapHeader, places: Iterable[tuple[int, int]]) -> Iterator[Record]:
        with open(path, "rb", buffering=_BLOCK_BYTES) as file:
            for number, offset in places:
                yield pcap.read_at(file, header, number, offset)

    def close(self) -> None:
        """Close the file, if it was opened here; a stream given to open_reader stays open."""
        if self._stream is not None:
            self._stream.close()


def open_reader(source: str | os.PathLike[str] | BinaryIO) -> Reader:
    """Open a capture by its path, "-" for the standard input, or read it from a binary stream.

    A stream must block, need not seek, and is read from where it stands; offsets count from
    there. Raises CaptureError if the file cannot be opened or is not a capture.
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


def _not_a_capture(magic: bytes) -> CaptureError:
    expected = "expected the magic number of a pcap or pcapng file"
    if not magic:
        return CaptureError(f"empty, {expected}", 0)
    for start, method in _COMPRESSED.items():
        if magic.startswith(start):
            return CaptureError(f"compressed with {method}, {expected}: decompress it first", 0)
    return CaptureError(f"starts with {magic.hex(' ')}, {expected}", 0)
