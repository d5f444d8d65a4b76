"""Every filter, message and line of Python on the page of the filter language is as the program has it."""

import doctest
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import wireproof

PAGE = Path(__file__).resolve().parents[2] / "docs" / "filters.md"
TEXT = PAGE.read_text(encoding="utf-8")
HEAD = re.compile(r"^\| filter \| frames(?: of `(?P<capture>[^`]+)`)? \|")
ROW = re.compile(r"^\| `(?P<filter>.+?)` \| (?P<frames>none|\d+(?:, \d+)*) \|")
MESSAGES = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def utc() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    yield
    os.environ.pop("TZ")
    os.environ.update({} if before is None else {"TZ": before})
    time.tzset()


def rows() -> list[tuple[str, str, list[int]]]:
    """The filters of the tables, each with its capture and frames."""
    found, capture = [], ""
    for line in TEXT.splitlines():
        if head := HEAD.match(line):
            capture = head["capture"] or "lan.pcapng"
        if row := ROW.match(line):
            numbers = [] if row["frames"] == "none" else [int(number) for number in row["frames"].split(", ")]
            found.append((row["filter"], capture, numbers))
    return found


@pytest.mark.parametrize(("text", "capture", "expected"), rows())
def test_a_filter_finds_the_frames_of_its_row(checkout: Path, text: str, capture: str, expected: list[int]) -> None:
    with wireproof.open_capture(checkout / "examples" / capture) as opened:
        assert [packet.number for packet in opened.filter(text)] == expected


@pytest.mark.parametrize("block", MESSAGES.findall(TEXT), ids=lambda block: block.splitlines()[0])
def test_a_mistake_is_told_as_the_page_shows(block: str) -> None:
    text, _, shown = block.partition("\n")
    try:
        told = "\n".join(each.render(text) for each in wireproof.Filter(text).warnings)
    except wireproof.FilterError as error:
        told = str(error)
    assert told == shown.rstrip("\n")


def test_the_python_of_the_page() -> None:
    (code,) = PYTHON.findall(TEXT)
    example = doctest.DocTestParser().get_doctest(code, {}, PAGE.name, str(PAGE), 0)
    assert doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF).run(example).failed == 0


def test_nothing_of_the_page_is_passed_over() -> None:
    assert len(rows()) == len(re.findall(r"^\| `.*` \| (?:none|\d[\d, ]*) \|", TEXT, re.MULTILINE)) > 70
    assert len(MESSAGES.findall(TEXT)) == 5
