"""What `import wireproof` loads, and from where."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import wireproof

LOADED_BY_IMPORT = """
import sys
before = set(sys.modules)
import wireproof
print(*set(sys.modules) - before)
"""


def test_the_right_copy_is_tested(checkout: Path, run_python: Callable[[str], str]) -> None:
    """tox tests what the wheel installed; a plain pytest tests the checkout."""
    expected = Path(os.environ.get("WIREPROOF_INSTALLED") or checkout).resolve() / "wireproof"
    here = wireproof.__file__
    there = run_python("import wireproof; print(wireproof.__file__)").strip()
    assert [Path(file).resolve().parent for file in (here, there)] == [expected, expected]


def test_import_loads_no_library(run_python: Callable[[str], str]) -> None:
    """Libraries are imported late: `import wireproof` loads the standard library's modules only."""
    loaded = {name.partition(".")[0] for name in run_python(LOADED_BY_IMPORT).split()}
    assert loaded - sys.stdlib_module_names == {"wireproof"}
