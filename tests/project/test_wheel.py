"""The wheel holds every file of the rooms and what is generated of them, nothing more, with symlinks and without."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from wireproof.grammar import tables
from wireproof.grammar.build import Builder

ROOMS = ("dissectors", "grammar", "vectors")
GENERATED = f"wireproof/grammar/{tables.TABLES}"
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


def repository_files(checkout: Path) -> list[PurePosixPath]:
    """The files that git has, or would take: no caches, no builds."""
    if not (checkout / ".git").exists():
        pytest.skip("not a git checkout, so nothing tells its files from caches and builds")
    # safe.directory: the checkout may belong to another user than the one who tests.
    git = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listing = subprocess.run(
        [*git, "--cached", "--others", "--exclude-standard"],
        cwd=checkout,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = map(PurePosixPath, filter(None, listing.split("\0")))
    return [name for name in names if (checkout / name).exists()]


def copy_tree(checkout: Path, names: list[PurePosixPath], to: Path, symlinks: bool) -> None:
    """Copy files; where there are no symlinks, git leaves a file with the link's target as text."""
    for name in names:
        source, target = checkout / name, to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_symlink() and not symlinks:
            target.write_text(str(source.readlink()))
        else:
            shutil.copy2(source, target, follow_symlinks=False)


@pytest.mark.parametrize("symlinks", [True, False], ids=["symlinks", "no symlinks"])
def test_wheel_has_the_files_of_the_tree(checkout: Path, tmp_path: Path, symlinks: bool) -> None:
    names = repository_files(checkout)
    tree, dist = tmp_path / "tree", tmp_path / "dist"
    copy_tree(checkout, names, tree, symlinks)
    built = subprocess.run([sys.executable, "-c", BUILD, dist], cwd=tree, capture_output=True, text=True)
    assert built.returncode == 0, built.stdout + built.stderr

    (wheel,) = dist.glob("wireproof-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        content = archive.namelist()
        parser = tables.load(archive.read(GENERATED), archive.read("wireproof/grammar/filter.lark").decode(), Builder())
    assert parser is not None
    assert not (tree / "grammar" / tables.TABLES).exists()
    installed = {name for name in content if ".dist-info/" not in name}

    expected = {
        str(name if name.parts[0] == "wireproof" else "wireproof" / name)
        for name in names
        if name.parts[0] in ("wireproof", *ROOMS) and not (checkout / name).is_symlink()
    }
    assert {PurePosixPath(name).parts[1] for name in expected} >= set(ROOMS)
    assert installed == expected | {GENERATED}
