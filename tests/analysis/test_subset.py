"""The rules of the analyses stay in the part of Python that can be compiled (wireproof/analysis/rules)."""

from __future__ import annotations

import ast
import importlib
import typing
from collections.abc import Iterator
from enum import IntEnum, IntFlag
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

from wireproof.analysis import columns, rules

MODULES = sorted(path.stem for path in Path(rules.__path__[0]).glob("*.py") if path.stem != "__init__")
STATEMENTS = (ast.Assign, ast.AugAssign, ast.If, ast.While, ast.For, ast.Break, ast.Continue, ast.Return, ast.Expr)
OPERATORS = (
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.FloorDiv,
    ast.Mod,
    ast.BitAnd,
    ast.BitOr,
    ast.BitXor,
    ast.LShift,
    ast.RShift,
)
COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
UNARY = (ast.USub, ast.Invert, ast.Not)
OF_NUMBERS = {"min", "max", "abs"}


class Checker:
    """Yields what a function has that is not in the subset."""

    def __init__(self, module: ModuleType, function: ast.FunctionDef) -> None:
        self.module, self.function = module, function
        self.parameters = {each.arg: ast.unparse(each.annotation) for each in function.args.args if each.annotation}
        self.tables = {name for name, kind in self.parameters.items() if kind != "int"}
        self.local = {name for name, kind in self.parameters.items() if kind == "int"}
        for node in ast.walk(function):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.local.add(node.id)

    def wrong(self) -> Iterator[str]:
        arguments = self.function.args
        plain = not (arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg)
        if not plain or arguments.defaults or len(self.parameters) != len(arguments.args):
            yield "parameters"
        if self.function.returns is None or ast.unparse(self.function.returns) not in ("int", "None"):
            yield "result"
        if self.function.decorator_list:
            yield "decorator"
        body = self.function.body
        if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body = body[1:]
        yield from self.block(body)

    def block(self, statements: list[ast.stmt]) -> Iterator[str]:
        for each in statements:
            yield from self.statement(each)

    def statement(self, node: ast.stmt) -> Iterator[str]:
        match node:
            case ast.Assign(targets=[target], value=value) | ast.AugAssign(target=target, value=value):
                if isinstance(node, ast.AugAssign) and not isinstance(node.op, OPERATORS):
                    yield said(node)
                if not isinstance(target, ast.Name) and not self.is_element(target):
                    yield said(node)
                elif isinstance(target, ast.Subscript):
                    yield from self.value(target.slice)
                yield from self.value(value)
            case ast.If(test=test, body=body, orelse=orelse) | ast.While(test=test, body=body, orelse=orelse):
                if isinstance(node, ast.While) and orelse:
                    yield said(node)
                yield from self.value(test)
                yield from self.block([*body, *orelse])
            case ast.For(target=ast.Name(), iter=ast.Call(func=ast.Name("range"), args=args, keywords=[]), orelse=[]):
                for each in args:
                    yield from self.value(each)
                yield from self.block(node.body)
            case ast.Break() | ast.Continue() | ast.Return(value=None):
                pass
            case ast.Return(value=ast.expr() as value) | ast.Expr(value=ast.Call() as value):
                yield from self.value(value)
            case _:
                yield said(node)

    def value(self, node: ast.expr) -> Iterator[str]:
        match node:
            case ast.Constant(value=int()):
                pass
            case ast.Name(id=name):
                if name not in self.local and not isinstance(getattr(self.module, name, None), int):
                    yield said(node)
            case ast.Attribute(value=ast.Name(id=name), attr=member):
                kind = getattr(self.module, name, None)
                is_enum = isinstance(kind, type) and issubclass(kind, (IntEnum, IntFlag))
                if not is_enum or not hasattr(kind, member):
                    yield said(node)
            case ast.Subscript(slice=index) if self.is_element(node):
                yield from self.value(index)
            case ast.UnaryOp(op=op, operand=operand) if isinstance(op, UNARY):
                yield from self.value(operand)
            case ast.BinOp(op=op, left=left, right=right) if isinstance(op, OPERATORS):
                yield from self.value(left)
                yield from self.value(right)
            case ast.BoolOp(values=values):
                for each in values:
                    yield from self.value(each)
            case ast.Compare(left=left, ops=ops, comparators=values) if all(isinstance(op, COMPARISONS) for op in ops):
                for each in (left, *values):
                    yield from self.value(each)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                for each in (test, body, orelse):
                    yield from self.value(each)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                yield from self.call(node, name, args)
            case _:
                yield said(node)

    def call(self, node: ast.Call, name: str, args: list[ast.expr]) -> Iterator[str]:
        function = getattr(self.module, name, None)
        if name not in OF_NUMBERS:
            known = isinstance(function, FunctionType) and function.__module__.startswith(rules.__name__)
            if not known or function.__code__.co_argcount != len(args):
                yield said(node)
        for each in args:
            if not (isinstance(each, ast.Name) and each.id in self.tables):
                yield from self.value(each)

    def is_element(self, node: ast.expr) -> bool:
        """Whether it is ``table.column[...]``, of a column that the table has."""
        match node:
            case ast.Subscript(value=ast.Attribute(value=ast.Name(id=name), attr=column)) if name in self.tables:
                return column in columns.typecodes(table_class(self.module, self.parameters[name]))
        return False


