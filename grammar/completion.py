"""What may follow the beginning of a filter: names, operators, labels and functions, from the states of the parser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from wireproof.dissectors.schema.info import FieldInfo
from wireproof.dissectors.schema.types import Kind
from wireproof.grammar.diagnosis import DiagnosedError
from wireproof.grammar.functions import FUNCTIONS
from wireproof.grammar.macros import expand, takes_arguments
from wireproof.grammar.names import FieldCatalogue
from wireproof.grammar.parse import LENGTH, interactive

_WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
_DOLLAR = re.compile(r"\$(?:\{\s*)?(?P<name>[A-Za-z0-9_.-]*)\Z")
_CLOSED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SEARCHED = (Kind.BYTES, Kind.ETHER, Kind.PROTOCOL, Kind.STRING, Kind.INTEGER)
_SLICED = (Kind.BYTES, Kind.ETHER, Kind.PROTOCOL, Kind.STRING, Kind.IPV4, Kind.IPV6)
_COUNTED = (Kind.INTEGER, Kind.RELATIVE_TIME, Kind.ABSOLUTE_TIME, Kind.FLOAT)
_COMPARED = frozenset(
    ("EQUAL", "NOT_EQUAL", "ALL_EQUAL", "ANY_NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL")
)
_OPERATORS = {
    "EQUAL": ("==", "any value is equal"),
    "NOT_EQUAL": ("!=", "all values differ"),
    "ALL_EQUAL": ("===", "all values are equal"),
    "ANY_NOT_EQUAL": ("!==", "any value differs"),
    "LESS": ("<", "any value is less"),
    "LESS_EQUAL": ("<=", "any value is at most"),
    "GREATER": (">", "any value is greater"),
    "GREATER_EQUAL": (">=", "any value is at least"),
    "CONTAINS": ("contains", "any value has that in it"),
    "MATCHES": ("matches", "a regular expression in double quotes is found"),
    "IN": ("in", "any value is in a set: in {1, 5 .. 9}"),
    "AND": ("and", "both tests hold"),
    "OR": ("or", "at least one test holds"),
    "XOR": ("xor", "one of two tests holds"),
    "NOT": ("not", "the test does not hold"),
    "ANY": ("any", "before a comparison: one value is enough"),
    "ALL": ("all", "before a comparison: every value has to"),
    "BITAND": ("&", "the bits of both"),
    "PLUS": ("+", "the sum"),
    "MINUS": ("-", "the difference, or the sign; a blank stands before it"),
    "STAR": ("*", "the product"),
    "SLASH": ("/", "the quotient, cut to a whole number"),
    "PERCENT": ("%", "the remainder"),
    "LBRACKET": ("[", "a slice: [first:length], [first-last], [place]"),
    "HASH": ("#", "the layer, counted from 1"),
    "DOTDOT": ("..", "all up to the next value"),
    "COMMA": (",", "and another one"),
    "LPAR": ("(", "grouping"),
    "RPAR": (")", "the end of what is grouped"),
    "LBRACE": ("{", "a set, or grouping of arithmetic"),
    "RBRACE": ("}", "the end of the set"),
    "AT": ("@", "the bytes of the field as they are in the frame"),
}
_OPENING = frozenset(("AT", "LPAR", "LBRACE", "MINUS", "PLUS"))
"""What may begin any value, and is not offered before a word is typed but for brackets of tests."""


_ALSO = {Kind.INTEGER: (Kind.BOOLEAN,), Kind.BYTES: (Kind.ETHER,), Kind.ETHER: (Kind.BYTES,)}
_CONSTANTS = frozenset(("WORD", "CIDR", "COLONED", "DATETIME", "STRING", "RAW_STRING", "CHARACTER"))


class ListedFields(FieldCatalogue, Protocol):
    """A catalogue that can be listed: fields by name, and the names of fields by their other names."""

    @property
    def fields(self) -> Mapping[str, FieldInfo]: ...
    @property
    def aliases(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Completion:
    """What may stand in a filter from a column on, instead of what stands there; and a line of help."""

    text: str
    column: int
    kind: Literal["protocol", "field", "function", "operator", "label", "macro"]
    help: str


def complete_text(text: str, catalogue: ListedFields, macros: Mapping[str, str]) -> list[Completion]:
    """Return what may stand at the end of a text, the likeliest kinds first; nothing behind a mistake."""
    column = _stem(text)
    stem = text[column:]
    begun = None if stem.startswith('"') else _DOLLAR.search(text)
    if begun is not None:
        column = begun.start()
    state = _state(_expanded(text[:column], catalogue, macros)) if len(text) <= LENGTH else None
    if state is None:
        return []
    accepted, tokens = state
    field = _compared(tokens, catalogue)
    if begun is not None:
        return list(_called(macros, catalogue, begun, field)) if "DOLLAR" in accepted else []
    found: list[Completion] = []
    if "WORD" in accepted:
        found += _labels(field, stem, column) if field is not None else ()
        if not stem.startswith('"') and (stem or field is None):
            found += _names(catalogue, stem, column, accepted, field)
            found += _functions(stem, column)
            found += _macros(macros, "", column) if "DOLLAR" in accepted and not stem else ()
    before = _last_field(tokens, catalogue)
    if before is None:
        accepted -= _behind_constant(tokens)
    found += _operators(accepted, stem, column, before)
    return found


def _behind_constant(tokens: list[tuple[str, str]]) -> set[str]:
    """Return what may follow a word as such, and does not follow a constant."""
    if not tokens or tokens[-1][0] not in _CONSTANTS:
        return set()
    is_compared = len(tokens) > 1 and tokens[-2][0] in _COMPARED | {"COMMA", "LBRACE", "DOTDOT"}
    return {"CONTAINS", "MATCHES", "LBRACKET", "HASH", "LPAR", *(_COMPARED | {"IN", "NOT"} if is_compared else ())}


def _stem(text: str) -> int:
    """Return where the word, or the string, that the text ends in begins."""
    bare = _CLOSED.sub(lambda quoted: "'" * len(quoted[0]), text)
    opened = bare.find('"')
    return opened if opened >= 0 else len(bare.rstrip(_WORD))


def _state(text: str) -> tuple[set[str], list[tuple[str, str]]] | None:
    """Return the terminals that may follow a text and the tokens in it; None where it is no beginning of a filter."""
    from lark.exceptions import UnexpectedInput

    try:
        parser = interactive(text)
        tokens = [(token.type, str(token)) for token in parser.iter_parse()]
        return set(parser.accepts()), tokens  # type: ignore[no-untyped-call]
    except (UnexpectedInput, DiagnosedError):
        return None


def _compared(tokens: list[tuple[str, str]], catalogue: FieldCatalogue) -> FieldInfo | None:
    """Return the field that what follows is compared with."""
    at = len(tokens) - 1
    while at >= 0 and tokens[at][0] not in _COMPARED | {"IN"}:
        # Within a set: back to its beginning.
        if tokens[at][0] in ("AND", "OR", "XOR", "NOT", "RBRACE", "RPAR", "LPAR", "CONTAINS", "MATCHES"):
            return None
        at -= 1
    is_set = at >= 0 and tokens[at][0] == "IN"
    if at < 1 or (not is_set and at != len(tokens) - 1):
        return None
    if tokens[at - 1][0] == "NOT":
        at -= 1
    return _last_field(tokens[:at], catalogue)


def _last_field(tokens: list[tuple[str, str]], catalogue: FieldCatalogue) -> FieldInfo | None:
    if tokens and tokens[-1][0] in ("WORD", "DOTTED"):
        return catalogue.find(tokens[-1][1].removeprefix("."))
    return None


def _labels(field: FieldInfo, stem: str, column: int) -> Iterator[Completion]:
    """Yield the values that have names, in quotation marks as later releases of Wireshark want them."""
    wanted = stem.removeprefix('"').casefold()
    seen = set()
    for number, label in field.labels.items():
        if label.casefold().startswith(wanted) and label not in seen and '"' not in label and "\\" not in label:
            seen.add(label)
            yield Completion(f'"{label}"', column, "label", f"{number} of {field.name}")


def _names(
    catalogue: ListedFields, stem: str, column: int, accepted: set[str], beside: FieldInfo | None
) -> Iterator[Completion]:
    """Yield protocols, and of one that is begun its fields; beside a field those of its kind."""
    dot = "." if stem.startswith(".") and "DOTTED" in accepted else ""
    wanted = stem.removeprefix(dot)
    others = {name: catalogue.fields[known] for name, known in catalogue.aliases.items() if known in catalogue.fields}
    named = sorted({**others, **catalogue.fields}.items())
    for name, info in sorted(named, key=lambda entry: _rank(entry[1])):
        if not name.startswith(wanted) or (not wanted and "." in name):
            continue
        if beside is not None and info.type.kind not in (beside.type.kind, *_ALSO.get(beside.type.kind, ())):
            continue
        is_protocol = info.type.kind is Kind.PROTOCOL
        also = "" if info.name == name else f", the same as {info.name}"
        shown = f"{info.title or info.name}, {info.type.words}{also}"
        yield Completion(f"{dot}{name}", column, "protocol" if is_protocol else "field", shown)


def _rank(info: FieldInfo) -> int:
    """Return 0 for protocols, which come first, and 1 for fields."""
    return 0 if info.type.kind is Kind.PROTOCOL else 1


def _functions(stem: str, column: int) -> Iterator[Completion]:
    for name, signature in FUNCTIONS.items():
        if name.startswith(stem):
            yield Completion(f"{name}(", column, "function", signature.title)


def _macros(macros: Mapping[str, str], wanted: str, column: int) -> Iterator[Completion]:
    """Yield the macros; one with arguments up to where the first stands."""
    for name, text in macros.items():
        if name.startswith(wanted):
            yield Completion(f"${{{name}:" if takes_arguments(text) else f"${{{name}}}", column, "macro", text)


def _called(
    macros: Mapping[str, str], catalogue: ListedFields, begun: re.Match[str], beside: FieldInfo | None
) -> Iterator[Completion]:
    """Yield what may stand behind a dollar sign: macros, and references to fields."""
    wanted, column = begun["name"], begun.start()
    brace = "{" if begun[0].startswith("${") else ""
    for each in _macros(macros, wanted, column):
        is_called = not brace and each.text.endswith(":")
        yield replace(each, text=f"${each.text[2:-1]}(") if is_called else each
    for each in _names(catalogue, wanted, column, set(), beside) if wanted else ():
        yield replace(each, text=f"${{{each.text}}}", help=f"of the frame that is referred to: {each.help}")


def _expanded(text: str, catalogue: FieldCatalogue, macros: Mapping[str, str]) -> str:
    """Return a text with the macros in it replaced; where one is wrong, a text that nothing follows."""
    try:
        return expand(text, macros, lambda name: catalogue.find(name) is not None).text
    except DiagnosedError:
        return ")"


def _operators(accepted: set[str], stem: str, column: int, field: FieldInfo | None) -> Iterator[Completion]:
    is_operand = "WORD" in accepted
    for terminal, (text, help) in _OPERATORS.items():
        if terminal not in accepted or not text.startswith(stem) or (is_operand and terminal in _OPENING - {"LPAR"}):
            continue
        if field is None or is_operand or _fits(terminal, field):
            yield Completion(text, column, "operator", help)


def _fits(terminal: str, field: FieldInfo) -> bool:
    """Return whether an operator may stand behind a field of that type."""
    kind = field.type.kind
    if terminal == "LPAR":
        return False
    if terminal in ("CONTAINS", "MATCHES"):
        return kind in _SEARCHED
    if terminal == "LBRACKET":
        return kind in _SLICED
    if terminal in ("PLUS", "MINUS", "STAR", "SLASH"):
        return kind in _COUNTED
    if terminal == "PERCENT":
        return kind is Kind.INTEGER
    if terminal == "BITAND":
        return kind in (Kind.INTEGER, Kind.IPV4, Kind.IPV6, Kind.BYTES, Kind.ETHER)
    return kind is not Kind.LABEL or terminal not in _COMPARED | {"IN"}
