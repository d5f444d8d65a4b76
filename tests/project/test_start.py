"""What a command loads before it has something to say: over a small capture, that is most of its time."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

RUN = """
import io, sys
from contextlib import redirect_stdout
from wireproof.cli import main
with redirect_stdout(io.StringIO()) as out:
    status = main({words!r})
assert (status, bool(out.getvalue())) == (0, True)
print(*sys.modules)
"""
# What may be asked of the standard library and of others only where there is use for it.
HEAVY = {"email", "importlib.metadata", "lark", "llvmlite", "re2", "rich", "rich_argparse"}


@pytest.fixture
def loaded(run_python: Callable[[str], str], checkout: Path, tmp_path: Path) -> Callable[..., set[str]]:
    """Return the modules that are loaded after a capture has been printed with some options."""
    capture = shutil.copy(checkout / "examples" / "arp_forms.pcap", tmp_path)

    def loaded(*options: str) -> set[str]:
        return set(run_python(RUN.format(words=["-r", str(capture), *options])).split())

    return loaded


def test_printing_loads_no_more_than_it_needs(loaded: Callable[..., set[str]]) -> None:
    assert HEAVY & loaded() == set()


def test_a_filter_loads_its_parser(loaded: Callable[..., set[str]]) -> None:
    assert HEAVY & loaded("-Y", "arp.opcode == 1") == {"lark"}
    assert HEAVY & loaded("-Y", 'frame matches "^."') == {"lark", "re2"}


def test_a_filter_loads_nothing_that_explains_it(loaded: Callable[..., set[str]]) -> None:
    parts = ("explain", "completion", "releases", "capture_filter", "printer", "special_addresses")
    assert {f"wireproof.grammar.{part}" for part in parts} & loaded("-Y", "ip.addr != 10.0.0.1 or arp") == set()
