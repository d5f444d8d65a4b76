"""Thousands of damaged captures: records or a CaptureError, the same ones by both engines, in little memory."""

import os
import subprocess
import sys
from pathlib import Path

COUNT = 10_000 if os.environ.get("WIREPROOF_FULL") == "1" else 1_000
MOST_RESIDENT = 200 * 1024  # KiB


def test_mutated_captures(checkout: Path) -> None:
    paths = [path for path in sys.path if path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*paths, str(checkout)])}
    command = [sys.executable, "-m", "tests.capture.mutations", str(COUNT)]
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    records, damaged, resident = map(int, done.stdout.split())
    assert records > COUNT
    assert COUNT // 3 < damaged < COUNT
    if sys.platform == "linux":  # others count in other units
        assert resident < MOST_RESIDENT
