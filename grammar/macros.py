"""Macros: pieces of filters by name, put in their place before the filter is parsed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from wireproof._frozen import frozen
from wireproof.grammar.diagnosis import DiagnosedError, Diagnosis, quote
from wireproof.grammar.parse import LENGTH

NESTING = 16  # macros within macros

_PART = r"""(?:[^()"]|"(?:[^"\\]|\\[\s\S])*")"""  # of an argument, which may have parentheses in parentheses
_CALL = re.compile(
    r"""(?P<skip>[rR]?"(?:\\[\s\S]|[^"\\])*"?|'(?:\\[\s\S]|[^'\\])*'?)"""
    r"|\$\{\s*(?P<braced>[A-Za-z0-9_.-]+)\s*(?P<rest>[:;][^{}]*)?\}"
    rf"|\$(?P<called>[A-Za-z0-9_]+)\((?P<list>(?:{_PART}|\((?:{_PART}|\({_PART}*\))*\))*)\)"
)
_ENTRY = re.compile(
    r'[ \t]*"(?P<name>(?:[^"\\]|\\.)*)"[ \t]*(?:,[ \t]*"(?P<quoted>(?:[^"\\]|\\.)*)"[ \t]*|(?P<plain>[^,\s].*))'
)
_ARGUMENT = re.compile(r"\$([1-9][0-9]?)")


@frozen
class Expansion:
    """A filter with its macros replaced. `pieces` are (begin, end, column, length): a stretch of the new text and
    where it comes from; text that is the filter's own has length 0 and keeps its distance from `column`.
    """

    text: str
    pieces: tuple[tuple[int, int, int, int], ...]

    def original(self, diagnosis: Diagnosis) -> Diagnosis:
        """Return a diagnosis of the new text at its place in the filter as it was written."""
        column, length = diagnosis.column, diagnosis.length
        for begin, end, source, width in self.pieces:
            if begin <= diagnosis.column < end:
                if width:
                    column, length = source, width
                else:
                    column = source + diagnosis.column - begin
                break
        return replace(diagnosis, column=column, length=length)


def read_macros(text: str) -> dict[str, str]:
    """Return the macros of a file of Wireshark's, by name.

    A line is ``"name" text``, as in ``dmacros`` of 4.4 and later, or ``"name","text"``, as in ``dfilter_macros``
    before, where octets stand as ``\\x22``. What is neither, and what begins with #, is skipped.
    """
    found = {}
    for line in text.splitlines():
        entry = None if line.lstrip().startswith("#") else _ENTRY.fullmatch(line)
        if entry is None:
            continue
        name = re.sub(r"\\(.)", r"\1", entry["name"])
        plain = entry["plain"]
        found[name] = plain.rstrip() if plain else _unescaped(entry["quoted"])
    return found


def takes_arguments(text: str) -> bool:
    """Return whether the text of a macro has places for arguments."""
    return _ARGUMENT.search(text) is not None


def _unescaped(text: str) -> str:
    """Return a quoted text of ``dfilter_macros``: two hexadecimal digits behind a backslash and an x are an octet."""
    octets = re.sub(
        rb"\\x([0-9A-Fa-f]{2})", lambda digits: bytes([int(digits[1], 16)]), text.encode("utf-8", "surrogateescape")
    )
    return octets.decode("utf-8", "surrogateescape")


def expand(text: str, macros: Mapping[str, str], is_field: Callable[[str], bool]) -> Expansion:
    """Return a filter with its macros replaced. ``${name}`` of a field is a reference, and stays.

    Raises DiagnosedError for a macro that is not there, takes another number of arguments, or never ends.
    """
    if "$" not in text:
        return Expansion(text, ())
    out: list[str] = []
    pieces: list[tuple[int, int, int, int]] = []
    size = position = 0
    for found in _CALL.finditer(text):
        name = found["braced"] or found["called"]
        if name is None or (found["braced"] and name not in macros and is_field(name)):
            continue
        own, begin = text[position : found.start()], size + found.start() - position
        width = found.end() - found.start()
        replaced = _replaced(found, macros, is_field, (found.start(), width), 1)
        pieces += [(size, begin, position, 0), (begin, begin + len(replaced), found.start(), width)]
        out += [own, replaced]
        size, position = begin + len(replaced), found.end()
        if size > LENGTH:
            raise DiagnosedError(Diagnosis("macros make this filter too long", found.start(), width))
    pieces.append((size, size + len(text) - position + 1, position, 0))
    return Expansion("".join([*out, text[position:]]), tuple(pieces))


def _replaced(
    found: re.Match[str],
    macros: Mapping[str, str],
    is_field: Callable[[str], bool],
    place: tuple[int, int],
    level: int,
) -> str:
    """Return the text that stands for a macro call; errors are told at `place`, the outermost call's."""
    name = found["braced"] or found["called"]
    if name is None or (found["braced"] and name not in macros and is_field(name)):
        return found[0]
    if name not in macros:
        raise DiagnosedError(Diagnosis(f"there is no macro {quote(name)}", *place, expected=tuple(macros)))
    if level > NESTING:
        raise DiagnosedError(Diagnosis(f"the macro {quote(name)} stands within itself, or too deep in others", *place))
    given = _arguments(found)
    body = macros[name]
    wanted = max((int(number) for number in _ARGUMENT.findall(body)), default=0)
    if wanted == 0 and given == [""]:
        given = []
    if len(given) != wanted:
        raise DiagnosedError(Diagnosis(f"the macro {quote(name)} takes {wanted} arguments, not {len(given)}", *place))
    body = _ARGUMENT.sub(lambda argument: given[int(argument[1]) - 1], body)
    text = _CALL.sub(lambda inner: _replaced(inner, macros, is_field, place, level + 1), body)
    if len(text) > LENGTH:
        raise DiagnosedError(Diagnosis(f"the macro {quote(name)} makes the filter too long", *place))
    return text


def _arguments(found: re.Match[str]) -> list[str]:
    if found["called"]:
        return _split(found["list"])
    rest = found["rest"]
    return [argument.strip() for argument in rest[1:].split(";")] if rest else []


def _split(text: str) -> list[str]:
    """Return the arguments between commas, but for commas in parentheses, brackets and quotes."""
    parts, depth, begin = [], 0, 0
    for mark in re.finditer(r'"(?:[^"\\]|\\[\s\S])*"|[(){}\[\],]', text):
        if mark[0] in "({[":
            depth += 1
        elif mark[0] in ")}]":
            depth -= 1
        elif mark[0] == "," and depth <= 0:
            parts.append(text[begin : mark.start()].strip())
            begin = mark.end()
    return [*parts, text[begin:].strip()]
