"""Compressed captures: told by their first octets and decompressed as they are read, or compressed as they are written.

A decompressor gives nothing of the call in which it fails. So each call gets no more than can fail on its own: a block
of zstd (RFC 8878 section 3.1.1.2) or of lz4 (lz4_Frame_format.md), or a little of gzip (RFC 1952), from a copy of whose
state the octets before the damage are got once more. That also bounds what is held, whatever a stream expands to: a
block makes 128 KiB with zstd and 4 MiB with lz4. A window of more than 128 MiB is refused.
"""

import importlib
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

from .record import CaptureError
from .source import Source

_MAGICS = {b"\x1f\x8b\x08": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4"}
_SUFFIXES = {".gz": "gzip", ".zst": "zstd", ".lz4": "lz4"}
_SKIPPABLE = tuple(bytes([low]) + b"\x2a\x4d\x18" for low in range(0x50, 0x60))
"""What the frames begin with that any reader of zstd and lz4 passes over."""

_GZIP_BITS = 31  # a window of 32 KiB, and the header and checksum of gzip around it
_INPUT_BYTES = 16 * 1024
_PART_BYTES = 256 * 1024
_BLOCK_BYTES = 4 * 1024 * 1024  # no block makes more; without a bound lz4 holds back what it has no room for
_REMEDY = "pip install 'wireproof[compression]'"


class _DamageError(Exception):
    """What is wrong with a compressed stream."""


def method_of(magic: bytes) -> str | None:
    """Return by which method a stream is compressed that begins so; None where it is not."""
    return next((method for start, method in _MAGICS.items() if magic.startswith(start)), None)


def method_named(path: str | os.PathLike[str]) -> str | None:
    """Return the method that a file's suffix stands for, .gz, .zst or .lz4; None for any other."""
    return _SUFFIXES.get(os.path.splitext(os.fsdecode(path))[1].lower())


class Decompressed:
    """What a compressed stream holds, as a stream in its turn; the source stands at its first octet.

    It hands over what there is and does not wait for more. Raises CaptureError at damage, after all that stands before
    it, with the offset in what is decompressed; and at once where a library is missing.
    """

    def __init__(self, source: Source, method: str) -> None:
        self._method = method
        try:
            self._parts = _METHODS[method](source)
        except CaptureError as error:
            raise CaptureError(f"compressed: {error.message}", 0) from error
        self._part = memoryview(b"")
        self._given = 0

    def read(self, size: int) -> bytes:
        """Return up to so many octets; none at the end."""
        part = self._part or self._next()
        found, self._part = bytes(part[:size]), part[size:]
        self._given += len(found)
        return found

    def readinto(self, buffer: bytearray | memoryview) -> int:
        """Fill a buffer as far as there is something at hand, and return how many octets these are; 0 at the end."""
        part = self._part or self._next()
        count = min(len(buffer), len(part))
        buffer[:count] = part[:count]
        self._part = part[count:]
        self._given += count
        return count

    def _next(self) -> memoryview:
        try:
            return memoryview(next((part for part in self._parts if part), b""))
        except _DamageError as error:
            raise CaptureError(f"the {self._method} stream is {error}", self._given) from error
        except CaptureError as error:  # its own offset counts compressed octets
            raise CaptureError(error.message, self._given) from error


def _take(source: Source, most: int) -> bytes:
    """Use up to so many octets, as many as are at hand; none at the end of the stream."""
    source.have(1)
    found = source.buffer[source.position : source.position + most]
    source.position += len(found)
    return found


def _cut(source: Source) -> _DamageError:
    return _DamageError(f"cut: it ends after {source.offset} bytes")


def _damaged(source: Source, error: Exception) -> _DamageError:
    reason = str(error).rpartition(": ")[2]
    return _DamageError(f"damaged in front of its byte {source.offset}: {reason}")


def _pass_padding(source: Source) -> None:
    """Pass over the zeros behind the last frame, which tapes and some programs leave there."""
    while found := _take(source, _INPUT_BYTES):
        if found.strip(b"\0"):
            raise _DamageError(f"followed by something else in front of its byte {source.offset}")


# gzip


def _gzip(source: Source) -> Iterator[bytes]:
    while head := source.peek(3):
        if method_of(head) != "gzip":
            _pass_padding(source)
            return
        yield from _member(source)


def _member(source: Source) -> Iterator[bytes]:
    member = zlib.decompressobj(_GZIP_BITS)
    while not member.eof:
        octets = member.unconsumed_tail or _take(source, _INPUT_BYTES)
        if not octets:
            yield member.flush()
            raise _cut(source)
        before = member.copy()
        try:
            part = member.decompress(octets, _PART_BYTES)
        except zlib.error:
            source.position -= len(octets)
            yield from _up_to_damage(before, octets, source)
            return
        yield part
    source.position -= len(member.unused_data)


def _up_to_damage(member: "zlib._Decompress", octets: bytes, source: Source) -> Iterator[bytes]:
    """Yield what comes of octets that are known to be damaged, one by one."""
    for place in range(len(octets)):
        source.position += 1
        try:
            part = member.decompress(octets[place : place + 1])
        except zlib.error as error:
            raise _damaged(source, error) from error
        yield part


# zstd and lz4


def _zstd(source: Source) -> Iterator[bytes]:
    library = _library("zstd")
    return _frames(source, "zstd", library.ZstdDecompressor, library.ZstdError, _zstd_units)


def _lz4(source: Source) -> Iterator[bytes]:
    return _frames(source, "lz4", _library("lz4").LZ4FrameDecompressor, RuntimeError, _lz4_units)


def _frames(
    source: Source,
    method: str,
    decompressor: Callable[[], Any],
    failure: type[Exception],
    units: Callable[[Source], Iterator[int]],
) -> Iterator[bytes]:
    while head := source.peek(4):
        if head in _SKIPPABLE:
            _skip_frame(source)
            continue
        if method_of(head) != method:
            _pass_padding(source)
            return
        frame = decompressor()
        for size in units(source):
            for octets in _pieces(source, size):
                try:
                    part: bytes = frame.decompress(octets, _BLOCK_BYTES)
                except (failure, EOFError) as error:
                    raise _damaged(source, error) from error
                yield part
        if not frame.eof:
            raise _DamageError(f"damaged in front of its byte {source.offset}: the frame does not end")


def _pieces(source: Source, size: int) -> Iterator[bytes]:
    """Use so many octets, as they come."""
    while size:
        octets = _take(source, size)
        if not octets:
            raise _cut(source)
        size -= len(octets)
        yield octets


def _skip_frame(source: Source) -> None:
    size = 8 + int.from_bytes(source.peek(8)[4:], "little")
    if source.skip(size) < size:
        raise _cut(source)


def _zstd_units(source: Source) -> Iterator[int]:
    """Yield how long the parts of a frame are, each when the source stands at it: header, blocks, checksum."""
    flags = source.peek(5)[-1]
    is_single = flags >> 5 & 1
    yield 5 + (1 - is_single) + (0, 1, 2, 4)[flags & 3] + (is_single, 2, 4, 8)[flags >> 6]
    is_last = False
    while not is_last:
        head = int.from_bytes(source.peek(3), "little")
        is_last, is_run = bool(head & 1), head >> 1 & 3 == 1
        yield 3 + (1 if is_run else head >> 3)
    if flags & 4:
        yield 4


def _lz4_units(source: Source) -> Iterator[int]:
    """The same of lz4: header, blocks, and the end mark with the checksum."""
    flags = source.peek(5)[-1]
    yield 7 + (8 if flags & 8 else 0) + (4 if flags & 1 else 0)
    while size := int.from_bytes(source.peek(4), "little") & 0x7FFF_FFFF:
        yield 4 + size + (4 if flags & 16 else 0)
    yield 4 + (4 if flags & 4 else 0)


_METHODS: dict[str, Callable[[Source], Iterator[bytes]]] = {"gzip": _gzip, "zstd": _zstd, "lz4": _lz4}


def _library(method: str) -> Any:
    standard = sys.version_info >= (3, 14)
    name = {"zstd": "compression.zstd" if standard else "backports.zstd", "lz4": "lz4.frame"}[method]
    try:
        return importlib.import_module(name)
    except ImportError:
        raise CaptureError(f"{method} needs {name}, which is not installed: {_REMEDY}") from None


def compressing(stream: BinaryIO, method: str) -> BinaryIO:
    """Return a stream that writes to another what it is given, compressed; closing it ends that and no more.

    Raises CaptureError where a library is missing.
    """
    if method == "gzip":
        import gzip

        # Without a name and a time the same records give the same file.
        return cast(BinaryIO, gzip.GzipFile("", "wb", 6, stream, 0))
    library = _library(method)
    if method == "zstd":
        checked = {library.CompressionParameter.checksum_flag: 1}
        return cast(BinaryIO, library.ZstdFile(stream, "wb", options=checked))
    return cast(BinaryIO, library.LZ4FrameFile(stream, "wb", content_checksum=True))