def said(node: ast.AST) -> str:
    return f"line {node.lineno}: {ast.unparse(node)}"  # type: ignore[attr-defined]


def table_class(module: ModuleType, name: str) -> type:
    """The class of a parameter, which the module imports for type checkers only."""
    tree = ast.parse(Path(str(module.__file__)).read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(each.name == name for each in node.names):
            found = getattr(importlib.import_module(str(node.module)), name)
            assert issubclass(found, columns.Table)
            return typing.cast(type, found)
    raise AssertionError(f"{module.__name__} does not import {name}")


def wrong_in(module: ModuleType, text: str) -> list[str]:
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return [f"{each.name}: {line}" for each in functions for line in Checker(module, each).wrong()]


@pytest.mark.parametrize("name", MODULES)
def test_the_rules_are_in_the_subset(name: str) -> None:
    module = importlib.import_module(f"{rules.__name__}.{name}")
    text = Path(str(module.__file__)).read_text()
    allowed = (ast.FunctionDef, ast.Import, ast.ImportFrom, ast.Assign, ast.Expr, ast.If)
    assert all(isinstance(node, allowed) for node in ast.parse(text).body)
    assert wrong_in(module, text) == []


def test_no_rule_calls_itself() -> None:
    calls: dict[str, set[str]] = {}
    for name in MODULES:
        text = Path(rules.__path__[0], f"{name}.py").read_text()
        for function in ast.walk(ast.parse(text)):
            if isinstance(function, ast.FunctionDef):
                found = {
                    node.func.id
                    for node in ast.walk(function)
                    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                }
                assert calls.setdefault(function.name, found) is found, f"two rules have the name {function.name}"
    while calls:
        leaves = [name for name, called in calls.items() if called.isdisjoint(calls)]
        assert leaves, f"these call each other: {sorted(calls)}"
        for name in leaves:
            del calls[name]


@pytest.mark.parametrize(
    "body",
    [
        "return 1.5",
        "return 'text'",
        "return None",
        "return [n]",
        "return (n, n)",
        "return n / 2",
        "return n ** 2",
        "return len(index)",
        "return index.rows",
        "return index.nothing[0]",
        "return index.rows[:1]",
        "return other",
        "return sorted(n)",
        "return n is n",
        "n, m = 1, 2",
        "n = m = 1",
        "index.rows = n",
        "for each in index.rows: n += each",
        "for each in range(n): pass",
        "while n: n -= 1\n    else: n = 1",
        "with index: n = 1",
        "try: n = 1\n    except ValueError: n = 2",
        "global n",
        "assert n",
        "del n",
        "yield n",
        "return (lambda: n)()",
        "return n if n else 'x'",
        "return find(index, n)",
        "return must_grow(index=index)",
        "n = (m := 1)",
        "index.rows[n.x] += 1",
    ],
)
def test_what_is_not_in_the_subset_is_found(body: str) -> None:
    module = importlib.import_module(f"{rules.__name__}.entries")
    assert wrong_in(module, f"def rule(index: Index, n: int) -> int:\n    {body}\n")


@pytest.mark.parametrize(
    "head",
    ["rule(index: Index, n)", "rule(index: Index, n: int = 1)", "rule(*n: int)", "rule(n: int, *, m: int)"],
)
def test_parameters_are_annotated_and_plain(head: str) -> None:
    module = importlib.import_module(f"{rules.__name__}.entries")
    assert wrong_in(module, f"def {head} -> int:\n    return 1\n") == ["rule: parameters"]
