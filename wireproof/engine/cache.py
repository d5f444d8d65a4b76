"""Object files that are kept in the user's cache folder: a query that was compiled once is only loaded the next time.

A damaged object crashes, or answers wrong, and a planted one does what its author likes. So an entry is believed only
where nobody else can have written it, and where a checksum over all of it is right; everything else is made anew.
Nothing that goes wrong with the folder reaches the caller: without a cache the work takes longer, and that is all.

``WIREPROOF_CACHE`` names another folder, by an absolute path; ``off``, or whatever else is none, switches this off.
"""

from __future__ import annotations

import os
import re
import stat
import struct
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

VARIABLE = "WIREPROOF_CACHE"
MOST_ENTRIES = 512
MOST_OCTETS = 64 << 20
LARGEST_ENTRY = 8 << 20
"""Octets of the largest entry, with its header; larger ones are not kept."""
ABANDONED = 3600.0
"""Seconds after which an entry that is still being written has been given up."""

# Magic, format, key, octets of the object, its SHA-256.
_HEADER = struct.Struct("<8sI32sQ32s")
_MAGIC, _FORMAT = b"WPOBJECT", 1
_NAME = re.compile(r"[0-9a-f]{64}\.object(?P<part>\.[0-9a-f]{16}\.part)?")
_POSIX = os.name == "posix"
_MOST_LINKS = 40
# O_NONBLOCK: a named pipe is opened without waiting for a writer, and is then seen to be no file.
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_BINARY"))
_PACKAGE = Path(__file__).resolve().parent.parent
# Sources that are older than this are those that were imported. Some file systems tell the time to 2 seconds only.
_IMPORTED = time.time_ns() - 2_000_000_000


def cached_object(parts: Sequence[bytes], level: int, make: Callable[[], bytes]) -> bytes:
    """Return the object file that is kept under a key, or what `make` returns, which is then kept.

    `parts` are all that the object depends on beside this installation, the processor and `level`, that of code
    generation: the text of the LLVM module, or what that text is made of. Raises what `make` raises, and nothing else.
    """
    key = None
    with suppress(OSError), _folder() as folder:
        key = _key(_installation(), _processor(), (b"%d" % level,), parts)
        found = None if key is None else _read(folder, key)
        if found is not None:
            return found
    made = make()
    if key is not None:
        _keep(key, made)
    return made


def kept_text(parts: Sequence[bytes]) -> bytes | None:
    """Return what `keep_text` has kept under a key; None where it has not, or not here."""
    with suppress(OSError), _folder() as folder:
        key = _key(_installation(), parts)
        return None if key is None else _read(folder, key)
    return None


def keep_text(parts: Sequence[bytes], text: bytes) -> None:
    """Keep octets that depend on `parts` and on this installation, but on no processor."""
    with suppress(OSError):
        key = _key(_installation(), parts)
        if key is not None:
            _keep(key, text)


def _keep(key: bytes, data: bytes) -> None:
    with suppress(OSError), _folder() as folder:
        _store(folder, key, data)
        _trim(folder)


@contextmanager
def _folder() -> Iterator[_Folder]:
    """Open the folder for the time of this context. Raises OSError where there is to be none, or no safe one."""
    folder = _opened(_place())
    try:
        yield folder
    finally:
        if folder.descriptor is not None:
            os.close(folder.descriptor)


@dataclass(frozen=True)
class _Folder:
    """The folder, opened where the system can do that: another one in its place is then not seen at all."""

    path: str
    descriptor: int | None

    def at(self, name: str) -> str:
        """Return the name of an entry, relative to the descriptor where there is one."""
        return name if self.descriptor is not None else os.path.join(self.path, name)


def _place() -> str | None:
    """Return the path of the folder, whether it is there or not; None where there is to be none."""
    named = os.environ.get(VARIABLE, "")
    if named:
        return named if os.path.isabs(named) else None
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):  # which the XDG Base Directory Specification says to ignore
        base = _usual_base()
    return os.path.join(base, "wireproof", "engine") if os.path.isabs(base) else None


