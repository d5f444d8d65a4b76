"""The recorded answers of tshark: a folder with captures and what tshark 4.0.17 said of them."""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import Path
from typing import Any

LONGEST = 400
MACROS = {
    "pair": "(ip.src == $1 and ip.dst == $2)",
    "lan": "ip.addr == 10.0.0.0/8",
    "nested": "${pair:10.0.0.1;10.0.0.2} or arp",
}


class Answers:
    """The files of the folder, each read when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def captures(self) -> list[Path]:
        """All captures."""
        return sorted((self.folder / "captures").glob("*.pcap*"))

    def capture(self, name: str) -> Path:
        """The place of a capture."""
        return self.folder / "captures" / name

    def fields(self, name: str) -> dict[str, dict[int, dict[str, list[str]]]]:
        """The values of fields, by capture and number of the frame."""
        found: dict[str, dict[int, dict[str, list[str]]]] = {}
        for row in self._rows(f"{name}.jsonl"):
            found.setdefault(row["c"], {})[row["n"]] = row["f"]
        return found

    @cached_property
    def cases(self) -> list[dict[str, Any]]:
        """The filters, each with the frames that it lets pass or the error."""
        return self._rows("cases.jsonl")

    @cached_property
    def names(self) -> frozenset[str]:
        """The fields of the protocols that the answers are about."""
        lines = (self.folder / "fieldlist.tsv").read_text(encoding="utf-8").splitlines()
        return frozenset(line.partition("\t")[0] for line in lines[1:])

    @cached_property
    def stateful(self) -> re.Pattern[str]:
        """The names of the fields that take more than one frame."""
        lines = (self.folder / "stateful.txt").read_text().splitlines()
        return re.compile("|".join(f"(?:{line})" for line in lines if line and not line.startswith("#")))

    def _rows(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / name).read_text(encoding="utf-8").splitlines()]


def cut(text: str) -> str:
    """A value as the answers keep it: a long one is cut, and its length put behind."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…{len(text)}"
