"""Which releases of Wireshark take a filter, as far as its form tells, and the names that no release has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wireproof.dissectors.schema.types import Kind
from wireproof.grammar import syntax, tree
from wireproof.grammar.compiled import TypedFilter
from wireproof.grammar.names import FieldCatalogue
from wireproof.grammar.operands import OperandChecker
from wireproof.grammar.parse import parse
from wireproof.grammar.syntax import Node, Span, Word

RELEASES = ("4.0", "4.2", "4.4", "4.6", "5.0")
NONE = "none"
_SINCE_44 = frozenset(
    ("vals", "dec", "hex", "ip_special_name", "ip_special_mask", "ip_linklocal", "ip_multicast", "ip_rfc1918", "ip_ula")
)
_SINCE_42 = frozenset(("float", "double"))
_OPERATORS = re.compile(
    r"\b(?:and|or|not|xor|any|all|in|contains|matches|eq|ne|ge|le|gt|lt|bitand|bitwise_and|(?:any|all)_(?:eq|ne))\b",
    re.I,
)
_QUOTED = re.compile(r"""[rR]?"(?:\\[\s\S]|[^"\\])*"?|'(?:\\[\s\S]|[^'\\])*'?""")


@dataclass(frozen=True, slots=True)
class Demand:
    """A form that not every release takes: which, from which release on (NONE: no release), and until which."""

    form: str
    since: str
    until: str | None = None


def accepted_by(chosen: TypedFilter, catalogue: FieldCatalogue) -> tuple[tuple[str, ...], list[Demand]]:
    """Return the releases that take a filter, and the forms in it that others do not."""
    text = chosen.expanded
    found = [*_of_macros(chosen.text), *_of_text(text), *_Forms(text, catalogue).of(parse(text))]
    demands = list(dict.fromkeys([*found, *_of_tree(chosen.tree, text)]))
    taking = [release for release in RELEASES if all(_takes(release, demand) for demand in demands)]
    return tuple(taking), demands


def _takes(release: str, demand: Demand) -> bool:
    if demand.since == NONE:
        return False
    is_old_enough = demand.until is None or RELEASES.index(release) <= RELEASES.index(demand.until)
    return RELEASES.index(release) >= RELEASES.index(demand.since) and is_old_enough


def in_words(releases: tuple[str, ...]) -> str:
    """Return releases as a reader wants them."""
    if not releases:
        return "no release"
    if releases[-1] == RELEASES[-1]:
        return "every release from 4.0 on" if releases == RELEASES else f"{releases[0]} and later"
    return releases[0] if len(releases) == 1 else f"{releases[0]} to {releases[-1]}"


def _of_macros(text: str) -> Iterator[Demand]:
    bare = _QUOTED.sub('""', text)
    if re.search(r"\$(?!\{)[A-Za-z_]", bare):
        yield Demand("$ without braces", "4.4")
    if re.search(r"\$\{[^}:]*;|\$\{\s|\$\{[^}]*\s\}", bare):
        yield Demand("a macro with ; behind its name", "4.4")


def _of_text(text: str) -> Iterator[Demand]:
    bare = _QUOTED.sub('""', text)
    if "^^" in bare or re.search(r"\bxor\b", bare, re.I):
        yield Demand("xor", "4.6")
    if re.search(r"\bbitand\b", bare, re.I):
        yield Demand("bitand for &", "4.4")
    if "~=" in bare:
        yield Demand("~= for !==", "4.0", "4.0")
    if "“" in bare or "”" in bare:
        yield Demand("curly quotation marks", "5.0")
    if any(not found[0].islower() for found in _OPERATORS.finditer(bare) if not found[0].isdigit()):
        yield Demand("operators in capitals", "5.0")
    if re.search(r",\s*\}", bare):
        yield Demand("a comma at the end of a set", NONE)
    if re.search(r"#\s", bare):
        yield Demand("a blank behind #", NONE)
    if re.search(r"[0-9A-Fa-f]{2}:(?![0-9A-Za-z:])", bare):
        yield Demand("a colon behind bytes", "4.2")


