"""Syntax tree to typed tree: names looked up, values read as the type of what they are compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from wireproof.dissectors.schema.types import FieldType, Kind
from wireproof.grammar import networks, syntax, tree
from wireproof.grammar.diagnosis import DiagnosedError, Diagnosis
from wireproof.grammar.escapes import read_string
from wireproof.grammar.functions import labels_of
from wireproof.grammar.literals import Expected
from wireproof.grammar.meant import as_range, as_set, compared_as
from wireproof.grammar.names import FieldCatalogue, looks_like_name
from wireproof.grammar.operands import OperandChecker, describe, fault
from wireproof.grammar.patterns import INSTRUCTIONS, PatternError, compile_pattern
from wireproof.grammar.syntax import LogicOperator, Node, Operator, Quantifier, SearchOperator
from wireproof.grammar.tree import Operand, TypedTest

ENOUGH = 20  # diagnoses; whoever has made so many mistakes is not helped by more

_ANY, _ALL = Quantifier.ANY, Quantifier.ALL
_COMPARISONS = {
    Operator.EQUAL: (Operator.EQUAL, _ANY),
    Operator.NOT_EQUAL: (Operator.NOT_EQUAL, _ALL),
    Operator.ALL_EQUAL: (Operator.EQUAL, _ALL),
    Operator.ANY_NOT_EQUAL: (Operator.NOT_EQUAL, _ANY),
}
_SEARCHED = (Kind.BYTES, Kind.ETHER, Kind.PROTOCOL, Kind.STRING)
_CONSTANT = (syntax.Word, syntax.Quoted, syntax.Character)
_WHOLE = (syntax.Range(0),)


class Checker:
    """Checks one filter. What is wrong with it is collected in `diagnoses`, one entry a mistake."""

    def __init__(self, catalogue: FieldCatalogue) -> None:
        self.diagnoses: list[Diagnosis] = []
        self._operands = OperandChecker(catalogue)
        self._instructions = 0

    def test(self, node: Node) -> TypedTest:
        """Return the typed test of a syntax tree; where a part of it is wrong, something else in its place."""
        match node:
            case syntax.Empty(span):
                return tree.Everything(span)
            case syntax.Logic(operator, operands, span):
                return tree.Joined(operator, tuple(self._joined(operands)), span)
            case syntax.Negation(operand, span):
                return tree.Not(self.test(operand), span)
        if len(self.diagnoses) >= ENOUGH:
            return tree.Everything(node.span)
        try:
            match node:
                case syntax.Comparing():
                    return self._comparing(node)
                case syntax.Searching():
                    return self._searching(node)
                case syntax.Within():
                    return self._within(node)
                case _:
                    return self._standing_alone(node)
        except DiagnosedError as found:
            self.diagnoses.append(found.diagnosis)
            return tree.Everything(node.span)

    def _joined(self, operands: Sequence[Node]) -> Iterator[TypedTest]:
        """Yield the typed tests of some; what a constant among them is to be compared with stood before."""
        compared: syntax.Comparing | None = None
        for operand in operands:
            before = len(self.diagnoses)
            yield self.test(operand)
            last = operand
            while isinstance(last, syntax.Logic):
                last = last.operands[-1]
            if isinstance(last, syntax.Comparing):
                compared = last
            elif len(self.diagnoses) > before and compared is not None and isinstance(operand, _CONSTANT):
                self.diagnoses[-1] = compared_as(compared, operand, self.diagnoses[-1])

    def _standing_alone(self, node: Node) -> TypedTest:
        """Return the test that a value by itself is: that it is there, or of what is computed, that it is not 0."""
        operand = self._operands.operand(node, None)
        if isinstance(operand, tree.Arithmetic | tree.Negate):
            return tree.Truth(operand, node.span)
        if isinstance(operand, tree.Function) and operand.type.kind is not Kind.STRING:
            return tree.Truth(operand, node.span)
        return tree.Presence(operand, node.span)

    def _comparing(self, node: syntax.Comparing) -> TypedTest:
        meant = as_set(node)
        if meant is not None:
            raise fault(
                node.operands[1], f"a test has no value to compare with; of several values there are sets: {meant}"
            )
        operands = self._chained(node.operands)
        comparisons = tuple(
            self._comparison(operator, node.quantifier, left, right)
            for operator, left, right in zip(node.operators, operands, operands[1:], strict=False)
        )
        return comparisons[0] if len(comparisons) == 1 else tree.Joined(LogicOperator.AND, comparisons, node.span)

    def _chained(self, nodes: Sequence[Node]) -> list[Operand]:
        """Return operands that are compared one with the next; a constant takes the type of what is beside it."""
        expected = [self._operands.expected(node) for node in nodes]
        known = next((found for found in expected if found), None)
        if known is None:
            return self._each([(node, None) for node in _culprits(nodes)])
        _demand_values(nodes, expected)
        padded = [None, *expected, None]
        neighbours = [before or after or known for before, after in zip(padded, padded[2:], strict=False)]
        # First what has a type: a constant beside a mistake is not itself one.
        self._each([(node, beside) for node, own, beside in zip(nodes, expected, neighbours, strict=True) if own])
        return self._each(list(zip(nodes, neighbours, strict=True)))

    def _each(
        self,
        nodes: Iterable[tuple[Node, Expected | None]],
        improve: Callable[[Node, Expected | None, Diagnosis], Diagnosis] = lambda node, expected, found: found,
    ) -> list[Operand]:
        """Return what each node checks to, its constants read as the type beside it; `improve` may add to a fault.

        Raises DiagnosedError for the last that is wrong; the others are noted before.
        """
        done: list[Operand] = []
        faults: list[Diagnosis] = []
        for node, expected in nodes:
            try:
                done.append(self._operands.operand(node, expected))
            except DiagnosedError as found:
                faults.append(improve(node, expected, found.diagnosis))
                if len(faults) == ENOUGH:
                    break
        if faults:
            self.diagnoses.extend(faults[:-1])
            raise DiagnosedError(faults[-1])
        return done

    def _comparison(
        self, operator: Operator, quantifier: Quantifier | None, left: Operand, right: Operand
    ) -> TypedTest:
        left, right = _comparable(left, right)
        meaning, usual = _COMPARISONS.get(operator, (operator, _ANY))
        span = left.span.to(right.span)
        if networks.of(left, right):
            return networks.comparison(meaning, quantifier or usual, left, right, span)
        return tree.Comparison(meaning, quantifier or usual, _wrapped(left, right), _wrapped(right, left), span)

    def _within(self, node: syntax.Within) -> TypedTest:
        bounds = [bound for element in node.elements for bound in (element.low, element.high) if bound is not None]
        nodes = [node.operand, *bounds]
        types = [self._operands.expected(each) for each in nodes]
        expected = next(filter(None, types), None)
        if expected is None:
            nodes = _culprits(nodes)
        else:
            _demand_values(nodes, types)
        operand, *values = self._each([(each, expected) for each in nodes], as_range)
        pairs = [_comparable(operand, value) for value in values]
        if pairs and any(left is not operand for left, _ in pairs):
            operand = tree.Slice(operand, _WHOLE, operand.span)
            pairs = [_comparable(operand, value) for value in values]
        ready = iter([_wrapped(value, operand) for _, value in pairs])
        elements = tuple(
            networks.element(next(ready))
            if element.high is None
            else tree.Interval(next(ready), next(ready), element.span)
            for element in node.elements
        )
        if node.negated:  # with "not", both quantifiers mean that no value is in the set
            return tree.Not(tree.Membership(_ANY, operand, elements, node.span), node.span)
        return tree.Membership(node.quantifier or _ANY, operand, elements, node.span)

    def _searching(self, node: syntax.Searching) -> TypedTest:
        quantifier, sign = node.quantifier or _ANY, node.operator
        left = _searchable(self._operands.operand(node.left, None), sign)
        if sign is SearchOperator.MATCHES:
            return tree.Matches(quantifier, left, self._pattern(node.right), node.span)
        type = FieldType.BYTES if left.type.kind is Kind.ETHER else left.type
        right = self._operands.operand(node.right, Expected(type))
        compatible = left.type.kind is right.type.kind or {left.type.kind, right.type.kind} <= {Kind.BYTES, Kind.ETHER}
        if not compatible and not _is_bytes(left) and not _is_bytes(right):
            raise fault(node.right, f"{describe(left)} cannot contain {describe(right)}", _quoted_word(node.right))
        if left.type.kind is not Kind.PROTOCOL and not compatible:
            left = _as_bytes(left)
        return tree.Contains(quantifier, left, right if compatible else _as_bytes(right), node.span)

    def _pattern(self, node: Node) -> bytes:
        if not isinstance(node, syntax.Quoted):
            raise fault(node, "a regular expression stands in double quotes", _quoted_word(node))
        if self._instructions > INSTRUCTIONS:
            raise fault(node, "the regular expressions up to here are too large together")
        pattern = read_string(node)
        try:
            self._instructions += compile_pattern(pattern).instructions
        except PatternError as error:
            raise fault(node, str(error)) from None
        return pattern


def _demand_values(nodes: Sequence[Node], types: Sequence[Expected | None]) -> None:
    """Raise DiagnosedError at a field that is only there or not, which compares with nothing."""
    for node, found in zip(nodes, types, strict=True):
        if found is not None and found.field is not None and found.type.kind is Kind.LABEL:
            raise fault(node, f"{found.name} has no value; only its presence and count() can be asked for")


def _culprits(nodes: Sequence[Node]) -> list[Node]:
    """Return those of some nodes, none of which has a type, that are to blame: names, or what is no constant."""
    others: list[Node] = [node for node in nodes if not isinstance(node, _CONSTANT)]
    if others:
        return others
    names = (node for node in nodes if isinstance(node, syntax.Word) and looks_like_name(node.text))
    return [next(names, nodes[0])]


def _quoted_word(node: Node) -> str | None:
    return f'"{node.text}"' if isinstance(node, syntax.Word) else None


def _searchable(operand: Operand, sign: SearchOperator) -> Operand:
    """Return what is searched of an operand: numbers as their label, or else their decimal digits."""
    kind = operand.type.kind
    if kind is Kind.INTEGER:
        name = "vals" if labels_of(operand) else "string"
        return tree.Function(name, (operand,), FieldType.STRING, operand.span)
    if kind not in _SEARCHED:
        message = f"{describe(operand)} has no text or bytes for {sign.value} to search"
        meant = None
        if isinstance(operand, tree.FieldOperand) and kind in (Kind.IPV4, Kind.IPV6):
            meant = f"string({operand.field.name})"
        raise DiagnosedError(Diagnosis(message, operand.span.column, operand.span.length, meant))
    return operand


def _is_bytes(operand: Operand) -> bool:
    """Return whether an operand is made of the bytes of something, and so compares with the bytes of anything."""
    return isinstance(operand, tree.Slice) or (isinstance(operand, tree.FieldOperand) and operand.raw)


def _as_bytes(operand: Operand) -> Operand:
    if operand.type.kind in (Kind.BYTES, Kind.ETHER):
        return operand
    return tree.Slice(operand, _WHOLE, operand.span)


def _comparable(left: Operand, right: Operand) -> tuple[Operand, Operand]:
    """Return two operands as they are compared. Raises DiagnosedError, at the second, where their types do not fit."""
    kinds = (left.type.kind, right.type.kind)
    for operand in (left, right):
        if operand.type.kind is Kind.LABEL:
            message = f"{describe(operand)} has no value; only its presence and count() can be asked for"
            raise DiagnosedError(Diagnosis(message, operand.span.column, operand.span.length))
    numbers = set(kinds) <= {Kind.INTEGER, Kind.FLOAT}
    if (
        kinds[0] is kinds[1]
        or numbers
        or kinds == (Kind.INTEGER, Kind.BOOLEAN)
        or set(kinds) <= {Kind.BYTES, Kind.ETHER}
    ):
        return left, right
    sliceable = all(kind in (*_SEARCHED, Kind.IPV4, Kind.IPV6) for kind in kinds)
    if sliceable and (_is_bytes(left) or _is_bytes(right)):
        return _as_bytes(left), _as_bytes(right)
    message = f"{describe(left)} and {describe(right)} cannot be compared"
    culprit, other = (left, right) if _is_bytes(right) else (right, left)
    meant = None
    if _is_bytes(other) and isinstance(culprit, tree.FieldOperand) and culprit.layers is None:
        meant = f"@{culprit.field.name}"
    raise DiagnosedError(Diagnosis(message, culprit.span.column, culprit.span.length, meant))


def _wrapped(operand: Operand, other: Operand) -> Operand:
    """Return a negative constant as the unsigned number of the same bits, beside what has no sign.

    That is how Wireshark compares: no port equals -1, and none is greater.
    """
    if not isinstance(operand, tree.Literal) or operand.type.kind is not Kind.INTEGER:
        return operand
    value = int(operand.value)
    if value >= 0 or _may_be_negative(other):
        return operand
    bits = 64 if operand.type.bits > 32 else 32
    return tree.Literal(value + (1 << bits), operand.type, operand.span)


def _may_be_negative(operand: Operand) -> bool:
    match operand:
        case tree.Arithmetic(operator, left, right):
            return operator is syntax.ArithmeticOperator.SUBTRACT or _may_be_negative(left) or _may_be_negative(right)
        case tree.Negate():
            return True
        case tree.Function(name, arguments) if name in ("max", "min"):
            return any(map(_may_be_negative, arguments))
        case tree.Literal(value):
            return isinstance(value, int) and value < 0
    return operand.type.signed
