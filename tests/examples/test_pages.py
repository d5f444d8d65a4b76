"""What the README and the pages of docs/ say about the captures is what the program says."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import wireproof

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| [^|]+ \| `(?P<filter>[^`]+)` \| (?P<frames>[\d, ]+) \|", re.MULTILINE)


def commands(page: Path) -> list[tuple[str, list[str]]]:
    """The command lines of a page's console blocks, each with the lines that it prints."""
    found: list[tuple[str, list[str]]] = []
    for block in BLOCK.findall(page.read_text(encoding="utf-8").replace("\\\n", "")):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def rows(page: Path) -> list[tuple[str, list[int]]]:
    """The filters of a page's tables that have a column of frame numbers behind."""
    text = page.read_text(encoding="utf-8")
    return [(row["filter"], [int(number) for number in row["frames"].split(",")]) for row in ROW.finditer(text)]


SHOWN = [
    pytest.param(*command, id=f"{page.stem} {number}")
    for page in PAGES
    for number, command in enumerate(commands(page), 1)
]
(ARP_ROWS,) = (rows(page) for page in PAGES if page.name == "arp.md")


@pytest.mark.parametrize(("command", "expected"), SHOWN)
def test_a_command_prints_what_the_page_shows(checkout: Path, command: str, expected: list[str]) -> None:
    program, *arguments = shlex.split(command)
    assert program == "wireproof"
    done = subprocess.run(
        [sys.executable, "-m", "wireproof", *arguments],
        cwd=checkout,
        env=os.environ | {"TZ": "UTC", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (0, "")
    # Editors cut blanks off the ends of lines and texts.
    assert [line.rstrip() for line in done.stdout.rstrip().splitlines()] == expected


@pytest.mark.parametrize(("display_filter", "expected"), ARP_ROWS)
def test_a_filter_finds_the_frames_of_the_table(checkout: Path, display_filter: str, expected: list[int]) -> None:
    with wireproof.open_capture(checkout / "examples" / "arp_forms.pcap") as capture:
        assert [packet.number for packet in capture.filter(display_filter)] == expected


def test_the_pages_have_commands_and_a_table() -> None:
    assert SHOWN
    assert len(ARP_ROWS) == 12


def test_the_python_of_the_readme_runs_and_prints_what_it_says(checkout: Path) -> None:
    page = (checkout / "README.md").read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))
    done = subprocess.run([sys.executable, "-c", code], cwd=checkout, capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    columns, *packets, opcode, diagnosis, suggestion = done.stdout.splitlines()
    assert columns == "1514 9010"
    assert packets == [
        "1 (IPv4Address('192.0.2.11'),)",
        "3 (IPv4Address('192.0.2.10'),)",
        "4 (IPv4Address('192.0.2.10'),)",
    ]
    assert opcode == "(1,) request"
    assert diagnosis.startswith("arp: too short: arp.sha")
    assert suggestion == "0 tcp.port"
