"""The values in a filter: from syntax tree to typed operands."""

from __future__ import annotations

from wireproof.dissectors.schema.types import FieldType, Kind
from wireproof.grammar import arithmetic, literals, syntax, tree
from wireproof.grammar.diagnosis import DiagnosedError, Diagnosis, quote
from wireproof.grammar.functions import FUNCTIONS, Signature
from wireproof.grammar.literals import Expected
from wireproof.grammar.names import FieldCatalogue, looks_like_name, suggestion, unknown_field
from wireproof.grammar.syntax import ArithmeticOperator, Node, Word
from wireproof.grammar.tree import Operand

_SLICED = (Kind.BYTES, Kind.ETHER, Kind.PROTOCOL, Kind.STRING, Kind.IPV4, Kind.IPV6)
_NEGATED = (Kind.INTEGER, Kind.FLOAT, Kind.RELATIVE_TIME)
_SCALE = (ArithmeticOperator.MULTIPLY, ArithmeticOperator.DIVIDE)


def fault(node: Node, message: str, suggestion: str | None = None, expected: tuple[str, ...] = ()) -> DiagnosedError:
    """Return the fault of a node, to be raised."""
    return DiagnosedError(Diagnosis(message, node.span.column, node.span.length, suggestion, expected))


def head(node: Node) -> Node:
    """Return the word of a value that a mistake in it is shown at: the name of a function or of a field."""
    match node:
        case syntax.Call(name):
            return name
        case syntax.Layered(operand) | syntax.Sliced(operand):
            return head(operand)
    return node


def describe(operand: Operand) -> str:
    """Return an operand with its type, for a message."""
    words = operand.type.words
    match operand:
        case tree.FieldOperand(field, raw=False):
            return f"{field.name} ({words})"
        case tree.FieldOperand(field):
            return f"@{field.name} ({words})"
        case tree.Function(name):
            return f"{name}() ({words})"
        case tree.Slice():
            return f"a slice ({words})"
        case tree.Literal():
            return f"a constant ({words})"
    return f"a value ({words})"


