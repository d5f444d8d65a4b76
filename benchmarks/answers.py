"""What a command found: how many packets or lines, and a digest of them. A benchmark of wrong answers is worthless."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path

BLOCK = 1 << 22
FILE_HEADER, RECORD_HEADER = 24, 16
MICROSECONDS = 0xA1B2C3D4


class WrongAnswerError(Exception):
    """Two commands that should have found the same did not."""


@dataclass(frozen=True)
class Answer:
    """How many, and a digest of what they are, without what each program writes around them."""

    count: int
    digest: str

    def __str__(self) -> str:
        return f"{self.count:,} ({self.digest[:8]})"


def of_capture(path: Path) -> Answer:
    """Read a pcap file: its records, and not its header, in which every program says something else.

    Block by block: what this process held in memory would count as memory of the next command, which begins as its
    copy.
    """
    digest, count, rest = hashlib.sha256(), 0, b""
    with open(path, "rb") as file:
        header = file.read(FILE_HEADER)
        if header[:4] != struct.pack("<I", MICROSECONDS):
            raise WrongAnswerError(f"{path}: no little-endian pcap file with microseconds")
        while block := file.read(BLOCK):
            digest.update(block)
            octets = rest + block
            begin, last = 0, len(octets) - RECORD_HEADER
            while begin <= last:
                (captured,) = struct.unpack_from("<I", octets, begin + 8)
                if begin + captured > last:
                    break
                begin += RECORD_HEADER + captured
                count += 1
            rest = octets[begin:]
    if rest:
        raise WrongAnswerError(f"{path}: ends within a record")
    return Answer(count, digest.hexdigest())


def of_text(path: Path) -> Answer:
    """Read the lines of a text."""
    digest, count = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            count += block.count(b"\n")
    return Answer(count, digest.hexdigest())


def of_list(path: Path) -> Answer:
    """Read the packet list: the numbers at the beginnings of its lines, whatever each program says about a packet."""
    numbers = [line.split(maxsplit=1)[0] for line in path.read_bytes().splitlines()]
    return Answer(len(numbers), hashlib.sha256(b" ".join(numbers)).hexdigest())


class Answers:
    """The answers to questions; a second answer to a question has to be the first one."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[str, Answer]] = {}

    def give(self, question: str, program: str, answer: Answer) -> None:
        """Note a program's answer. Raises WrongAnswerError where it is another than the first."""
        other, first = self._first.setdefault(question, (program, answer))
        if answer != first:
            raise WrongAnswerError(f"{question}: {other} found {first}, {program} {answer}")

    def count(self, question: str) -> int:
        """Return how many there are."""
        return self._first[question][1].count
