"""Functions in a small subset of Python as LLVM text, so that one definition runs in Python and as machine code.

What a rule over many packets is written in: module-level functions whose parameters are annotated as `int`, `bool` or
a `Table`; locals and results that are integers; `if`, `while`, `for` over a `range`, `break`, `continue`, `return`;
integer arithmetic, comparisons, `and`, `or`, `not`, `x if c else y`, `min`, `max`, `abs`; constants of the module and
members of its enumerations; columns of tables; and calls of such functions, but no recursion. Everything else raises
`NotInSubsetError`, with the line.

In machine code integers have 64 bits and wrap around, and what is stored in a column is cut to its width. An index
that a column does not have, where Python raises IndexError or counts from the end, becomes 0 and is noted in the
table: no state leads the code outside of its memory.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FunctionType
from typing import Any

from wireproof.engine.expressions import Expressions, NotInSubsetError, is_table, parameters_of, plain, symbol_of
from wireproof.engine.tables import WIDTHS

ENTRY = "entry"


def module_of(entry: Callable[..., Any]) -> str:
    """Return the LLVM module of a function and of all that it calls; its symbol is `ENTRY`.

    Its parameters are 64-bit integers and, for tables, pointers to their `words`.
    """
    texts: list[str] = []
    waiting = [plain(entry)]
    calls: dict[FunctionType, list[FunctionType]] = {}
    while waiting:
        function = waiting.pop()
        if function not in calls:
            writer = _Writer(function)
            texts.append(writer.text(is_entry=function is entry))
            calls[function] = list(writer.called)
            waiting += writer.called
    _refuse_recursion(calls)
    return "\n".join([*texts, "!0 = !{}"])


def _refuse_recursion(calls: Mapping[FunctionType, Sequence[FunctionType]]) -> None:
    done: set[FunctionType] = set()

    def visit(function: FunctionType, above: tuple[FunctionType, ...]) -> None:
        if function in above:
            raise NotInSubsetError(f"{function.__qualname__} calls itself")
        if function not in done:
            for called in calls[function]:
                visit(called, (*above, function))
            done.add(function)

    for function in calls:
        visit(function, ())


class _Writer(Expressions):
    """Writes one function."""

    def __init__(self, function: FunctionType) -> None:
        super().__init__(function)
        self._loops: list[tuple[str, str]] = []  # where `continue` and `break` go
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        assert isinstance(tree, ast.FunctionDef)
        if tree.args.defaults or tree.args.vararg or tree.args.kwonlyargs or tree.args.kwarg or tree.decorator_list:
            raise self._refusal(tree, "defaults, stars and decorators")
        self._tree = tree

    def text(self, *, is_entry: bool) -> str:
        """Return the function's definition."""
        body = self._tree.body
        if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            body = body[1:]
        if self._statements(body):
            self._write("ret i64 0")
        given = [f"ptr %{name}" if is_table(kind) else f"i64 %{name}" for name, kind in self._parameters.items()]
        linkage, name = ("", ENTRY) if is_entry else ("internal ", symbol_of(self._function))
        entry = [f"  %{name}.v = alloca i64" for name in self._locals]
        entry += [
            f"  store i64 {f'%{name}' if name in self._parameters else 0}, ptr %{name}.v" for name in self._locals
        ]
        head = f"define {linkage}i64 @{name}({', '.join(given)}) nounwind {{"
        return "\n".join([head, "entry:", *entry, "  br label %begin", "begin:", *self._lines, "}"])

    # Statements: each says whether its end is reached

    def _statements(self, body: Sequence[ast.stmt]) -> bool:
        return all(self._statement(statement) for statement in body)

    def _statement(self, statement: ast.stmt) -> bool:
        match statement:
            case ast.Assign(targets=[target], value=value):
                self._store(target, self._value(value))
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._store(target, self._value(value))
            case ast.AugAssign(target=target, op=operator, value=value):
                before = self._value(target)
                self._store(target, self._arithmetic(statement, operator, before, value))
            case ast.If():
                return self._if(statement)
            case ast.While(test=test, body=body, orelse=[]):
                self._while(lambda: self._condition(test), body, lambda: None)
            case ast.For(target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range")), orelse=[]):
                self._for(statement, name)
            case ast.Break() | ast.Continue():
                self._go(self._loops[-1][isinstance(statement, ast.Break)])
                return False
            case ast.Return(value=value):
                self._write(f"ret i64 {0 if value is None else self._value(value)}")
                return False
            case ast.Expr(value=ast.Call() as call):
                self._value(call)
            case ast.Pass():
                pass
            case _:
                raise self._refusal(statement, type(statement).__name__)
        return True

    def _store(self, target: ast.expr, value: str) -> None:
        if isinstance(target, ast.Name):
            if is_table(self._parameters.get(target.id, int)):
                raise self._refusal(target, "another table in the place of one")
            self._write(f"store i64 {value}, ptr %{target.id}.v")
            return
        place, code = self._element(target)
        bits, _ = WIDTHS[code]
        cut = value if bits == 64 else self._assign(f"trunc i64 {value} to i{bits}")
        self._write(f"store i{bits} {cut}, ptr {place}")

    def _if(self, statement: ast.If) -> bool:
        then, otherwise, join = self._new("then"), self._new("else"), self._new("join")
        self._split(self._condition(statement.test), then, otherwise if statement.orelse else join)
        reached = not statement.orelse
        for label, body in ((then, statement.body), (otherwise, statement.orelse)):
            if body:
                self._begin(label)
                if self._statements(body):
                    self._go(join)
                    reached = True
        if reached:
            self._begin(join)
        return reached

    def _while(self, condition: Callable[[], str], body: Sequence[ast.stmt], step: Callable[[], None]) -> None:
        again, inside, onward, after = (self._new(hint) for hint in ("while", "do", "step", "after"))
        self._go(again)
        self._begin(again)
        self._split(condition(), inside, after)
        self._begin(inside)
        with self._loop(onward, after):
            if self._statements(body):
                self._go(onward)
        self._begin(onward)
        step()
        self._go(again)
        self._begin(after)

    @contextmanager
    def _loop(self, again: str, after: str) -> Iterator[None]:
        self._loops.append((again, after))
        yield
        self._loops.pop()

    def _for(self, statement: ast.For, name: str) -> None:
        call = statement.iter
        assert isinstance(call, ast.Call)
        if len(call.args) not in (1, 2) or call.keywords:
            raise self._refusal(statement, "a range with a step")
        *first, last = (self._value(argument) for argument in call.args)
        counter = self._new("count")  # a name that no local has
        self._locals.append(counter)
        self._write(f"store i64 {first[0] if first else 0}, ptr %{counter}.v")

        def goes_on() -> str:
            now = self._assign(f"load i64, ptr %{counter}.v")
            inside = self._assign(f"icmp slt i64 {now}, {last}")
            # What a loop leaves behind is the last value that it had.
            kept = self._assign(f"load i64, ptr %{name}.v")
            self._write(f"store i64 {self._assign(f'select i1 {inside}, i64 {now}, i64 {kept}')}, ptr %{name}.v")
            return inside

        def step() -> None:
            more = self._assign(f"add i64 {self._assign(f'load i64, ptr %{counter}.v')}, 1")
            self._write(f"store i64 {more}, ptr %{counter}.v")

        self._while(goes_on, statement.body, step)


__all__ = ["ENTRY", "NotInSubsetError", "module_of", "parameters_of"]
