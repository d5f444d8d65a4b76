"""The adapters that ship: our own are right, and all answer all questions."""

import importlib.metadata
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.matrix import EVIDENCE, PAGE, TEXT, VERSIONS, page, report, text
from wireproof.conformance.adapter import Adapter
from wireproof.conformance.adapters import SHIPPED
from wireproof.conformance.judge import Verdict
from wireproof.conformance.runner import run
from wireproof.conformance.selection import full_suite

SUITE = full_suite()
EXAMPLES = Path(__file__).parents[2] / "examples" / "adapters"
NEEDS = {
    "engine": find_spec("llvmlite"),
    "tshark": shutil.which("tshark"),
    "tcpdump": shutil.which("tcpdump"),
    "scapy": find_spec("scapy"),
    "dpkt": find_spec("dpkt"),
    "pypacker": find_spec("pypacker"),
}


def is_recorded(name: str) -> bool:
    """Whether what is installed is what the record is of."""
    return bool(NEEDS.get(name, True)) and (name not in VERSIONS or version(name) == VERSIONS[name])


@pytest.mark.parametrize("name", SHIPPED)
def test_every_question_is_answered(name: str) -> None:
    if not NEEDS.get(name, True):
        pytest.skip(f"{name} needs what is not installed")
    found = report(name)
    assert not [each for each in found.results if each.verdict is Verdict.ERROR]
    if name in ("reference", "engine"):
        assert not [(each.vector.id, each.faults) for each in found.results if each.verdict is Verdict.FAIL]


@pytest.mark.parametrize("parser", EVIDENCE, ids=lambda parser: parser["adapter"])
def test_other_parsers_disagree_where_it_is_recorded_and_explained(parser: dict[str, Any]) -> None:
    name = parser["adapter"]
    if not is_recorded(name):
        pytest.skip(f"the record is of {name} {parser['version']}")
    recorded = [id for each in parser["disagreements"] for id in each["ids"]]
    failed = {each.vector.id for each in report(name).results if each.verdict is Verdict.FAIL}
    assert failed == set(recorded)
    assert len(recorded) == len(failed)
    assert all(each["because"].endswith(".") for each in parser["disagreements"])


def test_the_published_matrix_is_of_these_vectors() -> None:
    missing = [name for name in SHIPPED if not is_recorded(name)]
    if missing:
        pytest.skip(f"the matrix is of {', '.join(missing)} too")
    reports = [report(name) for name in SHIPPED]
    remedy = "python -m tests.conformance.matrix"
    assert TEXT.read_text(encoding="utf-8").splitlines() == list(text(reports, SUITE)), remedy
    assert PAGE.read_text(encoding="utf-8").splitlines() == page(reports, SUITE).splitlines(), remedy


def version(name: str) -> str:
    """The version of what an adapter asks."""
    if name not in ("tshark", "tcpdump"):
        return importlib.metadata.version(name)
    done = subprocess.run([name, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\d+(?:\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else ""


@pytest.mark.parametrize(
    ("source", "compiler"), [("arp.c", ["cc", "-O1", "-Wall", "-Wextra", "-Werror"]), ("udp.rs", ["rustc"])]
)
def test_the_examples_are_right(tmp_path: Path, source: str, compiler: list[str]) -> None:
    if shutil.which(compiler[0]) is None:
        pytest.skip(f"{compiler[0]} is not installed")
    program = tmp_path / "adapter"
    subprocess.run([*compiler, "-o", str(program), str(EXAMPLES / source)], check=True, cwd=tmp_path)
    with Adapter([str(program)]) as adapter:
        found = run(SUITE.vectors, adapter, name=source)
    assert found.is_good, [(each.vector.id, each.faults) for each in found.results if each.faults]
    assert found.counts()[Verdict.PASS] > 10
    assert len((EXAMPLES / source).read_text(encoding="utf-8").splitlines()) < 60


def test_an_adapter_without_its_package_says_how_to_get_it() -> None:
    code = "import sys; sys.modules['dpkt'] = None; import wireproof.conformance.adapters.dpkt"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install dpkt" in done.stderr
