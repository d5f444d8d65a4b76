"""Writing a capture so that its name never stands for half a file."""

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from typing import BinaryIO

from .pcap import PcapWriter
from .record import MAX_RECORD_BYTES, CaptureError

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)


@contextlib.contextmanager
def write_pcap(
    path: str | os.PathLike[str],
    link_type: int,
    *,
    nanoseconds: bool = False,
    snap_length: int = MAX_RECORD_BYTES,
) -> Iterator[PcapWriter]:
    """Give a PcapWriter for ``path``, "-" for the standard output.

    The records go to a temporary file beside the final name, which takes that name when the
    body ends well and is removed when it raises; to keep what came before a damaged record,
    catch the error in the body. A device or a pipe is written directly. Raises CaptureError
    where the file cannot be written.
    """
    with _output(path) as stream:
        yield PcapWriter(stream, link_type, nanoseconds=nanoseconds, snap_length=snap_length)


@contextlib.contextmanager
def _output(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    if path == "-":
        yield sys.stdout.buffer
        with _reported(path):
            sys.stdout.buffer.flush()
        return
    with _reported(path):
        direct = os.path.exists(path) and not os.path.isfile(path)
        final = os.fspath(path) if direct else os.path.realpath(path)  # a link keeps pointing to what is written
        if os.fspath(path).endswith(os.sep):
            raise IsADirectoryError(errno.EISDIR, "this names a folder")
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
