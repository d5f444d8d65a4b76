"""How far the project agrees with tshark: counted by name, kept in files, and never allowed to fall.

A record is a JSON file in ``agreement/``. Each of its sections holds the source that it was made from (a fingerprint)
and one count a name: how many comparisons came out equal, of how many. Comparisons that a deviation explains are in
neither number.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent / "agreement"
DIFFERENCES = 3
UPDATE = "pytest tests/oracle --update-agreement"


class Count(NamedTuple):
    """Comparisons that came out equal, of all."""

    equal: int = 0
    of: int = 0

    def __str__(self) -> str:
        return f"{self.equal} of {self.of}"


class Tally:
    """Counts by name, and of each name the first few differences in words."""

    def __init__(self) -> None:
        self.counts: dict[str, Count] = {}
        self.differences: dict[str, list[str]] = {}

    def add(self, name: str, where: str, theirs: object, ours: object) -> bool:
        """Count one comparison; return whether it is equal."""
        equal = theirs == ours
        count = self.counts.get(name, Count())
        self.counts[name] = Count(count.equal + equal, count.of + 1)
        if not equal:
            kept = self.differences.setdefault(name, [])
            if len(kept) < DIFFERENCES:
                kept.append(f"{where}: tshark {_brief(theirs)}, ours {_brief(ours)}")
        return equal

    @property
    def total(self) -> Count:
        """The sum over all names."""
        return self.by(lambda name: "all").get("all", Count())

    def by(self, group: Callable[[str], str]) -> dict[str, Count]:
        """The sums over the groups that a function makes of the names."""
        groups: dict[str, Count] = {}
        for name, count in self.counts.items():
            before = groups.get(group(name), Count())
            groups[group(name)] = Count(before.equal + count.equal, before.of + count.of)
        return groups


class Comparison(NamedTuple):
    """What became of the numbers since they were recorded; a name in neither list is as it was."""

    fallen: dict[str, str]
    risen: dict[str, str]


def compare(kept: Mapping[str, Count], now: Mapping[str, Count]) -> Comparison:
    """Tell the names that agree less, in any frame's worth, from those that agree more."""
    found = Comparison({}, {})
    for name in sorted(kept.keys() | now.keys()):
        before, after = kept.get(name, Count()), now.get(name, Count())
        if before == after:
            continue
        worse = after.equal < before.equal or after.of - after.equal > before.of - before.equal
        (found.fallen if worse else found.risen)[name] = f"{name}: {before} recorded, {after} now"
    return found


def protocol(field: str) -> str:
    """The first component of a field's name; Wireshark's own pseudo-protocols have two."""
    return ".".join(field.split(".")[: 2 if field.startswith("_ws.") else 1])


def fingerprint(files: Iterable[Path]) -> str:
    """A name for the contents of files."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda each: each.name):
        digest.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


class Record:
    """The agreement on file. `update` lets it rise; nothing but a new source, or an edit by hand, lets it fall."""

    def __init__(self, path: Path, *, update: bool) -> None:
        self.path = path
        self.update = update
        self.sections = json.loads(self.path.read_text(encoding="utf-8")) if self.path.exists() else {}

    def knows(self, section: str) -> bool:
        """Whether there is anything on file under that name."""
        return section in self.sections

    def hold(self, section: str, source: str, tally: Tally, disagreeing: Iterable[str] = ()) -> list[str]:
        """Return what is wrong between the record and the numbers of now; with `update`, record what is better.

        `disagreeing` lists what differs, where that is known one by one. A section that was made from another source
        is recorded anew.
        """
        kept = self.sections.get(section, {})
        listing = set(disagreeing)
        if kept.get("source") != source:
            if self.update:
                self._write(section, source, tally.counts, listing)
                return []
            state = "was recorded from other answers" if kept else "is not on file"
            return [f"the agreement on {section!r} {state}; record it: {UPDATE}"]
        before = {name: Count(**count) for name, count in kept["counts"].items()}
        listed = set(kept.get("disagreeing", ()))
        found = compare(before, tally.counts)
        wrong = [line for name, text in found.fallen.items() for line in _fallen(name, text, tally)]
        wrong += [f"disagrees now  {text}" for text in sorted(listing - listed)]
        better = [f"risen  {text}" for text in found.risen.values()]
        better += [f"agrees now  {text}" for text in sorted(listed - listing)]
        if better and self.update:
            risen = {name: tally.counts.get(name) for name in found.risen}
            counts = {name: count for name, count in {**before, **risen}.items() if count}
            self._write(section, source, counts, listed & listing)
        elif better:
            wrong += [*better, f"what has risen is to be recorded: {UPDATE}"]
        return wrong

    def _write(self, section: str, source: str, counts: Mapping[str, Count], disagreeing: set[str]) -> None:
        sorted_counts = {name: counts[name]._asdict() for name in sorted(counts)}
        entry: dict[str, object] = {"source": source, "counts": sorted_counts}
        if disagreeing:
            entry["disagreeing"] = sorted(disagreeing)
        self.sections[section] = entry
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_text(_one_line_each(self.sections), encoding="utf-8")


def _fallen(name: str, text: str, tally: Tally) -> list[str]:
    return [f"fallen  {text}", *(f"          {line}" for line in tally.differences.get(name, ()))]


def _brief(value: object) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 120 else f"{text[:119]}…"


def _one_line_each(sections: Mapping[str, Mapping[str, object]]) -> str:
    """JSON with a line for each count and each disagreement, so that a change of one is a change of one line."""

    def listed(value: object) -> str:
        if isinstance(value, dict):
            inner = ",\n".join(f"   {_json(key)}: {_json(item)}" for key, item in value.items())
            return f"{{\n{inner}\n  }}"
        if isinstance(value, list):
            return "[\n" + ",\n".join(f"   {_json(item)}" for item in value) + "\n  ]"
        return _json(value)

    def block(section: Mapping[str, object]) -> str:
        return "{\n" + ",\n".join(f"  {_json(key)}: {listed(value)}" for key, value in section.items()) + "\n }"

    return "{\n" + ",\n".join(f" {_json(name)}: {block(sections[name])}" for name in sorted(sections)) + "\n}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