class _Forms:
    """Looks through the syntax tree for what it takes a later release to read."""

    def __init__(self, text: str, catalogue: FieldCatalogue) -> None:
        self.text, self.catalogue = text, catalogue
        self.operands = OperandChecker(catalogue)

    def of(self, node: Node) -> Iterator[Demand]:
        """Yield the demands of a node and all below it."""
        waiting: list[object] = [node]
        is_test = {id(node)}
        while waiting:
            current = waiting.pop()
            if isinstance(current, syntax.Negation | syntax.Logic):
                is_test.update(id(child) for child in syntax.children(current))
            yield from self._in(current, id(current) in is_test)
            waiting.extend(syntax.children(current))

    def _in(self, node: object, is_test: bool) -> Iterator[Demand]:
        match node:
            case Word(text):
                known = self.catalogue.find(text)
                if known is not None and known.own:
                    yield Demand(f"{text}, which Wireshark has no field for", NONE)
                elif known is not None and known.name != text:
                    yield Demand(f"{text}, which is another name of {known.name}", NONE)
            case syntax.Raw():
                yield Demand("@ for the bytes of a field", "4.2")
            case syntax.Call(name, arguments):
                yield from self._call(name.text, arguments, is_test)
            case syntax.Comparing(operands=operands):
                if any(not self._is_typed(_first(each)) for each in operands[:-1]):
                    yield Demand("a constant on the left", "4.2")
            case syntax.Within(operand=operand, elements=elements):
                if not isinstance(operand, Word | syntax.Layered) or not self._is_typed(operand):
                    yield Demand("in behind something else than a field", "4.2")
                if any(isinstance(bound, syntax.Binary) for each in elements for bound in (each.low, each.high)):
                    yield Demand("arithmetic in a set", "4.2")
            case syntax.Searching(left=left):
                if not self._is_typed(left):
                    yield Demand("a constant on the left", "4.2")
            case syntax.Negative(operand=syntax.Negative()):
                yield Demand("two signs in a row", "4.2")
            case syntax.Reference() if is_test:
                yield Demand("a reference by itself", "4.2")
        if isinstance(node, syntax.Logic) and self._around(node.span) == "{}":
            yield Demand("braces around tests, for which Wireshark has parentheses", NONE)
        if is_test:
            return
        if isinstance(node, syntax.Binary | syntax.Negative | Word | syntax.Call) and self._in_parentheses(node.span):
            yield Demand("parentheses around a value, for which Wireshark has braces", NONE)

    def _call(self, name: str, arguments: tuple[Node, ...], is_test: bool) -> Iterator[Demand]:
        if name in _SINCE_44 or name in _SINCE_42:
            yield Demand(f"{name}()", "4.4" if name in _SINCE_44 else "4.2")
        if is_test:
            yield Demand("a function by itself", "4.4")
        if name in ("len", "count", "string", "upper", "lower") and not all(map(self._is_field, arguments)):
            yield Demand(f"{name}() of something else than a field", "4.4")
        elif arguments and not self._is_typed(arguments[0]):
            yield Demand("a constant as the first argument", "4.2")
        if name in ("max", "min"):
            if any(isinstance(each, syntax.Sliced) for each in arguments):
                yield Demand(f"{name}() of slices", "4.4")
            types = {found.type for each in arguments if (found := self.operands.expected(each)) is not None}
            if len(types) > 1:
                yield Demand(f"{name}() of numbers of different widths", NONE)

    def _is_typed(self, node: Node) -> bool:
        return self.operands.expected(node) is not None

    def _is_field(self, node: Node) -> bool:
        return isinstance(node, Word | syntax.Layered | syntax.Raw) and self._is_typed(node)

    def _in_parentheses(self, span: Span) -> bool:
        if self._around(span) != "()":
            return False
        before = self.text[: span.column].rstrip()[:-1].rstrip()
        return not re.search(r"[A-Za-z0-9_]$", before) or _OPERATORS.fullmatch(before.split()[-1]) is not None

    def _around(self, span: Span) -> str:
        return self.text[: span.column].rstrip()[-1:] + self.text[span.column + span.length :].lstrip()[:1]


def _of_tree(typed: tree.TypedTest, text: str) -> Iterator[Demand]:
    for node in tree.walk(typed):
        match node:
            case tree.Contains(left=tree.Function(name="vals" | "string", span=span) as found):
                yield from _searched(found, span, text)
            case tree.Matches(operand=tree.Function(name="vals" | "string", span=span) as found):
                yield from _searched(found, span, text)
            case tree.Contains(left=left, right=tree.Literal(span=span)) if left.type.kind is Kind.ETHER:
                if text[span.column : span.column + 2].lstrip("rR").startswith(('"', "“")):
                    yield Demand("an Ethernet address that contains a string", NONE)
            case tree.Arithmetic(left=left, right=right):
                kinds = {left.type.kind, right.type.kind}
                words = (each for each in (left, right) if isinstance(each, tree.Literal))
                yield from (demand for word in words for demand in _of_word(word, text))
                if Kind.ABSOLUTE_TIME in kinds or (Kind.RELATIVE_TIME in kinds and len(kinds) > 1):
                    yield Demand("arithmetic of dates, and of times with numbers", "4.4")
            case tree.Comparison(left=tree.Function(), right=tree.Literal() as word):
                yield from _of_word(word, text)
            case tree.Membership(operand=tree.Function(), elements=elements):
                bounds = (each for element in elements for each in _bounds(element))
                yield from (demand for word in bounds for demand in _of_word(word, text))
            case tree.Comparison(left=tree.FieldOperand(field), right=tree.Literal(span=span)):
                if field.type.kind is Kind.BOOLEAN and "True" not in field.labels.values():
                    yield from _of_truth(text[span.column : span.column + span.length])
            case tree.Membership(operand=tree.FieldOperand(field), elements=elements):
                if field.type.kind is Kind.BOOLEAN and "True" not in field.labels.values():
                    for each in elements:
                        yield from _of_truth(text[each.span.column : each.span.column + each.span.length])
            case tree.Function(arguments=arguments):
                words = (each for each in arguments if isinstance(each, tree.Literal))
                yield from (demand for word in words for demand in _of_word(word, text))
            case tree.Literal():
                written = text[node.span.column : node.span.column + node.span.length]
                yield from _of_literal(node, written)


