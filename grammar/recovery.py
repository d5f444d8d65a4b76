"""Going on behind a mistake in the form of a filter, so that those in the rest of it are told at once as well."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from wireproof.grammar.diagnosis import Diagnosis
from wireproof.grammar.parse import MEANT

LONGEST = 4096  # characters of a filter whose rest is looked at: each mistake has it parsed again

_MARKS = re.compile(
    r"""[rR]?"(?:\\[\s\S]|[^"\\])*"?|'(?:\\[\s\S]|[^'\\])*'?"""
    r"|(?P<join>&&|\|\||\^\^|(?<![\w.-])(?:and|or|xor)(?![\w-]|\.\w))|(?P<open>[({\[])|(?P<close>[)}\]])",
    re.I,
)
_CLOSING = {"(": ")", "{": "}", "[": "]"}

Find = Callable[[str], list[Diagnosis]]


def mistakes_beside(text: str, found: Diagnosis, find: Find) -> list[Diagnosis]:
    """Return the mistakes in what is left of a filter without one that is known; `find` tells those of a text.

    Where it is known what was meant, that stands in its place. Otherwise the test with the mistake is left out.
    """
    if len(text) > LONGEST:
        return []
    mended = _mended(text, found)
    if mended is not None:
        other, added = mended
        after = (each for each in find(other) if each.column != found.column)
        return [replace(each, column=each.column - added * (each.column > found.column)) for each in after]
    return [each for piece in _around(text, found.column) for each in find(piece)]


def _mended(text: str, found: Diagnosis) -> tuple[str, int] | None:
    """Return a text with what was meant in place of a mistake, and how much longer it is than before."""
    for size in (2, 1):
        end = found.column + size
        meant = MEANT.get(text[found.column : end])
        if meant is not None and meant == found.suggestion:
            return f"{text[: found.column]}{meant} {text[end:]}", len(meant) + 1 - size
    return None


def _around(text: str, column: int) -> Iterator[str]:
    """Yield what stands before and behind the test at a place, each a filter with every character in its place."""
    joins, inside = [], 0
    for mark in _MARKS.finditer(text):
        if mark["join"] and not inside:
            joins.append(mark.span())
        elif mark["open"] in ("{", "["):
            inside += 1
        elif mark["close"] in ("}", "]"):
            inside = max(inside - 1, 0)
    before = [begin for begin, end in joins if end <= column]
    behind = [end for begin, end in joins if begin >= column]
    if before:
        yield _balanced(text[: before[-1]])
    if behind:
        yield _balanced(" " * behind[0] + text[behind[0] :])


def _balanced(text: str) -> str:
    """Return a text with blanks for the brackets whose others are not there."""
    waiting: list[re.Match[str]] = []
    alone: list[re.Match[str]] = []
    for mark in _MARKS.finditer(text):
        if mark["open"]:
            waiting.append(mark)
        elif mark["close"]:
            if waiting and _CLOSING[waiting[-1][0]] == mark[0]:
                waiting.pop()
            else:
                alone.append(mark)
    characters = list(text)
    for mark in (*waiting, *alone):
        characters[mark.start()] = " "
    return "".join(characters)