def _usual_base() -> str:
    """Return where this system keeps the user's caches; nothing absolute where the user has no home."""
    if sys.platform == "win32":
        return os.environ.get("LOCALAPPDATA", "")
    home = os.path.expanduser("~")
    if not os.path.isdir(home):  # it is not for us to make, as that of a system user's is not
        return ""
    return os.path.join(home, "Library/Caches" if sys.platform == "darwin" else ".cache")


def _opened(path: str | None) -> _Folder:
    """Open the folder, which is made where it is missing. Raises OSError where it is not the user's alone."""
    if path is None:
        raise FileNotFoundError
    if not _POSIX:  # the profile's access list, which its folders inherit, keeps others out
        os.makedirs(path, exist_ok=True)
        return _Folder(path, None)
    path = _resolved(path)
    descriptor = os.open(path, _FLAGS | os.O_DIRECTORY)
    folder = _Folder(path, descriptor)
    try:
        found = os.fstat(descriptor)
        if found.st_uid != os.geteuid() or found.st_mode & 0o022:
            raise PermissionError(f"{path} is not this user's alone")
    except OSError:
        os.close(descriptor)
        raise
    return folder


def _resolved(path: str, links: int = _MOST_LINKS) -> str:
    """Return a path without links on it, its missing folders made.

    Raises OSError where its end is a link, or where somebody who is neither the user nor root could put another folder
    in the place of one on the way: even one that is the user's, say with an archive of theirs unpacked in it.
    """
    path = os.path.normpath(path)
    whole, user, is_shut = Path(path), os.geteuid(), False
    for part in (*reversed(whole.parents), whole):
        found = _made(part)
        if found.st_uid not in (0, user):
            raise PermissionError(f"{part} is somebody else's")
        if stat.S_ISLNK(found.st_mode):
            if part == whole or not links:
                raise PermissionError(f"{part} is a link")
            return _resolved(os.path.join(part.parent, os.readlink(part), whole.relative_to(part)), links - 1)
        # In a sticky folder, such as /tmp, others can add to what is there, but put nothing in its place.
        if found.st_mode & 0o022 and not found.st_mode & stat.S_ISVTX and not is_shut:
            raise PermissionError(f"{part} can be written by others")
        # What is below a folder that others cannot enter is out of their reach, whatever its own mode.
        is_shut = is_shut or (found.st_uid == user and not found.st_mode & 0o077)
    return path


def _made(folder: Path) -> os.stat_result:
    """Return what stands at a path, a new folder where nothing did."""
    with suppress(FileNotFoundError):
        return os.lstat(folder)
    with suppress(FileExistsError):  # another process was faster
        os.mkdir(folder, 0o700)
    return os.lstat(folder)


def _key(installation: Sequence[bytes] | None, *others: Sequence[bytes]) -> bytes | None:
    """Return the hash of everything that an entry depends on; None where that is not known."""
    if installation is None:
        return None
    digest = sha256()
    for parts in (installation, *others):
        digest.update(b"%d;" % len(parts))
        for part in parts:
            digest.update(b"%d:" % len(part))  # so that no two lists of parts run together to the same
            digest.update(part)
    return digest.digest()


@cache
def _installation() -> tuple[bytes, ...] | None:
    """Return what this installation is; None where its sources may have changed since they were imported.

    A version says little of a checkout, and takes longer to look up than all else here. So sources count, by place,
    size and time, as they do for Python's own cache.
    """
    sources = sorted(_sources(str(_PACKAGE)))
    if any(time_ns >= _IMPORTED for _, _, time_ns in sources):
        return None
    return sys.version.encode(), repr(sources).encode("utf-8", "surrogateescape")


@cache
def _processor() -> tuple[bytes, ...]:
    """Return what machine code is made by and for."""
    import llvmlite  # type: ignore[import-untyped]
    import llvmlite.binding as llvm  # type: ignore[import-untyped]

    processor = (llvm.get_default_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())
    return tuple(text.encode() for text in (llvmlite.__version__, repr(llvm.llvm_version_info), *processor))


