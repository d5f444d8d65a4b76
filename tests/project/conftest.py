"""A second interpreter, for what can only be seen from a fresh one."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def run_python(checkout: Path) -> Callable[[str], str]:
    """Run code in a fresh interpreter and return what it printed.

    The checkout is the working directory, so that an uninstalled wireproof is found there;
    tox sets PYTHONSAFEPATH, and then it is not.
    """

    def run(code: str) -> str:
        done = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
