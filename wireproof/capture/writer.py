"""Writing a capture so that its name never stands for half a file."""

import contextlib
import errno
import os
import sys
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Literal, cast

from .compressed import compressing, method_named
from .pcap import PcapWriter
from .pcapng import Blocks
from .pcapng_writer import PcapngWriter
from .record import MAX_RECORD_BYTES, CaptureError, Interface

_PCAP_SUFFIXES = frozenset({".pcap", ".cap", ".dmp"})
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)


def format_named(path: str | os.PathLike[str]) -> Literal["pcap", "pcapng"] | None:
    """Return the format that a file's suffix stands for, of compression aside; None where it says nothing."""
    stem, suffix = os.path.splitext(os.fspath(path))
    if method_named(path) is not None:
        suffix = os.path.splitext(stem)[1]
    suffix = suffix.lower()
    return "pcapng" if suffix == ".pcapng" else "pcap" if suffix in _PCAP_SUFFIXES else None


@contextlib.contextmanager
def write_pcap(
    path: str | os.PathLike[str],
    link_type: int,
    *,
    nanoseconds: bool = False,
    snap_length: int = MAX_RECORD_BYTES,
    fcs_length: int | None = None,
    at_once: bool = False,
) -> Iterator[PcapWriter]:
    """Give a PcapWriter for ``path``, "-" for the standard output.

    The records go to a temporary file beside the final name, which takes that name when the
    body ends well and is removed when it raises; to keep what came before a damaged record,
    catch the error in the body. A device or a pipe is written directly, ``at_once`` without
    waiting for more. What ends in .gz, .zst or .lz4 is compressed. Raises CaptureError where the
    file cannot be written.
    """
    with _output(path, at_once) as stream:
        yield PcapWriter(stream, link_type, nanoseconds=nanoseconds, snap_length=snap_length, fcs_length=fcs_length)


@contextlib.contextmanager
def write_pcapng(
    path: str | os.PathLike[str],
    interfaces: Sequence[Interface],
    *,
    blocks: Blocks | None = None,
    at_once: bool = False,
) -> Iterator[PcapngWriter]:
    """Give a PcapngWriter for ``path``, in the way of `write_pcap`; ``blocks`` are of the file to copy, if any."""
    with _output(path, at_once) as stream:
        writer = PcapngWriter(stream, interfaces, blocks)
        yield writer
        writer.finish()


class _AtOnce:
    """A stream that is flushed whenever something was written."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, octets: bytes | memoryview) -> int:
        """Write and flush."""
        count = self._stream.write(octets)
        self._stream.flush()
        return count


@contextlib.contextmanager
def _output(path: str | os.PathLike[str], at_once: bool) -> Iterator[BinaryIO]:
    """Give the stream that a capture is written to, compressed where the name says so."""
    with _file(path) as stream:
        method = method_named(path)
        if method is None:
            yield cast(BinaryIO, _AtOnce(stream)) if at_once else stream
            return
        packed = compressing(stream, method)
        try:
            yield packed
        except BaseException:
            with contextlib.suppress(OSError, ValueError):
                packed.close()
            raise
        with _reported(path):
            packed.close()


@contextlib.contextmanager
def _file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    if path == "-":
        yield sys.stdout.buffer
        with _reported(path):
            sys.stdout.buffer.flush()
        return
    with _reported(path):
        if not os.fspath(path):
            raise FileNotFoundError(errno.ENOENT, "the name is empty")
        direct = os.path.exists(path) and not os.path.isfile(path)
        final = os.fspath(path) if direct else os.path.realpath(path)  # a link keeps pointing to what is written
        if os.fspath(path).endswith(os.sep):
            raise IsADirectoryError(errno.EISDIR, "this names a folder")
        if os.path.isfile(final) and not os.access(final, os.W_OK):  # a new file would take its place all the same
            raise PermissionError(errno.EACCES, "the file may not be changed")
        part = final if direct else os.path.join(os.path.dirname(final), f".{os.urandom(8).hex()}.part")
        # Nobody else reads the file while it is written; it gets its mode together with its name.
        stream = open(part, "wb") if direct else open(os.open(part, _NEW, 0o600), "wb")  # noqa: SIM115 (closed below)
    try:
        yield stream
        with _reported(path):
            stream.close()
            if not direct:
                _take_name(part, final)
    except BaseException:
        # What is still buffered may not fit either; the first error is the one to tell.
        with contextlib.suppress(OSError):
            stream.close()
        if not direct:
            with contextlib.suppress(OSError):
                os.unlink(part)
        raise


def _take_name(part: str, final: str) -> None:
    try:
        mode = os.stat(final).st_mode & 0o7777  # a private capture stays private
    except FileNotFoundError:
        mask = os.umask(0o077)
        os.umask(mask)
        mode = 0o666 & ~mask
    os.chmod(part, mode)
    os.replace(part, final)


@contextlib.contextmanager
def _reported(path: str | os.PathLike[str]) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CaptureError(f"cannot write {os.fspath(path)!r}: {reason}") from error
