"""What every room's tests share: the checkout, the oracles and how much to generate."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

CHECKOUT = Path(__file__).resolve().parent.parent

# Nothing that a test compiles is kept for the user, and nothing of the user's is believed.
os.environ["WIREPROOF_CACHE"] = "off"

settings.register_profile("quick", deadline=None)
settings.register_profile("full", deadline=None, max_examples=10_000)
settings.load_profile("full" if os.environ.get("WIREPROOF_FULL") == "1" else "quick")


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder that holds this repository's files."""
    return CHECKOUT


@pytest.fixture(scope="session")
def tshark() -> str:
    """The path of the local tshark; without one the test skips, or fails where it is required."""
    path = shutil.which("tshark")
    if path is None:
        if os.environ.get("WIREPROOF_REQUIRE_TSHARK") == "1":
            pytest.fail("tshark is not installed, and WIREPROOF_REQUIRE_TSHARK=1 requires it")
        pytest.skip("tshark is not installed")
    return path


@pytest.fixture(scope="session")
def recorded_answers() -> Path:
    """The folder of tshark's recorded answers; without it the test skips."""
    folder = Path(os.environ.get("WIREPROOF_ORACLE") or CHECKOUT.parent / "shared" / "oracle")
    if not folder.is_dir():
        pytest.skip(f"no recorded answers of tshark: {folder} is not a folder (WIREPROOF_ORACLE)")
    return folder
