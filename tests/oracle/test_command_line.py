"""The command line on the shared captures, in processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .answers import Answers
from .local import side_by_side


def wireproof(checkout: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line. In a checkout it is found there; an installed one is where it is."""
    return subprocess.run(
        [sys.executable, "-m", "wireproof", *words],
        cwd=checkout,
        env=dict(os.environ, PYTHONIOENCODING="utf-8"),
        capture_output=True,
        encoding="utf-8",
    )


def test_arp_fields_by_the_names_of_the_standard(checkout: Path, answers: Answers) -> None:
    """The alias of the last field is the standard's own name; tshark's answer is under its name."""
    capture = "syn_arp_forms.pcap"
    names = ("frame.number", "arp.opcode", "arp.src.hw_mac", "arp.src.proto_ipv4")
    rows = answers.fields("fields")[capture]
    expected = ["\t".join(",".join(row.get(name, ())) for name in names) for row in rows.values()]
    asked = [word for name in (*names[:3], "arp.spa") for word in ("-e", name)]
    done = wireproof(checkout, "dissect", str(answers.capture(capture)), "-T", "fields", *asked)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == expected


@pytest.mark.parametrize("words", [(), ("-V",)], ids=["list", "details"])
def test_every_capture_is_dissected_to_its_end(checkout: Path, answers: Answers, words: tuple[str, ...]) -> None:
    """Status 0, or 2 with one line for a damaged file; what had to be forgotten is said with either."""
    rows = answers.fields("fields")
    runs = side_by_side(lambda capture: wireproof(checkout, "dissect", str(capture), *words), answers.captures)
    wrong = []
    for capture, done in zip(answers.captures, runs, strict=True):
        complaint = [line for line in done.stderr.splitlines() if " were forgotten " not in line]
        if (done.returncode, len(complaint)) not in ((0, 0), (2, 1)):
            wrong.append(f"{capture.name}: status {done.returncode}: {done.stderr}")
        elif not words and len(done.stdout.splitlines()) < len(rows.get(capture.name, ())):
            wrong.append(f"{capture.name}: {len(done.stdout.splitlines())} lines")
    assert not wrong, "\n".join(wrong)
