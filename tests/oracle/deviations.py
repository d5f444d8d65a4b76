"""Differences from tshark on purpose: ``deviations.json`` lists them, with the reason.

An entry says in which comparisons it applies (``in``), to what (``what``, a regular expression over the whole name of
the field or column, filter, info text of tshark's, summary, or line of the tree), and why (``reason``). It may be
narrowed to captures (``captures``: names, each with its frames or null for all), and may say what our answer is
(``ours``). An entry that does not explain a difference, in each comparison, capture and frame that it lists, fails the
test.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

PATH = Path(__file__).resolve().parent / "deviations.json"
NEEDED, ALLOWED = {"in", "what", "reason"}, {"in", "what", "reason", "captures", "ours"}
PLACES = {"fields", "default", "filters", "documents", "language", "summaries", "example fields", "example filters"} | {
    f"{captures} {part}" for captures in ("shared", "example") for part in ("info", "columns")
}


class Deviation:
    """One entry in one comparison, and where it was found to apply."""

    def __init__(self, entry: dict[str, Any], place: str) -> None:
        self._entry, self._place = entry, place
        self._what = re.compile(entry["what"])
        self._captures: dict[str, list[int] | None] = entry.get("captures", {})
        self._expected = {
            (capture, frame) for capture, frames in self._captures.items() for frame in (frames or [None])
        } or {("any capture", None)}

    def explains(self, what: str, capture: str, frame: int | None, ours: object) -> bool:
        """Whether a difference is this one."""
        frames = self._captures.get(capture)
        applies = (
            self._what.fullmatch(what) is not None
            and (not self._captures or capture in self._captures)
            and (frames is None or frame in frames)
            and ("ours" not in self._entry or self._entry["ours"] == ours)
        )
        if applies:
            self._expected.discard((capture if self._captures else "any capture", frame if frames else None))
        return applies

    def stale(self) -> list[str]:
        """Say where the entry is to apply, but there is no such difference."""
        return [
            f"the deviation {self._entry['what']!r} explains nothing in {self._place}, {capture}"
            + (f" frame {frame}" if frame else "")
            for capture, frame in sorted(self._expected, key=str)
        ]


def entries() -> list[dict[str, Any]]:
    """All entries of the file. Raises ValueError where one is not well formed."""
    found: list[dict[str, Any]] = json.loads(PATH.read_text(encoding="utf-8"))
    for entry in found:
        if not NEEDED <= entry.keys() <= ALLOWED or not set(entry["in"]) <= PLACES or not entry["reason"]:
            raise ValueError(f"{PATH.name}: {entry}")
    return found


class Deviations:
    """The entries of one comparison."""

    def __init__(self, place: str) -> None:
        if place not in PLACES:
            raise ValueError(f"{place!r} is no comparison")
        self._entries = [Deviation(entry, place) for entry in entries() if place in entry["in"]]

    def explain(self, what: str, capture: str, frame: int | None = None, ours: object = None) -> bool:
        """Whether a difference is on purpose."""
        # Every entry is asked, so that none that applies is called stale.
        answers = [each.explains(what, capture, frame, ours) for each in self._entries]
        return any(answers)

    def stale(self) -> list[str]:
        """Say which entries explained nothing."""
        return [text for each in self._entries for text in each.stale()]
