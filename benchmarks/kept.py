"""tshark's times, measured once and kept: a filter on millions of packets takes it a minute, each time the same."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.answers import Answer, Answers
from benchmarks.machine import processor, version_of
from benchmarks.running import Command, CommandError, run


class Tshark:
    """Runs tshark where the file of kept results does not know the command, the capture, the version and the machine.

    Without a file nothing is kept.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.known: list[dict[str, Any]] = []
        if path is not None and path.exists():
            self.known = json.loads(path.read_text(encoding="utf-8"))

    def seconds(self, command: Command, capture: Path, answers: Answers) -> float:
        """Return how long a command takes with a capture; what it found goes to the answers."""
        places = {str(capture), str(command.written), str(command.printed)}
        words = [word for word in command.words if word not in places]
        key = {"version": version_of("tshark"), "machine": processor(), "capture": _digest(capture), "words": words}
        entry = next((entry for entry in self.known if key.items() <= entry.items()), None)
        if entry is None:
            taken = run(command).seconds
            found = command.answer()
            if found is None:
                raise CommandError(f"{' '.join(command.words)}: nothing to compare")
            entry = key | {"seconds": taken, "count": found.count, "digest": found.digest}
            self.known.append(entry)
            if self.path is not None:
                self.path.write_text(json.dumps(self.known, indent=1) + "\n", encoding="utf-8")
        answers.give(command.question, command.program, Answer(entry["count"], entry["digest"]))
        seconds: float = entry["seconds"]
        return seconds


@cache
def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
