"""Commands and how long they take."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from benchmarks.answers import Answer, Answers

Key = TypeVar("Key")
_ZEROS = bytes(1 << 20)
MOST_OCCUPATIONS = 6


class CommandError(Exception):
    """A command failed."""


@dataclass(frozen=True)
class Command:
    """A command, where its output goes, and how and to which question that answers.

    `written` is the file that it writes, `printed` the one that its standard output goes to.
    """

    program: str
    words: tuple[str, ...]
    environment: Mapping[str, str]
    question: str = ""
    read: Callable[[Path], Answer] | None = None
    written: Path | None = None
    printed: Path | None = None

    def answer(self) -> Answer | None:
        """Return what it found, and take its output away, so that the next one finds the same folder."""
        file = self.written or self.printed
        if file is None or self.read is None:
            return None
        found = self.read(file)
        file.unlink()
        return found


@dataclass
class Times:
    """The runs of one command: seconds each, and the most memory that one held, in octets."""

    seconds: list[float] = field(default_factory=list)
    memory: int = 0

    @property
    def median(self) -> float:
        """The median of the seconds."""
        return statistics.median(self.seconds)


@dataclass(frozen=True)
class Taken:
    """What one run of a command took: seconds, the most memory that it held, and what it wrote, both in octets."""

    seconds: float
    memory: int
    written: int


def run(command: Command) -> Taken:
    """Run a command; return what it took."""
    with open(command.printed or os.devnull, "wb") as output, tempfile.TemporaryFile() as complaints:
        start = time.perf_counter()
        process = subprocess.Popen(command.words, stdout=output, stderr=complaints, env=dict(command.environment))
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            complaints.seek(0)
            said = complaints.read().decode(errors="replace").strip()
            raise CommandError(f"{' '.join(command.words)}: exit status {process.returncode}\n{said}")
    memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Taken(seconds, memory, command.written.stat().st_size if command.written is not None else 0)


def once(command: Command, answers: Answers) -> Taken:
    """Run a command as `run` does, and compare what it found."""
    taken = run(command)
    found = command.answer()
    if found is not None:
        answers.give(command.question, command.program, found)
    return taken


class Occupation:
    """Writes a file where a command will and removes it, so that what lies under the next was used just before.

    A virtual machine gives the memory that is free back to its host, and to get it again takes several times as long
    as to write to it. So the file is written until that takes about as long as it ever did.
    """

    def __init__(self) -> None:
        self._least = float("inf")

    def before(self, command: Command, octets: int) -> None:
        """Write so many octets and remove them again."""
        if command.written is None or not octets:
            return
        for _ in range(MOST_OCCUPATIONS):
            taken = self._write(command.written, octets) / octets
            self._least = min(self._least, taken)
            if taken < 1.2 * self._least:
                return

    def _write(self, file: Path, octets: int) -> float:
        start = time.perf_counter()
        with open(file, "wb", buffering=0) as stream:
            for _ in range(0, octets, len(_ZEROS)):
                stream.write(_ZEROS)
        seconds = time.perf_counter() - start
        file.unlink()
        return seconds


def interleaved(commands: Mapping[Key, Command], runs: int, answers: Answers) -> dict[Key, Times]:
    """Run every command in turn, so many times; each run's answer is looked at.

    In turn, so that what else the machine does falls on all of them, and each time in another order, so that none
    always comes behind the same one.
    """
    times = {name: Times() for name in commands}
    dice = random.Random(runs)
    largest, occupation = 0, Occupation()
    for command in commands.values():
        if command.written is not None:
            # Not counted: this tells how much they write.
            largest = max(largest, once(command, answers).written)
    for _ in range(runs):
        for name, command in dice.sample(list(commands.items()), len(commands)):
            # More than it will write, for not all of the memory that was freed last is what it is given first.
            occupation.before(command, 2 * largest)
            taken = once(command, answers)
            times[name].seconds.append(taken.seconds)
            times[name].memory = max(times[name].memory, taken.memory)
    return times
