"""Object files that are kept: what is believed, what is made anew, and what never reaches the caller."""

from __future__ import annotations

import os
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from wireproof.engine import cache
from wireproof.engine.cache import cached_object
from wireproof.engine.machine import Code, compile_object

SOMEBODY, SOMEBODY_ELSE = 12345, 12346
HEADER = 84  # octets: magic, format, key, length and checksum
OBJECT = bytes(range(256)) * 8

as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="files are given to other users, which takes root"
)
posix = pytest.mark.skipif(os.name != "posix", reason="this system has no owners and modes of files")
pytestmark = posix


@pytest.fixture(autouse=True)
def sources_at_rest(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is kept while a checkout is being edited; these tests are about everything else."""
    monkeypatch.setattr(cache, "_IMPORTED", 1 << 63)
    cache._installation.cache_clear()
    cache._processor.cache_clear()
    yield
    cache._installation.cache_clear()
    cache._processor.cache_clear()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the cache, which is not there yet."""
    path = tmp_path / "cache"
    monkeypatch.setenv("WIREPROOF_CACHE", str(path))
    return path


def makes(*parts: bytes, level: int = 1, data: bytes = OBJECT) -> bool:
    """Whether an object has to be made; in either case the right one is returned."""
    made = []
    assert cached_object(parts, level, lambda: made.append(1) or data) == data  # type: ignore[func-returns-value]
    return bool(made)


def entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


@pytest.fixture
def entry(folder: Path) -> Path:
    """The file of the one object that is kept."""
    assert makes(b"a")
    (path,) = entries(folder)
    return path


def test_an_object_is_made_once(folder: Path) -> None:
    assert makes(b"a")
    assert not makes(b"a")
    assert not makes(b"a")
    assert len(entries(folder)) == 1


def test_machine_code_runs_from_the_cache() -> None:
    text = """define i64 @match(ptr %buffer, i64 %length, ptr %matches, ptr %state) {
        %found = mul i64 %length, 3
        ret i64 %found
    }"""
    for _ in range(2):
        data = cached_object((text.encode(),), 1, lambda: compile_object(text))
        assert Code(data)(0, 14, 0, 0) == 42
    assert not makes(text.encode(), data=data)


@pytest.mark.parametrize("other", [(b"b",), (b"a", b""), (b"", b"a"), (), (b"a1:b",), (b"a", b"b", b""), (b"ab",)])
def test_every_part_counts_and_where_it_ends(other: tuple[bytes, ...]) -> None:
    assert makes(b"a")
    assert makes(b"a", b"b")
    assert makes(*other, data=b"another")
    assert not makes(b"a")
    assert not makes(b"a", b"b")


def test_the_level_counts() -> None:
    assert makes(b"a", level=0, data=b"quick")
    assert makes(b"a", level=1, data=b"better")
    assert not makes(b"a", level=0, data=b"quick")


@pytest.mark.parametrize(
    "what",
    [
        "llvmlite.binding.get_host_cpu_name",
        "llvmlite.binding.get_default_triple",
        "llvmlite.__version__",
    ],
)
def test_processor_and_versions_count(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder on a network is seen by several machines, and outlives every version."""
    assert makes(b"a")
    monkeypatch.setattr(what, "another" if what.endswith("__version__") else lambda *_: "another")
    cache._installation.cache_clear()
    cache._processor.cache_clear()
    assert makes(b"a")
    assert not makes(b"a")


def test_what_making_raises_is_raised_and_nothing_is_kept(folder: Path) -> None:
    def fail() -> bytes:
        raise FileNotFoundError("made of something that is not there")

    with pytest.raises(FileNotFoundError, match="made of something"):
        cached_object((b"a",), 1, fail)
    assert entries(folder) == []
    assert makes(b"a")


# Damage.


@pytest.mark.parametrize("place", [0, 7, 8, 11, 12, 43, 44, 51, 52, 83, HEADER, HEADER + 1000, HEADER + 2047])
def test_one_wrong_bit_anywhere_is_seen(place: int, entry: Path) -> None:
    """Magic, format, key, length, checksum, object: first and last octet of each."""
    octets = bytearray(entry.read_bytes())
    assert len(octets) == HEADER + len(OBJECT)
    octets[place] ^= 0x10
    entry.write_bytes(octets)
    assert makes(b"a")
    assert not makes(b"a"), "the damaged file was not replaced"


@pytest.mark.parametrize("size", [0, 1, 83, HEADER, HEADER + 1, HEADER + len(OBJECT) - 1])
def test_a_cut_file_is_seen(size: int, entry: Path) -> None:
    os.truncate(entry, size)
    assert makes(b"a")
    assert not makes(b"a")


@pytest.mark.parametrize("more", [b"\0", OBJECT])
def test_a_longer_file_is_seen(more: bytes, entry: Path) -> None:
    entry.write_bytes(entry.read_bytes() + more)
    assert makes(b"a")
    assert not makes(b"a")


def test_the_entry_of_another_key_is_seen(entry: Path, folder: Path) -> None:
    assert makes(b"b", data=b"another")
    (other,) = (path for path in entries(folder) if path != entry)
    shutil.copyfile(other, entry)
    assert makes(b"a")
    assert not makes(b"a")


def test_a_huge_file_is_not_read(entry: Path) -> None:
    os.truncate(entry, 1 << 40)  # reading it would take more memory than there is
    assert makes(b"a")
    assert not makes(b"a")


# Who could have written it.


def test_folder_and_file_are_the_users_alone(folder: Path, entry: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600


def test_a_wide_umask_opens_nothing(folder: Path) -> None:
    before = os.umask(0)
    try:
        assert makes(b"a")
    finally:
        os.umask(before)
    (path,) = entries(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_missing_folders_on_the_way_are_the_users_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setenv("WIREPROOF_CACHE", str(folder / "of" / "mine"))
    before = os.umask(0)
    try:
        assert makes(b"a")
    finally:
        os.umask(before)
    for path in (folder, folder / "of", folder / "of" / "mine"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert not makes(b"a")


@as_root
def test_somebody_elses_file_is_not_believed(entry: Path) -> None:
    os.chown(entry, SOMEBODY, SOMEBODY)
    assert makes(b"a")
    assert entry.stat().st_uid == os.geteuid()
    assert not makes(b"a")


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_write_is_not_believed(mode: int, entry: Path) -> None:
    entry.chmod(mode)
    assert makes(b"a")
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600
    assert not makes(b"a")


def test_a_link_is_not_followed(entry: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    entry.rename(elsewhere)
    entry.symlink_to(elsewhere)
    assert makes(b"a")
    assert not entry.is_symlink()
    assert elsewhere.is_file()
    assert not makes(b"a")


def test_a_file_with_another_name_elsewhere_is_not_believed(entry: Path, tmp_path: Path) -> None:
    os.link(entry, tmp_path / "second")
    assert makes(b"a")
    assert not makes(b"a")
    assert (tmp_path / "second").stat().st_nlink == 1


def test_a_named_pipe_is_not_waited_for(entry: Path) -> None:
    entry.unlink()
    os.mkfifo(entry)
    assert makes(b"a")
    assert entry.is_file()
    assert not makes(b"a")


def test_a_folder_in_the_place_of_a_file(entry: Path, folder: Path) -> None:
    entry.unlink()
    entry.mkdir()
    assert makes(b"a")
    assert makes(b"a"), "nothing can be kept there"
    assert entries(folder) == [entry]


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o770, 0o777, 0o1777])
def test_a_folder_that_others_write_is_not_used(mode: int, entry: Path, folder: Path) -> None:
    folder.chmod(mode)
    before = entry.stat()
    assert makes(b"a")
    assert makes(b"b")
    assert entries(folder) == [entry]
    assert entry.stat() == before
    folder.chmod(0o755)
    assert not makes(b"a")


@as_root
def test_somebody_elses_folder_is_not_used(entry: Path, folder: Path) -> None:
    os.chown(folder, SOMEBODY, SOMEBODY)
    assert makes(b"a")
    assert makes(b"b")
    assert entries(folder) == [entry]


def test_a_link_to_a_folder_is_not_used(entry: Path, folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to("elsewhere")
    assert makes(b"a")
    assert makes(b"b")
    assert len(entries(folder)) == 1


def test_a_file_in_the_place_of_the_folder(folder: Path) -> None:
    folder.touch()
    assert makes(b"a")
    assert makes(b"a")


# The way to it. Below /tmp itself: pytest's own folder is closed to others, and so is everything in it.


@pytest.fixture
def way(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the way to the cache, which everybody may enter."""
    path = Path(tempfile.mkdtemp(dir="/tmp"))
    path.chmod(0o755)
    monkeypatch.setenv("WIREPROOF_CACHE", str(path / "base" / "cache"))
    yield path
    shutil.rmtree(path)


def test_a_sticky_folder_is_safe_to_pass(way: Path) -> None:
    (way / "base").mkdir()
    (way / "base").chmod(0o1777)
    assert makes(b"a")
    assert not makes(b"a")


@pytest.mark.parametrize("mode", [0o775, 0o757, 0o777])
def test_no_way_through_a_folder_in_which_others_put_something_else(mode: int, way: Path) -> None:
    """They could move a folder of the user's there, with an archive of theirs unpacked in it."""
    assert makes(b"a")
    (way / "base").chmod(mode)
    assert makes(b"a")
    way.chmod(0o700)  # now nobody gets there
    assert not makes(b"a")


@as_root
def test_no_way_through_somebody_elses_folder(way: Path) -> None:
    assert makes(b"a")
    os.chown(way / "base", SOMEBODY, SOMEBODY)
    assert makes(b"a")


def test_a_link_of_ones_own_on_the_way_is_followed(way: Path) -> None:
    (way / "large").mkdir(0o755)
    (way / "inner").mkdir(0o755)
    (way / "base").symlink_to("inner/../large")
    assert makes(b"a")
    assert not makes(b"a")
    assert len(entries(way / "large" / "cache")) == 1


@as_root
def test_somebody_elses_link_on_the_way_is_not_followed(way: Path) -> None:
    (way / "large").mkdir(0o755)
    (way / "base").symlink_to("large")
    os.chown(way / "base", SOMEBODY, SOMEBODY, follow_symlinks=False)
    assert makes(b"a")
    assert makes(b"a")
    assert entries(way / "large") == []


def test_no_way_through_a_link_to_where_others_write(way: Path) -> None:
    (way / "open").mkdir()
    (way / "open").chmod(0o777)
    (way / "open" / "large").mkdir()
    (way / "base").symlink_to("open/large")
    assert makes(b"a")
    assert makes(b"a")


def test_links_in_a_ring_end(way: Path) -> None:
    (way / "base").symlink_to("other")
    (way / "other").symlink_to("base")
    assert makes(b"a")


@as_root
def test_what_a_user_who_is_not_root_trusts(way: Path) -> None:
    """On the way, their own folders and root's, but not a third one's; and no object or cache but their own."""
    os.chown(way, SOMEBODY, SOMEBODY)
    assert answers_as(SOMEBODY) == [True, False]
    (path,) = entries(way / "base" / "cache")
    assert path.stat().st_uid == SOMEBODY
    os.chown(path, 0, 0)
    path.chmod(0o644)
    assert answers_as(SOMEBODY) == [True, False]
    os.chown(path.parent, 0, 0)
    path.parent.chmod(0o755)
    assert answers_as(SOMEBODY) == [True, True]
    os.chown(path.parent, SOMEBODY, SOMEBODY)
    assert answers_as(SOMEBODY) == [False, False]
    os.chown(way, SOMEBODY_ELSE, SOMEBODY_ELSE)
    assert answers_as(SOMEBODY) == [True, True]


def answers_as(user: int) -> list[bool]:
    """Whether an object is made, twice, in processes of another user."""

    def ask() -> bool:
        os.setgid(user)
        os.setuid(user)
        return makes(b"a")

    return [bool(forked(ask)()) for _ in range(2)]


def forked(ask: Callable[[], int]) -> Callable[[], int]:
    """Begin to run something in a fork of this process, which has imported everything; return what waits for it."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as elsewhere:
        # Another user may not be able to read what is imported, or looked up once.
        elsewhere.setenv(cache.VARIABLE, os.path.join(folder, "cache"))
        cached_object([b"first"], 0, lambda: b"object")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, b"%d" % ask())
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writing)

    def answer() -> int:
        with open(reading, "rb") as stream:
            found = stream.read()
        os.waitpid(child, 0)
        assert found, "the child failed"
        return int(found)

    return answer


# Where it is, and that it can be switched off.


@pytest.fixture
def unnamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, and no variable that says more."""
    monkeypatch.delenv("WIREPROOF_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    return home


USUAL = "Library/Caches" if sys.platform == "darwin" else ".cache"


def test_the_usual_place(unnamed: Path) -> None:
    assert makes(b"a")
    assert not makes(b"a")
    assert len(entries(unnamed / USUAL / "wireproof" / "engine")) == 1


def test_the_place_of_the_desktop(unnamed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert makes(b"a")
    assert len(entries(tmp_path / "xdg" / "wireproof" / "engine")) == 1
    assert entries(unnamed) == []


@pytest.mark.parametrize("name", ["", "relative/path"])
def test_a_relative_place_of_the_desktop_is_ignored(
    name: str, unnamed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", name)
    assert makes(b"a")
    assert len(entries(unnamed / USUAL / "wireproof" / "engine")) == 1
    assert entries(tmp_path) == [unnamed]


@pytest.mark.parametrize("home", ["nothing/here", "relative"])
def test_without_a_home(home: str, unnamed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / home) if "/" in home else home)
    assert makes(b"a")
    assert makes(b"a")
    assert entries(tmp_path) == [unnamed]


def test_without_a_home_and_without_an_account(unnamed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", lambda _: {}["nobody"])
    assert makes(b"a")
    assert makes(b"a")


@pytest.mark.parametrize("word", ["off", "0", "no", "OFF", "false", "relative/path"])
def test_switched_off(word: str, unnamed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WIREPROOF_CACHE", word)
    assert makes(b"a")
    assert makes(b"a")
    assert entries(tmp_path) == [unnamed]
    assert entries(unnamed) == []


def test_a_variable_that_says_nothing(unnamed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREPROOF_CACHE", "")
    assert makes(b"a")
    assert not makes(b"a")


# What a disk may do.


def test_a_full_disk(folder: Path, entry: Path) -> None:
    """A file that cannot grow is what a full disk looks like; the part of it is removed."""

    def ask() -> bool:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        return makes(b"b")

    assert forked(ask)()
    assert forked(ask)(), "nothing could be kept"
    assert entries(folder) == [entry]
    assert not makes(b"a")


def test_no_more_files(folder: Path, entry: Path) -> None:
    def ask() -> bool:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
        return makes(b"a")

    assert forked(ask)()


@as_root
def test_a_folder_that_only_can_be_read(way: Path) -> None:
    os.chown(way, SOMEBODY, SOMEBODY)
    assert answers_as(SOMEBODY) == [True, False]
    (path,) = entries(way / "base" / "cache")
    path.parent.chmod(0o500)
    assert answers_as(SOMEBODY) == [False, False]
    path.chmod(0)
    assert answers_as(SOMEBODY) == [True, True]


@as_root
def test_a_folder_that_cannot_be_made(way: Path) -> None:
    assert answers_as(SOMEBODY) == [True, True]
    assert entries(way) == []


def test_nothing_is_left_open(folder: Path, entry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = Path("/dev/fd" if sys.platform == "darwin" else "/proc/self/fd")
    before = len(list(listed.iterdir()))
    for _ in range(5):
        makes(b"a")
        makes(b"b")
        entry.write_bytes(b"damage")
    monkeypatch.setattr(cache, "_IMPORTED", 0)
    cache._installation.cache_clear()
    cache._processor.cache_clear()
    assert makes(b"a"), "sources that may have changed say nothing"
    folder.chmod(0o777)
    makes(b"a")
    assert len(list(listed.iterdir())) == before


# How much is kept.


def test_the_least_recently_used_are_removed(folder: Path) -> None:
    for number in range(512):
        assert makes(b"%d" % number, data=b"%d" % number)
    paths = entries(folder)
    assert len(paths) == 512
    for path in paths:
        long_ago = time.time() - (2000 if path.read_bytes()[HEADER:] == b"7" else 1000)
        os.utime(path, (long_ago, long_ago))
    assert not makes(b"7", data=b"7")  # used again, just now
    assert makes(b"more", data=b"more")
    assert len(entries(folder)) == 512
    assert not makes(b"7", data=b"7")
    assert not makes(b"more", data=b"more")


def test_no_more_octets_than_are_allowed(folder: Path) -> None:
    large = bytes(7 << 20)
    for number in range(12):
        assert makes(b"%d" % number, data=large)
        for path in entries(folder):
            found = path.stat().st_mtime - 10
            os.utime(path, (found, found))
    assert [makes(b"%d" % number, data=large) for number in range(3, 12)] == [False] * 9
    assert sum(path.stat().st_size for path in entries(folder)) <= 64 << 20
    assert makes(b"0", data=large)


def test_what_is_too_large_is_not_kept(folder: Path) -> None:
    assert makes(b"a", data=bytes(8 << 20))
    assert makes(b"a", data=bytes(8 << 20))
    assert entries(folder) == []
    assert makes(b"a", data=bytes((8 << 20) - HEADER))
    assert not makes(b"a", data=bytes((8 << 20) - HEADER))


def test_parts_that_nobody_writes_any_more_are_removed(folder: Path, entry: Path) -> None:
    now = time.time()
    parts = {"0" * 16: 0, "1" * 16: 3000, "2" * 16: 4000, "3" * 16: -4000}  # seconds old
    for name, age in parts.items():
        path = Path(f"{entry}.{name}.part")
        path.write_bytes(b"half")
        os.utime(path, (now - age, now - age))
    assert makes(b"b")
    left = {path.suffixes[1][1:] for path in entries(folder) if path.suffix == ".part"}
    assert left == {"0" * 16, "1" * 16}


def test_other_files_are_left_alone(folder: Path, entry: Path) -> None:
    names = ("notes.txt", "old.part", "a.object", f"{'0' * 63}.object", f"x{'0' * 64}.object")
    for name in names:
        (folder / name).write_bytes(b"mine")
        os.utime(folder / name, (0, 0))
    for number in range(520):
        makes(b"%d" % number)
    assert all((folder / name).read_bytes() == b"mine" for name in names)
    assert len(entries(folder)) == 512 + len(names)


# Several at a time.


def work(folder: Path, seed: int) -> int:
    """Ask for objects in some order, while others do, and remove or damage some now and then; return how many to make.

    Never is a wrong one returned.
    """
    made = 0
    for turn in range(200):
        number = (turn * 7 + seed * 3) % 20
        made += makes(b"%d" % number, data=b"object %d" % number * 1000)
        kept = [path for path in folder.iterdir() if path.suffix == ".object"]
        if turn % 40 == seed:
            for path in kept:
                path.unlink(missing_ok=True)
        if turn % 20 == seed + 5 and kept:
            with suppress(FileNotFoundError), kept[turn % len(kept)].open("r+b") as stream:
                stream.seek(200)
                stream.write(b"damage")
    return made


def test_processes_do_not_disturb_each_other(folder: Path) -> None:
    folder.mkdir(0o700)
    begun = [forked(lambda seed=seed: work(folder, seed)) for seed in range(4)]
    made = [answer() for answer in begun]
    assert sum(made) < 600, "hardly anything was ever found"
    assert not [path for path in entries(folder) if path.suffix == ".part"]


# What this installation is.


PROGRAM = """
import sys
from wireproof.engine import cache
from wireproof.engine.cache import cached_object
if len(sys.argv) > 1:
    import os
    os.utime(sys.argv[1])
made = []
cached_object((b"a",), 1, lambda: made.append(1) or b"object")
print("made" if made else "kept")
"""


def test_a_changed_source_makes_everything_anew(tmp_path: Path, checkout: Path) -> None:
    """Also where the version is the same, as in a checkout."""
    import wireproof

    (source,) = wireproof.__path__
    copy = tmp_path / "copy" / "wireproof"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    schema = copy / "dissectors" / "udp.py"

    def ask(*words: str) -> str:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(copy.parent), *filter(None, sys.path)])}
        done = subprocess.run(
            [sys.executable, "-P", "-c", PROGRAM, *words], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert [ask(), ask()] == ["made", "kept"]
    os.utime(schema, (1, 1))
    assert [ask(), ask()] == ["made", "kept"]
    # It is not known whether a source was read before it was changed, or after.
    assert [ask(str(schema)), ask()] == ["made", "made"]
    os.utime(schema, (1, 1))
    assert ask() == "kept"
