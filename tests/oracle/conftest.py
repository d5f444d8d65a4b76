"""What the comparisons with tshark share: its answers, recorded and local, and the agreement on file."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from .agreement import FOLDER, Count, Record, Tally
from .answers import Answers
from .local import Tshark

SUMMARY = pytest.StashKey[list[str]]()
OUTPUT = "agreement with tshark"
WIDTH = 100


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-agreement",
        action="store_true",
        help="record what agrees with tshark better than before in tests/oracle/agreement",
    )
    parser.addoption("--differences", action="store_true", help="show the first differences from tshark of each name")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what is to be shown, in a process that others' terminal belongs to (pytest -n)."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[OUTPUT] = session.config.stash.get(SUMMARY, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what such a process has to show. One that was killed has nothing."""
    node.config.stash.setdefault(SUMMARY, []).extend(getattr(node, "workeroutput", {}).get(OUTPUT, []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    lines = config.stash.get(SUMMARY, [])
    if lines:
        terminalreporter.section(OUTPUT)
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(autouse=True, scope="session")
def utc() -> Iterator[None]:
    """Times without a zone are in UTC, as in the answers."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.fixture(scope="session")
def answers(recorded_answers: Path) -> Answers:
    """The recorded answers of tshark."""
    return Answers(recorded_answers)


@pytest.fixture(scope="session")
def local(tshark: str, tmp_path_factory: pytest.TempPathFactory) -> Tshark:
    """The local tshark."""
    return Tshark(tshark, tmp_path_factory.mktemp("profile"))


@pytest.fixture(scope="session")
def examples(checkout: Path) -> list[Path]:
    """The captures of the repository."""
    found = sorted(path for path in (checkout / "examples").rglob("*") if path.suffix in (".pcap", ".pcapng"))
    assert found, "the repository has no example captures"
    return found


@pytest.fixture
def record(request: pytest.FixtureRequest) -> Callable[[str], Record]:
    """Open a file of the agreement."""
    update = bool(request.config.getoption("update_agreement", default=False))
    return lambda name: Record(FOLDER / f"{name}.json", update=update)


@pytest.fixture
def show(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Show a tally at the end of the run, in groups."""

    def show(title: str, tally: Tally, group: Callable[[str], str] = str, note: str = "") -> None:
        lines = request.config.stash.setdefault(SUMMARY, [])
        lines += [f"{title}: {_share(tally.total)}{note}", *_table(tally.by(group))]
        if request.config.getoption("differences", default=False):
            lines += _differences(tally)
        lines.append("")

    return show


def _share(count: Count) -> str:
    # Rounded down: 100 % is all.
    share = count.equal * 1000 // count.of / 10 if count.of else 100.0
    return f"{count} ({share:.1f} %)"


def _table(groups: Mapping[str, Count]) -> list[str]:
    """The groups that are whole in one paragraph, and a line for each of the others, the worst first."""
    whole = [name for name in sorted(groups) if groups[name].equal == groups[name].of]
    partial = sorted(groups.keys() - set(whole), key=lambda name: groups[name].equal - groups[name].of)
    lines = [f"  {name:<28} {_share(groups[name])}" for name in partial]
    if whole:
        text = f"  {'all of' if partial else 'each in full:'} {', '.join(whole)}"
        while len(text) > WIDTH:
            at = text.rfind(", ", 0, WIDTH) + 1
            lines.append(text[:at])
            text = f"     {text[at:]}"
        lines.append(text)
    return lines


def _differences(tally: Tally) -> list[str]:
    missing = {name: tally.counts[name].of - tally.counts[name].equal for name in tally.differences}
    lines = []
    for name in sorted(missing, key=lambda name: (-missing[name], name)):
        lines += [f"  {missing[name]:5} {name}", *(f"          {line}" for line in tally.differences[name])]
    return lines
