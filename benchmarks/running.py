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
    """The runs of one command: seconds each, and the most memory that one held and that one wrote, in octets."""

    seconds: list[float] = field(default_factory=list)
    memory: int = 0
    written: int = 0

    @property
    def median(self) -> float:
        """The median of the seconds."""
        return statistics.median(self.seconds)


def run(command: Command) -> tuple[float, int]:
    """Run a command; return the seconds that it took and the octets of memory that it held at most."""
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
    return seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def once(command: Command, answers: Answers, times: Times | None = None) -> tuple[float, int]:
    """Run a command as `run` does, and compare what it found."""
    if times is not None and command.written is not None:
        occupy(command.written, times.written)
    taken = run(command)
    if times is not None and command.written is not None:
        times.written = max(times.written, command.written.stat().st_size)
    found = command.answer()
    if found is not None:
        answers.give(command.question, command.program, found)
    return taken


def occupy(file: Path, octets: int) -> None:
    """Write a file and remove it, so that the memory or disk under the next one has been used just before.

    A virtual machine gives back what is free, and to get it again takes several times as long as to write to it.
    """
    with open(file, "wb", buffering=0) as stream:
        for written in range(0, octets, len(_ZEROS)):
            stream.write(_ZEROS[: octets - written])
    file.unlink()


def interleaved(commands: Mapping[Key, Command], runs: int, answers: Answers) -> dict[Key, Times]:
    """Run every command in turn, so many times; each run's answer is looked at.

    In turn, so that what else the machine does falls on all of them, and each time in another order, so that none
    always comes behind the same one.
    """
    times = {name: Times() for name in commands}
    dice = random.Random(runs)
    for _ in range(runs):
        for name, command in dice.sample(list(commands.items()), len(commands)):
            seconds, memory = once(command, answers, times[name])
            times[name].seconds.append(seconds)
            times[name].memory = max(times[name].memory, memory)
    return times
