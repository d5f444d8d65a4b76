"""Text to syntax tree."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from wireproof.grammar import syntax, tables
from wireproof.grammar.diagnosis import DiagnosedError, Diagnosis, quote
from wireproof.grammar.syntax import Node

if TYPE_CHECKING:
    from lark import Lark
    from lark.parsers.lalr_interactive_parser import InteractiveParser

LENGTH = 262_144  # characters; a filter of this length is parsed in a few seconds
DEPTH = 100  # levels; every level costs a few frames of Python's stack

# In the order in which they are offered to someone whose filter stops making sense.
_EXPECTED = {
    "a field": {"WORD"},
    "a value": {"STRING"},
    '"("': {"LPAR"},
    "a comparison such as ==": {"EQUAL"},
    "contains, matches or in": {"CONTAINS"},
    "arithmetic": {"PLUS_SIGN"},
    '"and" or "or"': {"AND"},
    '"in"': {"IN"},
    '"{"': {"LBRACE_SET"},
    '"["': {"LBRACKET"},
    '".."': {"DOTDOT"},
    '","': {"COMMA"},
    '")"': {"RPAR"},
    '"}"': {"RBRACE"},
    '"]"': {"RBRACKET"},
    "a number": {"LAYER"},
    "a place or a range such as 0:2": {"RANGE"},
    "the end of the filter": {"$END"},
}
MEANT = {"=>": ">=", "=<": "<=", "=": "==", "is": "==", "≠": "!=", "≤": "<=", "≥": ">="}
MEANT |= {"|": "||", "^": "xor", ";": ","}
_CAPTURE = (
    r"\s*(?:(?:not|!)\s*)?(?:(?:ether|ip|arp|rarp|tcp|udp|icmp)\s+)?(?:(?:src|dst)\s+(?:(?:or|and)\s+dst\s+)?)?"
    r"(?:(?:host|net|gateway|proto|port|portrange|less|greater)\s+[0-9A-Za-z]|(?:src|dst)\s+[0-9])"
)


def parse(text: str) -> Node:
    """Return the syntax tree of a filter. Raises DiagnosedError where it is none, is too long or nested too deeply."""
    if len(text) > LENGTH:
        raise DiagnosedError(Diagnosis(f"a filter may have {LENGTH:,} characters; this one has {len(text):,}", LENGTH))
    from lark.exceptions import UnexpectedInput

    try:
        tree: Node = _parser().parse(text)  # type: ignore[assignment]
    except UnexpectedInput as error:
        raise DiagnosedError(_unexpected(text, error)) from None
    if syntax.depth(tree) > DEPTH:
        raise DiagnosedError(Diagnosis(f"this filter is nested more than {DEPTH} levels deep", 0, len(text)))
    return tree


def interactive(text: str) -> InteractiveParser:
    """Return a parser that can be asked what may follow a text; it makes no tree."""
    return _plain_parser().parse_interactive(text)


@cache
def _plain_parser() -> Lark:
    from lark import Transformer

    return tables.parser(Transformer())


@cache
def _parser() -> Lark:
    """Return the parser. Lark is imported here, since most programs that load this package never get so far."""
    from wireproof.grammar.build import Builder

    return tables.parser(Builder())


def _unexpected(text: str, error: Any) -> Diagnosis:
    """Return the diagnosis of what the parser stopped at."""
    from lark.exceptions import UnexpectedToken

    accepted = set(error.accepts or error.expected) if isinstance(error, UnexpectedToken) else set(error.allowed or ())
    expected = _expected(accepted)
    column = error.pos_in_stream
    is_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    # Where a comparison may follow but no further test: behind "any" or "all".
    hint = '; "any" and "all" stand before a comparison' if "EQUAL" in accepted and "AND" not in accepted else ""
    if is_end or column is None or column >= len(text):
        return Diagnosis(f"the filter ends too early{hint}", len(text), 1, expected=expected)
    is_token = isinstance(error, UnexpectedToken) and error.token.type not in ("RANGE", "LAYER")
    found = str(error.token) if is_token else text[column]
    suggestion = MEANT.get(found) if found.isalnum() else MEANT.get(text[column : column + 2], MEANT.get(found))
    if suggestion == "," and "COMMA" not in accepted:
        suggestion = None
    if found == "." and text[column - 1 : column].isdigit() and "LAYER" not in accepted:
        suggestion = f"{re.split('[^0-9.]', text[:column])[-1]}.0"
    message = f"{quote(found)} was not expected here{hint}"
    if found == "#":
        message += "; a layer is chosen right after a field's name"
    if re.match(_CAPTURE, text):
        message += "; this has the form of a capture filter, not of a display filter"
    if found in tuple("})]") and text[:column].rstrip().endswith(tuple("{([")):
        message = "there is nothing between the brackets"
    return Diagnosis(message, column, len(found), suggestion, expected)


def _expected(accepted: set[str]) -> tuple[str, ...]:
    """Return in words what the parser would have taken."""
    accepted = set(accepted)
    if "WORD" in accepted:  # an operand: what else may begin one goes without saying
        accepted -= {"LBRACKET", "PLUS", "NOT"}
    elif "PLUS" in accepted:  # after an operand: a function's parenthesis or a slice would be far-fetched
        accepted = accepted - {"LPAR", "LBRACKET"} | {"PLUS_SIGN"}
    if "LBRACE" in accepted and "WORD" not in accepted:
        accepted.add("LBRACE_SET")
    if "CONTAINS" in accepted:
        accepted.discard("IN")
    return tuple(words for words, terminals in _EXPECTED.items() if terminals <= accepted)
