"""Expressions of the subset of Python that `translating` makes LLVM text of."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from types import FunctionType
from typing import Any, TypeGuard, get_type_hints

from wireproof.engine.tables import WIDTHS, Table

_BINARY = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.BitXor: "xor",
}
_DIVISIONS = (ast.FloorDiv, ast.Mod)
_SHIFTS = {ast.LShift: "shl", ast.RShift: "ashr"}
_MOST_SHIFT = 63
_COMPARISONS = {ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "slt", ast.LtE: "sle", ast.Gt: "sgt", ast.GtE: "sge"}
_INVARIANT = ", !invariant.load !0"


class NotInSubsetError(ValueError):
    """What a function says that machine code is not made of."""


class Expressions:
    """Writes what a function's expressions are, as operands: all locals are `alloca`, which LLVM makes registers of."""

    def __init__(self, function: FunctionType) -> None:
        self._function = function
        self._parameters = parameters_of(function)
        kinds = self._parameters
        self._locals = [name for name in function.__code__.co_varnames if not is_table(kinds.get(name, int))]
        self._lines: list[str] = []
        self._made = 0
        self._label = "begin"
        self.called: dict[FunctionType, None] = {}

    # Writing

    def _write(self, line: str) -> None:
        self._lines.append(f"  {line}")

    def _assign(self, expression: str) -> str:
        self._made += 1
        self._write(f"%t.{self._made} = {expression}")
        return f"%t.{self._made}"

    def _new(self, hint: str) -> str:
        self._made += 1
        return f"{hint}.{self._made}"

    def _begin(self, label: str) -> None:
        self._lines.append(f"{label}:")
        self._label = label

    def _go(self, label: str) -> None:
        self._write(f"br label %{label}")

    def _split(self, condition: str, then: str, otherwise: str) -> None:
        self._write(f"br i1 {condition}, label %{then}, label %{otherwise}")

    def _refusal(self, node: ast.AST, what: str) -> NotInSubsetError:
        line = self._function.__code__.co_firstlineno + getattr(node, "lineno", 1) - 1
        return NotInSubsetError(f"{self._function.__module__}, line {line}: {what} cannot be made machine code")

    # Expressions

    def _value(self, node: ast.expr) -> str:
        """Return the operand of 64 bits that an expression is."""
        match node:
            case ast.Constant(value=int() as value):
                return str(int(value))
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.Attribute():
                return str(self._constant(node))
            case ast.Subscript():
                place, code = self._element(node)
                bits, is_signed = WIDTHS[code]
                found = self._assign(f"load i{bits}, ptr {place}")
                return (
                    found if bits == 64 else self._assign(f"{'sext' if is_signed else 'zext'} i{bits} {found} to i64")
                )
            case ast.BinOp(left=left, op=operator, right=right):
                return self._arithmetic(node, operator, self._value(left), right)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
                return str(-value)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._assign(f"sub i64 0, {self._value(operand)}")
            case ast.UnaryOp(op=ast.Invert(), operand=operand):
                return self._assign(f"xor i64 {self._value(operand)}, -1")
            case ast.IfExp():
                return self._choice(node)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(node, name, arguments)
            case ast.BoolOp(op=operator, values=values):
                return self._selected(isinstance(operator, ast.And), values)
            case ast.Compare() | ast.UnaryOp(op=ast.Not()):
                return self._assign(f"zext i1 {self._condition(node)} to i64")
        raise self._refusal(node, type(node).__name__)

    def _name(self, node: ast.expr, name: str) -> str:
        if is_table(self._parameters.get(name, int)):
            raise self._refusal(node, f"{name}, which is a table, as a number")
        if name in self._locals:
            return self._assign(f"load i64, ptr %{name}.v")
        return str(self._constant(node))

    def _constant(self, node: ast.expr) -> int:
        """Return an integer of the module, or a member of an enumeration."""
        found: Any = None
        match node:
            case ast.Name(id=name):
                found = self._function.__globals__.get(name)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                found = getattr(self._function.__globals__.get(name), attribute, None)
        if not isinstance(found, int):
            raise self._refusal(node, ast.unparse(node))
        return int(found)

    def _element(self, node: ast.expr) -> tuple[str, str]:
        """Return where an element of a column is, and the column's type."""
        match node:
            case ast.Subscript(value=ast.Attribute(value=ast.Name(id=name), attr=column), slice=index):
                kind = self._parameters.get(name, int)
                columns = kind.columns() if issubclass(kind, Table) else {}
                if column not in columns:
                    raise self._refusal(node, f"{name}.{column}")
                code, place = columns[column], list(columns).index(column)
                address = self._word(name, place, "ptr")
                size = self._word(name, len(columns), "i64")
                at = self._value(index)
                fits = self._assign(f"icmp ult i64 {at}, {size}")
                inside = self._assign(f"select i1 {fits}, i64 {at}, i64 0")
                self._note(name, len(columns) + 1, fits)
                return self._assign(f"getelementptr i{WIDTHS[code][0]}, ptr {address}, i64 {inside}"), code
        raise self._refusal(node, ast.unparse(node))

    def _word(self, table: str, place: int, kind: str) -> str:
        pointer = self._assign(f"getelementptr i64, ptr %{table}, i64 {place}")
        return self._assign(f"load {kind}, ptr {pointer}{_INVARIANT}")

    def _note(self, table: str, place: int, fits: str) -> None:
        """Note in a table that there was an index that its columns do not have."""
        wrong, onward = self._new("wrong"), self._new("right")
        self._split(fits, onward, wrong)
        self._begin(wrong)
        self._write(f"store i64 1, ptr {self._assign(f'getelementptr i64, ptr %{table}, i64 {place}')}")
        self._go(onward)
        self._begin(onward)

    def _arithmetic(self, node: ast.AST, operator: ast.operator, left: str, right: ast.expr) -> str:
        kind = type(operator)
        if kind in _BINARY:
            return self._assign(f"{_BINARY[kind]} i64 {left}, {self._value(right)}")
        if isinstance(operator, _DIVISIONS):
            return self._divided(node, operator, left, right)
        if kind in _SHIFTS:
            by = self._value(right)
            if not by.isdigit():
                by = self._assign(f"and i64 {by}, {_MOST_SHIFT}")
            elif int(by) > _MOST_SHIFT:
                raise self._refusal(node, f"a shift by {by} bits")
            return self._assign(f"{_SHIFTS[kind]} i64 {left}, {by}")
        raise self._refusal(node, type(operator).__name__)

    def _divided(self, node: ast.AST, operator: ast.operator, left: str, right: ast.expr) -> str:
        """Divide by a positive constant as Python does, towards minus infinity."""
        by = self._value(right)
        if not by.isdigit() or not int(by):
            raise self._refusal(node, "a division by what is no positive constant")
        rest = self._assign(f"srem i64 {left}, {by}")
        below = self._assign(f"icmp slt i64 {rest}, 0")
        if isinstance(operator, ast.Mod):
            return self._assign(f"add i64 {rest}, {self._assign(f'select i1 {below}, i64 {by}, i64 0')}")
        quotient = self._assign(f"sdiv i64 {left}, {by}")
        return self._assign(f"sub i64 {quotient}, {self._assign(f'zext i1 {below} to i64')}")

    def _choice(self, node: ast.IfExp) -> str:
        then, otherwise, join = self._new("then"), self._new("else"), self._new("join")
        self._split(self._condition(node.test), then, otherwise)
        ways = []
        for label, value in ((then, node.body), (otherwise, node.orelse)):
            self._begin(label)
            ways.append(f"[{self._value(value)}, %{self._label}]")
            self._go(join)
        self._begin(join)
        return self._assign(f"phi i64 {', '.join(ways)}")

    def _selected(self, is_and: bool, values: Sequence[ast.expr]) -> str:
        """Return the operand of `and` or `or` that decides it, which Python returns."""
        join, ways = self._new("selected"), []
        for node in values[:-1]:
            value, onward = self._value(node), self._new("and" if is_and else "or")
            ways.append(f"[{value}, %{self._label}]")
            condition = self._assign(f"icmp ne i64 {value}, 0")
            self._split(condition, *((onward, join) if is_and else (join, onward)))
            self._begin(onward)
        ways.append(f"[{self._value(values[-1])}, %{self._label}]")
        self._go(join)
        self._begin(join)
        return self._assign(f"phi i64 {', '.join(ways)}")

    def _call(self, node: ast.Call, name: str, arguments: Sequence[ast.expr]) -> str:
        if name in ("min", "max", "abs") and name not in self._function.__globals__:
            return self._builtin(node, name, [self._value(argument) for argument in arguments])
        function = self._function.__globals__.get(name)
        if not isinstance(function, FunctionType):
            raise self._refusal(node, f"a call of {name}")
        parameters = parameters_of(function)
        if len(arguments) != len(parameters):
            raise self._refusal(node, f"a call of {name} with {len(arguments)} arguments")
        given = [self._argument(each, kind) for each, kind in zip(arguments, parameters.values(), strict=True)]
        self.called[function] = None
        return self._assign(f"call i64 @{symbol_of(function)}({', '.join(given)})")

    def _argument(self, node: ast.expr, kind: type) -> str:
        if not issubclass(kind, Table):
            return f"i64 {self._value(node)}"
        if not isinstance(node, ast.Name) or self._parameters.get(node.id) is not kind:
            raise self._refusal(node, f"what is no {kind.__name__}")
        return f"ptr %{node.id}"

    def _builtin(self, node: ast.Call, name: str, values: Sequence[str]) -> str:
        if name == "abs" and len(values) == 1:
            values = [*values, self._assign(f"sub i64 0, {values[0]}")]
        elif len(values) < 2:
            raise self._refusal(node, f"{name} of what is no number")
        total = values[0]
        for value in values[1:]:
            first = self._assign(f"icmp {'sle' if name == 'min' else 'sge'} i64 {total}, {value}")
            total = self._assign(f"select i1 {first}, i64 {total}, i64 {value}")
        return total

    # Conditions

    def _condition(self, node: ast.expr) -> str:
        """Return the operand of one bit that is the truth of an expression."""
        match node:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._assign(f"xor i1 {self._condition(operand)}, true")
            case ast.BoolOp(op=operator, values=values):
                return self._joined(
                    isinstance(operator, ast.And), [partial(self._condition, value) for value in values]
                )
            case ast.Compare(left=left, ops=operators, comparators=others):
                return self._compared(node, left, operators, others)
        return self._assign(f"icmp ne i64 {self._value(node)}, 0")

    def _joined(self, is_and: bool, parts: Sequence[Callable[[], str]]) -> str:
        """Return `and` or `or` of conditions, the later of which are looked at only where they matter."""
        join, ways = self._new("joined"), []
        for part in parts[:-1]:
            condition, onward = part(), self._new("and" if is_and else "or")
            ways.append(f"[{'false' if is_and else 'true'}, %{self._label}]")
            self._split(condition, *((onward, join) if is_and else (join, onward)))
            self._begin(onward)
        ways.append(f"[{parts[-1]()}, %{self._label}]")
        self._go(join)
        self._begin(join)
        return self._assign(f"phi i1 {', '.join(ways)}")

    def _compared(
        self, node: ast.expr, left: ast.expr, operators: Sequence[ast.cmpop], others: Sequence[ast.expr]
    ) -> str:
        before = [self._value(left)]

        def one(operator: ast.cmpop, other: ast.expr) -> str:
            if type(operator) not in _COMPARISONS:
                raise self._refusal(node, type(operator).__name__)
            before.append(self._value(other))
            return self._assign(f"icmp {_COMPARISONS[type(operator)]} i64 {before[-2]}, {before[-1]}")

        parts = [partial(one, operator, other) for operator, other in zip(operators, others, strict=True)]
        return parts[0]() if len(parts) == 1 else self._joined(True, parts)


@cache
def parameters_of(function: Callable[..., Any]) -> Mapping[str, type]:
    """Return the types of a function's parameters, in their order: `int`, or a table."""
    bare = plain(function)
    hints = get_type_hints(bare)
    found: dict[str, type] = {}
    for name in inspect.signature(bare).parameters:
        kind = hints.get(name)
        if not isinstance(kind, type) or not issubclass(kind, (int, Table)):
            raise NotInSubsetError(f"{bare.__qualname__}: the parameter {name} is no int and no table")
        found[name] = kind if issubclass(kind, Table) else int
    return found


def plain(function: Any) -> FunctionType:
    """Return what is a plain function. Raises NotInSubsetError."""
    if not isinstance(function, FunctionType) or function.__closure__ is not None:
        raise NotInSubsetError(f"{function!r} is no function of a module")
    return function


def is_table(kind: type) -> TypeGuard[type[Table]]:
    """Whether a parameter of that type is a table."""
    return issubclass(kind, Table)


def symbol_of(function: FunctionType) -> str:
    """Return the name that a function has in the module."""
    return f'"{function.__module__}.{function.__qualname__}"'
