"""The rooms at the top level have one name each, below wireproof.

Under its bare name a room would be a second copy of the same modules, with a second
catalogue of fields, and would not be there at all once installed.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

BARE_NAMES = {"dissectors", "grammar", "vectors"}
IMPORTING_CALLS = {"__import__", "import_module", "importorskip"}

IMPORT_EVERYTHING = """
import importlib, os, pkgutil, sys
import wireproof
for module in pkgutil.walk_packages(wireproof.__path__, "wireproof."):
    if not module.name.endswith(".__main__"):
        importlib.import_module(module.name)
for name, module in sorted(sys.modules.items()):
    file = getattr(module, "__file__", None)
    print(name, os.path.realpath(file) if file else "-", sep="\\t")
"""


def imported_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and full name of every absolute import, by statement or by a call with a literal."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(level=0, module=str(name)):
                yield node.lineno, name
            case ast.Call(
                func=ast.Name(id=function) | ast.Attribute(attr=function),
                args=[ast.Constant(value=str(name)), *_],
            ) if function in IMPORTING_CALLS:
                yield node.lineno, name


def bare_imports(source: str) -> list[int]:
    """The lines that import a room under its bare name."""
    found = imported_names(ast.parse(source))
    return sorted(line for line, name in found if name.partition(".")[0] in BARE_NAMES)


@pytest.mark.parametrize(
    "source",
    [
        "import grammar",
        "import os, dissectors.arp as arp",
        "from vectors import load",
        "from dissectors.numbers import oui",
        "import_module('dissectors.arp')",
        "importlib.import_module('grammar')",
    ],
)
def test_bare_import_is_recognised(source: str) -> None:
    assert bare_imports(source) == [1]


@pytest.mark.parametrize(
    "source",
    ["from wireproof import grammar", "import wireproof.vectors", "from . import dissectors"],
)
def test_full_name_is_allowed(source: str) -> None:
    assert bare_imports(source) == []


def test_no_file_imports_a_bare_name(checkout: Path) -> None:
    tops = [path for path in checkout.iterdir() if path.name != "build" and not path.name.startswith(".")]
    files = [file for top in tops for file in (top, *top.rglob("*")) if file.is_file() and file.suffix == ".py"]
    assert files
    offending = {
        f"{path.relative_to(checkout)}:{line}"
        for path in files
        for line in bare_imports(path.read_text(encoding="utf-8"))
    }
    assert not offending


def test_every_module_is_loaded_once(run_python: Callable[[str], str]) -> None:
    """With everything imported, no room has its bare name and no file is two modules."""
    files = dict(line.split("\t") for line in run_python(IMPORT_EVERYTHING).splitlines())
    assert {f"wireproof.{room}" for room in BARE_NAMES} <= files.keys()
    assert not BARE_NAMES & files.keys()
    ours = [file for name, file in files.items() if name.partition(".")[0] == "wireproof"]
    assert len(ours) == len(set(ours))