class OperandChecker:
    """Gives values their types. Raises DiagnosedError for what is wrong with one."""

    def __init__(self, catalogue: FieldCatalogue) -> None:
        self._catalogue = catalogue

    def expected(self, node: Node) -> Expected | None:
        """Return the type that a node has of itself, or None where it is made of constants alone (or is wrong)."""
        match node:
            case Word(text):
                field = self._catalogue.find(text)
                return Expected(field.type, field) if field else None
            case syntax.Layered(operand) | syntax.Negative(operand) | syntax.Reference(operand):
                return self.expected(operand)
            case syntax.Raw(operand) | syntax.Sliced(operand):
                return Expected(FieldType.BYTES) if self.expected(operand) else None
            case syntax.Call(name, arguments):
                signature = FUNCTIONS.get(name.text)
                if signature is not None and signature.result is not None:
                    return Expected(signature.result)
                return next(filter(None, map(self.expected, arguments)), None)
            case syntax.Binary(operator, left, right):
                ours, theirs = self.expected(left), self.expected(right)
                if ours is None or theirs is None:
                    return ours or theirs
                type = arithmetic.result_type(operator, ours.type, theirs.type)
                return ours if type is None or type is ours.type else Expected(type)
        return None

    def operand(self, node: Node, expected: Expected | None) -> Operand:
        """Return the typed operand of a node; constants in it are read as the type expected."""
        match node:
            case Word():
                return self._word(node, expected)
            case syntax.Quoted() | syntax.Character():
                if expected is None:
                    raise self._constant(node)
                return literals.read(node, expected)
            case syntax.Layered() | syntax.Raw():
                return self._source(node)
            case syntax.Sliced(inner, ranges, span):
                return tree.Slice(self._sliced(inner), ranges, span)
            case syntax.Call():
                return self._call(node, expected)
            case syntax.Negative():
                return self._negative(node, expected)
            case syntax.Binary():
                return self._binary(node, expected)
            case syntax.Reference(operand, span):
                found = self._source(operand)
                return tree.FieldReference(found.field, found.layers, found.raw, span)
        raise fault(node, "a test has no value that could be used here", None, ("a field", "a value"))

    def _field(self, word: Word) -> tree.FieldOperand:
        field = self._catalogue.find(word.text)
        if field is None:
            raise unknown_field(word, self._catalogue)
        return tree.FieldOperand(field, span=word.span)

    def _source(self, node: Word | syntax.Layered | syntax.Raw) -> tree.FieldOperand:
        """Return a field with what stands around its name: layers behind it, and the sign for its bytes before it."""
        inner, ranges = (node.operand, node.ranges) if isinstance(node, syntax.Layered) else (node, None)
        raw = isinstance(inner, syntax.Raw)
        name = inner.operand if isinstance(inner, syntax.Raw) else inner
        return tree.FieldOperand(self._field(name).field, ranges, raw, node.span)

    def _word(self, word: Word, expected: Expected | None) -> Operand:
        """Return the field of that name, or else the constant that the word is for the type expected."""
        if word.forced or self._catalogue.find(word.text):
            return self._field(word)
        if expected is None:
            raise self._constant(word)
        try:
            return literals.read(word, expected)
        except DiagnosedError as found:
            bit = expected.field and self._catalogue.find(f"{expected.field.name}.{word.text.lower()}")
            if bit and bit.type.kind is Kind.BOOLEAN:
                message = f"{found.diagnosis.message}; the flag is a field, {bit.name}"
                raise fault(word, message, None, found.diagnosis.expected) from found
            if "." not in word.text or not looks_like_name(word.text):
                raise
            message = f"{quote(word.text)} is neither a field nor {literals.what(expected.type)}"
            raise fault(word, message, suggestion(word.text, self._catalogue)) from found

    def _constant(self, node: Word | syntax.Quoted | syntax.Character) -> DiagnosedError:
        """Return the fault of a constant beside which there is no field."""
        if isinstance(node, Word) and looks_like_name(node.text):
            return unknown_field(node, self._catalogue)
        return fault(node, "a constant cannot stand here without a field to compare it with", None, ("a field",))

    def _sliced(self, node: Node) -> Operand:
        operand = self.operand(node, None)
        if operand.type.kind not in _SLICED:
            meant = f"@{operand.field.name}" if isinstance(operand, tree.FieldOperand) else None
            raise fault(head(node), f"{describe(operand)} has no bytes to take a slice of", meant)
        return operand

    def _negative(self, node: syntax.Negative, expected: Expected | None) -> Operand:
        inner = node.operand
        if isinstance(inner, Word) and not self._catalogue.find(inner.text) and not inner.text.startswith("-"):
            constant = Word(f"-{inner.text}", inner.span, inner.forced)
            if expected is None or inner.forced:
                return self._word(inner, None)
            if expected.type.kind in (*_NEGATED, Kind.BOOLEAN):
                read = literals.read(constant, expected)
                return tree.Literal(read.value, read.type, node.span)
        operand = self.operand(inner, expected)
        if operand.type.kind not in _NEGATED:
            raise fault(inner, f"{describe(operand)} has no negative")
        if isinstance(operand, tree.Literal) and not isinstance(operand.value, bytes):
            return tree.Literal(-operand.value, operand.type, node.span)
        return tree.Negate(operand, operand.type, node.span)

    def _binary(self, node: syntax.Binary, expected: Expected | None) -> Operand:
        operator, ours, theirs = node.operator, self.expected(node.left), self.expected(node.right)
        if ours is None and theirs is None:
            left = self.operand(node.left, expected)
            if arithmetic.result_type(operator, left.type, left.type) is None:
                raise fault(node.left, f"{describe(left)} takes no {operator.value}", _without_blanks(node))
            right = self.operand(node.right, expected)
        elif ours is not None:
            left = self.operand(node.left, ours)
            beside = theirs or _constant_beside(operator, ours, node.right)
            if theirs is None and arithmetic.result_type(operator, ours.type, beside.type) is None:
                raise fault(head(node.left), f"{describe(left)} takes no {operator.value}")
            right = self.operand(node.right, beside)
        else:
            assert theirs is not None
            is_scaled = theirs.type.kind is Kind.RELATIVE_TIME and operator in _SCALE
            left = self.operand(node.left, _factor(node.left) if is_scaled else theirs)
            right = self.operand(node.right, theirs)
        type = arithmetic.result_type(operator, left.type, right.type)
        if type is None:
            takes_none = arithmetic.result_type(operator, right.type, right.type) is None
            if takes_none and arithmetic.result_type(operator, left.type, left.type) is not None:
                raise fault(head(node.right), f"{describe(right)} takes no {operator.value}")
            message = f"{describe(left)} and {describe(right)} take no {operator.value} together"
            raise fault(head(node.left), message)
        return _folded(tree.Arithmetic(operator, left, right, type, node.span))

    def _call(self, node: syntax.Call, expected: Expected | None) -> Operand:
        name = node.name.text
        signature = FUNCTIONS.get(name)
        if signature is None:
            import difflib

            close = difflib.get_close_matches(name.lower(), FUNCTIONS, n=1)
            meant = f"{close[0]}()" if close else None
            raise fault(node.name, f"there is no function {quote(name)}", meant, tuple(FUNCTIONS))
        _count_arguments(node, signature)
        typed = next(filter(None, map(self.expected, node.arguments)), None)
        beside = typed or (expected if signature.result is None else None)
        arguments = tuple(self._argument(node, each, signature, beside) for each in node.arguments)
        first = arguments[0]
        for argument, each in zip(arguments, node.arguments, strict=True):
            if argument.type.kind is not first.type.kind:
                raise fault(each, f"{describe(argument)} cannot be compared with {describe(first)} in {name}()")
        return tree.Function(name, arguments, signature.result or first.type, node.span)

    def _argument(self, call: syntax.Call, node: Node, signature: Signature, expected: Expected | None) -> Operand:
        operand = self.operand(node, expected)
        name = call.name.text
        is_field = isinstance(operand, tree.FieldOperand)
        if operand.type.kind not in signature.kinds or (signature.fields_only and not is_field):
            raise fault(head(node), f"{name}() takes {signature.takes}, not {describe(operand)}")
        return operand


