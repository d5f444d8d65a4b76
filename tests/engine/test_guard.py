"""No octet outside of a frame is read; and were one read, the test would see it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

FRAMES = 100_000 if os.environ.get("WIREPROOF_FULL") == "1" else 10_000


def run(checkout: Path, kind: str, count: int) -> subprocess.CompletedProcess[str]:
    """Run the guarded frames in a process of their own."""
    paths = [path for path in sys.path if path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*paths, str(checkout)])}
    command = [sys.executable, "-m", "tests.engine.guard", kind, str(count)]
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


def test_nothing_outside_of_a_frame_is_read(checkout: Path) -> None:
    done = run(checkout, "none", FRAMES)
    assert done.returncode == 0, done.stderr
    assert "no fault" in done.stdout
    assert int(done.stdout.split()[0]) > FRAMES


@pytest.mark.parametrize("kind", ["constant", "variable", "search"])
def test_sabotage_is_seen(checkout: Path, kind: str) -> None:
    assert run(checkout, kind, 20_000).returncode == -signal.SIGSEGV
