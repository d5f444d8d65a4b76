"""Entry points of other distributions are found as importlib.metadata finds them, which is loaded only for them."""

import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from wireproof.dissectors.entries import entry_points
from wireproof.dissectors.schema.catalogue import ENTRY_POINTS

TEXT = f"[{ENTRY_POINTS}]\ntoy = toy_dissector\n"
METADATA = "Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n"


def lay(folder: Path, metadata: str, text: str = TEXT) -> None:
    """Lay the metadata of a distribution into a folder."""
    there = folder / metadata
    there.mkdir(parents=True)
    (there / "METADATA").write_text(METADATA)
    (there / "PKG-INFO").write_text(METADATA)
    (there / "entry_points.txt").write_text(text)


def archive(folder: Path, to: Path) -> Path:
    """Make an archive of a folder, which can stand in sys.path as well."""
    with zipfile.ZipFile(to, "w") as made:
        for path in folder.rglob("*"):
            made.write(path, path.relative_to(folder))
    return to


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], list[str]]:
    """Return the entry points that are found where a path is searched, and nothing else but the standard library."""
    standard = [folder for folder in sys.path if "-packages" not in folder]

    def found(path: Path) -> list[str]:
        monkeypatch.setattr(sys, "path", [str(path), *standard])
        return [entry.value for entry in entry_points(ENTRY_POINTS)]

    return found


@pytest.mark.parametrize("metadata", ["toy-1.0.dist-info", "toy.egg-info", "Toy-1.0.DIST-INFO"])
def test_in_a_folder(metadata: str, tmp_path: Path, found: Callable[[Path], list[str]]) -> None:
    lay(tmp_path, metadata)
    lay(tmp_path, "other-1.0.dist-info", "[console_scripts]\nother = other:main\n")
    assert found(tmp_path) == ["toy_dissector"]


def test_in_an_egg(tmp_path: Path, found: Callable[[Path], list[str]]) -> None:
    egg = tmp_path / "toy-1.0.egg"
    lay(egg, "EGG-INFO")
    assert found(egg) == ["toy_dissector"]


def test_in_an_archive(tmp_path: Path, found: Callable[[Path], list[str]]) -> None:
    lay(tmp_path / "content", "toy-1.0.dist-info")
    assert found(archive(tmp_path / "content", tmp_path / "toy.zip")) == ["toy_dissector"]


def test_brought_by_a_finder(
    tmp_path: Path, found: Callable[[Path], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib.metadata import Distribution, PathDistribution

    class Finder:
        @staticmethod
        def find_distributions(*_: object) -> list[Distribution]:
            return [PathDistribution(tmp_path / "elsewhere" / "toy-1.0.dist-info")]

        @staticmethod
        def find_spec(*_: object) -> None:
            return None

    lay(tmp_path / "elsewhere", "toy-1.0.dist-info")
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])
    assert found(tmp_path) == ["toy_dissector"]


def test_nowhere(tmp_path: Path, found: Callable[[Path], list[str]]) -> None:
    (tmp_path / "broken-1.0.dist-info").mkdir()
    (tmp_path / "file.egg-info").write_text(METADATA)
    assert found(tmp_path) == []
    assert found(tmp_path / "missing") == []
