"""What is wrong with a filter, or odd in it: where, what was expected there, and what may have been meant."""

from __future__ import annotations

from typing import Literal

from wireproof._frozen import frozen

EXCERPT = 160  # characters of a long filter that are shown around the place of an error


@frozen
class Diagnosis:
    """One thing that is wrong with a filter, or odd in it.

    `column` and `length` count characters of the filter from 0; the end of the filter is a place of length 1.
    `expected` lists in words what could stand there, and `suggestion` is a text that would be right there.
    `severity` is "error" where it is no filter, "warning" where it is one that cannot mean what was meant, and "note"
    where it may mean something else than a reader thinks.
    """

    message: str
    column: int
    length: int = 1
    suggestion: str | None = None
    expected: tuple[str, ...] = ()
    severity: Literal["error", "warning", "note"] = "error"

    def render(self, text: str) -> str:
        """Return the message, the filter with the place underlined, and what may help, in several lines."""
        excerpt, column = _excerpt(text, self.column)
        underline = "^" + "~" * (min(self.length, max(len(excerpt) - column, 1)) - 1)
        lines = [printable(self.message), f"    {excerpt}", f"    {' ' * column}{underline}"]
        if self.expected:
            lines.append(f"expected {_listed(self.expected)}")
        if self.suggestion is not None:
            lines.append(f"did you mean {printable(self.suggestion)}?")
        return "\n".join(lines)


class FilterError(ValueError):
    """A text that is no filter; `diagnoses` says why, one entry for each mistake, in the order of their places."""

    def __init__(self, text: str, diagnoses: tuple[Diagnosis, ...]) -> None:
        super().__init__(text, diagnoses)
        self.text = text
        self.diagnoses = diagnoses

    def __str__(self) -> str:
        return "\n".join(diagnosis.render(self.text) for diagnosis in self.diagnoses)


class DiagnosedError(Exception):
    """Raised within this package for one diagnosis; the caller collects it and goes on with the next part."""

    def __init__(self, diagnosis: Diagnosis) -> None:
        super().__init__(diagnosis.message)
        self.diagnosis = diagnosis


def quote(text: str) -> str:
    """Return a piece of a filter between quotation marks, fit for a terminal and not longer than a line."""
    text = printable(text)
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}…"'


def _listed(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def printable(text: str) -> str:
    """Return a text fit for a terminal: what is not printable is replaced."""
    return "".join(character if character.isprintable() else "�" for character in text)


def _excerpt(text: str, column: int) -> tuple[str, int]:
    """Return one printable line of the filter that holds the column, and where in that line it is."""
    begin = max(0, column - EXCERPT // 2) if len(text) > EXCERPT else 0
    end = begin + EXCERPT
    before, after = "…" * (begin > 0), "…" * (end < len(text))
    line = "".join(" " if character.isspace() else printable(character) for character in text[begin:end])
    return f"{before}{line}{after}", column - begin + len(before)