def _sources(folder: str) -> Iterator[tuple[str, int, int]]:
    """Yield path, size and time of change (ns) of what this program is made of."""
    with os.scandir(folder) as found:
        for each in found:
            if each.is_dir():
                yield from _sources(each.path)
            elif each.name.endswith((".py", ".lark")):
                with suppress(FileNotFoundError):  # an editor's lock is a link to nothing
                    state = each.stat()
                    yield each.path, state.st_size, state.st_mtime_ns


def _name(key: bytes) -> str:
    return f"{key.hex()}.object"


def _sealed(key: bytes, data: bytes) -> bytes:
    """Return an entry: the header and the object."""
    return _HEADER.pack(_MAGIC, _FORMAT, key, len(data), sha256(data).digest()) + data


def _unsealed(key: bytes, entry: bytes) -> bytes | None:
    """Return the object of an entry; None where an octet of it is not what was written."""
    data = entry[_HEADER.size :]
    return data if entry == _sealed(key, data) else None


def _read(folder: _Folder, key: bytes) -> bytes | None:
    """Return the object that is kept; None where the file is not one that we have written. Raises OSError."""
    descriptor = os.open(folder.at(_name(key)), _FLAGS, dir_fd=folder.descriptor)
    try:
        found = os.fstat(descriptor)
        if not _is_ours(found) or found.st_size > LARGEST_ENTRY:
            return None
        with open(descriptor, "rb", closefd=False) as stream:
            data = _unsealed(key, stream.read(found.st_size))
        if data is not None:
            with suppress(OSError):  # the least recently used go first; a read-only folder does not mind
                os.utime(descriptor if os.utime in os.supports_fd else folder.at(_name(key)))
        return data
    finally:
        os.close(descriptor)


def _is_ours(found: os.stat_result) -> bool:
    """Whether a file is a plain one, and nobody else's: one of several names may stand in somebody else's folder."""
    if not stat.S_ISREG(found.st_mode):
        return False
    return not _POSIX or (found.st_uid == os.geteuid() and found.st_nlink == 1 and not found.st_mode & 0o022)


def _store(folder: _Folder, key: bytes, data: bytes) -> None:
    """Keep an object. It gets its name when it is whole, so that no other process sees a part. Raises OSError."""
    entry = _sealed(key, data)
    if len(entry) > LARGEST_ENTRY:
        return
    part = folder.at(f"{_name(key)}.{os.urandom(8).hex()}.part")
    descriptor = os.open(part, _NEW, 0o600, dir_fd=folder.descriptor)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(entry)
        os.replace(part, folder.at(_name(key)), src_dir_fd=folder.descriptor, dst_dir_fd=folder.descriptor)
    except BaseException:
        _remove(folder, [part])
        raise


def _trim(folder: _Folder) -> None:
    """Remove the entries that were used longest ago, beyond what is kept, and parts that nobody writes any more.

    What has no name of ours is left alone: the folder may have been named by the user. Raises OSError.
    """
    now, entries, abandoned = time.time(), [], []
    with os.scandir(folder.path if folder.descriptor is None else folder.descriptor) as listed:
        for each in listed:
            name = _NAME.fullmatch(each.name)
            if name is None:
                continue
            with suppress(FileNotFoundError):  # another process removes as well
                found = each.stat(follow_symlinks=False)
                if name["part"] is None:
                    entries.append((found.st_mtime_ns, found.st_size, each.name))
                elif abs(now - found.st_mtime) > ABANDONED:
                    abandoned.append(each.name)
    _remove(folder, map(folder.at, (*abandoned, *_excess(entries))))


def _excess(entries: list[tuple[int, int, str]]) -> Iterator[str]:
    """Yield the names that are too many; entries are time of use, octets and name."""
    octets = 0
    for place, (_, size, name) in enumerate(sorted(entries, reverse=True)):
        octets += size
        if place >= MOST_ENTRIES or octets > MOST_OCTETS:
            yield name


def _remove(folder: _Folder, names: Iterable[str]) -> None:
    for name in names:
        with suppress(OSError):
            os.unlink(name, dir_fd=folder.descriptor)


__all__ = ["VARIABLE", "cached_object", "keep_text", "kept_text"]