def _constant_beside(operator: ArithmeticOperator, left: Expected, node: Node) -> Expected:
    """Return the type of a constant that follows a value in arithmetic."""
    type = arithmetic.constant_type(operator, left.type)
    if type is left.type:
        return left
    return _factor(node) if type.kind is Kind.INTEGER else Expected(type)


def _factor(node: Node) -> Expected:
    """Return the type of a constant that a time is multiplied with or divided by."""
    inner = node.operand if isinstance(node, syntax.Negative) else node
    is_whole = not (isinstance(inner, Word) and literals.has_fraction(inner.text))
    return Expected(FieldType.INT64 if is_whole else FieldType.DOUBLE)


def _without_blanks(node: syntax.Binary) -> str | None:
    """Return a network whose parts stand apart, and so are taken for a division, as it is meant."""
    parts = (node.left, node.right)
    if node.operator is not ArithmeticOperator.DIVIDE or not all(isinstance(part, Word) for part in parts):
        return None
    return "/".join(part.text for part in parts if isinstance(part, Word))


def _count_arguments(node: syntax.Call, signature: Signature) -> None:
    given, name = len(node.arguments), node.name
    if given < signature.least:
        raise fault(name, f"{name.text}() needs an argument")
    if signature.most is not None and given > signature.most:
        raise fault(name, f"{name.text}() takes {signature.most} argument, not {given}")


def _folded(node: tree.Arithmetic) -> Operand:
    """Return arithmetic of two constants as the constant that it is, where it is defined and one of its type."""
    left, right = node.left, node.right
    if not (isinstance(left, tree.Literal) and isinstance(right, tree.Literal)):
        return node
    value = arithmetic.compute(node)(left.value, right.value)
    if value is None or (node.type.kind is Kind.INTEGER and not literals.fits(value, node.type)):
        return node
    return tree.Literal(value, node.type, node.span)
