"""The rules of the analyses can be made machine code, which gives the same as Python."""

from __future__ import annotations

import ctypes
import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from wireproof.analysis import rules
from wireproof.analysis.rules.conversations import FULL, TAKEN
from wireproof.analysis.rules.tcp import take_segment
from wireproof.analysis.tcp import TcpConversations
from wireproof.engine.tables import Table
from wireproof.engine.translating import ENTRY, module_of, parameters_of
from wireproof.packet import Source, dissect

from .conversations import conversations
from .frames import IPV4_LINK

RULES = [
    function
    for path in sorted(Path(rules.__path__[0]).glob("*.py"))
    for module in [import_module(f"{rules.__name__}.{path.stem}".removesuffix(".__init__"))]
    for _, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_rules_are_in_the_subset(rule: Callable[..., Any]) -> None:
    assert module_of(rule)


@pytest.fixture(scope="module")
def machine() -> Callable[[TcpConversations], int]:
    """The rule of TCP as machine code, run on the first row."""
    pytest.importorskip("llvmlite")
    from wireproof.engine.machine import Code, compile_object

    code = Code(compile_object(module_of(take_segment)), ENTRY)
    names = {name: issubclass(kind, Table) for name, kind in parameters_of(take_segment).items()}
    kinds = [ctypes.c_void_p if is_table else ctypes.c_int64 for is_table in names.values()]
    call = ctypes.CFUNCTYPE(ctypes.c_int64, *kinds)(code.address)

    def run(tables: TcpConversations) -> int:
        assert code.address
        return int(call(*(tables.tables[name].words if is_table else 0 for name, is_table in names.items())))

    return run


@pytest.mark.parametrize(("limit", "segments"), [(1 << 16, 1 << 20), (7, 12)], ids=["ample", "scarce"])
def test_python_and_machine_code_keep_the_same_state(
    machine: Callable[[TcpConversations], int], limit: int, segments: int
) -> None:
    """All columns of all tables, on conversations in which everything goes wrong, also in too little room."""
    slow, fast = TcpConversations(limit, segments), TcpConversations(limit, segments)
    for name, code in type(slow.lookup.index).columns().items():
        assert code == "q"
        getattr(fast.lookup.index, name)[0] = getattr(slow.lookup.index, name)[0]  # the secret of the buckets too
    for number, (time, frame) in enumerate(conversations(5, 40), 1):
        packet = dissect(frame, Source(number, len(frame), time, IPV4_LINK))
        slow.see(packet, 2)
        for name in ("packets", "segments"):
            for column in slow.tables[name].columns():
                getattr(fast.tables[name], column)[0] = getattr(slow.tables[name], column)[0]
        while (answer := machine(fast)) != TAKEN:
            fast.grow(answer)
        if number % 50 == 0:
            assert state(fast) == state(slow), f"after frame {number}"
    assert state(fast) == state(slow)
    assert all(table.is_sound for table in fast.tables.values())
    assert limit > 7 or (slow.dropped and slow.pool.dropped[0])


def state(tables: TcpConversations) -> dict[str, list[int]]:
    """All columns."""
    return {
        f"{name}.{column}": list(getattr(table, column))
        for name, table in tables.tables.items()
        for column in table.columns()
    }


def test_tables_grow_by_what_is_full() -> None:
    tables = TcpConversations()
    before = tables.waiting.rows, tables.streams.rows
    tables.grow(FULL)
    assert (tables.waiting.rows, tables.streams.rows) == (before[0], 2 * before[1])
    tables.grow(FULL + 1)
    assert (tables.waiting.rows, tables.streams.rows) == (2 * before[0], 2 * before[1])
