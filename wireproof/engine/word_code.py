"""The functions that put numbers into words: LLVM text, made as they are needed.

``function(to, value)`` writes the text of a number, and returns the place behind it; it may write a few octets
further, so that there has to be room for `most` of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from wireproof.engine.form import Words
from wireproof.engine.printing import COLONS_OF_NUMBER, DOTTED, HEX, QUADS, table

BEYOND = 4
LONGEST = {"dotted": 15, "colons": 17}
NAMES = {"dotted": "dotted", "colons": "colons_of"}


class Wordings:
    """The functions for all words that a program uses."""

    def __init__(self) -> None:
        self._used: dict[Words, str] = {}

    def function(self, words: Words) -> str:
        """Return the name of the function for some words."""
        return self._used.setdefault(words, NAMES.get(words.kind, f"words.{len(self._used)}"))

    @staticmethod
    def most(words: Words) -> int:
        """Return how many octets the function may write."""
        return BEYOND + (max(map(len, words.texts)) if words.kind == "table" else LONGEST[words.kind])

    def text(self) -> Iterator[str]:
        """Yield constants and definitions."""
        for words, name in self._used.items():
            if words.kind == "table":
                yield from _table(name, words)
        kinds = {words.kind for words in self._used}
        if "dotted" in kinds:
            yield from (QUADS, DOTTED)
        if "colons" in kinds:
            yield from (HEX, COLONS_OF_NUMBER)


def _table(name: str, words: Words) -> Iterator[str]:
    ends = [0, *accumulate(map(len, words.texts))]
    yield table(f"{name}.octets", words.texts)
    yield f"@{name}.ends = internal constant [{len(ends)} x i32] [{', '.join(f'i32 {end}' for end in ends)}]"
    lines = [f"define internal ptr @{name}(ptr %to, i64 %value) nounwind {{", f"  %at = sub i64 %value, {words.low}"]
    lines.append("  %next = add i64 %at, 1")
    for end, index in (("first", "%at"), ("last", "%next")):
        lines += [
            f"  %{end}.p = getelementptr i32, ptr @{name}.ends, i64 {index}",
            f"  %{end}.0 = load i32, ptr %{end}.p",
            f"  %{end} = zext i32 %{end}.0 to i64",
        ]
    yield "\n".join(
        [
            *lines,
            "  %size = sub i64 %last, %first",
            f"  %from = getelementptr i8, ptr @{name}.octets, i64 %first",
            "  call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %from, i64 %size, i1 false)",
            "  %behind = getelementptr i8, ptr %to, i64 %size",
            "  ret ptr %behind",
            "}",
        ]
    )