def _searched(found: tree.Function, span: Span, text: str) -> Iterator[Demand]:
    if not re.match(rf"{found.name}\s*\(", text[span.column :]):
        yield Demand("contains and matches of numbers", "4.4")


def _of_literal(literal: tree.Literal, written: str) -> Iterator[Demand]:
    if literal.type.kind is Kind.BOOLEAN and written.startswith("-"):
        yield Demand("a sign in front of a boolean", NONE)
    kind, is_quoted = literal.type.kind, written.startswith(('"', "“", 'r"', 'R"'))
    if kind in (Kind.IPV4, Kind.IPV6, Kind.ETHER, Kind.RELATIVE_TIME) and is_quoted:
        yield Demand(f"{literal.type.words} in quotation marks", NONE)
    if kind is Kind.RELATIVE_TIME and not is_quoted and not re.fullmatch(r"[+-]?\s*[0-9]+(?:\.[0-9]{1,9}0*)?", written):
        is_exponent = re.fullmatch(r"[+-]?[0-9.]+[eE][+-]?[0-9]+", written) is not None
        yield Demand("times with an exponent" if is_exponent else "times with a unit", "4.4" if is_exponent else NONE)
    if kind is Kind.ABSOLUTE_TIME:
        inner = written.strip('"“”')
        if re.fullmatch(r"[0-9.]{5,}", inner):
            yield Demand("a date as seconds since 1970", "4.4")
        elif re.search(r":[0-9.,]+(?:\s+(?:[+-]|GMT|UT\b|Z|[ECMP][SD]T)|(?:GMT|[ECMP][SD]T))", inner):
            yield Demand("this form of a time zone", "4.4")
        elif not is_quoted and "T" in inner:
            yield Demand("a date with a time without quotation marks", NONE)
        elif re.match(r"[A-Za-z]", inner) and re.search(r"(?:Z|[+-][0-9:]+)$", inner):
            yield Demand("this form of a time zone", "4.4")
        elif re.match(r"[A-Za-z]", inner) and not re.search(r",.*:.*:", inner):
            yield Demand("a date without a comma or without seconds", NONE)
    if is_quoted and re.search(r"\\u00[0-7][0-9A-Fa-f]", written) and written[0] not in "rR":
        yield Demand("\\u of an ASCII character", "4.2")


def _bounds(element: tree.Operand | tree.Interval) -> Iterator[tree.Literal]:
    each = (element.low, element.high) if isinstance(element, tree.Interval) else (element,)
    yield from (bound for bound in each if isinstance(bound, tree.Literal))


def _of_word(literal: tree.Literal, text: str) -> Iterator[Demand]:
    """Yield what a label demands that stands for a number beside something else than the field that has it."""
    written = text[literal.span.column : literal.span.column + literal.span.length]
    if literal.type.kind not in (Kind.BOOLEAN, Kind.INTEGER) or not re.match('["“A-Za-z]|[rR]"', written):
        return
    if literal.type.kind is Kind.BOOLEAN and re.fullmatch("true|false", written, re.I):
        yield from _of_truth(written)
    else:
        yield Demand("a label beside something else than its field", NONE)


def _of_truth(written: str) -> Iterator[Demand]:
    if re.fullmatch("true|false", written, re.I) and written not in _TRUTH:
        yield Demand("true and false in small letters", "4.2")


def _first(node: Node) -> Node:
    """Return what arithmetic begins with."""
    while isinstance(node, syntax.Binary):
        node = node.left
    return node


_TRUTH = frozenset(("True", "TRUE", "False", "FALSE"))
